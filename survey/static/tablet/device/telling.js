// What is told to the server beside interviews: why there was none, and what was found of issues at households.

import { findingsOn, sendFindings, sendPictures } from "./findings.js";
import { outcomesOn, sendOutcomes } from "./outcomes.js";

// {outcomes, findings}: what lies here of both, told or not.
export async function toldHere(store) {
  const [outcomes, findings] = await Promise.all([outcomesOn(store), findingsOn(store)]);
  return { outcomes: [...outcomes.values()], findings: [...findings.values()] };
}

// Tells what waits; `app` is the address of the app. Rejects with a ContactProblem when the server could not be asked.
export async function sayWaiting(store, contact, app) {
  await sendOutcomes(store, contact, `${app}outcomes`);
  await sendFindings(store, contact, `${app}look-back`);
}

// Sends the pictures of what the server has been told; as above where it fails.
export function sendPicturesOf(store, contact, app) {
  return sendPictures(store, contact, `${app}look-back`);
}
