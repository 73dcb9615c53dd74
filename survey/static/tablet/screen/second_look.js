// Which answers of a finished interview the second interviewer should look at. Pure rules over the page's instance; nothing is drawn here.

import { FILES, MULTIPLE } from "../form/types.js";

// As the server doubts them at receipt (survey/intake/flags.py).
const SHORT_MINUTES = 15;
const LONG_FORM_QUESTIONS = 60;
const PRESENCE_ANSWERS = {
  cadres_present: ["yes"],
  superiors_present: ["yes"],
  cadres_withdrew: ["no"],
  people_present: ["cadres", "township", "work_team"],
};
const POSITIONS = new Set(["geopoint", "geotrace", "geoshape", "start-geopoint"]);
const NUMBERS = new Set(["integer", "decimal", "range"]);
// A number that is this many times the earlier one, or less than its inverse, is worth a question.
const FAR_TIMES = 1.5;

// {rules, differs, doubts, blanks}: rules that hold as {title, item}; answers that differ as {item, from, value}, `from` being "earlier" or
// "roster"; doubts as {word, values}; and optional questions without an answer.
export function whatNeedsALook(page) {
  const asked = page.view.questions().filter((item) => item.isRelevant && page.view.boxes.get(item).isAsked);
  return {
    rules: rulesThatHold(page),
    differs: [...fromRoster(page), ...fromEarlier(page, asked)],
    doubts: doubtsOf(page),
    blanks: asked.filter((item) => item.value === "" && item.error !== "required"),
  };
}

function rulesThatHold({ plan, instance, texts, view }) {
  const { root, evaluator } = instance;
  return (plan.rules || [])
    .filter((rule) => evaluator.isTrue(rule.x, root.element))
    .map((rule) => ({
      title: rule.t[texts.wordLanguage] || rule.t.default || Object.values(rule.t)[0] || rule.n,
      item: rule.e.flatMap((name) => instance.named(name)).find((item) => view.boxes.has(item) && item.isRelevant) || null,
    }));
}

function fromRoster({ beside, instance, view }) {
  const known = beside.task?.n_members;
  if (!known) return [];
  return instance
    .named("n_members")
    .filter((item) => view.boxes.has(item) && item.value !== "" && Number(item.value) !== known)
    .map((item) => ({ item, from: "roster", value: String(known) }));
}

function fromEarlier({ plan, beside }, asked) {
  return asked.flatMap((item) => {
    const { t: type } = plan.nodes[item.node];
    const value = beside.earlier.rawOf(item);
    const isComparable = value !== "" && item.value !== "" && !FILES.has(type) && !POSITIONS.has(type);
    return isComparable && isFar(type, item, value) ? [{ item, from: "earlier", value }] : [];
  });
}

// Texts are worded anew at every visit, so only choices and numbers tell something.
function isFar(type, item, earlier) {
  if (type.startsWith("select_one")) return item.value !== earlier;
  if (MULTIPLE.has(type)) return [...item.value.split(" ")].sort().join(" ") !== [...earlier.split(" ")].sort().join(" ");
  if (!NUMBERS.has(type)) return false;
  const [now, before] = [Number(item.value), Number(earlier)];
  return before === 0 ? now !== 0 : now / before > FAR_TIMES || now / before < 1 / FAR_TIMES;
}

function wasHeardInOffice(instance) {
  return Object.entries(PRESENCE_ANSWERS).some(([name, telling]) => {
    const item = instance.named(name)[0];
    return item?.isRelevant && item.value.split(" ").some((value) => telling.includes(value));
  });
}

function doubtsOf({ plan, instance }) {
  const doubts = wasHeardInOffice(instance) ? [{ word: "doubt_cadre", values: {} }] : [];
  const questions = plan.nodes.filter((node) => node.k === "q");
  const [start, end] = ["start", "end"].map((name) => instantOf(plan, instance, name));
  const minutes = Math.round((end - start) / 60000);
  if (questions.length > LONG_FORM_QUESTIONS && minutes >= 0 && minutes < SHORT_MINUTES) doubts.push({ word: "doubt_short", values: { minutes } });
  const positions = instance.questionsUnder(instance.root).filter((item) => POSITIONS.has(plan.nodes[item.node].t));
  if (positions.length && positions.every((item) => item.value === "")) doubts.push({ word: "doubt_position", values: {} });
  return doubts;
}

function instantOf(plan, instance, preload) {
  const number = plan.nodes.findIndex((node) => node.pre === preload);
  return number < 0 ? NaN : Date.parse(instance.occurrences(number, instance.root)[0]?.value || "");
}
