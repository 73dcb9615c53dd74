// What the device records by itself: where an interview begins or an answer is given, and its sound, which somebody must allow first.

import { focusFirst } from "../screen/elements.js";
import { fileName } from "./files.js";
import { positionText } from "./position.js";
import { canRecord, clock, Recording } from "./recorder.js";
import { notKeptText } from "./room.js";

const LIMIT_SHARE = 0.98;
const POSITION = { enableHighAccuracy: true, timeout: 60000, maximumAge: 30000 };

// Fills the positions that the form asks for when it is opened; an interview that is taken up again keeps the ones it has.
export function recordStart(page) {
  const isSetByAnswer = new Set(page.plan.nodes.flatMap((node) => node.tg || []));
  page.plan.nodes.forEach((node, number) => {
    if (node.t !== "start-geopoint" || isSetByAnswer.has(number)) return;
    const empty = page.instance.occurrences(number, page.instance.root).filter((item) => item.raw === "");
    if (empty.length) recordPosition(page, empty);
  });
}

// Puts the device's position into `items`; without a position they stay as they are, as ODK leaves them.
export function recordPosition(page, items) {
  if (!navigator.geolocation) return;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => items.forEach((item) => page.record(item, positionText(coords))),
    () => {},
    POSITION,
  );
}

// The line that asks whether the interview may be recorded, and afterwards says that it is.
export class BackgroundSound {
  constructor(page, bar) {
    this.page = page;
    this.bar = bar;
    const number = page.plan.nodes.findIndex((node) => node.t === "background-audio");
    [this.item] = number < 0 ? [] : page.instance.occurrences(number, page.instance.root);
    this.quality = number < 0 ? "" : page.plan.nodes[number].rq;
    this.isRefused = false;
  }

  draw() {
    if (!this.item) return;
    const { page } = this;
    this.bar.hidden = false;
    if (!canRecord()) this.fill(page.word("recording_impossible"));
    else if (this.recording) this.fill(page.word("recording_on"), ["recording_stop", () => this.stop()], true);
    else if (this.item.raw) this.fill(page.word("recording_kept"), ["recording_anew", () => this.start()]);
    else if (this.isRefused) this.fill(page.word("recording_off"), ["recording_allow", () => this.start()]);
    else this.fill(page.word("recording_ask"), ["recording_allow", () => this.start()], false, ["recording_refuse", () => this.refuse()]);
  }

  fill(text, first = null, isOn = false, second = null) {
    const buttons = [first, second].filter(Boolean).map(([word, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button small" });
      button.textContent = this.page.word(word);
      button.addEventListener("click", act);
      return button;
    });
    const said = Object.assign(document.createElement("span"), { textContent: text });
    this.time = Object.assign(document.createElement("span"), { className: "recording-time", ariaHidden: "true" });
    this.bar.classList.toggle("is-on", isOn);
    const hadFocus = this.bar.contains(document.activeElement);
    this.bar.replaceChildren(said, this.time, ...buttons);
    if (hadFocus) focusFirst(...buttons);
  }

  refuse() {
    this.isRefused = true;
    this.page.beside.timing.add("recording refused");
    this.draw();
  }

  async start() {
    let name = "";
    const { page } = this;
    const keepPiece = async (piece) => {
      name ||= fileName(this.item, page, piece);
      await page.files.append(name, piece);
      page.set(this.item, name);
    };
    const limit = page.maxUploadMb;
    const onEnd = async (reason) => {
      await this.stop();
      page.say(reason === "limit" ? page.word("recording_too_long", { limit }) : notKeptText(page, reason));
    };
    const recording = new Recording(this.quality, { keepPiece, limitBytes: limit * LIMIT_SHARE * 1e6, onEnd });
    try {
      await recording.start();
    } catch {
      this.isRefused = true;
      this.draw();
      this.page.say(this.page.word("microphone_denied"));
      return;
    }
    this.recording = recording;
    page.beside.timing.add("recording started");
    this.draw();
    this.timer = setInterval(() => {
      this.time.textContent = clock(recording.seconds);
    }, 1000);
  }

  // Nothing, once the whole recording is kept beside the answers.
  async stop() {
    const { recording } = this;
    if (!recording) return;
    this.recording = null;
    clearInterval(this.timer);
    await recording.stop();
    this.page.beside.timing.add("recording stopped");
    this.draw();
  }
}
