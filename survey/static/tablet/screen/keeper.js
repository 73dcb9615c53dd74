// Keeps the draft on this device while it is being answered, and says so in the header.

import { snapshot } from "../form/submission.js";
import { write } from "./elements.js";
import { clockText } from "./language.js";

const LONGEST_FRAME_MS = 100;
const LONGEST_WAIT_MS = 60;

export class Keeper {
  constructor(page, shown, isBegun) {
    this.page = page;
    this.isBegun = isBegun;
    this.shown = shown;
    this.isDue = false;
    this.last = Promise.resolve();
    this.isStopped = page.isTrial;
    this.trialFiles = new Map();
    this.files = {
      read: (name) => this.readFile(name),
      write: (name, blob) => this.writeFile(name, blob),
      append: (name, blob) => this.appendFile(name, blob),
    };
    // A tablet may put the page to sleep at any time without another word.
    const { signal } = page.closing;
    const whenHidden = () => document.visibilityState === "hidden" && this.flushDraft();
    document.addEventListener("visibilitychange", whenHidden, { signal });
    window.addEventListener("pagehide", () => this.flushDraft(), { signal });
  }

  // Keeps what was answered as soon as it is to be seen and the write before it has ended; a pause in typing is not waited for.
  async schedule() {
    if (this.isStopped || !this.isBegun || this.isDue) return;
    this.isDue = true;
    await this.last;
    await drawn();
    if (this.isDue) this.flushDraft();
  }

  // Nothing, once the draft is on the device. What is finished belongs to the queue, which may have sent it by now.
  flushDraft() {
    return this.page.interview.state === "draft" || this.page.second.isOn ? this.flush() : this.last;
  }

  // Nothing, once everything answered so far is on the device.
  flush() {
    this.isDue = false;
    if (this.isStopped || !this.isBegun) return this.last;
    const { page } = this;
    const { interview } = page;
    const counts = page.pager.tally();
    interview.answers = snapshot(page.instance);
    Object.assign(interview, page.beside.state());
    interview.changed_at = new Date().toISOString();
    interview.answered = counts.reduce((sum, each) => sum + each.answered, 0);
    interview.total = counts.reduce((sum, each) => sum + each.asked, 0);
    this.last = page.store.save(interview).then(
      () => this.say("saved", { time: clockText(new Date()) }),
      (error) => {
        page.beside.timing.add("save error");
        this.say(error.name === "QuotaExceededError" ? "full_disk_draft" : "not_saved", { detail: error.message });
      },
    );
    return this.last;
  }

  // Writes nothing from now on; settled once what was begun is written.
  pause() {
    this.isDue = false;
    this.isStopped = true;
    return this.last;
  }

  resume() {
    this.isStopped = this.page.isTrial;
    this.schedule();
  }

  say(key, values) {
    write(this.shown, this.page.word(key, values));
    this.shown.classList.toggle("bad", key !== "saved");
  }

  readFile(name) {
    return this.page.isTrial ? this.trialFiles.get(name) : this.page.store.file(this.page.interview.id, name);
  }

  writeFile(name, blob) {
    if (!this.page.isTrial) return this.page.store.saveFile(this.page.interview.id, name, blob);
    this.trialFiles.set(name, blob);
    return Promise.resolve();
  }

  // Adds to a file that is still being made, as a recording.
  appendFile(name, blob) {
    if (!this.page.isTrial) return this.page.store.appendFile(this.page.interview.id, name, blob);
    return this.writeFile(name, new Blob([this.trialFiles.get(name) || "", blob], { type: blob.type }));
  }
}

// Nothing, once what was changed is on the screen and no further key or tap waits, though not for long. A page that is not seen draws nothing.
function drawn() {
  return new Promise((done) => {
    const longest = setTimeout(done, LONGEST_FRAME_MS);
    requestAnimationFrame(() => {
      clearTimeout(longest);
      if (window.requestIdleCallback) window.requestIdleCallback(done, { timeout: LONGEST_WAIT_MS });
      else setTimeout(done);
    });
  });
}
