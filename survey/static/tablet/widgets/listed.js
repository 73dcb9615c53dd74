// Choosing from the instances of a repeat: the buttons are made of what is answered there, and follow it.

import { offered } from "./choosing.js";

export function bindListed(element, item, page) {
  const box = element.querySelector(".options");
  const empty = element.querySelector(".listed-empty");
  const show = () => {
    box.querySelectorAll("input").forEach((input) => {
      input.checked = input.value === item.value;
    });
  };
  const option = ({ value, text }) => {
    const input = Object.assign(document.createElement("input"), { type: "radio", name: box.dataset.name, value });
    // As with other buttons, a second tap takes the answer back.
    input.addEventListener("click", () => {
      const before = item.raw;
      if (item.value === value) input.checked = false;
      page.set(item, input.checked ? value : "");
      if (!input.checked) page.cleared(item, before);
    });
    const label = Object.assign(document.createElement("label"), { className: "option" });
    label.append(input, Object.assign(document.createElement("span"), { textContent: text }));
    return label;
  };
  const filter = () => {
    const choices = offered(item, page);
    const drawn = [...box.querySelectorAll("input")].map((input) => input.value);
    if (drawn.length !== choices.length || choices.some(({ value }, number) => value !== drawn[number])) box.replaceChildren(...choices.map(option));
    empty.hidden = choices.length > 0;
    show();
  };
  filter();
  return { show, filter };
}
