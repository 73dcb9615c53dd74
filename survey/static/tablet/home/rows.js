// One household of the list: who lives there, and for each of its forms the state and what to do next.

import { element, linkButton } from "../screen/elements.js";
import { draftHash, formHash } from "../screen/interview.js";
import { language, say } from "../screen/language.js";
import { textIn } from "./model.js";

const TONES = {
  open: "",
  draft: "info",
  awaiting: "info",
  finished: "warn",
  received: "good",
  accepted: "good",
  returned: "bad",
  refused: "bad",
  conflict: "bad",
};
const ACTIONS = {
  open: "begin",
  draft: "continue_interview",
  awaiting: "countersign",
  finished: "open",
  returned: "correct",
  refused: "correct",
  conflict: "open",
};
const URGENT = new Set(["draft", "awaiting", "returned", "refused", "conflict"]);

// The row of a household. `isAlone` tells that the visit asks with one form only, whose title then says nothing; `unmet` asks why there
// is no interview, `lookBack` what became of issues found before; both lack where nothing is kept. What can have the focus has an id.
export function houseRow(house, { isAlone, discard, unmet, lookBack }) {
  const { task } = house;
  const row = element("li", "house");
  const primary = house.items.find(({ state }) => URGENT.has(state)) || house.items.find(({ state }) => state === "open");
  const told = unmet && house.items.find(canBeUnmet);
  const ask = told ? unmetButton(told, () => unmet(house)) : null;
  row.append(
    element(
      "div",
      "house-who",
      element("span", "house-number", task.number),
      element("strong", "house-name", task.head_name || task.village),
      element("span", "house-marks", ...marks(task)),
      lookBack && house.items[0].asked ? askedLine(house, () => lookBack(house)) : null,
    ),
    element("ul", "house-forms", ...house.items.map((item) => taskRow(item, { isAlone, isPrimary: item === primary, discard, ask: item === told ? ask : null }))),
  );
  return row;
}

// What a pair wants to know before it knocks: the kind of household, its size, its group, and why it needs attention.
function marks(task) {
  const found = [];
  if (task.kind) found.push(element("span", `kind kind-${task.kind}`, say(`kind_${task.kind}`)));
  for (const marker of task.markers) found.push(element("span", "marker", say(`marker_${marker}`)));
  const facts = [task.n_members ? say(task.n_members === 1 ? "one_person" : "people", { count: task.n_members }) : "", task.group];
  found.push(element("span", "house-facts", facts.filter(Boolean).join(" · ")));
  return found;
}

function taskRow(item, { isAlone, isPrimary, discard, ask }) {
  const { task, card, state } = item;
  const row = element("li", "task");
  Object.assign(row.dataset, { assignment: task.id, state });
  const form = isAlone ? "" : textIn(task.form_titles, language(), task.form_id);
  const title = form && element("span", "task-form", form);
  const actions = element("div", "task-do");
  if (ask) actions.append(ask);
  if (state === "draft") actions.append(discardButton(card, discard));
  if (!task.form_version) actions.append(element("span", "muted", say("no_form_version")));
  else if (ACTIONS[state]) actions.append(actionLink(item, isPrimary, form));
  row.append(element("div", "task-what", title, stateBadge(state, card), outcomeBadge(item)), actions, ...reasons(item));
  return row;
}

// The state as a word with shape and colour.
export function stateBadge(state, card) {
  const values = { answered: card?.answered || 0, total: card?.total || 0 };
  return element("span", `badge task-state ${TONES[state]}`.trim(), say(`state_${state}`, values));
}

// What is recorded of a household that was not met; it may be met all the same, so the interview stays open. What this device noted is newer than what the server has told; until it is sent it says so.
function outcomeBadge(item) {
  const { task, unmet } = item;
  const outcome = canBeUnmet(item) ? unmet?.outcome || task.outcome : task.outcome;
  if (!outcome || (outcome === "taken_back" && unmet.state === "sent")) return null;
  const isWaiting = canBeUnmet(item) && unmet?.state === "waiting";
  const badge = element("span", "badge warn task-outcome", say(`outcome_${outcome}`), isWaiting ? ` · ${say("outcome_waiting")}` : null);
  badge.dataset.outcome = isWaiting ? "waiting" : "told";
  return badge;
}

// Whether an outcome says something of this form: no interview was held, or not to its end.
export function canBeUnmet({ state }) {
  return state === "open" || state === "draft";
}

function unmetButton({ task, unmet }, act) {
  const found = element("button", "button quiet task-unmet", say(unmet?.state === "waiting" ? "unmet_change" : "unmet"));
  Object.assign(found, { type: "button", id: `unmet-${task.id}` });
  found.setAttribute("aria-label", `${found.textContent} ${task.title}`);
  found.addEventListener("click", act);
  return found;
}

// How many issues found before are asked about here, and how many of them were.
function askedLine({ task, items: [{ asked }] }, act) {
  const { n, done, others, waiting, problems } = asked;
  const open = element("button", `button ${n > done ? "" : "quiet"} house-asked`, n ? say("look_back", { n, done }) : say("look_back_village", { count: others }));
  Object.assign(open, { type: "button", id: `asked-${task.id}` });
  open.setAttribute("aria-label", `${open.textContent} ${task.title}`);
  open.addEventListener("click", act);
  const badge = problems ? element("span", "badge bad", say("look_back_problem")) : waiting ? element("span", "badge warn", say("look_back_waits")) : null;
  const line = element("span", "house-issues", open, badge);
  line.dataset.asked = `${done}/${n}`;
  return line;
}

// `form` names the questionnaire, where there are several of the household.
function actionLink({ task, card, state }, isPrimary, form) {
  const href = card
    ? draftHash(card)
    : formHash(task.form_id, task.form_version, state === "returned" ? { edit: task.instance_id } : { assignment: task.id });
  const link = linkButton(`task-open ${isPrimary ? "primary" : ""}`.trim(), say(ACTIONS[state]), href);
  link.id = `open-${task.id}`;
  link.setAttribute("aria-label", [say(ACTIONS[state]), task.title, form].filter(Boolean).join(" "));
  return link;
}

export function discardButton(card, discard) {
  const found = element("button", "button quiet danger", say("discard"));
  found.type = "button";
  found.addEventListener("click", () => discard(card));
  return found;
}

function reasons({ task, card, state, unmet }) {
  const texts = [];
  if (state === "returned" && task.review_reason) texts.push(say("returned_because", { reason: task.review_reason }));
  if (card?.problem) texts.push(say(card.problem.word, card.problem.values));
  if (unmet?.problem) texts.push(say(unmet.problem.word, unmet.problem.values));
  return texts.map((text) => element("p", "task-reason", text));
}
