// How this device shows and takes things, for whoever holds it: the size of type, light or dark, a screen for sunlight, the size of pictures.
//
// It is known before anybody has unlocked the device, and nothing of it is personal, so it lies outside of the sealed store. Loading this
// module puts the settings on the page.

import { element } from "./elements.js";

const KEPT_AS = "survey-comfort";
const DEFAULTS = { type: "normal", theme: "device", sunlight: "off", picture: "1600", originals: "off" };
const OFFERED = {
  type: ["normal", "large", "largest"],
  theme: ["device", "light", "dark"],
  sunlight: ["off", "on"],
  picture: ["1024", "1600", "full"],
  originals: ["off", "on"],
};

let current = read();
apply();

// The settings as they are: {type, theme, sunlight, picture, originals}.
export function comfort() {
  return current;
}

export function setComfort(name, value) {
  current = { ...current, [name]: value };
  try {
    window.localStorage.setItem(KEPT_AS, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing shows it so until the page is left.
  }
  apply();
}

// The settings as an element with a row of buttons for each; `say` gives the words in the language of the page.
export function comfortSettings(say) {
  return element("div", "comfort", ...Object.keys(OFFERED).map((name) => settingRow(name, say)));
}

function settingRow(name, say) {
  const buttons = OFFERED[name].map((value) => {
    const each = Object.assign(element("button", "button", say(`comfort_${name}_${value}`)), { type: "button" });
    each.dataset.comfort = `${name}-${value}`;
    each.addEventListener("click", () => {
      setComfort(name, value);
      mark();
    });
    return each;
  });
  const mark = () =>
    buttons.forEach((each, number) => each.setAttribute("aria-pressed", String(OFFERED[name][number] === current[name])));
  mark();
  const choices = element("div", "comfort-choices", ...buttons);
  choices.setAttribute("role", "group");
  choices.setAttribute("aria-label", say(`comfort_${name}`));
  return element("div", "comfort-row", element("span", "comfort-name", say(`comfort_${name}`)), choices);
}

function apply() {
  const { classList, dataset } = document.documentElement;
  classList.toggle("type-large", current.type === "large");
  classList.toggle("type-largest", current.type === "largest");
  classList.toggle("sunlight", current.sunlight === "on");
  if (current.theme === "device") delete dataset.theme;
  else dataset.theme = current.theme;
}

function read() {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEPT_AS)) || {};
    const known = Object.entries(kept).filter(([name, value]) => OFFERED[name]?.includes(value));
    return { ...DEFAULTS, ...Object.fromEntries(known) };
  } catch {
    return DEFAULTS;
  }
}
