// How an interview travels: its answers in one request, each file in chunks, and the receipt that says what has arrived. Nothing here
// changes what lies on the device. Whatever is repeated changes nothing at the server either.
//
// A ContactProblem means that the server could not be asked; it says nothing of the interview.

import { contact, ContactProblem } from "./contact.js";
import { digestHeader } from "./hashing.js";
import { waitTold } from "./patience.js";

const ANSWERS_MS = 3 * 60 * 1000;
const CHUNK_MS = 60 * 1000;
const ATTEMPTS_AT_FILE = 3;

// The session facts, or a ContactProblem.
export function fetchSession(address) {
  contact.addresses = { ...contact.addresses, session: address };
  return contact.session();
}

// What became of the answers: {state, receipt} with the state "accepted", or {state, problem} with "refused", "conflict" or "waiting".
export async function sendAnswers(interview, { addresses, deviceId, signal }) {
  const answer = await sendChange(addresses.submission, () => ({ method: "POST", body: formData(interview, deviceId), timeoutMs: ANSWERS_MS, signal }));
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 201) return { state: "accepted", receipt: body };
  if (answer.status === 422 && body.findings) {
    return { state: "refused", problem: { word: "refused", values: { count: body.findings.length }, findings: body.findings } };
  }
  if (answer.status === 409) return { state: "conflict", problem: { word: "conflict", findings: body.findings || [] } };
  return { state: "waiting", problem: problemOf(answer.status, body) };
}

// What the server has of the interview; null when it has nothing.
export async function fetchReceipt(instanceId, { addresses, signal }) {
  const answer = await contact.request(`${addresses.app}receipts/${encodeURIComponent(instanceId)}.json`, { signal });
  if (answer.status === 404) return null;
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw busy(answer);
  return body;
}

// What became of a file ({name, n_bytes, sha256, isNew}): "done", "unknown" when the server does not have its interview, "differs" when it
// has another file of that name, or "refused". `piecesOf()` gives its bytes in order; `pace` is how many bytes go at once. Of a file that is
// new the server is taken to have nothing, and is asked only if it says otherwise.
export async function sendFile(instanceId, file, piecesOf, { addresses, pace, signal, onProgress }) {
  const address = `${addresses.app}uploads/${encodeURIComponent(instanceId)}/${encodeURIComponent(file.name)}`;
  const headers = { "Repr-Digest": digestHeader(file.sha256), "Upload-Length": String(file.n_bytes) };
  const sending = { address, headers, file, piecesOf, pace, signal, onProgress };
  const begun = file.isNew ? await sendFrom(0, sending) : null;
  if (begun) return begun;
  for (let attempt = 0; attempt < ATTEMPTS_AT_FILE; attempt += 1) {
    const asked = await contact.request(address, { method: "HEAD", headers, signal });
    if (asked.status === 404) return "unknown";
    if (asked.status === 409) return "differs";
    if (!asked.ok) throw busy(asked);
    if (asked.headers.get("Upload-Complete") === "?1") return "done";
    const outcome = await sendFrom(offsetOf(asked), sending);
    if (outcome) return outcome;
  }
  return "refused";
}

// "done" or another outcome; null when it has to be asked again where the file is.
async function sendFrom(start, { address, headers, file, piecesOf, pace, signal, onProgress }) {
  let offset = start;
  const chunks = chunksFrom(piecesOf(), start, pace);
  for (;;) {
    onProgress(offset);
    // The last request may be without bytes: a file that the server has from the interview that is corrected only has to be named.
    const { value: chunk, done } = offset < file.n_bytes ? await chunks.next() : { value: new Uint8Array(), done: false };
    if (done) return "lost";
    const began = performance.now();
    const told = { ...headers, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
    let answer;
    try {
      answer = await sendChange(address, () => ({ method: "PATCH", body: chunk, headers: told, timeoutMs: CHUNK_MS, signal }));
    } catch (error) {
      if (error instanceof ContactProblem) pace.slower(performance.now() - began);
      throw error;
    }
    if (answer.status === 404) return "unknown";
    if (answer.status === 409) return answer.headers.has("Upload-Offset") ? null : "differs";
    if (answer.status === 413) return "oversize";
    if (answer.status === 422) return null;
    if (!answer.ok) throw busy(answer);
    pace.quicker(performance.now() - began, chunk.length);
    offset = offsetOf(answer);
    if (answer.headers.get("Upload-Complete") === "?1") return "done";
  }
}

// How many bytes go in one request: fewer after one was lost on the way, more while they arrive quickly.
export class Pace {
  constructor() {
    this.nBytes = 256 * 1024;
  }

  // A request that was broken at once would not have been saved by being smaller.
  slower(tookMs) {
    if (tookMs > 2000) this.nBytes = Math.max(16 * 1024, this.nBytes / 2);
  }

  // What was smaller than it might have been tells nothing of larger ones.
  quicker(tookMs, nSent) {
    if (tookMs < 1500 && nSent >= this.nBytes) this.nBytes = Math.min(1024 * 1024, this.nBytes * 2);
  }
}

// The bytes from `start` on, in chunks as large as the pace allows at the moment.
async function* chunksFrom(pieces, start, pace) {
  let position = 0;
  for await (const piece of pieces) {
    if (!piece) return;
    let at = Math.max(0, start - position);
    while (at < piece.length) {
      const chunk = piece.subarray(at, at + pace.nBytes);
      yield chunk;
      at += chunk.length;
    }
    position += piece.length;
  }
}

// The answer to a change, with the token of the sign-in, which is asked for anew when it has grown old.
export async function sendChange(address, optionsOf) {
  const sent = async () => {
    const { headers = {}, ...options } = optionsOf();
    return contact.request(address, { ...options, headers: { ...headers, "X-CSRFToken": contact.facts.csrf_token } });
  };
  if (!contact.facts) await contact.session();
  let answer = await sent();
  if (contact.isWorthAnother(answer.status)) {
    await contact.session();
    answer = await sent();
  }
  if (answer.status === 401 || answer.status === 429 || answer.status >= 500) throw busy(answer);
  return answer;
}

function formData(interview, deviceId) {
  const data = new FormData();
  data.append("xml_submission_file", new Blob([interview.xml], { type: "text/xml" }), "submission.xml");
  data.append("assignment_id", interview.assignment_id || "");
  data.append("device_id", deviceId);
  if (interview.countersign) data.append("countersign", JSON.stringify(interview.countersign));
  return data;
}

function offsetOf(answer) {
  return Number(answer.headers.get("Upload-Offset") || 0);
}

function busy(answer) {
  const { status } = answer;
  if (status === 401) return new ContactProblem("sign_in_again", { status, needsSignIn: true });
  return new ContactProblem("server_busy", { status, values: { status }, waitMs: waitTold(answer) });
}

function problemOf(status, body) {
  if (status === 403) return { word: "not_allowed", needsSignIn: true };
  if (status === 404) return { word: "form_gone" };
  if (status === 413) return { word: "too_large" };
  return { word: "refused_other", values: { detail: body.error?.message || String(status) } };
}

// After a conflict: the same answers under a new identifier, naming the stored submission as the one they replace.
export function asCorrection(interview, newInstanceId) {
  const xml = new DOMParser().parseFromString(interview.xml, "text/xml");
  const meta = [...xml.documentElement.children].find((each) => each.localName === "meta");
  const named = (name) => [...meta.children].find((each) => each.localName === name);
  named("instanceID").textContent = newInstanceId;
  (named("deprecatedID") || meta.appendChild(xml.createElement("deprecatedID"))).textContent = interview.instance_id;
  return {
    ...interview,
    state: "finished",
    deprecated_id: interview.instance_id,
    instance_id: newInstanceId,
    xml: `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(xml.documentElement)}`,
    sending: null,
    problem: null,
  };
}
