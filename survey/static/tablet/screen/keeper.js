// Keeps the draft on this device while it is being answered, and says so in the header.

import { snapshot } from "../form/submission.js";

const SAVE_AFTER_MS = 200;

export class Keeper {
  constructor(page, shown, isBegun) {
    this.page = page;
    this.isBegun = isBegun;
    this.shown = shown;
    this.timer = null;
    this.last = Promise.resolve();
    this.isStopped = page.isTrial;
    this.trialFiles = new Map();
    this.files = { read: (name) => this.readFile(name), write: (name, blob) => this.writeFile(name, blob) };
    // A tablet may put the page to sleep at any time without another word.
    const { signal } = page.closing;
    const whenHidden = () => document.visibilityState === "hidden" && this.flush();
    document.addEventListener("visibilitychange", whenHidden, { signal });
    window.addEventListener("pagehide", () => this.flush(), { signal });
  }

  schedule() {
    if (this.isStopped || !this.isBegun) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), SAVE_AFTER_MS);
  }

  // Nothing, once everything answered so far is on the device.
  flush() {
    clearTimeout(this.timer);
    if (this.isStopped || !this.isBegun) return this.last;
    const { page } = this;
    const { interview } = page;
    const counts = page.pager.tally();
    interview.answers = snapshot(page.instance);
    interview.changed_at = new Date().toISOString();
    interview.answered = counts.reduce((sum, each) => sum + each.answered, 0);
    interview.total = counts.reduce((sum, each) => sum + each.asked, 0);
    this.last = page.store.save(interview).then(
      () => this.say("saved", { time: new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }) }),
      (error) => this.say("not_saved", { detail: error.message }),
    );
    return this.last;
  }

  stop() {
    clearTimeout(this.timer);
    this.isStopped = true;
    this.shown.textContent = "";
  }

  say(key, values) {
    this.shown.textContent = this.page.word(key, values);
    this.shown.classList.toggle("bad", key === "not_saved");
  }

  readFile(name) {
    return this.page.isTrial ? this.trialFiles.get(name) : this.page.store.file(this.page.interview.id, name);
  }

  writeFile(name, blob) {
    if (!this.page.isTrial) return this.page.store.saveFile(this.page.interview.id, name, blob);
    this.trialFiles.set(name, blob);
    return Promise.resolve();
  }
}
