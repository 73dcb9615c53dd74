// One page at a time: which pages there are to see, how far each is answered, going from one to the next.

import { focusFirst } from "./elements.js";
import { controlsIn } from "./view.js";

export class Pager {
  // `onShow` is told the number of the page that is shown, before its heading is focused; the page after the last one is the summary.
  constructor(view, sections, summary, onShow) {
    this.view = view;
    this.sections = sections;
    this.summary = summary;
    this.onShow = onShow;
    this.current = 0;
    this.warned = -1;
  }

  // For every page: whether anything on it is to be seen, and how many questions are asked, answered and wrong.
  tally() {
    const pages = this.sections.map(() => ({ isVisible: false, asked: 0, answered: 0, wrong: 0, noted: 0 }));
    for (const [item, box] of this.view.boxes) {
      if (!item.isRelevant) continue;
      const page = pages[box.pageNumber];
      if (item.kind !== "g") page.isVisible = true;
      if (!box.isAsked) continue;
      page.asked += 1;
      if (item.value !== "") page.answered += 1;
      if (this.view.isShownWrong(item)) page.wrong += 1;
      if (this.view.page.beside.notes.of(item)) page.noted += 1;
    }
    return pages;
  }

  visible() {
    return this.tally().flatMap((page, number) => (page.isVisible ? [number] : []));
  }

  titleOf(number) {
    return this.sections[number].querySelector("h1").textContent;
  }

  itemsOn(number) {
    return this.view.questions().filter((item) => this.view.boxes.get(item).pageNumber === number);
  }

  wrongOn(number) {
    return this.itemsOn(number).filter((item) => this.view.hasError(item));
  }

  // As `wrongOn`, for what only asks whether there is one: after every answer, among hundreds of questions.
  isAnyWrongOn(number) {
    for (const [item, box] of this.view.boxes) if (box.pageNumber === number && this.view.hasError(item)) return true;
    return false;
  }

  go(number, { scroll = true } = {}) {
    this.current = number;
    this.view.drawPage(number);
    this.sections.forEach((section, index) => {
      section.hidden = index !== number;
    });
    this.summary.hidden = number !== this.sections.length;
    this.onShow(number);
    if (!scroll) return;
    window.scrollTo(0, 0);
    (this.sections[number] || this.summary).querySelector("h1")?.focus({ preventScroll: true });
  }

  back() {
    const before = this.visible().filter((number) => number < this.current);
    if (before.length) this.go(before.at(-1));
  }

  // Goes on; the first time that a page with wrong answers is left, they are shown instead. Gives their number.
  next() {
    const wrong = this.wrongOn(this.current);
    wrong.forEach((item) => this.view.revealNow(item));
    if (wrong.length && this.warned !== this.current) {
      this.warned = this.current;
      this.focusOn(wrong[0]);
      return wrong.length;
    }
    this.go(this.visible().find((number) => number > this.current) ?? this.sections.length);
    return 0;
  }

  // After an answer that needs no second look: to the next question on this page, or to the next page after the last one.
  advance(item) {
    const here = this.itemsOn(this.current).filter((each) => each.isRelevant && this.view.boxes.get(each).isAsked);
    const after = here[here.indexOf(item) + 1];
    if (after) this.focusOn(after);
    else this.next();
  }

  goTo(item) {
    const box = this.view.boxes.get(item);
    if (box.pageNumber !== this.current) this.go(box.pageNumber, { scroll: false });
    this.focusOn(item);
  }

  focusOn(item) {
    const around = [];
    for (let at = item.parent; at; at = at.parent) if (at.kind === "i") around.unshift(at);
    around.forEach((one) => one.open?.());
    const { element } = this.view.boxes.get(item);
    element.scrollIntoView({ block: "center" });
    focusFirst(...controlsIn(element));
  }
}
