// A search box over a question's choices: type a part of a word, tap what matches. Nothing is in the page until it is searched for.

import { MULTIPLE } from "../form/types.js";
import { offered, textOfChoice } from "./choosing.js";

const SHOWN_AT_MOST = 50;
const SAID_AFTER_MS = 600;

export function bindSearch(element, item, page) {
  const input = element.querySelector("input");
  const found = element.querySelector(".found");
  const chosenList = element.querySelector(".chosen-list");
  const isMultiple = MULTIPLE.has(page.plan.nodes[item.node].t);
  // How many were found, and what was chosen, is seen in the lists; nobody hears those while they are in the box.
  const told = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  told.setAttribute("role", "status");
  element.querySelector(".search-box").append(told);
  let saying = 0;
  let at = -1;

  const say = (words, ms = 0) => {
    clearTimeout(saying);
    saying = setTimeout(() => told.replaceChildren(words), ms);
  };

  const chosen = () => (isMultiple ? item.value.split(" ").filter(Boolean) : item.value ? [item.value] : []);
  const close = () => {
    found.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (value) => {
    const before = chosen();
    if (!isMultiple) page.set(item, value);
    else page.set(item, (before.includes(value) ? before.filter((each) => each !== value) : [...before, value]).join(" "));
    input.value = "";
    close();
    show();
    say(chosen().map((each) => textOfChoice(item, page, each)).join(page.word("list_comma")));
    input.focus();
  };
  const open = () => {
    const all = matches(offered(item, page), input.value);
    const taken = new Set(chosen());
    const rows = all.slice(0, SHOWN_AT_MOST).map(({ value, text }, number) => {
      const row = Object.assign(document.createElement("li"), { id: `${found.id}-${number}`, textContent: text });
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(taken.has(value)));
      // The list would close under the finger if the box lost the focus first.
      row.addEventListener("pointerdown", (event) => event.preventDefault());
      row.addEventListener("click", () => choose(value));
      return row;
    });
    if (all.length > SHOWN_AT_MOST || all.length === 0) {
      const word = all.length ? page.word("search_more", { count: all.length - SHOWN_AT_MOST }) : page.word("search_nothing");
      const row = Object.assign(document.createElement("li"), { className: "found-note", textContent: word });
      row.setAttribute("role", "presentation");
      rows.push(row);
    }
    found.replaceChildren(...rows);
    found.hidden = false;
    at = -1;
    input.setAttribute("aria-expanded", "true");
  };
  const mark = (step) => {
    const rows = [...found.querySelectorAll("[role=option]")];
    if (found.hidden || rows.length === 0) return;
    at = (at + step + rows.length) % rows.length;
    rows.forEach((row, number) => row.classList.toggle("is-at", number === at));
    rows[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", rows[at].id);
  };
  const chip = (value) => {
    const row = document.createElement("li");
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "chosen", textContent: "" });
    remove.append(
      Object.assign(document.createElement("span"), { textContent: textOfChoice(item, page, value) }),
      Object.assign(document.createElement("span"), { textContent: "×", ariaHidden: "true", className: "chosen-remove" }),
    );
    remove.setAttribute("aria-label", page.word("take_back", { choice: remove.firstChild.textContent }));
    remove.addEventListener("click", () => {
      page.set(
        item,
        chosen()
          .filter((each) => each !== value)
          .join(" "),
      );
      show();
      input.focus();
    });
    row.append(remove);
    return row;
  };
  const show = () => {
    chosenList.replaceChildren(...chosen().map(chip));
    input.placeholder = page.word(chosen().length && !isMultiple ? "search_again" : "search_choices");
  };

  input.addEventListener("input", () => {
    open();
    const n = matches(offered(item, page), input.value).length;
    say(page.word(n ? "search_found" : "search_nothing", { count: n }), SAID_AFTER_MS);
  });
  input.addEventListener("click", open);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && found.hidden) open();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && !found.hidden) found.querySelectorAll("[role=option]")[Math.max(at, 0)]?.click();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  return { show, filter: show };
}

// The choices whose text holds every word that was typed, those that begin with it first.
function matches(choices, typed) {
  const words = typed.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return choices;
  const first = [];
  const others = [];
  for (const choice of choices) {
    const text = choice.text.normalize("NFKC").toLowerCase();
    if (words.every((word) => text.includes(word) || choice.value.toLowerCase() === word))
      (text.startsWith(words[0]) ? first : others).push(choice);
  }
  return [...first, ...others];
}
