// Which language the tablet speaks outside of questionnaires: the one chosen on this device, which is known before anybody has unlocked
// it, else the person's own, else Chinese.

import { write } from "./elements.js";
import { word } from "./words.js";

const CHOSEN = "survey-language";
const LANGUAGES = ["zh", "en"];

const formats = new Map();

let personal = null;
let onDevice = chosen();

export function language() {
  return onDevice || personal || "zh";
}

// Takes the signed-in person's language until somebody chooses another on this device.
export function takePersonal(locale) {
  personal = LANGUAGES.includes(locale) ? locale : null;
}

export function chooseLanguage(code) {
  onDevice = code;
  try {
    window.localStorage.setItem(CHOSEN, code);
  } catch {
    // Nothing can be kept here; it holds until the page is left.
  }
}

// The word `key` in the language of the device.
export function say(key, values) {
  return word(language(), key, values);
}

// Writes the words of everything below `root` that names one.
export function drawWords(root) {
  root.querySelectorAll("[data-say]").forEach((each) => write(each, say(each.dataset.say)));
  root.querySelectorAll("[data-say-label]").forEach((each) => each.setAttribute("aria-label", say(each.dataset.sayLabel)));
  root.querySelectorAll("[data-say-placeholder]").forEach((each) => {
    each.placeholder = say(each.dataset.sayPlaceholder);
  });
}

// A day ("2018-04-20") as people write it. With words of our own: the browser's formats for days take longer to be made than the whole list.
export function dayText(day) {
  const [year, month, number] = day.split("-").map(Number);
  const named = (key, place) => say(key).split(" ")[place];
  const weekday = named("weekdays", new Date(Date.UTC(year, month - 1, number)).getUTCDay());
  const isThisYear = year === new Date().getFullYear();
  return say(isThisYear ? "day_named" : "day_of_year", { weekday, month: named("months", month - 1), number, year });
}

// The hour and minute of an instant on this device's clock, as "09:05".
export function clockText(instant) {
  const date = new Date(instant);
  return [date.getHours(), date.getMinutes()].map((each) => String(each).padStart(2, "0")).join(":");
}

// Making one takes longer than drawing a household.
function formatOf(style) {
  const key = JSON.stringify([localeName(), style]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(localeName(), style));
  return formats.get(key);
}

export function timeText(iso) {
  const style = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
  return formatOf(style).format(new Date(iso));
}

// How long ago something was, in the largest unit that fits.
export function agoText(iso, now = Date.now()) {
  const minutes = Math.max(0, Math.round((now - new Date(iso).getTime()) / 60000));
  if (minutes < 1) return say("ago_now");
  if (minutes < 60) return say("ago_minutes", { count: minutes });
  if (minutes < 48 * 60) return say("ago_hours", { count: Math.round(minutes / 60) });
  return say("ago_days", { count: Math.round(minutes / 1440) });
}

// A size as people read it, a tenth of a megabyte at least.
export function sizeText(bytes) {
  const megabytes = bytes / 1e6;
  if (megabytes >= 1000) return `${(megabytes / 1000).toFixed(1)} GB`;
  return megabytes >= 10 ? `${Math.round(megabytes)} MB` : `${Math.max(megabytes, 0.1).toFixed(1)} MB`;
}

function localeName() {
  return language() === "zh" ? "zh-CN" : "en-GB";
}

function chosen() {
  try {
    const code = window.localStorage.getItem(CHOSEN);
    return LANGUAGES.includes(code) ? code : null;
  } catch {
    return null;
  }
}
