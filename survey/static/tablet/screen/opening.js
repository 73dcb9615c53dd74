// From the page of a form version to an interview on the screen: fetches the plan, finds the interview, begins.

import { keptTasks } from "../device/package.js";
import { occupy, takeOver } from "../device/windows.js";
import { withHouseholds } from "../form/households.js";
import { withLastSaved } from "../form/last_saved.js";
import { loadBinders } from "../widgets/controls.js";
import { gatherBeside } from "./beside.js";
import { element } from "./elements.js";
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
// `wanted` are the search parameters that say which interview it is; without a `store` it is practice and nothing is kept. `onLost` is
// called when another window takes the interview over, with what to do about that; `again` opens it once more.
export async function openForm(addresses, wanted, { store, session, deviceId = "", onLost, again }) {
  const claims = new Map();
  const claim = async (id) => {
    const key = `${store.username} ${id}`;
    if (claims.has(key)) return;
    const here = { word: "open_here", act: () => takeOver(key).then(again) };
    const letGo = await occupy(key, (isStolen) => onLost(isStolen, here));
    if (!letGo) throw new OpeningProblem("open_elsewhere", {}, here);
    claims.set(key, letGo);
  };
  const letGo = () => claims.forEach((each) => each());
  try {
    const fetched = await fetchPlan(addresses.plan);
    // In practice there are no households.
    const plan = await withHouseholds(await withLastSaved(fetched, store, session.username), () => (store ? keptTasks(store) : []));
    const facts = { ...session, device_id: deviceId };
    const opened = await openInterview(wanted, { store, plan, session: facts, addresses, claim });
    const [beside] = await Promise.all([gatherBeside(opened, store), loadBinders(document.getElementById("pages"))]);
    const page = new Page({ plan, store, session: facts, addresses, opened, hashes: await fetchHashes(plan), beside });
    page.closing.signal.addEventListener("abort", letGo);
    page.begin();
    return page;
  } catch (error) {
    letGo();
    showProblem(error);
    if (!(error instanceof OpeningProblem)) throw error;
    return null;
  }
}

// Says on the form's page what is the matter, in both languages, because it is not known yet which one is read.
export function showProblem(error) {
  const problem = error instanceof OpeningProblem ? error : new OpeningProblem("open_failed", { detail: error.message });
  const shown = document.getElementById("opening");
  const title = Object.assign(element("h1", "", ...inBoth(problem.word, problem.values)), { tabIndex: -1 });
  shown.querySelector("h1, [role=status]")?.remove();
  shown.prepend(title);
  shown.classList.add("bad");
  title.focus({ preventScroll: true });
  if (!problem.remedy) return;
  const remedy = Object.assign(element("button", "button primary wide", ...inBoth(problem.remedy.word)), { type: "button" });
  remedy.addEventListener("click", problem.remedy.act, { once: true });
  title.after(remedy);
}

// A text of ours as Chinese and English elements.
function inBoth(key, values) {
  const [chinese, english] = ["zh", "en"].map((language) => Object.assign(element("span", "", word(language, key, values)), { lang: language }));
  return [chinese, " ", english];
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
