// A path or the outline of a field: points are added where one stands, while one walks, or by hand; length and area are shown.

import { focusFirst, showControl } from "../screen/elements.js";
import { drawOutline } from "./pad.js";
import { findPosition, parsePosition, positionText, tidy } from "./position.js";

const EARTH_RADIUS_M = 6378100;
const GOOD_ENOUGH_M = 8;
const LEAST_STEP_M = 4;

export function bindLine(element, item, page) {
  const holder = element.querySelector(".line");
  const isShape = holder.dataset.line === "shape";
  const pad = holder.querySelector(".pad");
  const shown = holder.querySelector(".line-shown");
  const list = holder.querySelector(".line-points");
  const input = holder.querySelector("input");
  const button = (name) => holder.querySelector(`[data-line-do=${name}]`);
  let search = null;
  let walk = null;

  const points = () => readPoints(item.raw, isShape);
  const keep = (texts) => page.set(item, writePoints(texts, isShape));
  const say = (word, values) => {
    shown.textContent = page.word(word, values);
  };
  const show = () => {
    const texts = points();
    const places = texts.map(parsePosition).filter(Boolean);
    drawOutline(pad, places, isShape, page);
    button("here").textContent = page.word(search ? "position_stop" : "line_here");
    button("walk").textContent = page.word(walk ? "line_walk_stop" : "line_walk");
    button("walk").classList.toggle("is-recording", Boolean(walk));
    showControl(button("clear"), texts.length > 0, button("here"));
    shown.classList.toggle("answered", places.length > 1);
    if (!search) shown.textContent = places.length ? summary(places, isShape, page) : "";
    list.replaceChildren(...texts.map((text, number) => row(text, number)));
  };
  const row = (text, number) => {
    const entry = document.createElement("li");
    const [latitude, longitude] = text.split(" ");
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: "×" });
    remove.setAttribute("aria-label", page.word("line_remove", { number: number + 1 }));
    remove.addEventListener("click", () => {
      change(points().filter((_, index) => index !== number));
      focusFirst(list.children[number]?.lastChild, list.lastChild?.lastChild, button("here"));
    });
    entry.append(Object.assign(document.createElement("span"), { textContent: `${latitude} ${longitude}` }), remove);
    return entry;
  };
  // Every taking away can be taken back.
  const change = (texts) => {
    const before = item.raw;
    keep(texts);
    show();
    page.say(page.word("line_removed"), () => {
      page.set(item, before);
      show();
    });
  };

  button("here").addEventListener("click", () => {
    if (search) {
      search.end();
      return;
    }
    let best = "";
    say("position_waiting");
    search = findPosition(Number(holder.dataset.good) || GOOD_ENOUGH_M, {
      take: (text, accuracy) => {
        best = text;
        say("position_searching", { accuracy: Math.round(accuracy) });
        button("here").textContent = page.word("position_stop");
      },
      done: () => {
        search = null;
        if (best) keep([...points(), best]);
        show();
      },
      refuse: (problem) => {
        search = null;
        show();
        say(problem);
        holder.querySelector("details").open = true;
      },
    });
  });
  button("walk").addEventListener("click", () => {
    if (walk !== null) {
      navigator.geolocation.clearWatch(walk);
      walk = null;
      show();
      return;
    }
    if (!navigator.geolocation) {
      say("position_unavailable");
      return;
    }
    const step = ({ coords }) => {
      const before = parsePosition(points().at(-1) || "");
      const now = positionText(coords);
      // What moves less than the device's own doubt has not moved.
      if (before && apart(before, parsePosition(now)) < Math.max(LEAST_STEP_M, coords.accuracy)) return;
      keep([...points(), now]);
      show();
    };
    walk = navigator.geolocation.watchPosition(step, () => say("position_unavailable"), { enableHighAccuracy: true, maximumAge: 0 });
    show();
  });
  button("clear").addEventListener("click", () => change([]));
  button("add").addEventListener("click", () => {
    const added = input.value.split(/[;；\n]/).map(tidy).filter(Boolean);
    if (added.length === 0 || !added.every(parsePosition)) {
      say("error_geopoint");
      return;
    }
    keep([...points(), ...added]);
    input.value = "";
    show();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    button("add").click();
  });
  return { show };
}

// The points as texts; a shape's last point, which is its first again, is left out.
function readPoints(raw, isShape) {
  const texts = raw.split(";").map((each) => each.trim()).filter(Boolean);
  return isShape && texts.length > 3 && texts[0] === texts.at(-1) ? texts.slice(0, -1) : texts;
}

function writePoints(texts, isShape) {
  return (isShape && texts.length > 2 ? [...texts, texts[0]] : texts).join("; ");
}

function summary(places, isShape, page) {
  const closed = isShape && places.length > 2 ? [...places, places[0]] : places;
  const length = closed.slice(1).reduce((sum, each, index) => sum + apart(closed[index], each), 0);
  const values = { count: places.length, length: metres(length) };
  if (!isShape || places.length < 3) return page.word("line_shown", values);
  const area = areaOf(places);
  return page.word("shape_shown", { ...values, area: Math.round(area).toLocaleString("en"), mu: (area / (2000 / 3)).toFixed(2) });
}

function metres(length) {
  return length < 100 ? length.toFixed(1) : Math.round(length).toLocaleString("en");
}

// Distance and area as questionnaires/expressions/geography.py computes them, which is how ODK does.
function apart([lat1, lon1], [lat2, lon2]) {
  const [a, b, between] = [lat1, lat2, lon1 - lon2].map((degrees) => (degrees * Math.PI) / 180);
  const cosine = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(between);
  return Math.acos(Math.min(1, Math.max(-1, cosine))) * EARTH_RADIUS_M;
}

function areaOf(places) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const total = places.reduce((sum, [lat1, lon1], index) => {
    const [lat2, lon2] = places[(index + 1) % places.length];
    return sum + radians(lon2 - lon1) * (2 + Math.sin(radians(lat1)) + Math.sin(radians(lat2)));
  }, 0);
  return (Math.abs(total) * EARTH_RADIUS_M ** 2) / 2;
}
