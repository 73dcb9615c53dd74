// What the header and the footer say of where one is, and the list of pages.

const $ = (id) => document.getElementById(id);

export function drawHeader(page) {
  const { pager } = page;
  const pages = pager.tally();
  const visible = pages.flatMap((each, number) => (each.isVisible ? [number] : []));
  const total = pages.reduce((sum, each) => sum + each.asked, 0);
  const answered = pages.reduce((sum, each) => sum + each.answered, 0);
  const isSummary = pager.current === pager.sections.length;
  $("progress").max = total || 1;
  $("progress").value = answered;
  $("back").disabled = !visible.some((number) => number < pager.current);
  $("next").hidden = isSummary;
  $("next").textContent = page.word(visible.some((number) => number > pager.current) ? "next" : "to_summary");
  const number = visible.indexOf(pager.current) + 1;
  $("page-number").textContent = isSummary
    ? ""
    : `${page.word("page_of", { number, total: visible.length })} · ${page.word("answered_of", { answered, total })}`;
}

export function drawContents(page) {
  const { pager } = page;
  const pages = pager.tally();
  const entries = pages.flatMap((each, number) => (each.isVisible ? [entry(page, number, each)] : []));
  entries.push(entry(page, pager.sections.length, null));
  $("contents-list").replaceChildren(...entries);
  const total = pages.reduce((sum, each) => sum + each.asked, 0);
  $("contents-progress").textContent = page.word("answered_of", { answered: pages.reduce((sum, each) => sum + each.answered, 0), total });
  $("contents").showModal();
  $("contents-list").querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
}

function entry(page, number, tally) {
  const { pager } = page;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "contents-entry" });
  const title = tally ? pager.titleOf(number) : page.word("summary_title");
  button.append(Object.assign(document.createElement("span"), { textContent: title }));
  if (tally && tally.asked) {
    const isDone = tally.answered === tally.asked;
    const state = Object.assign(document.createElement("span"), {
      className: "contents-state",
      textContent: isDone ? "✓" : `${tally.answered}/${tally.asked}`,
    });
    state.classList.toggle("good", isDone);
    state.classList.toggle("bad", tally.wrong > 0);
    button.append(state);
  }
  if (number === pager.current) button.setAttribute("aria-current", "step");
  button.addEventListener("click", () => {
    document.getElementById("contents").close();
    pager.go(number);
  });
  const row = document.createElement("li");
  row.append(button);
  return row;
}
