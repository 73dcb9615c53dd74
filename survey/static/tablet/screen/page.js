// One interview on the screen: wires the instance to the page, keeps the draft, finishes and sends.

import { Beside } from "./beside.js";
import { BackgroundSound, recordPosition, recordStart } from "../widgets/background.js";
import { drawContents } from "./contents.js";
import { Countersign } from "./countersign.js";
import { write } from "./elements.js";
import { drawHeader } from "./header.js";
import { openHelp } from "./help.js";
import { Instance, LOOK } from "../form/instance.js";
import { draftHash, titleOf } from "./interview.js";
import { listenToKeys } from "./keys.js";
import { Keeper } from "./keeper.js";
import { keepLastSaved } from "../form/last_saved.js";
import { Media } from "../widgets/media.js";
import { Pager } from "./pager.js";
import { nodeOf } from "../form/nodes.js";
import { fileNames, serialize } from "../form/submission.js";
import { Sending } from "./sending.js";
import { drawOutcome, drawSummary } from "./summary.js";
import { paint, Texts } from "./texts.js";
import { makeToast } from "./toast.js";
import { FILES, isoWithOffset } from "../form/types.js";
import { View } from "./view.js";
import { word, WORDS } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Page {
  constructor({ plan, store, session, addresses, opened, hashes, beside = {} }) {
    Object.assign(this, { plan, store, session, addresses, interview: opened.interview, isTrial: opened.isTrial });
    this.maxUploadMb = session.max_upload_mb;
    this.texts = new Texts(plan);
    this.media = new Media(plan, addresses.files, this.texts, (key) => this.word(key));
    this.endings = [];
    this.closing = new AbortController();
    this.toast = makeToast($("toast"), () => this.word("undo"));
    this.say = this.toast.say;
    this.keeper = new Keeper(this, $("save-state"), opened.state !== null);
    this.files = this.keeper.files;
    this.sending = new Sending(this);
    this.chooseFirstLanguage();
    this.instance = new Instance(plan, {
      state: opened.state,
      environment: this.preloads(),
      textOf: (key) => this.texts.plain(key),
      hashes,
    });
    for (const [name, value] of Object.entries(opened.prefill)) this.instance.named(name).forEach((item) => this.instance.set(item, value));
    this.beside = new Beside(this, beside);
    this.second = new Countersign(this, beside.visits);
    this.view = new View(this);
    this.pager = new Pager(this.view, [...document.querySelectorAll("[data-page]")], $("summary"), (number) => this.shown(number));
    this.view.prepare(this.pager.sections);
    this.drawFrame();
    this.drawHeadings(this.view.isTranslated());
    this.sound = new BackgroundSound(this, $("recording"));
    this.beforeFinish(() => this.sound.stop());
    this.instance.onPosition = (items) => recordPosition(this, items);
    this.instance.listener = (changed) => {
      this.second.heed(changed);
      this.view.update(changed, LOOK);
      this.scheduleHeader();
    };
    this.instance.onSave = () => this.answered();
  }

  preloads() {
    const now = new Date();
    return {
      start: isoWithOffset(now),
      today: isoWithOffset(now).slice(0, 10),
      deviceid: this.session.device_id,
      username: this.session.username,
      phonenumber: this.session.phone || undefined,
      email: this.session.email || undefined,
      instanceID: this.interview.instance_id,
    };
  }

  // --- words and languages

  hasWord(key) {
    return WORDS.zh[key] !== undefined;
  }

  word(key, values) {
    return word(this.texts.wordLanguage, key, values);
  }

  // The program's own words below `root`; `outside` is a selector of what is left as it is.
  drawWords(root, outside = "") {
    const all = (name) => root.querySelectorAll(`[data-${name}]${outside}`);
    all("ui").forEach((element) => {
      element.textContent = this.word(element.dataset.ui);
    });
    all("ui-label").forEach((element) => element.setAttribute("aria-label", this.word(element.dataset.uiLabel)));
    all("ui-placeholder").forEach((element) => {
      element.placeholder = this.word(element.dataset.uiPlaceholder);
    });
    root.querySelectorAll(".page-part").forEach((element) => {
      element.textContent = this.word("part_of", element.dataset);
    });
  }

  // The words around the questions, and for the browser the language that the page is in.
  drawFrame() {
    document.documentElement.lang = this.plan.form.languages[this.texts.index].code || this.texts.wordLanguage;
    this.drawWords(document, ":not(#pages *)");
  }

  // The titles of the form and of its pages, which belong to no question; without `all` only those that show answers.
  drawHeadings(all) {
    document.title = this.texts.shownPlain("title");
    this.texts.draw(document.querySelectorAll("h1 [data-t], .bar [data-t]"), this.instance.evaluator, null, all);
  }

  // Whose interview this is, and what has to be known of it before the first question.
  drawTitle() {
    const { interview } = this;
    $("interview-title").textContent = this.isTrial ? this.word("trial_title", { title: this.texts.shownPlain("title") }) : titleOf(interview, this.word("unassigned"));
    document.querySelector(".bar-form").hidden = this.isTrial;
    const returned = interview.reason ? [this.word("returned", { reason: interview.reason })] : [];
    const asked = this.beside.queries.elsewhere().map((each) => this.word("query_elsewhere", each));
    write($("banner"), this.isTrial ? this.word("trying") : [...returned, ...asked].join(" "));
    $("banner").hidden = $("banner").textContent === "";
  }

  // The language of the draft, else the person's own if the form speaks it, else the form's default.
  chooseFirstLanguage() {
    const { languages } = this.plan.form;
    const known = languages.findIndex((each) => each.name === this.interview.language);
    const spoken = languages.findIndex((each) => each.code && each.code.slice(0, 2) === this.session.locale);
    this.texts.index = known >= 0 ? known : spoken >= 0 ? spoken : this.plan.form.default;
    if (languages.length < 2) this.texts.chosenWords = this.interview.language || this.session.locale;
  }

  setLanguage(name) {
    const index = this.plan.form.languages.findIndex((each) => each.name === name);
    if (this.plan.form.languages.length > 1 && index >= 0) this.texts.index = index;
    else this.texts.chosenWords = name;
    this.interview.language = name;
    this.drawFrame();
    this.drawTitle();
    this.drawHeadings(true);
    this.view.redraw();
    this.sound.draw();
    this.beside.draw();
    this.pager.go(this.pager.current, { scroll: false });
    this.keeper.schedule();
  }

  // --- answering

  set(item, raw) {
    this.instance.set(item, raw);
  }

  // An answer was taken back by a tap, which may have been a mistake.
  cleared(item, before) {
    this.say(this.word("cleared", { title: this.view.titleOf(item) }), () => this.restore(item, before));
  }

  // Puts an answer back as it was, and shows where.
  restore(item, before) {
    this.set(item, before);
    this.view.boxes.get(item)?.control?.show();
    if (item.isRelevant && this.view.boxes.has(item)) this.pager.goTo(item);
  }

  // Takes what the device found out by itself, which by itself begins no draft.
  record(item, raw) {
    const { onSave } = this.instance;
    this.instance.onSave = null;
    this.instance.set(item, raw);
    this.instance.onSave = onSave;
    this.keeper.schedule();
  }

  // Whatever is still running when the interview is finished is ended first.
  beforeFinish(end) {
    this.endings.push(end);
  }

  // Draws what tells of all answers together once this one has been looked at to its end, and before the page is laid out for it: in a
  // frame of its own everything would be laid out once more.
  scheduleHeader() {
    if (this.isHeaderWaiting) return;
    this.isHeaderWaiting = true;
    queueMicrotask(() => {
      this.isHeaderWaiting = false;
      drawHeader(this);
      if (this.hideWarning && !this.pager.isAnyWrongOn(this.pager.current)) {
        this.hideWarning();
        this.hideWarning = null;
      }
      if (this.pager.current === this.pager.sections.length && (this.interview.state === "draft" || this.second.isOn)) drawSummary(this);
    });
  }

  shown(number) {
    if (number !== this.interview.page) this.toast.leavePage();
    if (number !== this.shownPage) this.beside.timing.show(this.nodeOfPage(number), number === this.pager.sections.length);
    this.shownPage = number;
    this.interview.page = number;
    if (number === this.pager.sections.length) drawSummary(this);
    drawHeader(this);
    this.keeper.schedule();
  }

  // The group that a page shows, as the log names it.
  nodeOfPage(number) {
    const key = this.pager.sections[number]?.querySelector("h1 [data-t]")?.dataset.t || "";
    return key.startsWith("/") ? key.split(":")[0] : `/${this.plan.root}`;
  }

  next() {
    const before = this.pager.current;
    const wrong = this.pager.next();
    if (wrong) {
      for (const item of this.pager.wrongOn(before)) this.beside.timing.add("constraint error", nodeOf(this.plan, item));
    }
    if (wrong) this.hideWarning = this.say(this.word("page_has_errors", { count: wrong }));
  }

  // Something was answered. Only then is there a draft to keep: having looked at a form leaves nothing behind.
  answered() {
    if (this.interview.state !== "draft" && !this.second.isOn) this.sending.reopen();
    if (!this.keeper.isBegun && !this.isTrial && !this.interview.assignment_id && !this.interview.deprecated_id) {
      window.history.replaceState(null, "", draftHash(this.interview));
    }
    this.keeper.isBegun = true;
    this.keeper.schedule();
  }

  // Nothing, once everything answered is on the device and nothing of this interview runs any more.
  async close() {
    for (const end of this.endings) await end();
    this.beside.timing.close();
    await this.keeper.flushDraft();
    if (!this.isTrial) this.sending.close();
    this.toast.hide();
    this.closing.abort();
  }

  // What the server refused is shown at the questions; what belongs to no question is listed on the summary.
  showFindings() {
    for (const finding of this.interview.problem?.findings || []) {
      const items = finding.code === "deprecated" ? [] : this.instance.named(finding.question);
      const item = items.find((each) => samePosition(this.instance, each, finding.position)) || (items.length === 1 ? items[0] : null);
      finding.isShown = Boolean(item && this.view.boxes.get(item)?.isAsked);
      if (!finding.isShown) continue;
      item.finding = finding;
      this.view.showState(item, this.view.boxes.get(item));
    }
  }

  // --- finishing and sending

  async finish() {
    for (const end of this.endings) await end();
    for (const [number, node] of this.plan.nodes.entries()) {
      if (node.pre === "end")
        this.instance.occurrences(number, this.instance.root).forEach((item) => this.instance.set(item, isoWithOffset(new Date())));
    }
    if (this.isTrial) {
      drawOutcome(this, { state: "trial", problem: null });
      $("steps").hidden = true;
      return;
    }
    if (this.second.isWanted) await this.second.begin();
    else await this.conclude(() => null);
  }

  // Writes the finished interview and gives it to the queue. `signed(xml)` gives what the server is told of the second interviewer.
  async conclude(signed) {
    const { interview } = this;
    await this.sending.reopened;
    const files = await this.beside.write();
    interview.xml = serialize(this.instance, { instanceID: interview.instance_id, deprecatedID: interview.deprecated_id, files });
    interview.file_names = [...fileNames(this.instance, FILES), ...files.map(([, name]) => name)];
    await this.beside.tidy(interview.file_names);
    interview.countersign = await signed(interview.xml);
    this.keeper.isBegun = true;
    Object.assign(interview, { state: "finished", finished_at: new Date().toISOString(), problem: null });
    await this.keeper.flush();
    await keepLastSaved(this.plan, this.store, interview);
    await this.sending.send();
  }

  // The server wants something mended: back to the summary, with its findings.
  takeBack() {
    this.beside.timing.add("finalize error");
    $("steps").hidden = false;
    this.showFindings();
    drawSummary(this);
    this.pager.summary.dataset.outcome = this.interview.state;
    const { word: key, values } = this.interview.problem;
    this.say(this.word(key, values));
  }

  signInAddress() {
    return `${this.addresses.signIn}?next=${encodeURIComponent(this.addresses.app)}`;
  }

  begin() {
    const { interview } = this;
    this.drawTitle();
    this.drawLanguages();
    paint(document.querySelector(".bar"));
    this.sound.draw();
    recordStart(this);
    if (this.keeper.isBegun && !this.isTrial) this.sending.withhold();
    $("pages").addEventListener("submit", (event) => event.preventDefault());
    $("back").addEventListener("click", () => this.pager.back());
    $("next").addEventListener("click", () => this.next());
    $("open-contents").addEventListener("click", () => drawContents(this));
    $("close-contents").addEventListener("click", () => $("contents").close());
    $("contents").addEventListener("click", (event) => {
      if (event.target === $("contents")) $("contents").close();
    });
    $("open-contents").disabled = false;
    $("opening").remove();
    $("steps").hidden = false;
    $("open-help").addEventListener("click", () => openHelp($("help"), this));
    listenToKeys(this, { contents: () => drawContents(this), help: () => openHelp($("help"), this) });
    this.beside.begin($("pages"), $("issues"));
    this.showFindings();
    const visible = this.pager.visible();
    const isMended =
      interview.page === this.pager.sections.length ||
      this.second.isOn ||
      interview.state === "refused" ||
      interview.state === "conflict" ||
      interview.state === "finished";
    this.pager.go(isMended ? this.pager.sections.length : visible.includes(interview.page) ? interview.page : (visible[0] ?? 0));
    document.body.dataset.ready = "form";
    setTimeout(() => this.instance.lists.warm(), 200);
  }

  drawLanguages() {
    const { languages } = this.plan.form;
    const offered = languages.length > 1 ? languages.map((each) => each.name) : ["zh", "en"];
    const shown = { zh: "中文", en: "English" };
    $("language").replaceChildren(...offered.map((name) => new Option(shown[name] || name.replace(/\s*\([\w-]+\)$/, ""), name)));
    $("language").value = languages.length > 1 ? languages[this.texts.index].name : this.texts.wordLanguage;
    $("language").hidden = false;
    $("language").addEventListener("change", () => this.setLanguage($("language").value));
  }
}

function samePosition(instance, item, position) {
  const own = [];
  for (let at = item; at; at = at.parent) if (at.kind === "i") own.unshift(at.parent.instances.indexOf(at) + 1);
  return own.length === position.length && own.every((number, index) => number === position[index]);
}
