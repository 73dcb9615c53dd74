// What the same household said at the earlier visit, beside the question, and what is still open of what was found then.

import { FILES, MULTIPLE, ONE_CHOICE } from "../form/types.js";
import { nodeOf } from "../form/nodes.js";
import { textOfChoice } from "../widgets/choosing.js";
import { element } from "./elements.js";

// What must be seen or measured anew and is not taken over.
const NEVER_TAKEN = new Set([...FILES, "geopoint", "geotrace", "geoshape", "start-geopoint", "acknowledge"]);

export class Earlier {
  // `earlier` is {visit_title, held_on, answers} with raw answers by node, or null.
  constructor(page, earlier) {
    this.page = page;
    this.answers = earlier?.answers || {};
    this.when = (earlier?.held_on || "").slice(0, 7);
  }

  rawOf(item) {
    return this.answers[nodeOf(this.page.plan, item)] || "";
  }

  // Puts the earlier answer below the text of a question; gives {draw}, null where there is none to show.
  attach(item, box) {
    if (!Object.keys(this.answers).length || FILES.has(this.typeOf(item))) return null;
    const said = element("span", "earlier-said");
    const take = Object.assign(element("button", "button small earlier-take"), { type: "button" });
    const line = element("p", "earlier", said, take);
    const draw = () => {
      const raw = this.rawOf(item);
      line.hidden = raw === "";
      if (raw === "") return;
      const isSame = item.value === raw;
      said.textContent = this.page.word("earlier_said", { when: this.when, answer: this.textOf(item, raw) });
      take.textContent = this.page.word(isSame ? "earlier_same" : "earlier_take");
      take.disabled = isSame;
      take.hidden = !this.canTake(item, raw);
    };
    take.addEventListener("click", () => this.take(item));
    (box.querySelector(":scope > .guidance") || box.querySelector(":scope > .hint") || box.querySelector(":scope > .question-head"))?.after(line);
    draw();
    return { draw };
  }

  take(item) {
    const before = item.raw;
    this.page.set(item, this.rawOf(item));
    this.page.view.boxes.get(item).control?.show();
    if (before !== "") this.page.say(this.page.word("earlier_taken"), () => this.page.restore(item, before));
  }

  // Only an answer that the question offers now, and that a person says rather than shows or measures.
  canTake(item, raw) {
    if (NEVER_TAKEN.has(this.typeOf(item)) || this.page.plan.nodes[item.node].ro) return false;
    if (!item.allowed) return true;
    return MULTIPLE.has(this.typeOf(item)) ? raw.split(" ").every((name) => item.allowed.has(name)) : item.allowed.has(raw);
  }

  // The earlier answer in words.
  textOf(item, raw) {
    const type = this.typeOf(item);
    if (ONE_CHOICE.has(type)) return textOfChoice(item, this.page, raw);
    if (MULTIPLE.has(type)) {
      return raw
        .split(" ")
        .map((name) => textOfChoice(item, this.page, name))
        .join(this.page.word("list_comma"));
    }
    if (type === "acknowledge") return this.page.word("ok");
    if (type === "geopoint") return raw.split(" ").slice(0, 2).join(" ");
    if (type === "time") return raw.slice(0, 5);
    return type === "dateTime" ? raw.slice(0, 16).replace("T", " ") : raw;
  }

  typeOf(item) {
    return this.page.plan.nodes[item.node].t;
  }
}

// Fills the fold-out above the questions with what is still open of this household; hides it when nothing is.
export function drawIssues(holder, issues, page) {
  holder.hidden = !issues?.length;
  if (holder.hidden) return;
  const rows = issues.map(({ title, raised_at: raisedAt }) => {
    const text = title[page.texts.wordLanguage] || title.default || Object.values(title)[0] || "";
    return element("li", "", text, " ", element("small", "", (raisedAt || "").slice(0, 10)));
  });
  holder.replaceChildren(element("summary", "", page.word("issues_open", { count: issues.length })), element("ul", "", ...rows));
}
