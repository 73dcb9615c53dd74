// Recording where the interview is held: the best of the positions that the device finds within half a minute.

import { showControl, write } from "../screen/elements.js";
import { PointPad } from "./pad.js";

const GOOD_ENOUGH_M = 8;
const LONGEST_SEARCH_MS = 30000;

export function bindPosition(element, item, page) {
  const record = element.querySelector("[data-position=record]");
  const clear = element.querySelector("[data-position=clear]");
  const shown = element.querySelector(".position-shown");
  const input = element.querySelector("input");
  const holder = element.querySelector("[data-pad]");
  const { good, poor } = element.querySelector(".position").dataset;
  const place = (latitude, longitude) => {
    page.set(item, `${latitude.toFixed(7)} ${longitude.toFixed(7)} 0 0`);
    show();
  };
  const pad = holder && new PointPad(holder, page, holder.dataset.pad === "place" ? place : null);
  const cancel = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", hidden: true });
  record.after(cancel);
  let search = null;
  let before = "";
  let clock = 0;
  // Seconds that go by are seen and not said.
  const left = Object.assign(document.createElement("span"), { ariaHidden: "true" });

  const show = () => {
    pad?.show(parsePosition(item.value));
    if (search) return;
    const [latitude, longitude, , accuracy] = item.value.split(" ");
    const values = { latitude: rounded(latitude), longitude: rounded(longitude), accuracy: Math.round(Number(accuracy)) };
    const isPoor = poor !== "" && Number(accuracy) > Number(poor);
    const word = isPoor ? "position_poor" : Number(accuracy) > 0 ? "position_shown" : "position_shown_bare";
    shown.textContent = !item.value ? "" : page.word(word, values);
    shown.classList.toggle("answered", item.value !== "" && !isPoor);
    shown.classList.toggle("poor", isPoor);
    record.textContent = page.word(item.value ? "record_again" : "record_position");
    showControl(clear, item.value !== "", record);
    if (document.activeElement !== input) input.value = item.raw;
  };
  const stop = () => {
    search = null;
    clearInterval(clock);
    showControl(cancel, false, record);
    show();
  };
  const refuse = (key) => {
    stop();
    shown.classList.remove("answered");
    shown.textContent = page.word(key);
    element.querySelector("details").open = true;
  };
  let best = null;
  const tell = () => {
    const seconds = Math.max(0, Math.ceil((search.endsAt - Date.now()) / 1000));
    const found = best === null ? page.word("position_waiting") : page.word("position_searching", { accuracy: Math.round(best) });
    if (shown.lastChild !== left || shown.firstChild.data !== found) shown.replaceChildren(found, " ", left);
    write(left, page.word("position_left", { seconds }));
  };
  const take = (text, accuracy) => {
    best = accuracy;
    page.set(item, text);
    if (!search) return;
    tell();
    record.textContent = page.word("position_stop");
  };

  record.addEventListener("click", () => {
    if (search) {
      search.end();
      return;
    }
    before = item.raw;
    best = null;
    search = findPosition(Number(good) || GOOD_ENOUGH_M, { take, done: stop, refuse });
    tell();
    clock = setInterval(tell, 1000);
    cancel.textContent = page.word("position_cancel");
    cancel.hidden = false;
  });
  cancel.addEventListener("click", () => {
    search?.end();
    page.set(item, before);
    show();
  });
  clear.addEventListener("click", () => {
    search?.end();
    const taken = item.raw;
    page.set(item, "");
    input.value = "";
    show();
    page.cleared(item, taken);
  });
  input.addEventListener("input", () => page.set(item, tidy(input.value)));
  return { show };
}

// Searches until a position is as accurate as `goodM` metres, half a minute is over, or `end` is called. `take` gets every better one.
export function findPosition(goodM, { take, done, refuse }) {
  let best = null;
  let watch = 0;
  let timer = 0;
  let isOver = false;
  const end = (problem = null) => {
    if (isOver) return;
    isOver = true;
    navigator.geolocation?.clearWatch(watch);
    clearTimeout(timer);
    if (problem && best === null) refuse(problem);
    else done();
  };
  if (!navigator.geolocation) {
    queueMicrotask(() => end("position_unavailable"));
    return { end, endsAt: Date.now() };
  }
  const found = ({ coords }) => {
    if (isOver || (best !== null && coords.accuracy >= best)) return;
    best = coords.accuracy;
    take(positionText(coords), coords.accuracy);
    if (coords.accuracy <= goodM) end();
  };
  const failed = (error) => {
    const isDenied = error.code === error.PERMISSION_DENIED;
    if (best === null) end(!isDenied ? "position_unavailable" : window.isSecureContext ? "position_denied" : "position_insecure");
  };
  timer = setTimeout(() => end("position_unavailable"), LONGEST_SEARCH_MS);
  watch = navigator.geolocation.watchPosition(found, failed, { enableHighAccuracy: true, timeout: LONGEST_SEARCH_MS, maximumAge: 0 });
  return { end: () => end(), endsAt: Date.now() + LONGEST_SEARCH_MS };
}

// What the device says as ODK writes it: latitude, longitude, altitude, accuracy.
export function positionText(coords) {
  const parts = [coords.latitude, coords.longitude, coords.altitude ?? 0, coords.accuracy];
  return parts.map((part) => String(Math.round(part * 1e7) / 1e7)).join(" ");
}

// The numbers of a position, or null when the text is none.
export function parsePosition(text) {
  const numbers = text.trim().split(/\s+/).map(Number);
  const isPlace = numbers.length > 1 && numbers.length < 5 && numbers.every(Number.isFinite) && text.trim() !== "";
  return isPlace && Math.abs(numbers[0]) <= 90 && Math.abs(numbers[1]) <= 180 ? numbers : null;
}

// A position as people type it: full-width signs, commas and any spaces are understood.
export function tidy(text) {
  return text
    .normalize("NFKC")
    .trim()
    .split(/[\s,，]+/)
    .filter(Boolean)
    .join(" ");
}

function rounded(text) {
  return Number(text).toFixed(5);
}
