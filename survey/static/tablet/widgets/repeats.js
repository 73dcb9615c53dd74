// The instances of a repeat on the screen: cards that open and close, added and removed by people or by a count.
//
// What is inside a card is drawn when it is first opened: thirty members are thirty headings and one open card.

import { textOfChoice } from "./choosing.js";
import { write } from "../screen/elements.js";
import { paint } from "../screen/texts.js";

const TITLE_PARTS = 2;

// A function that makes the cards under `element` true to the instances of `repeat`.
export function bindRepeat(element, repeat, view) {
  const { page } = view;
  const holder = element.querySelector(":scope > .repeat-instances");
  const template = element.querySelector(":scope > template");
  const add = element.querySelector(":scope > .repeat-add");
  const empty = element.querySelector(":scope > .repeat-empty");
  const cards = new Map();
  add.hidden = page.plan.nodes[repeat.node].nc !== undefined;

  const label = () => page.texts.shownPlain(`${page.plan.nodes[repeat.node].p}:label`);
  const open = (one, isOpen) => {
    const card = cards.get(one);
    if (isOpen && !card.querySelector(":scope > .instance-body")) fill(one, card);
    card.classList.toggle("is-closed", !isOpen);
    card.querySelector(".instance-toggle").setAttribute("aria-expanded", String(isOpen));
  };
  const fill = (one, card) => {
    const body = template.content.querySelector(".instance-body").cloneNode(true);
    makeUnique(body, one.key);
    card.append(body);
    page.drawWords(body);
    paint(body);
    view.bind(body, one);
  };
  const make = (one) => {
    const card = template.content.firstElementChild.cloneNode(false);
    card.append(template.content.querySelector(".instance-head").cloneNode(true));
    holder.append(card);
    cards.set(one, card);
    page.drawWords(card);
    const title = card.querySelector(".instance-title");
    const remove = card.querySelector("[data-repeat=remove]");
    one.retitle = () => {
      const found = titleOf(one, view);
      write(title, found || label());
      remove.setAttribute("aria-label", `${page.word("remove_instance")} ${headingOf(one, view)}`);
      title.classList.toggle("is-named", found !== "");
    };
    one.open = () => open(one, true);
    card.querySelector("[data-repeat=toggle]").addEventListener("click", () => open(one, card.classList.contains("is-closed")));
    remove.hidden = add.hidden;
    remove.addEventListener("click", () => {
      const title = headingOf(one, view);
      const undo = page.instance.removeInstance(repeat, one);
      page.say(page.word("removed", { title }), undo);
      add.focus();
    });
  };
  const sync = () => {
    for (const [one, card] of [...cards]) {
      if (repeat.instances.includes(one)) continue;
      card.remove();
      cards.delete(one);
    }
    const isFirst = cards.size === 0;
    // Of many at once, the first that still needs an answer is open: members are asked one after the other. One alone is always open.
    const toAsk = isFirst ? repeat.instances.find((one) => needsAnswer(view, one)) : null;
    repeat.instances.forEach((one, index) => {
      if (!cards.has(one)) {
        make(one);
        open(one, !isFirst || one === toAsk || repeat.instances.length === 1);
      }
      const card = cards.get(one);
      if (holder.children[index] !== card) holder.insertBefore(card, holder.children[index] || null);
      write(card.querySelector(".instance-number"), String(index + 1));
      one.retitle();
    });
    empty.hidden = repeat.instances.length > 0;
  };
  add.addEventListener("click", () => {
    for (const one of cards.keys()) open(one, false);
    const one = page.instance.addInstance(repeat);
    open(one, true);
    cards.get(one).scrollIntoView({ block: "start", behavior: "smooth" });
    cards.get(one).querySelector(".instance-toggle").focus({ preventScroll: true });
  });
  sync();
  return sync;
}

// Whether an answer is missing or wrong in an instance, or nothing is answered in it yet.
function needsAnswer(view, one) {
  const items = view.page.instance.questionsUnder(one).filter((item) => view.boxes.get(item)?.isAsked && item.isRelevant);
  return items.some((item) => item.error) || items.every((item) => item.value === "");
}

// What an instance is called where it is spoken of: its repeat, its number, and its first answers.
export function headingOf(one, view) {
  const repeat = one.parent;
  const label = view.page.texts.shownPlain(`${view.page.plan.nodes[repeat.node].p}:label`);
  return [label, repeat.instances.indexOf(one) + 1, titleOf(one, view)].filter(Boolean).join(" ");
}

// Names and identifiers of a cloned card must be its own: radio buttons of two members would otherwise be one group.
function makeUnique(card, key) {
  const suffix = (key.match(/#\d+/g) || []).join("").replaceAll("#", "~");
  for (const attribute of ["id", "name", "for", "list", "aria-labelledby", "aria-controls"]) {
    card.querySelectorAll(`[${attribute}]`).forEach((element) => element.setAttribute(attribute, element.getAttribute(attribute) + suffix));
  }
}

// The first answers that a person would know the instance by: a name, and what follows it.
function titleOf(one, view) {
  const parts = [];
  for (const item of view.page.instance.questionsUnder(one)) {
    if (parts.length === TITLE_PARTS) break;
    if (!view.boxes.has(item) || item.value === "" || !item.isRelevant) continue;
    const type = view.page.plan.nodes[item.node].t;
    if (["text", "integer"].includes(type)) parts.push(item.value.slice(0, 24));
    else if (type === "select_one") parts.push(textOfChoice(item, view.page, item.value));
  }
  return parts.filter(Boolean).join(" · ");
}
