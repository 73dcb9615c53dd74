// Sending one finished interview. Whatever happens, it stays on the device until the server has said that it is stored.

import { contact } from "./contact.js";

const CONFLICT = 409;
const SENDING_MS = 10 * 60 * 1000;

// What became of it: {state, problem, receipt}. `problem` is {word, values, findings} for a person to read, null when it was sent.
export async function sendInterview(store, interview, addresses) {
  let answer;
  try {
    const { csrf_token: token } = await fetchSession(addresses.session);
    answer = await contact.request(addresses.submission, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body: await formData(store, interview),
      timeoutMs: SENDING_MS,
    });
  } catch (error) {
    return keepWaiting(store, interview, error.problem || { word: "offline" });
  }
  if (answer.status === 201) {
    const receipt = await store.turnIntoReceipt(interview, new Date().toISOString());
    return { state: "sent", problem: null, receipt };
  }
  const body = await answer.json().catch(() => ({}));
  return settle(store, interview, answer.status, body);
}

// The session facts, or an error whose `problem` says in words what is the matter.
export function fetchSession(address) {
  contact.addresses = { ...contact.addresses, session: address };
  return contact.session();
}

async function formData(store, interview) {
  const data = new FormData();
  data.append("xml_submission_file", new Blob([interview.xml], { type: "text/xml" }), "submission.xml");
  data.append("assignment_id", interview.assignment_id || "");
  data.append("device_id", await store.deviceId());
  for (const name of interview.file_names || []) {
    const blob = await store.file(interview.id, name);
    if (blob) data.append(name, blob, name);
  }
  return data;
}

async function settle(store, interview, status, body) {
  if (status === 422 && body.findings) {
    const problem = { word: "refused", values: { count: body.findings.length }, findings: body.findings };
    return keep(store, interview, "refused", problem);
  }
  if (status === CONFLICT) return keep(store, interview, "conflict", { word: "conflict", findings: body.findings || [] });
  return keepWaiting(store, interview, problemOf(status, body));
}

function problemOf(status, body) {
  const detail = body.error?.message || String(status);
  if (status === 401) return { word: "sign_in_again", needsSignIn: true };
  if (status === 403) return { word: "not_allowed", needsSignIn: true };
  if (status === 404) return { word: "form_gone" };
  if (status === 413) return { word: "too_large" };
  if (status === 429 || status >= 500) return { word: "server_busy", values: { status } };
  return { word: "refused_other", values: { detail } };
}

function keepWaiting(store, interview, problem) {
  return keep(store, interview, "finished", problem);
}

async function keep(store, interview, state, problem) {
  interview.state = state;
  interview.problem = problem;
  await store.save(interview);
  return { state, problem, receipt: null };
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
  };
}
