// The list of contents: every page with how far it is answered, or single questions: those without an answer, to be mended, with a note.

import { element, signed } from "./elements.js";
import { questionList } from "./summary.js";

const $ = (id) => document.getElementById(id);

let shownList = "pages";

export function drawContents(page) {
  const opened = page.beside.timing.row("jump", "", Date.now(), Date.now());
  page.beside.timing.leaveQuestion();
  page.beside.timing.rows.push(opened);
  $("contents").addEventListener("close", () => page.beside.timing.end(opened), { once: true });
  shownList = "pages";
  draw(page);
  $("contents").showModal();
  $("contents-list").querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
}

function draw(page) {
  const pages = page.pager.tally();
  const sum = (name) => pages.reduce((total, each) => total + each[name], 0);
  $("contents-progress").textContent = page.word("answered_of", { answered: sum("answered"), total: sum("asked") });
  const lists = questionLists(page);
  $("contents-filters").replaceChildren(
    filter(page, "pages", page.word("list_pages")),
    ...Object.entries(lists).map(([name, items]) => filter(page, name, page.word(`list_${name}`, { count: items.length }))),
  );
  const found = lists[shownList];
  if (!found) $("contents-list").replaceChildren(...pageEntries(page, pages));
  else if (found.length) $("contents-list").replaceChildren(...questionEntries(page, found));
  else $("contents-list").replaceChildren(element("li", "contents-nothing", page.word("list_nothing")));
}

function filter(page, name, text) {
  const made = Object.assign(element("button", "button small", text), { type: "button" });
  made.dataset.list = name;
  made.setAttribute("aria-pressed", String(name === shownList));
  made.addEventListener("click", () => {
    shownList = name;
    draw(page);
    $("contents-filters").querySelector(`[data-list=${name}]`).focus();
  });
  return made;
}

// The questions that are asked now, by what is to be done about them.
function questionLists(page) {
  const { view } = page;
  const asked = view.questions().filter((item) => item.isRelevant && view.boxes.get(item).isAsked);
  return {
    open: asked.filter((item) => item.value === ""),
    wrong: asked.filter((item) => view.isShownWrong(item)),
    noted: page.beside.notes.items(),
    ...(page.beside.queries.items().length ? { asked: page.beside.queries.items() } : {}),
  };
}

function questionEntries(page, items) {
  return questionList(page, items, (item) => page.view.messageOf(item) || page.beside.queries.of(item) || page.beside.notes.of(item), () => $("contents").close()).map((each) =>
    element("li", "", each),
  );
}

function pageEntries(page, pages) {
  const entries = runs(page.pager, pages).map((numbers) => entry(page, numbers, joined(numbers.map((number) => pages[number]))));
  return [...entries, entry(page, [page.pager.sections.length], null)];
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
  return { asked: sum("asked"), answered: sum("answered"), wrong: sum("wrong"), noted: sum("noted"), each: tallies };
}

// One line of the contents; of several pages the first that is not fully answered is gone to.
function entry(page, numbers, tally) {
  const { pager } = page;
  const unanswered = tally ? tally.each.findIndex((each) => each.answered < each.asked) : 0;
  const number = numbers[Math.max(unanswered, 0)];
  const title = tally ? pager.titleOf(number) : page.word("summary_title");
  const button = Object.assign(element("button", "contents-entry", element("span", "", title)), { type: "button" });
  const noted = tally ? tally.noted : 0;
  if (noted) button.append(element("span", "contents-noted", ...signed(`✎ ${noted}`, page.word("notes_written", { count: noted }))));
  if (tally && tally.asked) {
    const isDone = tally.answered === tally.asked;
    const words = [page.word("answered_of", { answered: tally.answered, total: tally.asked })];
    if (tally.wrong) words.push(page.word("list_wrong", { count: tally.wrong }));
    const state = element("span", "contents-state", ...signed(isDone ? "✓" : `${tally.answered}/${tally.asked}`, words.join(page.word("list_comma"))));
    state.classList.toggle("good", isDone);
    state.classList.toggle("bad", tally.wrong > 0);
    button.append(state);
  }
  if (numbers.includes(pager.current)) button.setAttribute("aria-current", "step");
  button.addEventListener("click", () => {
    $("contents").close();
    pager.go(number);
  });
  return element("li", "", button);
}
