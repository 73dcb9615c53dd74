// What a pair found instead of an interview, kept sealed on this device until the server has taken it.
//
// An entry is {id, assignment_id, outcome, note, found_at, state, sent_at, problem}: `id` is made here, so that however often it is sent it
// counts once; `state` is "waiting" or "sent". Of an assignment there is one entry; while it waits it can be changed or withdrawn.

import { KeptList } from "./kept_list.js";
import { randomId } from "./random.js";

export const OUTCOMES = ["moved", "died", "refused", "absent", "not_found"];
export const TAKEN_BACK = "taken_back";
export const OUTCOMES_KEPT = "outcomes";
const LIST = new KeptList(OUTCOMES_KEPT, "survey-tablet outcomes", (entry) => entry.assignment_id);

// The entries by assignment.
export function outcomesOn(store) {
  return LIST.on(store);
}

// Nothing, once this is kept for each of these assignments, in the place of what was noted before and has not been sent.
export function noteOutcome(store, assignmentIds, { outcome, note, foundAt }) {
  return LIST.change(store, (entries) => {
    for (const assignmentId of assignmentIds) {
      const entry = { id: randomId(), assignment_id: assignmentId, outcome, note, found_at: foundAt.toISOString(), state: "waiting" };
      entries.set(assignmentId, entry);
    }
  });
}

// Nothing, once what waits for these assignments is forgotten.
export function withdrawOutcome(store, assignmentIds) {
  return LIST.change(store, (entries) => {
    for (const id of assignmentIds) if (entries.get(id)?.state === "waiting") entries.delete(id);
  });
}

// Forgets what the server had taken before this instant.
export function forgetTold(store, before) {
  return LIST.forgetTold(store, before);
}

// How many were told; else as `KeptList.send`.
export function sendOutcomes(store, contact, address) {
  const ask = (entries) => {
    const outcomes = entries.map(({ id, assignment_id, outcome, note, found_at }) => ({ id, assignment_id, outcome, note, found_at }));
    return contact.post(address, { outcomes });
  };
  return LIST.send(store, ask, settled);
}

function settled(entry, fate, problem, sentAt) {
  if (fate === "answered") return null;
  if (fate === "recorded") return { ...entry, state: "sent", sent_at: sentAt, problem: null };
  return { ...entry, problem: problem || { word: "unmet_gone", values: {} } };
}
