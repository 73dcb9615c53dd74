// The assignments as the list shows them: by day, village and household, each with the state that is true now, whether the server or
// this device knows it. Pure; draws nothing.

const LIVE = new Set(["draft", "awaiting", "finished", "refused", "conflict"]);
const DONE = new Set(["finished", "sent", "received", "accepted"]);
const TO_DO = new Set(["open", "draft", "awaiting", "returned", "refused", "conflict"]);
const FIELD_ZONE_MS = 8 * 3600 * 1000;

export const FILTERS = {
  all: () => true,
  todo: (state) => TO_DO.has(state),
  drafts: (state) => state === "draft" || state === "awaiting",
  waiting: (state) => state === "finished",
  returned: (state) => state === "returned" || state === "refused" || state === "conflict",
  sent: (state) => state === "received" || state === "accepted",
};

// The day where interviews are held, as "2018-04-20".
export function fieldDay(now = new Date()) {
  return new Date(now.getTime() + FIELD_ZONE_MS).toISOString().slice(0, 10);
}

// Every assignment with its `card` (what lies on this device of it, or null) and its true `state`, and the cards that belong to none.
export function join(tasks, cards) {
  const known = new Set(tasks.map((each) => each.id));
  const byTask = new Map();
  const loose = [];
  const oldestFirst = [...cards].sort((a, b) => inOrder(a.changed_at || a.sent_at || "", b.changed_at || b.sent_at || ""));
  for (const card of oldestFirst) {
    if (!known.has(card.assignment_id)) {
      if (LIVE.has(card.state)) loose.unshift(card);
      continue;
    }
    const before = byTask.get(card.assignment_id);
    // What is still being worked on tells more than the receipt of something older or newer.
    if (!before || LIVE.has(card.state) || !LIVE.has(before.state)) byTask.set(card.assignment_id, card);
  }
  return { items: tasks.map((task) => itemOf(task, byTask.get(task.id) || null)), loose };
}

// Of two instants as text, without asking which language they are in, which takes long.
function inOrder(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function itemOf(task, card) {
  if (card && LIVE.has(card.state)) return { task, card, state: card.state };
  // A receipt says nothing once the server has spoken of this submission itself, as when it was returned.
  const isNews = card?.state === "sent" && task.state === "open";
  const isOlder = card?.state === "sent" && task.state === "returned" && task.instance_id !== card.instance_id;
  return { task, card: null, state: isNews || isOlder ? "received" : task.state };
}

// The assignments that a filter and the words of a search leave.
export function choose(items, filter, search) {
  const words = search.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  if (filter === "all" && !words.length) return items;
  return items.filter(({ task, state }) => FILTERS[filter](state) && words.every((each) => task.search.includes(each)));
}

// How many assignments each filter leaves.
export function countByFilter(items) {
  const counts = new Map();
  for (const { state } of items) counts.set(state, (counts.get(state) || 0) + 1);
  const sum = (suits) => [...counts].reduce((total, [state, count]) => (suits(state) ? total + count : total), 0);
  return Object.fromEntries(Object.entries(FILTERS).map(([name, suits]) => [name, sum(suits)]));
}

// [{day, items, villages}], in the order of `items`; the villages of a day are found when they are asked for, which few days are.
export function byDay(items) {
  const days = new Map();
  for (const item of items) entry(days, item.task.planned_on || "", () => new Day(item.task.planned_on)).items.push(item);
  return [...days.values()];
}

class Day {
  constructor(day) {
    Object.assign(this, { day, items: [] });
  }

  // [{code, name, houses: [{task, items}], items}]
  get villages() {
    const villages = new Map();
    for (const item of this.items) {
      const { task } = item;
      const village = entry(villages, task.village_code, () => ({ code: task.village_code, name: task.village, houses: new Map(), items: [] }));
      const house = entry(village.houses, task.number ? `${task.number} ${task.head_name}` : task.id, () => ({ task, items: [] }));
      village.items.push(item);
      house.items.push(item);
    }
    return [...villages.values()].map((village) => ({ ...village, houses: [...village.houses.values()] }));
  }
}

export function nDone(items) {
  return items.filter(({ state }) => DONE.has(state)).length;
}

export function nToDo(items) {
  return items.filter(({ state }) => TO_DO.has(state)).length;
}

// The days as a pair needs them: today and what comes, then what has no day, then what is past, the last first.
export function asNeeded(days, today) {
  const past = days.filter(({ day }) => day && day < today).reverse();
  return [...days.filter(({ day }) => !day || day >= today), ...past];
}

// The days that stand open at first: today's; without one, the next on which something is to be done, else the last.
export function openDays(days, today) {
  if (days.some(({ day }) => day === today)) return new Set([today]);
  const left = days.filter(({ items }) => nToDo(items) > 0);
  const next = left.find(({ day }) => day === null || day > today) || left.at(-1) || days.at(-1);
  return new Set(next ? [next.day] : []);
}

// A text by language: the one asked for, else the form's own, else any.
export function textIn(texts, language, other = "") {
  return texts?.[language] || texts?.default || Object.values(texts || {})[0] || other;
}

function entry(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}
