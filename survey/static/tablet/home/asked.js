// Which issues found before are asked about at a household, with what is recorded and noted of each. Pure.

import { findingKey } from "../device/findings.js";

const WAITS = new Set(["waiting", "recorded"]);

// {asked, others} for the household of an assignment: [{key, issue, told, entry}], where `told` is what the server has recorded at this
// visit, `entry` what was noted here (null for neither); `others` are those of its village that only other households are asked about.
// `known` is what the package tells of issues, null before there is any.
export function askedAt(known, entries, task) {
  const visit = known?.visits?.[task.visit_id];
  if (!visit || !task.household_id) return { asked: [], others: [] };
  const village = visit.villages[task.village_code] || { asked: [], others: [] };
  const house = visit.households[task.household_id] || { asked: [], outcomes: {} };
  const of = (id) => {
    const key = findingKey({ visit_id: task.visit_id, household_id: task.household_id, issue_id: id });
    return { key, issue: { ...known.issues[id], id }, told: house.outcomes[id] || null, entry: entries.get(key) || null };
  };
  const asked = [...new Set([...house.asked, ...village.asked])];
  const others = village.others.filter((id) => !asked.includes(id)).map(of);
  // What was noted of an issue of the village belongs to the household from then on.
  return { asked: [...asked.map(of), ...others.filter(({ entry }) => entry)], others: others.filter(({ entry }) => !entry) };
}

// {n, done, waiting, problems, others}: what the row of a household says of it; null when there is nothing to ask.
export function askedFacts({ asked, others }) {
  if (!asked.length && !others.length) return null;
  const entries = asked.map(({ entry }) => entry).filter(Boolean);
  return {
    n: asked.length,
    done: asked.filter(({ told, entry }) => told || entry).length,
    waiting: entries.filter(({ state }) => WAITS.has(state)).length,
    problems: entries.filter(({ state, problem }) => state === "changed" || problem).length,
    others: others.length,
  };
}
