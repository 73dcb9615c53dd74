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
  const entries = runs(pager, pages).map((numbers) => entry(page, numbers, joined(numbers.map((number) => pages[number]))));
  entries.push(entry(page, [pager.sections.length], null));
  $("contents-list").replaceChildren(...entries);
  const total = pages.reduce((sum, each) => sum + each.asked, 0);
  $("contents-progress").textContent = page.word("answered_of", { answered: pages.reduce((sum, each) => sum + each.answered, 0), total });
  $("contents").showModal();
  $("contents-list").querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
}

// The numbers of the visible pages, those of one group that ask one question each together.
function runs(pager, pages) {
  const found = [];
  let last = null;
  pages.forEach((each, number) => {
    if (!each.isVisible) return;
    const step = pager.sections[number].dataset.stepOf ?? null;
    if (step !== null && step === last) found.at(-1).push(number);
    else found.push([number]);
    last = step;
  });
  return found;
}

function joined(tallies) {
  const sum = (name) => tallies.reduce((total, each) => total + each[name], 0);
  return { asked: sum("asked"), answered: sum("answered"), wrong: sum("wrong"), each: tallies };
}

// One line of the contents; of several pages the first that is not fully answered is gone to.
function entry(page, numbers, tally) {
  const { pager } = page;
  const unanswered = tally ? tally.each.findIndex((each) => each.answered < each.asked) : 0;
  const number = numbers[Math.max(unanswered, 0)];
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
  if (numbers.includes(pager.current)) button.setAttribute("aria-current", "step");
  button.addEventListener("click", () => {
    document.getElementById("contents").close();
    pager.go(number);
  });
  const row = document.createElement("li");
  row.append(button);
  return row;
}
