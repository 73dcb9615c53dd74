// The last page of an interview that waits for the second interviewer: what needs a look, what they changed, and their signature.

import { button, drawAnew, element, linkButton, signed } from "./elements.js";
import { whatNeedsALook } from "./second_look.js";
import { questionList } from "./summary.js";

const MOST_DIFFERENCES = 40;

export function drawSecondPage(page, second) {
  const { view, pager } = page;
  const wrong = view.questions().filter((item) => item.isRelevant && view.hasError(item));
  wrong.forEach((item) => view.revealNow(item));
  const title = Object.assign(element("h1", "", page.word("second_title")), { tabIndex: -1, id: "second-title" });
  const names = { lead: page.session.name, second: second.people.map((each) => each.name).join(page.word("list_comma")) };
  const shown = [title, element("p", "note-line", page.word(second.people.length === 1 ? "second_intro" : "second_intro_any", names))];
  if (wrong.length) {
    shown.push(element("p", "note-line bad", page.word("summary_errors", { count: wrong.length })));
    shown.push(...questionList(page, wrong, (item) => view.messageOf(item)));
  }
  shown.push(...needsALook(page, whatNeedsALook(page)), ...changed(page, second));
  shown.push(...ending(page, second, wrong.length > 0));
  pager.summary.dataset.outcome = "awaiting";
  drawAnew(pager.summary, ...shown);
}

function needsALook(page, { rules, differs, doubts, blanks }) {
  const { notes, earlier } = page.beside;
  const noted = notes.items();
  const shown = [];
  if (doubts.length) shown.push(part(page.word("second_doubts")), list(doubts.map((each) => element("p", "note-line", page.word(each.word, each.values)))));
  if (rules.length) shown.push(part(page.word("second_rules", { count: rules.length })), list(rules.map((rule) => ruleEntry(page, rule))));
  if (differs.length) {
    const said = new Map(differs.slice(0, MOST_DIFFERENCES).map((each) => [each.item, each]));
    shown.push(part(page.word("second_differs", { count: differs.length })));
    shown.push(
      ...questionList(page, [...said.keys()], (item) => {
        const { from, value } = said.get(item);
        const before = from === "roster" ? page.word("roster_says", { value }) : page.word("earlier_said", { when: earlier.when, answer: earlier.textOf(item, value) });
        return change(page, before, earlier.textOf(item, item.value));
      }),
    );
  }
  if (noted.length) shown.push(part(page.word("notes_written", { count: noted.length })), ...questionList(page, noted, (item) => notes.of(item)));
  if (blanks.length) {
    const more = element("details", "optional", element("summary", "", page.word("second_blanks", { count: blanks.length })));
    more.append(...questionList(page, blanks, () => ""));
    shown.push(Object.assign(more, { id: "second-blanks" }));
  }
  if (!shown.length) shown.push(element("p", "note-line good", page.word("second_nothing")));
  return shown;
}

function change(page, before, now) {
  return [`${before} `, ...signed("→", page.word("second_now")), now];
}

function ruleEntry(page, { title, item }) {
  if (!item) return element("p", "note-line", title);
  const link = Object.assign(element("button", "summary-link", element("span", "", title), element("span", "summary-message", page.view.titleOf(item))), {
    type: "button",
  });
  link.addEventListener("click", () => page.pager.goTo(item));
  return link;
}

function changed(page, second) {
  const items = second.changedItems();
  if (!items.length) return [];
  const { before } = page.interview.countersign;
  const { earlier } = page.beside;
  const words = (item, value) => (value === "" ? page.word("no_answer") : earlier.textOf(item, value));
  return [
    part(page.word("second_changed", { count: items.length })),
    ...questionList(page, items, (item) => change(page, words(item, before[item.key]?.[1] ?? ""), words(item, item.value))),
  ];
}

function ending(page, second, isBlocked) {
  const chosen = chooser(page, second);
  const sign = button("primary wide", page.word("second_sign"), () => second.sign(chosen.person()));
  sign.id = "countersign";
  const noPin = element("p", "note-line muted", page.word("second_no_pin"));
  const look = () => {
    const person = chosen.person();
    sign.disabled = isBlocked || !person?.pin;
    noPin.hidden = !person || Boolean(person.pin);
  };
  chosen.element?.addEventListener("change", look);
  look();
  const leave = linkButton("quiet wide", page.word("leave"), page.addresses.home);
  const handBack = button("quiet wide", page.word("second_hand_back"), () => second.handBack());
  handBack.id = "hand-back";
  return [chosen.element, sign, noPin, withoutSecond(page, second, isBlocked), handBack, leave].filter(Boolean);
}

// Who signs: the other one of the pair, or one of those who may.
function chooser(page, { people }) {
  if (people.length === 1) return { element: null, person: () => people[0] };
  const select = element("select", "control", new Option(page.word("second_who"), ""), ...people.map((each) => new Option(each.name, each.username)));
  select.id = "second-who";
  select.setAttribute("aria-label", page.word("second_who"));
  return { element: select, person: () => people.find((each) => each.username === select.value) };
}

function withoutSecond(page, second, isBlocked) {
  const reason = Object.assign(element("textarea", "control"), { rows: 2, maxLength: 2000, id: "second-reason" });
  const label = element("label", "", page.word("second_reason"));
  label.htmlFor = reason.id;
  const finish = button("wide", page.word("finish"), () => second.decline(reason.value.trim()));
  finish.id = "finish-alone";
  const look = () => {
    finish.disabled = isBlocked || reason.value.trim() === "";
  };
  reason.addEventListener("input", look);
  look();
  const summary = element("summary", "", page.word("second_absent"));
  return Object.assign(element("details", "optional without-second", summary, label, reason, finish), { id: "without-second" });
}

function part(text) {
  return element("h2", "second-part", text);
}

function list(entries) {
  return element("ul", "summary-list", ...entries.map((each) => element("li", "", each)));
}
