// What a pair found instead of an interview, kept sealed on this device until the server has taken it.
//
// An entry is {id, assignment_id, outcome, note, found_at, state, sent_at, problem}: `id` is made here, so that however often it is sent it
// counts once; `state` is "waiting" or "sent". Of an assignment there is one entry; while it waits it can be changed or withdrawn.

import { ContactProblem } from "./contact.js";
import { randomId } from "./random.js";

export const OUTCOMES = ["moved", "died", "refused", "absent", "not_found"];
export const TAKEN_BACK = "taken_back";
export const OUTCOMES_KEPT = "outcomes";
const LANE = "survey-tablet outcomes";
const AT_ONCE = 100;

// The entries by assignment.
export async function outcomesOn(store) {
  return new Map(((await store.kept(OUTCOMES_KEPT)) || []).map((each) => [each.assignment_id, each]));
}

// Nothing, once this is kept for each of these assignments, in the place of what was noted before and has not been sent.
export function noteOutcome(store, assignmentIds, { outcome, note, foundAt }) {
  return change(store, (entries) => {
    for (const assignmentId of assignmentIds) {
      const entry = { id: randomId(), assignment_id: assignmentId, outcome, note, found_at: foundAt.toISOString(), state: "waiting" };
      entries.set(assignmentId, entry);
    }
  });
}

// Nothing, once what waits for these assignments is forgotten.
export function withdrawOutcome(store, assignmentIds) {
  return change(store, (entries) => {
    for (const id of assignmentIds) if (entries.get(id)?.state === "waiting") entries.delete(id);
  });
}

// Forgets what the server had taken before this instant, because its own list tells it from then on.
export function forgetTold(store, before) {
  return change(store, (entries) => {
    for (const [id, { state, sent_at: sentAt }] of entries) if (state === "sent" && sentAt < before) entries.delete(id);
  });
}

// How many were sent. Rejects with a ContactProblem when the server could not be asked; what it does not take stays, with the reason.
export async function sendOutcomes(store, contact, address) {
  const entries = [...(await outcomesOn(store)).values()];
  const waiting = entries.filter(({ state }) => state === "waiting");
  for (let from = 0; from < waiting.length; from += AT_ONCE) await sendSome(store, contact, address, waiting.slice(from, from + AT_ONCE));
  return waiting.length;
}

async function sendSome(store, contact, address, entries) {
  const outcomes = entries.map(({ id, assignment_id, outcome, note, found_at }) => ({ id, assignment_id, outcome, note, found_at }));
  let fates = {};
  let problem = null;
  try {
    ({ fates } = await contact.post(address, { outcomes }));
  } catch (error) {
    // Of an answer that tells nothing of the outcomes nothing follows, and interviews must not wait for them.
    if (!(error instanceof ContactProblem) || error.problem.needsSignIn || !error.status || error.status === 410) throw error;
    problem = error.problem;
  }
  const sentAt = new Date().toISOString();
  await change(store, (kept) => {
    for (const { id, assignment_id: assignmentId } of entries) {
      // Meanwhile it may have been changed, which is a new entry.
      const now = kept.get(assignmentId);
      if (now?.id !== id) continue;
      if (fates[id] === "answered") kept.delete(assignmentId);
      else if (fates[id] === "recorded") kept.set(assignmentId, { ...now, state: "sent", sent_at: sentAt, problem: null });
      else kept.set(assignmentId, { ...now, problem: problem || { word: "unmet_gone", values: {} } });
    }
  });
}

// Reads, changes and writes in one piece, whatever other windows do meanwhile.
function change(store, act) {
  return navigator.locks.request(LANE, async () => {
    const entries = await outcomesOn(store);
    const before = JSON.stringify([...entries.values()]);
    act(entries);
    const after = [...entries.values()];
    if (JSON.stringify(after) !== before) await store.keep(OUTCOMES_KEPT, after);
  });
}
