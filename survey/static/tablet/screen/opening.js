// From the page of a form version to an interview on the screen: fetches the plan, finds the interview, begins.

import { withHouseholds } from "../form/households.js";
import { withLastSaved } from "../form/last_saved.js";
import { loadBinders } from "../widgets/controls.js";
import { gatherBeside } from "./beside.js";
import { openInterview, OpeningProblem } from "./interview.js";
import { Page } from "./page.js";
import { word } from "./words.js";

export { OpeningProblem };

// The addresses that the body of a form's page names; `app` is where the app is, and `home` how to get back to its list.
export function addressesOf({ dataset }) {
  return {
    app: dataset.home,
    home: `${dataset.home}#`,
    plan: dataset.plan,
    session: dataset.session,
    corrections: dataset.corrections,
    submission: dataset.submission,
    signIn: dataset.signIn,
    files: dataset.files,
  };
}

// The form begun on the document, whose elements are there; null when it could not be opened, and then the document says why.
// `wanted` are the search parameters that say which interview it is; without a `store` it is practice and nothing is kept.
export async function openForm(addresses, wanted, { store, session, deviceId = "" }) {
  try {
    const fetched = await fetchPlan(addresses.plan);
    const plan = await withHouseholds(await withLastSaved(fetched, store, session.username), store);
    const facts = { ...session, device_id: deviceId };
    const opened = await openInterview(wanted, { store, plan, session: facts, addresses });
    const [beside] = await Promise.all([gatherBeside(opened, store), loadBinders(document.getElementById("pages"))]);
    const page = new Page({ plan, store, session: facts, addresses, opened, hashes: await fetchHashes(plan), beside });
    page.begin();
    return page;
  } catch (error) {
    showProblem(error);
    if (!(error instanceof OpeningProblem)) throw error;
    return null;
  }
}

// Says on the form's page what is the matter, in both languages, because it is not known yet which one is read.
export function showProblem(error) {
  const problem = error instanceof OpeningProblem ? error : new OpeningProblem("open_failed", { detail: error.message });
  const shown = document.getElementById("opening");
  shown.textContent = ["zh", "en"].map((language) => word(language, problem.word, problem.values)).join(" ");
  shown.classList.add("bad");
}

// The plan, with the large lists that lie beside it.
async function fetchPlan(address) {
  const plan = await fetchPart(address);
  if (!plan.shipped) return plan;
  const shipped = await fetchPart(new URL(`lists.json?v=${plan.shipped}`, new URL(address, window.location.href)));
  return { ...plan, lists: { ...plan.lists, ...shipped.lists }, choices: { ...plan.choices, ...shipped.choices } };
}

async function fetchPart(address) {
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) throw new OpeningProblem("need_network");
  return answer.json();
}

// What digest() needs, for the few forms that call it.
function fetchHashes(plan) {
  return plan.expressions.some((text) => text.includes("digest(")) ? import("../../vendor/noble-hashes.js") : null;
}
