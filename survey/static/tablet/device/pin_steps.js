// The steps in which a PIN is chosen, made known to the server, changed, and replaced when it was forgotten.
//
// `context` is {store, contact, addresses, screen, saveSealed}; `saveSealed(username)` saves what lies here as an encrypted file and gives
// the text that says what became of it. The server keeps of a PIN what countersignatures are checked with; everything that is
// sealed here depends on the record in this device's database alone.

import { base64Of, bytesOfBase64, freshSalt, hexOf, stretchPin } from "./crypt.js";
import { forgetCounts, notedCounts } from "./holdings.js";
import { isWeakPin } from "./pins.js";
import { clearPerson, escrowOf, makeVault, openVault, peopleOn, PinProblem, recoverVault, replacePin } from "./vault.js";

// A new vault for the person who is signed in (`facts`), opened; null when they only want to practise.
export async function setUpVault(context, facts) {
  const { store, screen } = context;
  const person = { username: facts.username, name: facts.name, locale: facts.locale };
  const how = { salt: bytesOfBase64(facts.pin.salt), rounds: facts.pin.rounds };
  let isKnown = facts.pin.is_set;
  let problem = null;
  for (;;) {
    const first = () => askNew(screen, facts.name, "lock_choose", problem, ["lock_practise"]);
    const pin = await (isKnown ? askKnown(context, facts, problem) : first());
    if (pin === null) return null;
    if (pin === "forgotten") return startAnew(context, person, how);
    screen.wait("lock_checking");
    const stretched = await stretchPin(pin, how.salt, how.rounds);
    problem = await register(context, stretched.sign, how);
    if (!problem) return makeVault(store.db, person, stretched.stretched, how);
    if (problem.word === "pin_not_known") isKnown = true;
  }
}

// Nothing, once server and device agree about the PIN with which the vault was just opened, as far as they can be asked.
// The server may not know any (it is another server, or it was restored), or a newer one that was chosen on another tablet.
export async function settlePin(context, vault, sign) {
  const { contact, store, screen } = context;
  const { facts } = contact;
  if (!facts || facts.username !== vault.username) return;
  const [own] = (await peopleOn(store.db)).filter((each) => each.username === vault.username);
  const how = { salt: bytesOfBase64(own.salt), rounds: own.rounds };
  if (!facts.pin.is_set) {
    await register(context, sign, how);
    return;
  }
  if (facts.pin.salt === own.salt) return;
  // After a forgotten PIN the new one may not have reached the server; if that is not so, another tablet has a newer one.
  let problem = await register(context, sign, how);
  if (problem?.word !== "pin_not_known") return;
  problem = null;
  const newer = { salt: bytesOfBase64(facts.pin.salt), rounds: facts.pin.rounds };
  for (;;) {
    const view = { title: "lock_other_tablet", text: "lock_other_tablet_why", person: own.name, actions: ["lock_later"], problem };
    const { pin, action } = await screen.askPin(view);
    if (action) return;
    screen.wait("lock_checking");
    const stretched = await stretchPin(pin, newer.salt, newer.rounds);
    problem = await register(context, stretched.sign, newer);
    if (!problem) {
      await replacePin(vault, stretched.stretched, newer);
      return;
    }
  }
}

// Whether the person has another PIN now; they are asked for the one so far first.
export async function exchangePin(context, person) {
  const { store, contact, screen } = context;
  let problem = null;
  for (;;) {
    const { pin, action } = await screen.askPin({ title: "lock_old", person: person.name, actions: ["lock_back"], problem });
    if (action) return false;
    screen.wait("lock_checking");
    const opened = await openVault(store.db, person.username, pin).catch(asProblem);
    if (opened instanceof PinProblem) {
      problem = opened;
      continue;
    }
    const chosen = await askNew(screen, person.name, "lock_choose_new", null, ["lock_back"], pin);
    if (chosen === null) return false;
    screen.wait("lock_checking");
    const how = { salt: freshSalt(), rounds: contact.facts?.pin.rounds ?? (await roundsOf(store, person)) };
    const stretched = await stretchPin(chosen, how.salt, how.rounds);
    problem = await register(context, stretched.sign, how, opened.sign);
    if (problem) continue;
    await replacePin(opened.vault, stretched.stretched, how);
    await store.use(opened.vault);
    contact.facts.pin = { ...contact.facts.pin, salt: base64Of(how.salt), rounds: how.rounds, is_set: true };
    await screen.tell({ title: "pin_changed", actions: ["lock_back"] });
    return true;
  }
}

// The vault opened with a new PIN, once a coordinator has allowed one; null when the person goes back.
export async function forgotPin(context, person) {
  const { store, screen } = context;
  const escrow = await escrowOf(store.db, person.username);
  let problem = null;
  let isImpossible = escrow.length === 0;
  let told = "";
  for (;;) {
    const counts = notedCounts(person.username);
    const text = ["lock_forgot_how", isImpossible ? (counts ? "lock_forgot_lost" : "lock_forgot_never") : "lock_forgot_kept"];
    const canSave = escrow.length > 0 && context.saveSealed;
    const actions = ["lock_recover", canSave && "lock_export", isImpossible && "lock_start_anew", "lock_back"].filter(Boolean);
    const { action } = await screen.tell({ title: "lock_forgot_title", person: person.name, text, values: counts, actions, problem, told });
    told = "";
    if (action === "lock_back") return null;
    if (action === "lock_export") {
      problem = null;
      told = await context.saveSealed(person.username);
      continue;
    }
    if (action === "lock_start_anew") {
      if (await clearAll(context, person)) return null;
      continue;
    }
    screen.wait("lock_checking");
    const recovered = await recover(context, person, escrow);
    if (recovered.vault) return recovered.vault;
    ({ problem } = recovered);
    isImpossible ||= problem?.word === "lock_recover_impossible";
  }
}

async function recover(context, person, escrow) {
  const { store, contact, addresses, screen } = context;
  let key;
  try {
    await contact.session();
    ({ key } = await contact.post(`${addresses.app}recovery`, { escrow }));
  } catch (error) {
    if (error.status === 403) return { problem: { word: "lock_recover_refused" } };
    if (error.code === "INVALID_VALUE") return { problem: { word: "lock_recover_impossible" } };
    return { problem: contactProblem(error) };
  }
  const chosen = await askNew(screen, person.name, "lock_choose_new", null, ["lock_back"]);
  if (chosen === null) return { problem: null };
  screen.wait("lock_checking");
  const how = { salt: freshSalt(), rounds: contact.facts.pin.rounds };
  const stretched = await stretchPin(chosen, how.salt, how.rounds);
  // First here: should the server not hear of it now, it does at the next unlocking.
  const vault = await recoverVault(store.db, person.username, key, stretched.stretched, how);
  await register(context, stretched.sign, how);
  return { vault };
}

// A PIN that nobody guesses at once, entered twice; null when another action was chosen.
async function askNew(screen, person, title, firstProblem, actions, refused = "") {
  let problem = firstProblem;
  for (;;) {
    const text = title === "lock_choose" ? "lock_choose_why" : [];
    const { pin, action } = await screen.askPin({ title, text, person, actions, problem });
    if (action) return null;
    if (isWeakPin(pin)) problem = { word: "pin_weak" };
    else if (pin === refused) problem = { word: "pin_same" };
    else {
      const again = await screen.askPin({ title: "lock_repeat", text: "lock_repeat_why", person, actions: ["lock_back"] });
      if (again.pin === pin) return pin;
      problem = again.pin ? { word: "pin_differs" } : null;
    }
  }
}

// The PIN that the server knows already; null for practice only, "forgotten" when a coordinator has allowed a new one.
async function askKnown({ screen }, { name }, problem) {
  for (;;) {
    const actions = ["lock_forgot", "lock_practise"];
    const { pin, action } = await screen.askPin({ title: "lock_known", text: "lock_known_why", person: name, actions, problem });
    if (pin) return pin;
    if (action === "lock_practise") return null;
    const answer = await screen.tell({ title: "lock_forgot_title", text: ["lock_forgot_how"], actions: ["lock_recover", "lock_back"] });
    if (answer.action === "lock_recover") return "forgotten";
  }
}

// A first vault here with a new PIN in the place of the one that was forgotten; asks again while the server does not allow it.
async function startAnew(context, person, { rounds }) {
  let problem = null;
  for (;;) {
    const chosen = await askNew(context.screen, person.name, "lock_choose_new", problem, ["lock_practise"]);
    if (chosen === null) return null;
    context.screen.wait("lock_checking");
    const how = { salt: freshSalt(), rounds };
    const stretched = await stretchPin(chosen, how.salt, how.rounds);
    problem = await register(context, stretched.sign, how);
    if (!problem) return makeVault(context.store.db, person, stretched.stretched, how);
    if (problem.word === "pin_not_known") problem = { word: "lock_recover_refused" };
  }
}

// Whether the person's data was erased, after being asked a second time.
async function clearAll({ store, screen }, person) {
  const { action } = await screen.tell({
    title: "lock_start_anew_sure",
    values: { name: person.name },
    text: "lock_start_anew_gone",
    actions: ["lock_erase_mine", "lock_back"],
    isGrave: true,
  });
  if (action !== "lock_erase_mine") return false;
  await clearPerson(store.db, person.username);
  forgetCounts(person.username);
  window.location.reload();
  return new Promise(() => {});
}

// Null when the server knows the PIN now; otherwise what is the matter.
async function register({ contact, addresses }, sign, { salt, rounds }, oldSign = null) {
  const facts = { sign: hexOf(sign), salt: base64Of(salt), rounds, ...(oldSign ? { old_sign: hexOf(oldSign) } : {}) };
  try {
    await contact.post(`${addresses.app}pin`, facts);
    return null;
  } catch (error) {
    if (error.status === 403) return { word: "pin_not_known" };
    if (error.status === 429) return { word: "pin_paused" };
    return contactProblem(error);
  }
}

function contactProblem(error) {
  if (!error.problem) throw error;
  const { word, values } = error.problem;
  if (word === "offline" || word === "server_busy") return { word: "pin_needs_network" };
  if (word === "sign_in_again") return { word: "pin_needs_sign_in" };
  return { word: "pin_refused", values };
}

function asProblem(error) {
  if (error instanceof PinProblem) return error;
  throw error;
}

async function roundsOf(store, person) {
  return (await peopleOn(store.db)).find((each) => each.username === person.username).rounds;
}
