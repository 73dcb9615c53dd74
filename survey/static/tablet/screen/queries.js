// What a coordinator asks about single answers of an interview that came back: shown at the questions and in the list of contents.
//
// The pair answers by changing the answer or by a note beside it. `interview.queries` are {node, question, position, text}.

import { itemsByNode } from "../form/nodes.js";
import { element } from "./elements.js";

export class Queries {
  constructor(page) {
    this.page = page;
    const { interview, instance } = page;
    const asked = interview.queries || [];
    const items = asked.length ? itemsByNode(instance) : new Map();
    // By key, which stays the same when instances of a repeat are removed around it; with the answer as it was asked about.
    interview.asked ||= Object.fromEntries(
      asked.map(({ node, question, text }) => {
        const item = items.get(node);
        return [item ? item.key : `?${node}`, { question, text, before: item ? item.value : "" }];
      }),
    );
    this.asked = interview.asked;
  }

  of(item) {
    return this.asked[item.key]?.text || "";
  }

  // Whether the pair has done something about it.
  isAnswered(item) {
    const asked = this.asked[item.key];
    return item.value !== asked.before || this.page.beside.notes.of(item) !== "";
  }

  items() {
    if (!Object.keys(this.asked).length) return [];
    const { view } = this.page;
    return view.questions().filter((item) => item.isRelevant && view.boxes.get(item).isAsked && this.of(item));
  }

  // What is asked about answers that stand on no page now: computed ones, and those of members or questions that are there no more.
  elsewhere() {
    const { plan, texts } = this.page;
    const shown = new Set(this.items().map((item) => item.key));
    return Object.entries(this.asked)
      .filter(([key]) => !shown.has(key))
      .map(([, { question, text }]) => {
        const node = plan.nodes.find((each) => each.k === "q" && each.p.endsWith(`/${question}`));
        return { title: (node && texts.shownPlain(`${node.p}:label`).trim()) || question || "", text };
      });
  }

  // What is still neither changed nor noted.
  openItems() {
    return this.items().filter((item) => !this.isAnswered(item));
  }

  // Puts what is asked on a question; gives {draw}, null where nothing is.
  attach(item, box) {
    const text = this.of(item);
    const head = box.querySelector(":scope > .question-head");
    if (!text || !head) return null;
    const said = element("strong");
    const state = element("small", "answer-query-state");
    head.after(element("p", "answer-query", said, state));
    const draw = () => {
      said.textContent = this.page.word("query_asked", { text });
      state.textContent = this.page.word(this.isAnswered(item) ? "query_answered" : "query_how");
    };
    draw();
    return { draw };
  }
}
