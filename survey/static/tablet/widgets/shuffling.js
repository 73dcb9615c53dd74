// Choices in random order, where the form asks for it; with a seed the order is the same every time.

import { shuffled } from "../form/functions.js";

// Puts the choices of a question in their order, before anything else knows of them. Rows of a table keep the order of its heading.
export function shuffleChoices(element, item, page) {
  const { rz } = page.plan.nodes[item.node];
  const holder = rz === undefined ? null : element.querySelector(".options:not(.bare, .heads), .rank, select");
  if (!holder) return;
  const choices = [...holder.children].filter((each) => each.tagName !== "OPTION" || each.value !== "");
  const seed = page.instance.evaluator.number(rz, item.element);
  holder.append(...shuffled(choices, Number.isNaN(seed) ? undefined : seed));
}
