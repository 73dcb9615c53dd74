// Who may see what lies on this device: asks for the PIN before anything of a person is drawn, and again after idleness.
//
// What is on the screen meanwhile stays where it is, under the lock; the key is forgotten, so nothing can be read or written until the
// PIN is entered again. (A tablet that falls asleep does not run this page; it locks at the moment it wakes.)

import { canEncrypt } from "./crypt.js";
import { forgetCounts, notedCounts } from "./holdings.js";
import { whenFree } from "./holds.js";
import { IdleWatch } from "./idle.js";
import { exchangePin, forgotPin, settlePin, setUpVault } from "./pin_steps.js";
import { askToPersist } from "./storage.js";
import { openVault, peopleOn, PinProblem } from "./vault.js";
import { wipe } from "./wipe.js";

const DEFAULT_MINUTES = 10;
const SAY_OPENING_MS = 300;

export class Lock {
  // `context` is {store, contact, addresses, screen, saveSealed} (see pin_steps.js); `store` is null where the browser keeps nothing.
  constructor(context) {
    Object.assign(this, context);
    this.context = context;
    this.flushes = new Set();
    Object.assign(this, { person: null, isEntered: false });
    this.idle = new IdleWatch(this.screen, () => this.lockNow());
    this.contact.addEventListener("change", () => this.contact.isRevoked && this.heedRevocation());
    if (this.store) this.store.left = () => this.say("store_gone");
  }

  // The person ({username, name, locale}) whose data is open from now on; null for practice only, when nothing is kept. The screen stays
  // covered until `uncover`, so that what comes next is drawn once and whole.
  async enter() {
    this.screen.open();
    return this.findPerson();
  }

  // Shows what has been drawn since somebody entered.
  uncover() {
    if (this.isEntered) return;
    this.isEntered = true;
    this.screen.close(document.documentElement.lang);
    if (this.person) this.watch();
  }

  // Runs `flush` before the key is forgotten, so that everything entered is kept. Gives a function that takes it back.
  beforeLock(flush) {
    this.flushes.add(flush);
    return () => this.flushes.delete(flush);
  }

  // Covers the screen and forgets the key; resolves when the same person has unlocked it again.
  async lockNow() {
    if (this.screen.isOn || !this.store?.isOpen) return;
    const focused = document.activeElement;
    const { person } = this;
    this.idle.stop();
    this.screen.open();
    this.screen.wait("lock_opening");
    for (const flush of this.flushes) await flush();
    await whenFree(() => this.screen.isOn && this.store.lock());
    const outcome = await this.unlock(person, "lock_resume");
    if (outcome !== "opened") return this.leaveToOthers();
    this.screen.close();
    focused?.focus({ preventScroll: true });
    this.watch();
    window.dispatchEvent(new Event("tablet-unlocked"));
    return undefined;
  }

  // Somebody else wants the tablet: the page begins anew, with the list. What was open is a draft.
  leaveToOthers() {
    window.history.replaceState(null, "", window.location.pathname);
    window.location.reload();
    return new Promise(() => {});
  }

  // Lets the person whose vault is open choose another PIN; resolves with whether they did.
  async changePin() {
    this.screen.open();
    const isChanged = await exchangePin(this.context, this.person);
    this.screen.close();
    return isChanged;
  }

  // Covers the screen for good, because the page cannot go on; it has to be opened anew.
  async say(title) {
    if (this.contact.isRevoked) return;
    this.screen.open();
    await this.screen.tell({ title, actions: ["lock_retry"] });
    window.location.reload();
  }

  // A tablet that was revoked forgets everything, and says so in both languages, because whoever reads it may not be its person.
  async heedRevocation() {
    const { signOut } = this.addresses;
    const token = this.contact.facts?.csrf_token;
    this.idle.stop();
    this.screen.open();
    this.screen.tell({ title: "revoked_title", text: "revoked_wiping", isBilingual: true });
    for (const shown of document.querySelectorAll("#form, #days, #device, #outbox")) shown.replaceChildren();
    this.store?.forget();
    await wipe(this.store?.db);
    // Without naming the tablet, or the server would answer only that it is revoked.
    if (token) await fetch(signOut, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" }).catch(() => null);
    this.screen.tell({ title: "revoked_title", text: "revoked_told", isBilingual: true });
  }

  watch() {
    this.idle.start(this.contact.facts?.lock_minutes ?? DEFAULT_MINUTES);
  }

  // --- finding out who it is

  async findPerson() {
    if (!canEncrypt()) return this.practise("lock_insecure", ["lock_insecure_why"]);
    if (!this.store) return this.practise("lock_no_store", ["lock_no_store_why"], ["lock_retry"]);
    // As a rule this is answered before a word about it could be read.
    const saying = setTimeout(() => this.screen.wait("lock_opening"), SAY_OPENING_MS);
    const people = await peopleOn(this.store.db);
    clearTimeout(saying);
    const session = () => this.contact.session().catch(() => null);
    const last = people[0];
    // Whoever is signed in is asked for; but nobody has to wait for the network who was here before, nor for its being asked.
    if (!last) return this.begin(await session());
    this.screen.asked.then(session).then(() => this.isAnothers(last) && this.screen.interrupt("signed_in"));
    return this.openFor(people, last);
  }

  // Whether somebody else is signed in, as far as it is known yet.
  isAnothers(person) {
    const { facts } = this.contact;
    return Boolean(facts) && facts.username !== person.username;
  }

  async openFor(people, first) {
    let person = first;
    for (;;) {
      if (this.isAnothers(person)) {
        const signedIn = this.contact.facts;
        person = people.find((each) => each.username === signedIn.username);
        if (!person) return this.begin(signedIn);
      }
      const outcome = await this.unlock(person, "lock_enter");
      if (outcome === "opened") return this.opened(person);
      if (outcome === "lock_other") person = (await this.choosePerson(people)) || person;
    }
  }

  async choosePerson(people) {
    const choices = people.map((each) => ({ name: each.name, detail: each.username, value: each }));
    const signedIn = this.contact.facts?.username;
    const answer = await this.screen.tell({
      title: "lock_who",
      choices: signedIn ? choices.filter((each) => each.detail === signedIn) : choices,
      actions: [...(this.contact.isReachable ? ["lock_sign_in"] : []), "lock_back"],
    });
    if (answer.action === "lock_sign_in") await this.signIn();
    return answer.choice;
  }

  // To the sign-in page and back, after ending the sign-in that there is.
  async signIn() {
    const { signOut, signIn, app } = this.addresses;
    if (this.contact.facts) await this.contact.leave(signOut).catch(() => {});
    window.location.assign(`${signIn}?next=${encodeURIComponent(app)}`);
    await new Promise(() => {});
  }

  // The first time of a person on this device.
  async begin(facts) {
    let known = facts;
    while (!known) {
      const isSignedOut = this.contact.state === "signed_out";
      const actions = [isSignedOut ? "lock_go_sign_in" : "lock_retry"];
      const { action } = await this.screen.tell({ title: "lock_sign_in_first", text: "lock_sign_in_first_why", actions });
      if (action === "lock_go_sign_in") await this.signIn();
      this.screen.wait("lock_opening");
      known = await this.contact.session().catch(() => null);
    }
    this.screen.speakFor(known);
    const gone = notedCounts(known.username);
    if (gone) {
      await this.screen.tell({ title: "missing_title", text: "lock_evicted", values: gone, actions: ["missing_seen"] });
      forgetCounts(known.username);
    }
    const vault = await setUpVault(this.context, known);
    if (!vault) return null;
    await this.store.use(vault);
    return this.opened(known);
  }

  async practise(title, text, more = []) {
    const { action } = await this.screen.tell({ title, text, actions: [...more, "lock_practise"] });
    if (action === "lock_retry") window.location.reload();
    return null;
  }

  // --- unlocking

  // "opened", or the action that the person chose instead.
  async unlock(person, title) {
    this.screen.speakFor(person);
    let problem = null;
    for (;;) {
      const view = { title, person: person.name, actions: ["lock_forgot", "lock_other"], problem };
      const answer = await this.screen.askPin(view);
      if (answer.action === "lock_forgot") {
        const vault = await forgotPin(this.context, person);
        if (vault) return this.use(vault, null);
        problem = null;
      } else if (answer.action) return answer.action;
      else {
        this.screen.wait("lock_checking");
        this.store.readAhead(person.username);
        try {
          const { vault, sign } = await openVault(this.store.db, person.username, answer.pin);
          return await this.use(vault, sign);
        } catch (error) {
          if (!(error instanceof PinProblem)) throw error;
          // It became known while the digits were entered, when nothing may change under the fingers: the PIN was another person's.
          if (this.isAnothers(person)) return "signed_in";
          problem = error;
        }
      }
    }
  }

  async use(vault, sign) {
    await this.store.use(vault);
    if (sign) await settlePin(this.context, vault, sign);
    return "opened";
  }

  opened({ username, name, locale }) {
    this.person = { username, name, locale };
    askToPersist();
    return this.person;
  }
}
