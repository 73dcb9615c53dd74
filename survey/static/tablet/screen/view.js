// What is on the screen for each item of the form, kept true to the instance. A box is what stands for one item.

import { BINDERS } from "../widgets/controls.js";
import { bindRepeat } from "../widgets/repeats.js";
import { shuffleChoices } from "../widgets/shuffling.js";

const TYPE_WORDS = {
  integer: "error_integer",
  decimal: "error_decimal",
  range: "error_decimal",
  date: "error_date",
  geopoint: "error_geopoint",
  geotrace: "error_geotrace",
  geoshape: "error_geoshape",
};

export class View {
  constructor(page) {
    this.page = page;
    this.boxes = new Map();
  }

  // Binds the elements below `scope` to the items below `parent`; inside an instance of a repeat, `scope` is the instance's element.
  bind(scope, parent) {
    const elements = new Map([...scope.querySelectorAll("[data-path]")].map((element) => [element.dataset.path, element]));
    const visit = (item) => {
      const element = elements.get(this.page.plan.nodes[item.node].p);
      if (item.kind === "q") {
        if (element) this.bindQuestion(item, element);
        return;
      }
      if (element)
        this.boxes.set(item, { element, pageNumber: pageOf(element), control: null, titles: [...element.querySelectorAll(":scope > h2")] });
      if (element) this.page.media.draw(element.querySelectorAll(":scope > .label-media"));
      if (item.kind === "r") {
        if (element) this.boxes.get(item).sync = bindRepeat(element, item, this);
      } else item.children.forEach(visit);
      if (element) this.show(item, this.isTranslated());
    };
    parent.children.forEach(visit);
  }

  bindQuestion(item, element) {
    const binder = BINDERS[element.dataset.control];
    shuffleChoices(element, item, this.page);
    const box = {
      element,
      isAsked: Boolean(binder) && element.dataset.control !== "computed",
      pageNumber: pageOf(element),
      control: binder ? binder(element, item, this.page) : null,
      error: element.querySelector(".question-error"),
      mark: element.querySelector(".required-mark"),
      input: element.querySelector("input, select, textarea, canvas"),
    };
    box.input?.setAttribute("aria-describedby", box.error.id);
    // An answer is judged aloud once the person has left the question, not while it is being typed.
    element.addEventListener("focusout", (event) => element.contains(event.relatedTarget) || this.reveal(item));
    element.addEventListener("change", () => this.reveal(item));
    this.boxes.set(item, box);
    this.page.media.draw(element.querySelectorAll("[data-m]"));
    this.show(item, this.isTranslated());
  }

  // Whether the page speaks another language than the one it came in.
  isTranslated() {
    return this.page.texts.index !== this.page.plan.form.default;
  }

  // The questions that are on the screen somewhere, in the order of the questionnaire.
  questions() {
    return this.page.instance.questionsUnder(this.page.instance.root).filter((item) => this.boxes.has(item));
  }

  forget(parent) {
    for (const item of [...this.boxes.keys()]) {
      for (let at = item; at; at = at.parent)
        if (at === parent) {
          this.boxes.delete(item);
          break;
        }
    }
  }

  // Everything of one item; `all` redraws texts that show no answer too.
  show(item, all) {
    const box = this.boxes.get(item);
    box.element.hidden = !item.isRelevant;
    box.control?.filter?.();
    box.control?.show();
    this.drawTexts(item, box, all);
    if (item.kind === "q") this.showState(item, box);
  }

  drawTexts(item, box, all) {
    const titles = box.titles || box.element.querySelectorAll("[data-t]");
    this.page.texts.draw(titles, this.page.instance.evaluator, item.element.nodeType === Node.ELEMENT_NODE ? item.element : null, all);
    if (all) this.page.media.draw(box.element.querySelectorAll("[data-m]"));
  }

  // Takes over what the instance says has changed: `changed` maps items to what to look at.
  update(changed, LOOK) {
    for (const [item, look] of changed) {
      const box = this.boxes.get(item);
      if (!box) continue;
      if (look & LOOK.RELEVANT) box.element.hidden = !item.isRelevant;
      if (look & LOOK.COUNT && box.sync) box.sync();
      if (look & LOOK.FILTER) box.control?.filter?.();
      if (look & (LOOK.CALCULATE | LOOK.FILTER | LOOK.RELEVANT)) box.control?.show();
      if (look & LOOK.LABEL) this.drawTexts(item, box, false);
      if (item.kind === "q") this.showState(item, box);
      if (look & LOOK.CALCULATE) this.retitle(item);
    }
  }

  // The heading of the repeat instance around a changed item names its first answers.
  retitle(item) {
    for (let at = item.parent; at; at = at.parent) if (at.kind === "i") at.retitle?.();
  }

  showState(item, box) {
    const message = item.isRelevant ? this.messageOf(item) : "";
    box.error.hidden = message === "";
    if (box.error.textContent !== message) box.error.textContent = message;
    box.element.classList.toggle("has-error", message !== "");
    box.element.classList.toggle("is-answered", item.value !== "");
    box.input?.toggleAttribute("aria-invalid", message !== "");
    if (box.mark) box.mark.hidden = !item.isRequired;
  }

  reveal(item) {
    if (item.error === "required" && !item.isTouched) return;
    this.revealNow(item);
  }

  revealNow(item) {
    if (item.isRevealed) return;
    item.isRevealed = true;
    this.showState(item, this.boxes.get(item));
  }

  hasError(item) {
    return item.isRelevant && Boolean(item.finding || item.error);
  }

  // What is wrong with an item, in the page's language, once it may be said; "" when nothing is.
  messageOf(item) {
    const { texts, instance, plan } = this.page;
    const code = item.finding?.code || (item.isRevealed ? item.error : null);
    if (!code) return "";
    const own = code === "required" || code === "constraint" ? texts.message(code, item, instance.evaluator) : "";
    if (own) return own;
    const word = code === "type" ? TYPE_WORDS[plan.nodes[item.node].t] || "error_type" : `error_${code}`;
    return this.page.hasWord(word) ? this.page.word(word) : item.finding?.message || code;
  }

  // The text of a question for lists: its label without markup, with the instance's heading before it inside a repeat.
  titleOf(item) {
    const label = this.boxes.get(item)?.element.querySelector(".question-text")?.textContent.trim();
    const name = this.page.plan.nodes[item.node].p.split("/").pop();
    const around = [];
    for (let at = item.parent; at; at = at.parent) if (at.kind === "i" && at.heading) around.unshift(at.heading());
    return [...around, label || name].join(" · ");
  }

  redraw() {
    this.page.media.draw(document.querySelectorAll(".page > .label-media"));
    for (const item of this.boxes.keys()) this.show(item, true);
    for (const item of this.boxes.keys()) if (item.kind === "q") this.retitle(item);
  }
}

function pageOf(element) {
  return Number(element.closest("[data-page]").dataset.page);
}
