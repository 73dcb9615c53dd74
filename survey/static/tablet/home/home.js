// The list of households with everything around it, drawn from what lies on the device. The network only brings it up to date.

import { PackageProblem, TabletPackage } from "../device/package.js";
import { dropLoosePictures, findingsOn, forgetToldFindings } from "../device/findings.js";
import { forgetTold, outcomesOn } from "../device/outcomes.js";
import { register } from "../device/registration.js";
import { comfortSettings } from "../screen/comfort.js";
import { element, focusFirst, linkButton } from "../screen/elements.js";
import { formHash, titleOf } from "../screen/interview.js";
import { chooseLanguage, drawWords, language, say } from "../screen/language.js";
import { askedAt, askedFacts } from "./asked.js";
import { drawDevice } from "./device_panel.js";
import { HouseholdList } from "./list.js";
import { openMenu } from "./menu.js";
import { join, textIn } from "./model.js";
import { mountOutbox } from "./outbox.js";
import { PackagePanel } from "./package_panel.js";
import { drawPractice } from "./practice.js";

const $ = (id) => document.getElementById(id);
const REFRESH_MS = 10 * 60 * 1000;
const TIDY_AFTER_MS = 15 * 1000;
const TO_SEND = new Set(["finished", "refused", "conflict"]);

const CONNECTIONS = { reachable: "online", unreachable: "offline", signed_out: "signed_out", revoked: "offline", unknown: "unknown" };

// `context` is {store, session, addresses, contact, lock, isPractice}; `acts` are what the menu does beyond the list: {signOut}.
export class Home {
  constructor(context, acts) {
    Object.assign(this, { context, tasks: [], issues: null, refreshing: null });
    const { contact, lock, store, addresses } = context;
    context.package = new TabletPackage(store, addresses, (address, options) => contact.request(address, options));
    const unmet = context.isPractice ? null : (house) => this.askUnmet(house);
    const lookBack = context.isPractice ? null : (house) => this.askLookBack(house);
    this.list = new HouseholdList({ discard: (card) => this.discard(card), unmet, lookBack });
    this.panel = new PackagePanel($("package"), context.package, {
      signIn: `${addresses.signIn}?next=${encodeURIComponent(addresses.home)}`,
      onPeople: () => this.reload(),
    });
    this.outbox = mountOutbox($("outbox"), context, () => this.reload());
    const act = { ...acts, language: () => this.drawAll(), settings: () => comfortSettings(say) };
    if (!context.isPractice) Object.assign(act, { lock: () => lock.lockNow(), changePin: () => lock.changePin() });
    $("switch-language").addEventListener("click", () => this.setLanguage(language() === "zh" ? "en" : "zh"));
    $("open-menu").addEventListener("click", () => openMenu($("menu"), context, act));
    $("lock-now").hidden = context.isPractice;
    $("lock-now").addEventListener("click", () => lock.lockNow());
    contact.addEventListener("change", () => this.connectionChanged());
    window.addEventListener("tablet-unlocked", () => this.reload());
    document.addEventListener("visibilitychange", () => this.refreshWhenOld());
    setInterval(() => this.refreshWhenOld(), REFRESH_MS);
  }

  get connection() {
    return CONNECTIONS[this.context.contact.state];
  }

  // What the device has, for the first `reload`. What is new on the server is asked for when that is on the screen; on the first day
  // there is nothing without it, which `onWait` is told of.
  async start(onWait) {
    // At once, because one thing after the other would take several times as long.
    const [read] = await Promise.all([this.read(), this.context.package.load()]);
    setTimeout(() => this.tidy(), TIDY_AFTER_MS);
    if (this.context.package.facts) return read;
    onWait();
    await this.refresh();
    return null;
  }

  async tidy() {
    const { store, isPractice } = this.context;
    if (isPractice || !this.isOpen) return;
    await store.forgetOldReceipts(new Date());
    await dropLoosePictures(store);
  }

  // Reads the device again, unless that was just done, and shows it, where the list is to be seen and nothing is locked.
  async reload(read = null) {
    if (document.body.dataset.screen !== "home" || !this.isOpen) return;
    const { tasks, issues, interviews } = read || (await this.read());
    Object.assign(this, { tasks, issues });
    await this.drawAll(interviews);
  }

  async read() {
    const { package: tabletPackage } = this.context;
    const [tasks, issues, interviews] = await Promise.all([tabletPackage.tasks(), tabletPackage.issues(), this.readInterviews()]);
    return { tasks, issues, interviews };
  }

  readInterviews() {
    const { store } = this.context;
    return Promise.all([store.interviews(), outcomesOn(store), findingsOn(store)]);
  }

  async drawAll(interviews) {
    document.documentElement.lang = language();
    document.title = say("my_households");
    drawWords($("home"));
    $("switch-language").textContent = language() === "zh" ? "EN" : "中文";
    $("switch-language").setAttribute("aria-label", language() === "zh" ? "English" : "中文");
    $("home-person").textContent = this.context.session?.name || "";
    this.drawConnection();
    this.panel.draw();
    const { facts } = this.context.package;
    const isNothing = facts && facts.visits.length + facts.assets.length === 0;
    $("package").hidden = this.context.isPractice || Boolean(isNothing);
    drawPractice($("practice"), facts?.practice || []);
    await this.drawInterviews(interviews);
    $("home-opening").hidden = true;
    $("home-columns").hidden = false;
  }

  // The part that changes while interviews are held, of what the device has of it unless that was `read` just now.
  async drawInterviews(read = null) {
    const [cards, outcomes, findings] = read || (await this.readInterviews());
    const { items, loose } = join(this.context.isPractice ? [] : this.tasks, cards);
    $("outbox").classList.toggle("is-calm", !cards.some(({ state }) => TO_SEND.has(state)));
    drawDevice($("device"), loose, (card) => this.discard(card));
    const asked = ({ task }) => (this.issues ? askedFacts(askedAt(this.issues, findings, task)) : null);
    this.list.show(items.map((item) => ({ ...item, unmet: outcomes.get(item.task.id) || null, asked: asked(item) })));
    if (items.length === 0) {
      $("days").replaceChildren(...this.emptyLines());
      this.list.giveBack();
    }
    this.outbox.draw();
  }

  // What to do when there is no household to show.
  emptyLines() {
    const { facts } = this.context.package;
    if (this.context.isPractice) return [element("p", "empty", say("empty_practice"))];
    if (!facts) return [element("p", "empty", say(this.connection === "offline" ? "empty_first_offline" : "empty_first_online"))];
    const isOffice = !facts.person.roles.includes("interviewer");
    const forms = new Map(facts.visits.flatMap((visit) => visit.forms).map((form) => [`${form.form_id} ${form.form_version}`, form]));
    const links = [...forms.values()].map((form) => {
      const link = linkButton("", textIn(form.titles, language(), form.title), formHash(form.form_id, form.form_version, { new: 1 }));
      return Object.assign(link, { id: `new-${form.form_id}` });
    });
    const unlisted = links.length ? [element("p", "empty", say("empty_unlisted")), element("div", "more-forms", ...links)] : [];
    return [element("p", "empty", say(isOffice ? "empty_office" : "empty_no_tasks")), ...unlisted];
  }

  get isOpen() {
    return this.context.isPractice || this.context.store.isOpen;
  }

  async setLanguage(code) {
    chooseLanguage(code);
    await this.drawAll();
  }

  async discard(card) {
    if (!window.confirm(say("discard_sure", { title: titleOf(card, say("unassigned")) }))) return;
    await this.context.store.discard(card.id);
    await this.drawInterviews();
    // The button is gone with the draft.
    if (document.activeElement === document.body) focusFirst($(`open-${card.assignment_id}`), $("home").querySelector("h1"));
  }

  // Asks why there is no interview at a household.
  async askUnmet(house) {
    const { askUnmet } = await import("./unmet.js");
    askUnmet(house, this.context, () => this.drawInterviews());
  }

  // Asks what became of issues found before, at a household.
  async askLookBack(house) {
    const { askLookBack } = await import("./look_back.js");
    askLookBack(house, askedAt(this.issues, await findingsOn(this.context.store), house.task), this.context, () => this.drawInterviews());
  }

  // Brings the list up to date, and the whole package where it was downloaded before. Without a network nothing happens. Meanwhile the
  // list says that it may change.
  refresh() {
    $("days").setAttribute("aria-busy", "true");
    this.refreshing ||= this.bringUpToDate().finally(() => {
      this.refreshing = null;
      $("days").removeAttribute("aria-busy");
    });
    return this.refreshing;
  }

  // Whether the sign-in is that of the person whose data is open: the list of another must not come into it.
  async isSignedIn() {
    const { contact, store } = this.context;
    const { username } = contact.facts || (await contact.session());
    // The key of the tablet sends; lists are for the person.
    if (contact.isByKey) throw new PackageProblem("sign_in_again_package");
    return username === store.username;
  }

  async bringUpToDate() {
    const { package: tabletPackage, isPractice } = this.context;
    if (tabletPackage.isRunning || !this.isOpen) return;
    const { isComplete: wasComplete, problem } = tabletPackage;
    try {
      if (!isPractice) {
        if (!(await this.isSignedIn())) return;
        await register(this.context.contact, this.context.store, this.context.addresses);
      }
      const begunAt = new Date().toISOString();
      await tabletPackage.refresh();
      if (!isPractice) await Promise.all([forgetTold, forgetToldFindings].map((forget) => forget(this.context.store, begunAt)));
      // A download that failed meanwhile has a reason of its own, which somebody has to read.
      if (tabletPackage.problem === problem) tabletPackage.problem = null;
      await this.context.store.vault?.sealTo(tabletPackage.facts.visits);
    } catch (error) {
      // The header says how the connection is, and the panel how old what is here is; everything goes on with that.
      if (!error.word && !error.problem) throw error;
      if (this.connection === "signed_out") tabletPackage.problem = new PackageProblem("sign_in_again_package");
      if (this.isOpen) await tabletPackage.inspect();
      await this.reload();
      return;
    }
    await this.reload();
    if (wasComplete && !tabletPackage.isComplete) await this.panel.download();
  }

  connectionChanged() {
    this.drawConnection();
    if (this.connection === "online") this.refresh();
  }

  refreshWhenOld() {
    if (document.visibilityState !== "visible" || document.body.dataset.screen !== "home") return;
    const checkedAt = this.context.package.facts?.checked_at;
    if (!checkedAt || Date.now() - new Date(checkedAt).getTime() > REFRESH_MS) this.refresh();
    else this.panel.draw();
  }

  drawConnection() {
    $("connection").dataset.state = this.connection;
    $("connection").textContent = say(`connection_${this.connection}`);
  }
}
