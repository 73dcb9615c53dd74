// The PIN screens: a number pad with large keys, which a keyboard serves as well, and short texts with buttons. It lies over everything.
//
// A screen is asked for with `askPin` or `tell` and answers with what the person did: {pin} or {action}. Only one is on at a time.

import { PIN_LENGTH } from "../device/pins.js";
import { chooseLanguage, language, say, takePersonal } from "./language.js";
import { word } from "./words.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "erase"];
const LANGUAGES = { zh: "中文", en: "English" };

export class LockScreen {
  constructor() {
    Object.assign(this, { view: null, answer: null, digits: "", isBusy: false });
    this.dialog = element("dialog", { id: "lock", className: "lock" });
    // Settled once a person is asked for something for the first time: until then nothing else is worth doing.
    this.asked = new Promise((resolve) => {
      this.tellAsked = resolve;
    });
    this.dialog.addEventListener("keydown", (event) => this.pressed(event));
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    // A browser closes a dialog at the second Escape, whatever the page says.
    this.dialog.addEventListener("close", () => this.isOn && this.dialog.showModal());
  }

  get isOn() {
    return document.body.classList.contains("is-locked");
  }

  // Whether digits are being entered or checked.
  get isInUse() {
    return this.isOn && (this.isBusy || this.digits !== "");
  }

  word(key, values) {
    return say(key, values);
  }

  // Takes the language of a person, unless another was chosen on this device.
  speakFor({ locale }) {
    takePersonal(locale);
  }

  // Covers the page; the dialog opens with what is shown first, because an empty one would have to be laid out, too.
  open() {
    if (this.isOn) return;
    this.languageBelow = document.documentElement.lang;
    document.body.append(this.dialog);
    document.body.classList.add("is-locked");
  }

  // Uncovers the page, which is in the language that it was in before, unless it was drawn in another meanwhile.
  close(languageBelow = this.languageBelow) {
    document.body.classList.remove("is-locked");
    document.documentElement.lang = languageBelow;
    this.dialog.close();
    this.dialog.remove();
    clearTimeout(this.countdown);
    this.view = null;
  }

  // {pin} or {action}. `title` and `text` are words; `person` whose PIN it is; `actions` words of buttons; `problem` {word, values}.
  askPin(view) {
    this.digits = "";
    this.isBusy = false;
    return this.show({ ...view, kind: "pin" });
  }

  // {action}, or {choice} of `choices` [{name, detail, value}]. `told` is a text to say beside; `isGrave` marks
  // the first action as one that destroys something.
  tell(view) {
    this.isBusy = false;
    return this.show({ actions: [], ...view, kind: "text" });
  }

  // Shows that something is being done, until the next screen.
  wait(key) {
    this.isBusy = true;
    if (this.view?.kind === "pin") this.drawState(this.word(key), false);
    else this.show({ kind: "text", title: key, actions: [] });
  }

  // Ends the screen that is on from outside, as if this action had been chosen; nothing while digits are being entered or checked.
  interrupt(action) {
    if (this.isBusy || (this.view?.kind === "pin" && this.digits)) return;
    this.answer?.({ action });
  }

  show(view) {
    clearTimeout(this.countdown);
    this.view = view;
    this.draw();
    if (!this.isBusy) this.tellAsked();
    return new Promise((resolve) => {
      this.answer = resolve;
    });
  }

  // --- drawing

  draw() {
    const { view } = this;
    document.documentElement.lang = language();
    if (document.body.dataset.screen !== "form") document.title = this.word("lock_app");
    const card = element("div", { className: `lock-card lock-${view.kind}` });
    const head = element("header", { className: "lock-head" }, [
      element("span", { className: "lock-mark", ariaHidden: "true" }),
      element("span", { className: "lock-app", textContent: this.word("lock_app") }),
      view.isBilingual ? null : this.languageButton(),
    ]);
    const said = element("div", { className: "lock-said" }, [
      view.person ? element("p", { id: "lock-person", className: "lock-person", textContent: view.person }) : null,
      element("h2", { id: "lock-title", textContent: this.told(view.title), tabIndex: -1 }),
      element("div", { id: "lock-why" }, [view.text || []].flat().map((key) => element("p", { className: "lock-why", textContent: this.told(key) }))),
    ]);
    // What is counted down is seen every second, and said once.
    const problem = [
      element("p", { className: "lock-state", ariaHidden: "true" }),
      element("p", { className: "lock-told visually-hidden", role: "alert" }),
    ];
    card.append(head, said);
    if (view.kind === "pin") card.append(this.entry(), ...problem, this.pad());
    else card.append(...problem, this.choices());
    card.append(this.actions());
    this.dialog.dataset.view = view.title;
    this.dialog.setAttribute("aria-labelledby", "lock-title");
    this.dialog.replaceChildren(card);
    if (view.problem) this.fail(view.problem);
    else if (view.told) this.drawState(view.told, false);
    if (!this.dialog.open) this.dialog.showModal();
    (card.querySelector(".lock-entry") || card.querySelector("h2")).focus();
  }

  // A text of the view, in both languages where it is not known who reads it.
  told(key) {
    const { values, isBilingual } = this.view;
    return (isBilingual ? ["zh", "en"] : [language()]).map((each) => word(each, key, values)).join("\n");
  }

  // A field, because a screen reader keeps the keys of digits to itself anywhere else. It stays empty: what is typed is taken from it before
  // it gets there, of keyboards that name no keys, too. What a browser would fill in or keep of passwords has no place in it.
  entry() {
    const field = element("input", { className: "lock-entry", type: "password", inputMode: "none", autocomplete: "one-time-code" });
    field.setAttribute("aria-labelledby", "lock-title");
    field.setAttribute("aria-describedby", "lock-person lock-why");
    field.addEventListener("beforeinput", (event) => {
      event.preventDefault();
      if (event.inputType === "insertText" && /^\d$/.test(event.data)) this.enter(event.data);
      else if (event.inputType === "deleteContentBackward") this.erase();
    });
    const dots = element("span", { className: "lock-dots", ariaHidden: "true" });
    for (let number = 0; number < PIN_LENGTH; number += 1) dots.append(element("span", {}));
    return element("div", { className: "lock-entered" }, [field, dots, element("span", { className: "visually-hidden", role: "status" })]);
  }

  pad() {
    const keys = KEYS.map((key) => {
      if (key === "") return element("span", {});
      const button = element("button", { type: "button", className: "lock-key", textContent: key === "erase" ? "⌫" : key });
      button.dataset.key = key;
      if (key === "erase") button.setAttribute("aria-label", this.word("lock_erase"));
      button.addEventListener("click", () => (key === "erase" ? this.erase() : this.enter(key)));
      return button;
    });
    const pad = element("div", { className: "lock-pad", role: "group" }, keys);
    pad.setAttribute("aria-label", this.word("lock_keypad"));
    return pad;
  }

  choices() {
    const buttons = (this.view.choices || []).map(({ name, detail, value }) => {
      const button = element("button", { type: "button", className: "lock-choice" }, [
        element("strong", { textContent: name }),
        element("span", { textContent: detail }),
      ]);
      button.addEventListener("click", () => this.answer({ choice: value }));
      return button;
    });
    return element("div", { className: "lock-choices" }, buttons);
  }

  actions() {
    const { view } = this;
    const buttons = (view.actions || []).map((action, number) => {
      const isMain = view.kind === "text" && number === 0;
      const look = isMain ? (view.isGrave ? "is-grave" : "is-main") : "";
      const button = element("button", { type: "button", className: `lock-action ${look}`, textContent: this.word(action) });
      button.dataset.action = action;
      button.addEventListener("click", () => !this.isBusy && this.answer({ action }));
      return button;
    });
    return element("footer", { className: "lock-actions" }, buttons);
  }

  languageButton() {
    const other = language() === "zh" ? "en" : "zh";
    const button = element("button", { type: "button", className: "lock-language", textContent: LANGUAGES[other], lang: other });
    button.addEventListener("click", () => {
      chooseLanguage(other);
      this.draw();
    });
    return button;
  }

  // --- entering

  pressed(event) {
    if (this.view?.kind !== "pin" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^\d$/.test(event.key)) this.enter(event.key);
    else if (event.key === "Backspace") this.erase();
    else return;
    event.preventDefault();
  }

  enter(digit) {
    if (this.isBusy || this.digits.length === PIN_LENGTH) return;
    if (!this.digits) this.drawState("", false);
    this.digits += digit;
    this.countDigits();
    if (this.digits.length === PIN_LENGTH) this.answer({ pin: this.digits });
  }

  erase() {
    if (this.isBusy) return;
    this.digits = this.digits.slice(0, -1);
    this.countDigits();
  }

  countDigits() {
    const { length: count } = this.digits;
    [...this.dialog.querySelectorAll(".lock-dots > span")].forEach((dot, number) => dot.classList.toggle("is-set", number < count));
    this.dialog.querySelector(".lock-entered [role=status]").textContent = this.word("lock_digit_count", { count });
  }

  // Says what is the matter; how long to wait is counted down.
  fail({ word: key, values = {} }, isSaid = true) {
    const { seconds } = values;
    const time = seconds ? this.duration(seconds) : "";
    this.drawState(this.word(key, { ...values, time }), true, isSaid);
    if (seconds > 1) this.countdown = setTimeout(() => this.fail({ word: key, values: { ...values, seconds: seconds - 1 } }, false), 1000);
    else if (seconds) this.countdown = setTimeout(() => this.drawState("", false), 1000);
  }

  drawState(text, isBad, isSaid = true) {
    clearTimeout(this.countdown);
    if (isSaid) this.dialog.querySelector(".lock-told").textContent = text;
    const state = this.dialog.querySelector(".lock-state");
    state.textContent = text;
    state.classList.toggle("is-bad", isBad);
  }

  duration(seconds) {
    return seconds < 100 ? this.word("lock_seconds", { count: seconds }) : this.word("lock_minutes", { count: Math.ceil(seconds / 60) });
  }
}

function element(tag, facts, children = []) {
  const made = Object.assign(document.createElement(tag), facts);
  made.append(...children.filter(Boolean));
  return made;
}
