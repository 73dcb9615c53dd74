// The tablet's one page: the list of households and, in its place, the form that is open. What opens the data of this device lives
// in the memory of this page only, so forms open inside it.
//
// The part of the address after "#" says which form is open: "#forms/FORM_ID/VERSION?assignment=ID"; without it, the list.

import { contact } from "./device/contact.js";
import { canEncrypt } from "./device/crypt.js";
import { Lock } from "./device/lock.js";
import { openStore } from "./device/store.js";
import { takeOver } from "./device/takeover.js";
import { drawHome, startHome } from "./home.js";
import { OpeningProblem, sessionFacts } from "./screen/interview.js";
import { LockScreen } from "./screen/lock_screen.js";
import { addressesOf, openForm, showProblem } from "./screen/opening.js";

const $ = (id) => document.getElementById(id);
const HOME_TITLE = document.title;
const HOME_LANGUAGE = document.documentElement.lang;
const FORM_ADDRESS = /^#(forms\/[^?]+)\?(.*)$/;

const context = { store: null, session: null, addresses: {} };
let form = null;

async function start() {
  const { home, session, submission, signIn, signOut } = $("device").dataset;
  context.addresses = { app: home, home, session, submission, signIn, signOut };
  contact.addresses = context.addresses;
  context.store = canEncrypt() ? await openStore().catch(() => null) : null;
  if (context.store) contact.deviceId = await context.store.deviceId();
  const screen = new LockScreen(HOME_LANGUAGE.startsWith("zh") ? "zh" : "en", () => {});
  context.lock = new Lock({ store: context.store, contact, addresses: context.addresses, screen });
  context.lock.beforeLock(() => form?.keeper.flush());
  const person = await context.lock.enter();
  if (person) await takeOver(context.store);
  else context.store = null;
  context.session = await sessionFacts(context.store, context.addresses).catch(() => null);
  contact.watch();
  await startHome(context);
  window.addEventListener("hashchange", route);
  await route();
}

// Shows what the address names, after what was open has been kept.
async function route() {
  delete document.body.dataset.ready;
  await form?.close();
  form = null;
  const found = FORM_ADDRESS.exec(window.location.hash);
  if (found) await showForm(found[1], new URLSearchParams(found[2]));
  else await showHome();
}

async function showHome() {
  const wasForm = document.body.dataset.screen === "form";
  show("home");
  $("form").replaceChildren();
  document.title = HOME_TITLE;
  document.documentElement.lang = HOME_LANGUAGE;
  if (wasForm && context.store) await drawHome();
  document.body.dataset.ready = "home";
}

async function showForm(path, wanted) {
  const page = await fetchPage(`${context.addresses.app}${path}`);
  show("form");
  if (!page) {
    $("form").replaceChildren(Object.assign(document.createElement("p"), { id: "opening", className: "opening" }));
    showProblem(new OpeningProblem("need_network"));
    return;
  }
  $("form").replaceChildren(...page.body.childNodes);
  const addresses = addressesOf(page.body);
  $("leave").href = addresses.home;
  if (!context.session || (!context.store && wanted.size > 0 && !wanted.has("try"))) {
    showProblem(new OpeningProblem(context.session ? "no_store" : "need_network"));
    return;
  }
  const deviceId = context.store ? await context.store.deviceId() : "";
  form = await openForm(addresses, wanted, { store: context.store, session: context.session, deviceId });
}

async function fetchPage(address) {
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

// The list and the form have each their own styles, and only one of the two is to be seen.
function show(screen) {
  document.body.dataset.screen = screen;
  document.body.classList.toggle("field", screen === "form");
  document.querySelectorAll("link[rel=stylesheet]").forEach((link) => {
    link.disabled = !["both", screen].includes(link.dataset.screen || "home");
  });
  for (const child of document.body.children) child.hidden = (child.id === "form") !== (screen === "form");
}

start();
