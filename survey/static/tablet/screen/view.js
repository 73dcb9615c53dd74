// What is on the screen for each item of the form, kept true to the instance. A box is what stands for one item.
//
// Every item that has a place in the form has a box, but its element is drawn and bound only once its page is to be seen: a form of
// hundreds of questions then opens as fast as its first page.

import { BINDERS } from "../widgets/controls.js";
import { bindRepeat, headingOf } from "../widgets/repeats.js";
import { shuffleChoices } from "../widgets/shuffling.js";
import { describe, tellState } from "./described.js";
import { paint } from "./texts.js";

const BESIDE = ".question-head, .guidance, .label-media, .earlier, .note-field";
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
    this.items = new WeakMap();
    this.spots = [];
    this.sections = [];
    this.drawnPages = new Set();
  }

  // Learns from the form's pages where each of its nodes has its place, and gives a box to every item.
  prepare(sections) {
    const { plan, instance } = this.page;
    const numbers = new Map(plan.nodes.map((node, number) => [node.p, number]));
    this.sections = sections;
    sections.forEach((section, pageNumber) => {
      for (const { dataset } of placesIn(section)) {
        const isAsked = Boolean(BINDERS[dataset.control]) && dataset.control !== "computed";
        this.spots[numbers.get(dataset.path)] = { pageNumber, isAsked };
      }
    });
    this.register(instance.root);
  }

  // Boxes for an item and all below it.
  register(item) {
    const spot = item.kind === "i" ? null : this.spots[item.node];
    if (spot && !this.boxes.has(item)) this.boxes.set(item, { ...spot, element: null, control: null });
    if (item.kind === "r" && spot) this.boxes.get(item).instances = [...item.instances];
    for (const child of item.instances || item.children?.values() || []) this.register(child);
  }

  // Draws a page the first time that it is to be seen.
  drawPage(number) {
    const section = this.sections[number];
    if (!section || this.drawnPages.has(number)) return;
    this.drawnPages.add(number);
    const parts = section.querySelector(":scope > template");
    parts.replaceWith(parts.content);
    this.drawAround(section);
    paint(section);
    this.bind(section, this.page.instance.root);
  }

  // What on a page belongs to no item.
  drawAround(section) {
    this.page.drawWords(section);
    this.page.media.draw(section.querySelectorAll(":scope > .label-media"));
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
      if (element) {
        const titles = [...element.querySelectorAll(":scope > h2, :scope > .repeat-add > [data-t]")];
        Object.assign(this.boxes.get(item), { element, titles });
      }
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
    const box = Object.assign(this.boxes.get(item), {
      element,
      control: binder ? binder(element, item, this.page) : null,
      error: element.querySelector(".question-error"),
      mark: element.querySelector(".required-mark"),
      input: controlsIn(element)[0],
    });
    describe(box);
    // An answer is judged aloud once the person has left the question, not while it is being typed.
    element.addEventListener("focusout", (event) => element.contains(event.relatedTarget) || this.reveal(item));
    // What is wrong with an answer is said aloud from the moment that somebody is at it.
    for (const type of ["input", "change"]) element.addEventListener(type, () => box.error.setAttribute("role", "alert"), true);
    element.addEventListener("change", () => this.reveal(item));
    this.items.set(element, item);
    if (box.isAsked) box.drawBeside = this.page.beside.attach(item, element);
    this.page.media.draw(element.querySelectorAll("[data-m]"));
    this.show(item, this.isTranslated());
  }

  // The question that an element of the page stands for.
  itemOf(element) {
    return this.items.get(element);
  }

  // Whether the page speaks another language than the one it came in.
  isTranslated() {
    return this.page.texts.index !== this.page.plan.form.default;
  }

  // The questions that are on the screen somewhere, in the order of the questionnaire.
  questions() {
    return this.page.instance.questionsUnder(this.page.instance.root).filter((item) => this.boxes.has(item));
  }

  // Takes over which instances a repeat has now.
  recount(repeat, box) {
    box.instances.filter((one) => !repeat.instances.includes(one)).forEach((one) => this.forget(one));
    this.register(repeat);
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
    box.drawBeside?.();
    if (item.kind === "q") this.showState(item, box);
  }

  drawTexts(item, box, all) {
    const titles = box.titles || box.element.querySelectorAll("[data-t]");
    this.page.texts.draw(titles, this.page.instance.evaluator, item.element.nodeType === Node.ELEMENT_NODE ? item.element : null, all);
    if (all) this.page.media.draw(box.element.querySelectorAll("[data-m]"));
  }

  // Takes over what the instance says has changed: `changed` maps items to what to look at.
  update(changed, LOOK) {
    const retitled = new Set();
    for (const [item, look] of changed) {
      const box = this.boxes.get(item);
      if (!box) continue;
      if (look & LOOK.COUNT && item.kind === "r") this.recount(item, box);
      if (!box.element) continue;
      if (look & LOOK.RELEVANT) box.element.hidden = !item.isRelevant;
      if (look & LOOK.COUNT && box.sync) box.sync();
      if (look & LOOK.FILTER) box.control?.filter?.();
      if (look & (LOOK.CALCULATE | LOOK.FILTER | LOOK.RELEVANT)) box.control?.show();
      if (look & (LOOK.CALCULATE | LOOK.FILTER)) box.drawBeside?.();
      if (look & LOOK.LABEL) this.drawTexts(item, box, false);
      if (item.kind === "q") this.showState(item, box);
      if (look & LOOK.CALCULATE) this.instancesAround(item).forEach((one) => retitled.add(one));
    }
    retitled.forEach((one) => one.retitle?.());
  }

  // The instances of repeats around an item; their headings name their first answers.
  instancesAround(item) {
    const found = [];
    for (let at = item.parent; at; at = at.parent) if (at.kind === "i") found.unshift(at);
    return found;
  }

  showState(item, box) {
    if (!box.element) return;
    const message = item.isRelevant ? this.messageOf(item) : "";
    // Words before they are to be seen: a screen reader says them once.
    if (box.error.textContent !== message) box.error.textContent = message;
    box.error.hidden = message === "";
    box.element.classList.toggle("has-error", message !== "");
    box.element.classList.toggle("is-answered", item.value !== "");
    tellState(box, item.isRequired, message !== "");
    if (box.mark) box.mark.hidden = !item.isRequired;
  }

  reveal(item) {
    if (item.error === "required" && !item.isTouched) return;
    this.revealNow(item);
  }

  // Says nothing aloud by itself: of many that are wrong at once, each is said of its question when that is reached.
  revealNow(item) {
    if (item.isRevealed) return;
    item.isRevealed = true;
    this.showState(item, this.boxes.get(item));
  }

  // Whether something is wrong with an item that may be said by now.
  isShownWrong(item) {
    return Boolean(item.finding?.code || (item.isRevealed && item.error));
  }

  hasError(item) {
    return item.isRelevant && Boolean(item.finding || item.error);
  }

  // What is wrong with an item, in the page's language, once it may be said; "" when nothing is.
  messageOf(item) {
    const { texts, instance, plan } = this.page;
    const code = item.finding?.code || (item.isRevealed ? item.error : null);
    if (!code) return "";
    const own = code === "required" || code === "constraint" ? texts.textOf(code, item, instance.evaluator) : "";
    if (own) return own;
    const word = code === "type" ? TYPE_WORDS[plan.nodes[item.node].t] || "error_type" : `error_${code}`;
    return this.page.hasWord(word) ? this.page.word(word) : item.finding?.message || code;
  }

  // The text of a question for lists: its label without markup, with the instance's heading before it inside a repeat.
  titleOf(item) {
    const label = this.page.texts.textOf("label", item, this.page.instance.evaluator).trim();
    const name = this.page.plan.nodes[item.node].p.split("/").pop();
    const around = this.instancesAround(item).map((one) => headingOf(one, this));
    return [...around, label || name].join(" · ");
  }

  // What is drawn by now, once more, in the language on the screen.
  redraw() {
    for (const number of this.drawnPages) this.drawAround(this.sections[number]);
    const drawn = [...this.boxes].filter(([, box]) => box.element);
    for (const [item] of drawn) this.show(item, true);
    new Set(drawn.flatMap(([item]) => this.instancesAround(item))).forEach((one) => one.retitle?.());
  }
}

// What can take the focus in a question, what is written into or drawn on first; without what stands beside the control, or is folded away.
export function controlsIn(element) {
  const found = ["input, select, textarea, canvas", "button, summary"].flatMap((kind) => [...element.querySelectorAll(kind)]);
  return found.filter((each) => !each.closest(`${BESIDE}, details > :not(summary)`));
}

// The elements with a place in the form below `root`, those of a repeat's instance too.
function* placesIn(root) {
  for (const element of root.querySelectorAll("[data-path], template")) {
    if (element.tagName === "TEMPLATE") yield* placesIn(element.content);
    else yield element;
  }
}
