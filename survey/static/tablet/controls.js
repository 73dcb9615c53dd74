// One binder per kind of control: reads what the person does into the instance, and shows what the instance holds.
//
// A binder takes (box, item, page) and gives {show, filter?}: `show` draws the item's raw value, `filter` which choices are offered.

import { bindDrawing } from "./drawing.js";
import { bindFile } from "./files.js";
import { bindPosition } from "./position.js";
import { INPUTS } from "./types.js";

export const BINDERS = {
  text: bindInput,
  number: bindInput,
  date: bindInput,
  month: bindInput,
  year: bindInput,
  time: bindInput,
  "datetime-local": bindInput,
  choice: bindChoice,
  choices: bindChoices,
  select: bindSelect,
  rank: bindRank,
  range: bindRange,
  acknowledge: bindAcknowledge,
  computed: bindComputed,
  position: bindPosition,
  file: bindFile,
  drawing: bindDrawing,
};

function bindInput(element, item, page) {
  const input = element.querySelector(".control");
  const kind = INPUTS[element.dataset.control] || INPUTS.text;
  input.addEventListener("input", () => page.set(item, kind.stored(input.value)));
  return {
    show() {
      if (kind.stored(input.value) !== item.raw || input.value === "") input.value = kind.shown(item.raw);
    },
  };
}

function bindChoice(element, item, page) {
  const inputs = [...element.querySelectorAll(".options input")];
  // A second tap on the chosen button takes the answer back, which a radio button by itself cannot.
  inputs.forEach((input) =>
    input.addEventListener("click", () => {
      if (item.value === input.value) input.checked = false;
      page.set(item, input.checked ? input.value : "");
    }),
  );
  return {
    show: () =>
      inputs.forEach((input) => {
        input.checked = input.value === item.value;
      }),
    filter: () => offer(inputs, item),
  };
}

function bindChoices(element, item, page) {
  const inputs = [...element.querySelectorAll(".options input")];
  element.addEventListener("change", () => {
    page.set(
      item,
      inputs
        .filter((input) => input.checked)
        .map((input) => input.value)
        .join(" "),
    );
  });
  return {
    show() {
      const chosen = new Set(item.value.split(" "));
      inputs.forEach((input) => {
        input.checked = chosen.has(input.value);
      });
    },
    filter: () => offer(inputs, item),
  };
}

function offer(inputs, item) {
  for (const input of inputs) {
    input.closest(".option").hidden = Boolean(item.allowed) && !item.allowed.has(input.value);
    input.disabled = input.closest(".option").hidden;
  }
}

function bindSelect(element, item, page) {
  const select = element.querySelector("select");
  select.addEventListener("change", () => page.set(item, select.value));
  return {
    show: () => {
      select.value = item.value;
    },
    filter() {
      for (const option of select.options) {
        option.hidden = option.disabled = option.value !== "" && Boolean(item.allowed) && !item.allowed.has(option.value);
      }
      select.value = item.value;
    },
  };
}

function bindRank(element, item, page) {
  const list = element.querySelector(".rank");
  const rows = [...list.children];
  const order = () =>
    [...list.children]
      .filter((row) => !row.hidden)
      .map((row) => row.dataset.value)
      .join(" ");
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move], [data-rank]");
    if (!button) return;
    if (button.dataset.rank === "clear") {
      page.set(item, "");
      rows.forEach((row) => list.append(row));
      return;
    }
    const row = button.closest("li");
    if (button.dataset.move === "-1") previousShown(row)?.before(row);
    if (button.dataset.move === "1") nextShown(row)?.after(row);
    page.set(item, order());
    button.focus();
  });
  return {
    show() {
      const places = item.value ? item.value.split(" ") : [];
      list.classList.toggle("unanswered", places.length === 0);
      places.forEach((name) => {
        const row = rows.find((each) => each.dataset.value === name);
        if (row) list.append(row);
      });
    },
    filter: () =>
      rows.forEach((row) => {
        row.hidden = Boolean(item.allowed) && !item.allowed.has(row.dataset.value);
      }),
  };
}

function previousShown(row) {
  let at = row.previousElementSibling;
  while (at?.hidden) at = at.previousElementSibling;
  return at;
}

function nextShown(row) {
  let at = row.nextElementSibling;
  while (at?.hidden) at = at.nextElementSibling;
  return at;
}

function bindRange(element, item, page) {
  const input = element.querySelector("input");
  const shown = element.querySelector(".range-value");
  const show = () => {
    const isAnswered = item.value !== "";
    element.classList.toggle("unanswered", !isAnswered);
    if (isAnswered) input.value = item.value;
    shown.textContent = isAnswered ? item.value : page.word("not_answered");
  };
  const take = () => {
    page.set(item, input.value);
    show();
  };
  input.addEventListener("input", take);
  // A tap on the handle where it already stands is an answer too, which fires no input event.
  input.addEventListener("pointerup", take);
  element.querySelectorAll("[data-step]").forEach((button) =>
    button.addEventListener("click", () => {
      if (item.value !== "") input[button.dataset.step === "1" ? "stepUp" : "stepDown"]();
      take();
    }),
  );
  return { show };
}

function bindAcknowledge(element, item, page) {
  const input = element.querySelector("input");
  input.addEventListener("change", () => page.set(item, input.checked ? "OK" : ""));
  return {
    show: () => {
      input.checked = item.value === "OK";
    },
  };
}

function bindComputed(element, item) {
  const output = element.querySelector("output.computed");
  return {
    show: () => {
      output.textContent = item.value;
    },
  };
}
