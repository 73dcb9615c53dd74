// What a pair found at households of issues that were reported before, kept sealed on this device until the server has taken it.
//
// An entry is {id, issue_id, household_id, visit_id, outcome, note, was, found_at, about, pictures, state, sent_at, problem, standing}:
// `id` is made here, so that however often it is sent it counts once; `was` is the outcome that the pair saw recorded, null for none;
// `about` is what lists call it. Its state is "waiting", "changed" (somebody else recorded something other, which `standing` tells),
// "recorded" (the server has it, and pictures are still on their way) or "sent". Of an issue at a household there is one entry.
//
// A picture is {key, name, sha256, is_sent}; its bytes lie by themselves under the key.

import { base64Of, bytesOfBase64, hexOf } from "./crypt.js";
import { below, write } from "./database.js";
import { KeptList } from "./kept_list.js";
import { randomId } from "./random.js";
import { sendChange } from "./send.js";

export const FOUND = ["fixed", "partly", "not", "worse", "unknown"];
export const FINDINGS_KEPT = "findings";
export const PICTURE_KEPT = "finding picture ";
const LIST = new KeptList(FINDINGS_KEPT, "survey-tablet findings", findingKey);
const PICTURE_MS = 3 * 60 * 1000;
const TOLD = ["id", "issue_id", "household_id", "visit_id", "outcome", "note", "was", "found_at"];

// What an issue at a household at a visit is known by here.
export function findingKey({ visit_id: visitId, household_id: householdId, issue_id: issueId }) {
  return `${visitId} ${householdId} ${issueId}`;
}

// The entries by what they are known by.
export function findingsOn(store) {
  return LIST.on(store);
}

// Nothing, once these are kept, each in the place of what was noted of the same before. `found` is [{issue_id, household_id, visit_id,
// outcome, note, was, about, pictures}]; a picture that is not kept yet is {blob, name}.
export async function noteFindings(store, found, foundAt) {
  await LIST.change(store, async (entries) => {
    for (const each of found) {
      const key = findingKey(each);
      const pictures = [];
      for (const picture of each.pictures) pictures.push(picture.blob ? await keepPicture(store, picture) : picture);
      const entry = { ...each, pictures, id: randomId(), found_at: foundAt.toISOString(), state: "waiting", problem: null, standing: null };
      entries.set(key, entry);
    }
  });
  await dropLoosePictures(store);
}

// Nothing, once what was noted here of this, and not taken by the server, is forgotten with its pictures.
export async function withdrawFinding(store, key) {
  await LIST.change(store, (entries) => {
    if (entries.get(key)?.state !== "sent") entries.delete(key);
  });
  await dropLoosePictures(store);
}

// Forgets what the server had taken before this instant.
export function forgetToldFindings(store, before) {
  return LIST.forgetTold(store, before);
}

// --- pictures

// {key, name, sha256, is_sent}: the picture, kept here from now on.
async function keepPicture(store, { blob, name }) {
  const bytes = await blob.arrayBuffer();
  const key = `${PICTURE_KEPT}${randomId()}`;
  await store.keep(key, { type: blob.type, data: base64Of(new Uint8Array(bytes)) });
  return { key, name, sha256: hexOf(await crypto.subtle.digest("SHA-256", bytes)), is_sent: false };
}

// The picture as a blob; undefined when it is not here.
export async function pictureOf(store, key) {
  const kept = await store.kept(key);
  return kept ? new Blob([bytesOfBase64(kept.data)], { type: kept.type }) : undefined;
}

// Nothing, once pictures are gone that no entry names, or that the server has.
export function dropLoosePictures(store) {
  return LIST.change(store, async (entries) => {
    const { username } = store;
    const needed = [...entries.values()].flatMap(({ pictures }) => pictures.filter((each) => !each.is_sent).map(({ key }) => key));
    const keys = (await store.db.getAllKeys("values", below(username))).map(([, key]) => key);
    const loose = keys.filter((key) => String(key).startsWith(PICTURE_KEPT) && !needed.includes(key));
    if (loose.length) await write(store.db, ["values"], (at) => loose.map((key) => at("values").delete([username, key])));
  });
}

// --- sending

// Tells the server what waits, as `KeptList.send`.
export function sendFindings(store, contact, address) {
  const ask = (entries) => contact.post(address, { findings: entries.map((entry) => Object.fromEntries(TOLD.map((name) => [name, entry[name]]))) });
  return LIST.send(store, ask, settled);
}

function settled(entry, told, problem, sentAt) {
  const fate = told?.fate;
  if (fate === "recorded") {
    const isAll = entry.pictures.every((picture) => picture.is_sent);
    return { ...entry, state: isAll ? "sent" : "recorded", sent_at: sentAt, problem: null, standing: null };
  }
  if (fate === "changed" && told.standing) return { ...entry, state: "changed", problem: null, standing: told.standing };
  return { ...entry, problem: problem || { word: fate ? `finding_${fate}` : "finding_gone", values: {} } };
}

// Sends the pictures of what the server has, one at a time; as above where it fails.
export async function sendPictures(store, contact, address) {
  const recorded = [...(await findingsOn(store)).values()].filter(({ state }) => state === "recorded");
  for (const entry of recorded) {
    for (const picture of entry.pictures.filter((each) => !each.is_sent)) await sendPicture(store, contact, address, entry, picture);
  }
}

async function sendPicture(store, contact, address, entry, picture) {
  const { visit_id: visitId, issue_id: issueId, household_id: householdId } = entry;
  const blob = await pictureOf(store, picture.key);
  let problem = blob ? null : { word: "finding_picture_lost", values: {} };
  if (blob) {
    const path = [visitId, issueId, householdId, "pictures", picture.sha256].map(encodeURIComponent).join("/");
    const options = { method: "POST", body: blob, headers: { "Content-Type": "application/octet-stream" }, timeoutMs: PICTURE_MS };
    const answer = await sendChange(`${address}/${path}?name=${encodeURIComponent(picture.name)}`, () => options);
    if (!answer.ok) {
      const body = await answer.json().catch(() => ({}));
      problem = { word: "finding_picture_refused", values: { detail: body.error?.message || String(answer.status) } };
    }
  }
  const isDone = !problem || !blob;
  await LIST.change(store, (kept) => {
    const now = kept.get(findingKey(entry));
    if (!now) return;
    const pictures = now.pictures.map((each) => (each.key === picture.key && isDone ? { ...each, is_sent: true } : each));
    const isAll = now.state === "recorded" && pictures.every((each) => each.is_sent);
    const state = isAll ? "sent" : now.state;
    kept.set(findingKey(entry), { ...now, pictures, problem, state, sent_at: isAll ? new Date().toISOString() : now.sent_at });
  });
  if (isDone) await dropLoosePictures(store);
}
