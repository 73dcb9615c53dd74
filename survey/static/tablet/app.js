// The tablet's one page: the list of households and, in its place, the form that is open. What opens the data of this device lives
// in the memory of this page only, so forms open inside it.
//
// The part of the address after "#" says which form is open: "#forms/FORM_ID/VERSION?assignment=ID"; without it, the list.
//
// Only what asks for the PIN is loaded before it is asked for; the list comes while it is being entered, the form after the list.

import { BlankStore } from "./device/blank_store.js";
import { contact } from "./device/contact.js";
import { canEncrypt } from "./device/crypt.js";
import { Lock } from "./device/lock.js";
import { useKey } from "./device/registration.js";
import { openStore } from "./device/store.js";
import { takeOver } from "./device/takeover.js";
import { keepApp } from "./home/update.js";
import { drawWords, language, say, takePersonal } from "./screen/language.js";
import { LockScreen } from "./screen/lock_screen.js";

const $ = (id) => document.getElementById(id);
const FORM_ADDRESS = /^#(forms\/[^?]+)\?(.*)$/;

const rooms = {
  home: () => import("./home/home.js"),
  queue: () => import("./device/queue.js"),
  lastResort: () => import("./home/last_resort.js"),
  form: () => import("./screen/opening.js"),
};

// `store` is null where nothing can be kept; then everything is practice.
const context = { store: null, session: {}, addresses: addressesOfApp(document.body), contact, lock: null };
let home = null;
let form = null;

async function start() {
  contact.addresses = context.addresses;
  const screen = new LockScreen();
  const isFree = () => !screen.isInUse && (home === null || document.body.dataset.ready === "home");
  const hold = (until) => contact.hold(until);
  screen.asked.then(() => keepApp(context.addresses.worker, $("new-version"), { isStarting: () => home === null, isFree, hold }));
  context.store = canEncrypt() ? await openStore().catch(() => null) : null;
  if (context.store) contact.hold(knowDevice(context.store));
  const { store, addresses } = context;
  const saveSealed = async (username) => (await rooms.lastResort()).exportNow(store.db, username);
  context.lock = new Lock({ store, contact, addresses, screen, saveSealed });
  context.lock.beforeLock(() => form?.keeper.flushDraft());
  const entered = context.lock.enter();
  screen.asked.then(() => [rooms.home, rooms.queue, () => drawWords($("home"))].forEach(whenIdle));
  const person = await entered;
  if (person) await Promise.all([takeOver(context.store), useKey(contact, context.store)]);
  else context.store = null;
  const taken = takeSession(person);
  contact.addEventListener("change", () => takeSession(person));
  const { Home } = await rooms.home();
  home = new Home({ ...context, store: context.store || new BlankStore(), isPractice: !context.store }, { signOut });
  contact.watch();
  const [read] = await Promise.all([home.start(() => showOpening()), taken]);
  window.addEventListener("hashchange", () => route());
  await route(read);
  context.lock.uncover();
  goToTitle();
  home.refresh();
  if (context.store) await (await rooms.queue()).queue.start(context);
  whenIdle(rooms.form);
}

// Every request names this device, which is not worth waiting for before the PIN can be entered.
async function knowDevice(store) {
  contact.deviceId = await store.deviceId().catch(() => "");
}

// Who works here, from the server where it has told, else as this device knew them last. The token of a sign-in is never kept.
async function takeSession(person) {
  const told = contact.facts && (!person || contact.facts.username === person.username) ? contact.facts : null;
  const { csrf_token: _token, ...facts } = told || (await context.store?.keptAtStart("session")) || { ...person, max_upload_mb: 100 };
  Object.assign(context.session, facts);
  takePersonal(facts.locale);
  if (told && context.store?.isOpen) await context.store.keep("session", facts);
}

// Shows what the address names, after what was open has been kept. `read` is what the list shows, where that has just been read.
async function route(read = null) {
  delete document.body.dataset.ready;
  await form?.close();
  form = null;
  const found = FORM_ADDRESS.exec(window.location.hash);
  if (!found) return showHome(read);
  showOpening();
  await showForm(found[1], new URLSearchParams(found[2]));
  if (!form) document.body.dataset.ready = "problem";
  return undefined;
}

// Shows that something is still to come, where it takes so long that somebody would wonder.
function showOpening() {
  if (context.lock.isEntered) return;
  show("home");
  context.lock.uncover();
}

async function showHome(read) {
  const wasForm = document.body.dataset.screen === "form";
  show("home");
  $("form").replaceChildren();
  await home.reload(read);
  if (wasForm) {
    goToTitle();
    home.refresh();
  }
  document.body.dataset.ready = "home";
}

// What had the focus is gone; a screen reader goes on with the title of the list. A form sees to its own.
function goToTitle() {
  if (document.body.dataset.screen === "home" && document.activeElement === document.body) $("home").querySelector("h1").focus({ preventScroll: true });
}

async function showForm(path, wanted) {
  const [page, opening] = await Promise.all([fetchPage(`${context.addresses.home}${path}`), rooms.form()]);
  show("form");
  if (!page) {
    clearForm();
    opening.showProblem(new opening.OpeningProblem("need_network"));
    return;
  }
  $("form").replaceChildren(...page.body.childNodes);
  const addresses = opening.addressesOf(page.body);
  $("leave").href = addresses.home;
  if (!context.store && wanted.size > 0 && !wanted.has("try")) {
    opening.showProblem(new opening.OpeningProblem("no_store"));
    return;
  }
  const session = { ...context.session, locale: language() };
  const deviceId = context.store ? await context.store.deviceId() : "";
  form = await opening.openForm(addresses, wanted, { store: context.store, session, deviceId, onLost: leave, again: () => route() });
}

// Another window has taken the form over. What was answered here is kept, unless this window slept so long that it was not waited for.
async function leave(isStolen, remedy) {
  if (isStolen) form?.keeper.pause();
  await form?.close();
  form?.keeper.pause();
  form = null;
  delete document.body.dataset.ready;
  const { OpeningProblem, showProblem } = await rooms.form();
  clearForm();
  showProblem(new OpeningProblem("taken_over", {}, remedy));
  document.body.dataset.ready = "problem";
}

// In the form's place a line that says why there is none, and the way back.
function clearForm() {
  const shown = Object.assign(document.createElement("main"), { id: "opening", className: "opening" });
  shown.append(Object.assign(document.createElement("a"), { href: "#", className: "button quiet wide", textContent: say("back_to_list") }));
  $("form").replaceChildren(shown);
}

function whenIdle(act) {
  if (window.requestIdleCallback) window.requestIdleCallback(act, { timeout: 2000 });
  else setTimeout(act, 200);
}

async function fetchPage(address) {
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  return answer?.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

function addressesOfApp({ dataset }) {
  const { home: app, session, package: list, devices, worker, submission, signIn, signOut, office } = dataset;
  return { app, home: app, session, package: list, devices, worker, submission, signIn, signOut, office };
}

// Ends the sign-in on the server; what lies here stays, sealed.
async function signOut() {
  if (!window.confirm(say("sign_out_sure"))) return;
  try {
    await contact.session();
    await contact.leave(context.addresses.signOut);
  } catch {
    window.alert(say("sign_out_offline"));
    return;
  }
  window.location.assign(`${context.addresses.signIn}?next=${encodeURIComponent(context.addresses.home)}`);
}

function show(screen) {
  document.body.dataset.screen = screen;
  document.body.classList.toggle("field", screen === "form");
  $("app-opening")?.remove();
  $("home").hidden = screen !== "home";
  $("form").hidden = screen !== "form";
}

start();
