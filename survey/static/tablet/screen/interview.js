// Which interview this page is about: a draft on this device, an assignment, a household on no list, a returned submission, or practice.
//
// The app's address says so after "#forms/FORM_ID/VERSION?": assignment=ID, draft=ID, edit=INSTANCE_ID, new=1 (with prefilled answers);
// anything else is practice.

import { findTask } from "../device/package.js";
import { contact } from "../device/contact.js";
import { randomId } from "../device/random.js";
import { keptReturned, returnedFile } from "../device/returned.js";
import { stateFromXml } from "../form/submission.js";
import { isoWithOffset } from "../form/types.js";
import { practiceHousehold } from "./practice_household.js";

const FILE_MS = 5 * 60 * 1000;
const LIVE = new Set(["draft", "awaiting", "finished", "refused", "conflict"]);

// A problem to be shown in words instead of the form.
export class OpeningProblem extends Error {
  // `remedy` is {word, act}: what a button offers to do about it.
  constructor(word, values = {}, remedy = null) {
    super(word);
    Object.assign(this, { word, values, remedy });
  }
}

// {interview, state, prefill, isTrial}; `state` is null for a form not yet begun. `wanted` are the address's parameters, `context` is
// {store, plan, session, addresses, claim}; `claim` is awaited with the key of the interview before anything of it is read.
export async function openInterview(wanted, context) {
  const { store, session } = context;
  if (store && wanted.has("assignment")) await context.claim(wanted.get("assignment"));
  const own = store ? (await store.interviews()).filter((each) => LIVE.has(each.state) && each.username === session.username) : [];
  if (wanted.has("draft")) {
    const found = own.find((each) => each.id === wanted.get("draft"));
    if (found) return resume(found, context);
    throw new OpeningProblem("assignment_unknown");
  }
  if (wanted.has("assignment")) {
    const found = newest(own.filter((each) => each.assignment_id === wanted.get("assignment")));
    return found ? resume(found, context) : begin(await assignmentFacts(wanted.get("assignment"), context), context);
  }
  if (wanted.has("edit")) {
    const found = newest(own.filter((each) => each.deprecated_id === wanted.get("edit")));
    return found ? resume(found, context) : correct(wanted.get("edit"), context);
  }
  if (wanted.has("new")) {
    const { new: _new, ...given } = Object.fromEntries(wanted);
    const prefill = { lead_name: session.name, ...given };
    const begun = begin({ id: "", title: prefill.village_name || "", prefill }, context);
    await context.claim(keyOf(begun.interview));
    return begun;
  }
  const practice = begin({ id: "", title: "", prefill: wanted.has("try") ? practiceHousehold(context.session) : {} }, context);
  // The server takes nothing of this name, whoever sends it.
  practice.interview.instance_id = `practice:${randomId()}`;
  return { ...practice, isTrial: true };
}

// What only one window may have open: an assignment with all that comes of it, else the interview by itself.
function keyOf({ assignment_id: assignmentId, deprecated_id: deprecatedId, id }) {
  return assignmentId || deprecatedId || id;
}

async function resume(card, { store, plan, addresses, claim }) {
  if (card.form_version !== plan.form.version || card.form_id !== plan.form.id) {
    window.location.replace(`${addresses.app}${draftHash(card)}`);
    throw new OpeningProblem("loading");
  }
  await claim(keyOf(card));
  const interview = await store.interview(card.id);
  if (!interview) throw new OpeningProblem("interview_missing");
  return { interview, state: interview.answers, prefill: {}, isTrial: false };
}

// What an interview is called in lists and headers: its household, or that it is on no list and where.
export function titleOf(interview, unlistedWord) {
  const isListed = interview.assignment_id || interview.deprecated_id;
  return isListed ? interview.title : `${unlistedWord} ${interview.title}`.trim();
}

// The part of the app's address after "#" that opens a draft with the form version that it was begun with.
export function draftHash(interview) {
  return formHash(interview.form_id, interview.form_version, { draft: interview.id });
}

// The part of the app's address after "#" that opens a form for what `wanted` names.
export function formHash(formId, version, wanted) {
  return `#forms/${[formId, version].map(encodeURIComponent).join("/")}?${new URLSearchParams(wanted)}`;
}

function begin(assignment, { plan, session }) {
  return {
    interview: fresh(plan, session, { assignment_id: assignment.id, title: assignment.title }),
    state: null,
    prefill: assignment.prefill,
    isTrial: false,
  };
}

function fresh(plan, session, facts) {
  return {
    id: randomId(),
    username: session.username,
    form_id: plan.form.id,
    form_version: plan.form.version,
    assignment_id: "",
    title: "",
    instance_id: `uuid:${randomId()}`,
    deprecated_id: null,
    reason: "",
    state: "draft",
    page: 0,
    begun_at: isoWithOffset(new Date()),
    ...facts,
  };
}

async function assignmentFacts(id, { store }) {
  const found = store && (await findTask(store, id));
  if (!found) throw new OpeningProblem("assignment_unknown");
  return found;
}

// From the device where it was brought along, else from the server.
async function correct(instanceId, { store, plan, session, addresses, claim }) {
  const kept = await keptReturned(store, instanceId);
  const returned = kept || (await fetchJson(`${addresses.corrections}${encodeURIComponent(instanceId)}.json`));
  const { assignment_id, title, reason, instance_id, queries, pair } = returned;
  const interview = fresh(plan, session, { assignment_id, title, reason, queries, pair, deprecated_id: instance_id });
  await claim(keyOf(interview));
  for (const file of returned.files) {
    const blob = (kept && (await returnedFile(store, instanceId, file.name))) || (await fetchFile(file.url));
    if (blob) await store.saveFile(interview.id, file.name, blob);
  }
  return { interview, state: stateFromXml(plan, returned.xml), prefill: {}, isTrial: false };
}

async function fetchFile(url) {
  const answer = await contact.request(url, { headers: { Accept: "*/*" }, timeoutMs: FILE_MS });
  return answer.ok ? answer.blob() : null;
}

async function fetchJson(address) {
  try {
    return await contact.json(address);
  } catch (error) {
    if (!error.problem) throw error;
    const { word, values } = error.problem;
    throw word === "offline" ? new OpeningProblem("need_network") : new OpeningProblem("open_failed", { detail: values.detail });
  }
}

function newest(interviews) {
  return interviews.sort((a, b) => (a.changed_at || "").localeCompare(b.changed_at || "")).at(-1);
}
