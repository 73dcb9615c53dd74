// The last page: what is missing or wrong with a link to each, and what became of the interview once it is finished.

import { drawAnew } from "./elements.js";

export function drawSummary(page) {
  if (page.second.isOn) {
    page.second.draw();
    return;
  }
  const { view, pager } = page;
  const items = view.questions().filter((item) => item.isRelevant);
  const asked = items.filter((item) => view.boxes.get(item).isAsked);
  const wrong = items.filter((item) => view.hasError(item));
  wrong.forEach((item) => view.revealNow(item));
  const answered = asked.filter((item) => item.value !== "");
  const optional = asked.filter((item) => item.value === "" && item.error !== "required");

  const parts = [heading(page), note(page.word("summary_answered", { total: asked.length, answered: answered.length }))];
  if (wrong.length) {
    parts.push(note(page.word("summary_errors", { count: wrong.length }), "bad"), ...questionList(page, wrong, (item) => view.messageOf(item)));
  } else parts.push(note(page.word("summary_ready"), "good"));
  if (optional.length) {
    const more = document.createElement("details");
    Object.assign(more, { className: "optional", id: "optional-left" });
    more.append(element("summary", page.word("optional_left", { count: optional.length })), ...questionList(page, optional, () => ""));
    parts.push(more);
  }
  parts.push(...queriesPart(page), ...notesPart(page), ...reasonPart(page));
  if (page.interview.problem?.word === "conflict") parts.push(...conflict(page));
  const next = page.isTrial ? "finish_try" : page.second.isWanted ? "finish_for_second" : "finish";
  if (!page.isTrial) parts.push(note(page.word(page.second.isWanted ? "summary_after_second" : "summary_after"), "muted"));
  const finish = button(page.word(next), "button primary wide", () => page.finish());
  finish.id = "finish";
  finish.disabled = wrong.length > 0 || lacksReason(page);
  const leave = Object.assign(element("a", page.word(page.isTrial ? "back_to_list" : "leave")), {
    className: "button quiet wide",
    href: page.addresses.home,
  });
  parts.push(finish, leave);
  const general = (page.interview.problem?.findings || []).filter((finding) => !finding.isShown);
  if (general.length)
    parts.splice(2, 0, list(general.map((finding) => element("p", `${finding.label || finding.question} ${finding.message}`.trim()))));
  drawAnew(pager.summary, ...parts);
}

const OUTCOMES = { trial: "try_done", sent: "sent", accepted: "accepted", sending: "sending" };

// After finishing: sent, or the answers sent and files on their way ("accepted"), or kept and why.
export function drawOutcome(page, { state, problem }) {
  const isTrial = state === "trial";
  const isSent = state === "sent" || state === "accepted";
  const parts = [element("h1", page.word(OUTCOMES[state] || "kept"))];
  parts[0].tabIndex = -1;
  if (isSent) parts.push(note(page.word(state === "sent" ? "sent_checked" : "accepted_detail"), "good"));
  if (problem) parts.push(note(page.word(problem.word, problem.values), "bad"), note(page.word("kept_detail"), "muted"));
  if (problem?.needsSignIn) {
    parts.push(Object.assign(element("a", page.word("sign_in")), { className: "button primary wide", href: page.signInAddress() }));
  }
  if (problem) parts.push(button(page.word("send_again"), "button wide", () => page.sending.send()));
  if (isTrial) parts.push(button(page.word("try_restart"), "button wide", () => window.location.reload()));
  if (state !== "sending") {
    parts.push(
      Object.assign(element("a", page.word("back_to_list")), {
        className: isSent || isTrial ? "button primary wide" : "button quiet wide",
        href: page.addresses.home,
      }),
    );
  }
  page.pager.summary.replaceChildren(...parts);
  page.pager.summary.dataset.outcome = state;
  // What had the focus is gone; a screen reader goes on with what became of the interview.
  parts[0].focus({ preventScroll: true });
}

function conflict(page) {
  return [
    note(page.word("conflict"), "bad"),
    note(page.word("conflict_remedy"), "muted"),
    button(page.word("send_as_edit"), "button wide", () => page.sending.sendAsCorrection()),
  ];
}

function heading(page) {
  return Object.assign(element("h1", page.word("summary_title")), { tabIndex: -1, id: "summary-title" });
}

// What a coordinator asked about and nothing was done about yet, and what they asked about answers that are given nowhere.
function queriesPart(page) {
  const { queries } = page.beside;
  const elsewhere = queries.elsewhere().map((each) => note(page.word("query_elsewhere", each), "bad"));
  const open = queries.openItems();
  if (!open.length) return elsewhere;
  return [note(page.word("queries_left", { count: open.length }), "bad"), ...questionList(page, open, (item) => queries.of(item)), ...elsewhere];
}

// What the interviewers noted, to be read once more.
function notesPart(page) {
  const { notes } = page.beside;
  const noted = notes.items();
  if (!noted.length) return [];
  const more = document.createElement("details");
  more.className = "optional";
  more.append(element("summary", page.word("notes_written", { count: noted.length })), ...questionList(page, noted, (item) => notes.of(item)));
  return [more];
}

// Why an interview that was finished before is changed, where the form wants to know.
function reasonPart(page) {
  const { timing } = page.beside;
  if (!timing.wantsReason) return [];
  const field = Object.assign(document.createElement("textarea"), { className: "control", rows: 2, value: timing.reason, id: "change-reason" });
  field.addEventListener("input", () => {
    timing.reason = field.value;
    const finish = document.getElementById("finish");
    finish.disabled = lacksReason(page) || page.view.questions().some((item) => page.view.hasError(item));
  });
  const label = element("label", page.word("change_reason"));
  label.className = "change-reason";
  label.append(field);
  return [label];
}

function lacksReason(page) {
  const { timing } = page.beside;
  return timing.wantsReason && timing.reason.trim() === "";
}

// The items under the titles of their pages, each a way to its question; `onGo` is called before that is gone to.
// `messageOf` gives a text, or a list of texts and elements.
export function questionList(page, items, messageOf, onGo = () => {}) {
  const numbers = [...new Set(items.map((item) => page.view.boxes.get(item).pageNumber))].sort((a, b) => a - b);
  return numbers.flatMap((number) => {
    const here = items.filter((item) => page.view.boxes.get(item).pageNumber === number);
    return [element("h2", page.pager.titleOf(number)), list(here.map((item) => entry(page, item, messageOf(item), onGo)))];
  });
}

function entry(page, item, message, onGo) {
  const link = button("", "summary-link", () => {
    onGo();
    page.pager.goTo(item);
  });
  link.append(element("span", page.view.titleOf(item)));
  if (message) {
    const shown = Object.assign(document.createElement("span"), { className: "summary-message" });
    shown.append(...[message].flat());
    link.append(shown);
  }
  return link;
}

function list(entries) {
  const made = Object.assign(document.createElement("ul"), { className: "summary-list" });
  entries.forEach((each) => made.appendChild(document.createElement("li")).append(each));
  return made;
}

function note(text, kind = "") {
  return Object.assign(element("p", text), { className: `note-line ${kind}`.trim() });
}

function button(text, className, onClick) {
  const made = Object.assign(element("button", text), { type: "button", className });
  made.addEventListener("click", onClick);
  return made;
}

function element(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}
