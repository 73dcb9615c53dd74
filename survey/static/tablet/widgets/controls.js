// One binder per kind of control: reads what the person does into the instance, and shows what the instance holds.
//
// A binder takes (box, item, page) and gives {show, filter?}: `show` draws the item's raw value, `filter` which choices are offered.
// Controls that few forms have are loaded with the first form that has them.

import { bindChoice, bindChoices, bindSelect } from "./choosing.js";
import { INPUTS } from "../form/types.js";

export const BINDERS = {
  text: bindInput,
  number: bindInput,
  grouped: bindInput,
  counter: bindCounter,
  date: bindInput,
  time: bindInput,
  "datetime-local": bindInput,
  choice: bindChoice,
  choices: bindChoices,
  select: bindSelect,
  range: bindRange,
  acknowledge: bindAcknowledge,
  computed: bindComputed,
};
const RARE = {
  "date-parts": async () => (await import("./dates.js")).bindDateParts,
  barcode: async () => barcodeInput((await import("./barcode.js")).bindBarcode),
  search: async () => (await import("./searching.js")).bindSearch,
  listed: async () => (await import("./listed.js")).bindListed,
  regions: async () => (await import("./regions.js")).bindRegions,
  "choice-map": async () => (await import("./choice_map.js")).bindChoiceMap,
  rank: async () => (await import("./ranking.js")).bindRank,
  position: async () => (await import("./position.js")).bindPosition,
  line: async () => (await import("./line.js")).bindLine,
  file: async () => (await import("./files.js")).bindFile,
  drawing: async () => (await import("./drawing.js")).bindDrawing,
};

// Nothing, once every control on the form's page below `root` can be bound.
export async function loadBinders(root) {
  const wanted = [...new Set(controlsIn(root))].filter((control) => RARE[control] && !BINDERS[control]);
  const loaded = await Promise.all(wanted.map((control) => RARE[control]()));
  wanted.forEach((control, number) => {
    BINDERS[control] = loaded[number];
  });
}

// The kinds of controls below `root`, those of a repeat's instance too.
function* controlsIn(root) {
  for (const element of root.querySelectorAll("[data-control], template")) {
    if (element.tagName === "TEMPLATE") yield* controlsIn(element.content);
    else yield element.dataset.control;
  }
}

function bindInput(element, item, page) {
  const input = element.querySelector(".control");
  const kind = INPUTS[element.dataset.control] || INPUTS.text;
  input.addEventListener("input", () => page.set(item, kind.stored(input.value)));
  // What is typed is left alone while it is typed; its spaces and separators are put in order afterwards.
  input.addEventListener("blur", () => {
    if (kind.isReshaped) input.value = kind.shown(item.raw);
  });
  return {
    show() {
      if (kind.stored(input.value) !== item.raw || input.value === "" || (kind.isReshaped && document.activeElement !== input))
        input.value = kind.shown(item.raw);
    },
  };
}

function barcodeInput(bindBarcode) {
  return (element, item, page) => {
    const typed = bindInput(element, item, page);
    bindBarcode(element, item, page);
    return typed;
  };
}

function bindCounter(element, item, page) {
  const typed = bindInput(element, item, page);
  element.querySelectorAll("[data-step]").forEach((button) =>
    button.addEventListener("click", () => {
      const now = Number(item.raw);
      page.set(item, String((Number.isInteger(now) ? now : 0) + Number(button.dataset.step)));
      typed.show();
    }),
  );
  return typed;
}

function bindRange(element, item, page) {
  const input = element.querySelector("input");
  const shown = element.querySelector(".range-value");
  const { placeholder } = input.dataset;
  const show = () => {
    const isAnswered = item.value !== "";
    element.classList.toggle("unanswered", !isAnswered);
    if (isAnswered) input.value = item.value;
    else if (placeholder) input.value = placeholder;
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
