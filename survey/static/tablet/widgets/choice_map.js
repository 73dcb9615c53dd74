// A sheet on which the choices of a question lie where they are: no map behind them, so that it needs no network. A tap chooses.

import { bindChoice, offered } from "./choosing.js";
import { compass, grid, make, niceStep, offset } from "./pad.js";
import { parsePosition } from "./position.js";
import { bindSearch } from "./searching.js";

const HALF = 100;
const MOST_DRAWN = 1000;
const CLOSEST_M = 5;
const FARTHEST_M = 5000000;

// The list under the sheet answers too; both show what is chosen.
export function bindChoiceMap(element, item, page) {
  const list = element.querySelector(".search-box") ? bindSearch(element, item, page) : bindChoice(element, item, page);
  const sheet = new Sheet(element.querySelector(".choice-map"), page, (value) => page.set(item, item.value === value ? "" : value));
  const chosen = element.querySelector(".map-chosen");
  const show = () => {
    list.show();
    const choices = placedChoices(item, page);
    sheet.show(choices, item.value);
    chosen.textContent = choices.find(({ value }) => value === item.value)?.text ?? "";
  };
  return {
    show,
    filter: () => {
      list.filter?.();
      show();
    },
  };
}

// The choices offered at the moment that are somewhere: {value, text, places}.
function placedChoices(item, page) {
  const { l: list } = page.plan.nodes[item.node];
  const { lists } = page.instance;
  const found = offered(item, page).map(({ value, text }) => {
    const geometry = lists.table(list).cell(lists.rowOf(list, value), "geometry");
    return { value, text, places: geometry.split(";").map(parsePosition).filter(Boolean) };
  });
  return found.filter(({ places }) => places.length > 0).slice(0, MOST_DRAWN);
}

class Sheet {
  constructor(holder, page, choose) {
    Object.assign(this, { holder, page, choose, drawn: "", chosen: "" });
    const box = `${-HALF} ${-HALF} ${2 * HALF} ${2 * HALF}`;
    this.svg = make("svg", { viewBox: box, role: "radiogroup", "aria-labelledby": holder.dataset.label });
    this.tools = Object.assign(document.createElement("p"), { className: "pad-tools" });
    this.scale = document.createElement("span");
    this.tools.append(this.zoom("+", 0.5, "zoom_in"), this.zoom("−", 2, "zoom_out"), this.scale);
    holder.append(this.svg, this.tools);
    this.svg.addEventListener("pointerdown", (event) => this.drag(event));
  }

  zoom(sign, factor, label) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button step", textContent: sign });
    button.setAttribute("aria-label", this.page.word(label));
    button.addEventListener("click", () => {
      this.halfM = Math.min(FARTHEST_M, Math.max(CLOSEST_M, this.halfM * factor));
      const chosen = this.choices.find(({ value }) => value === this.chosen);
      if (chosen && factor < 1) this.middle = chosen.places[0];
      this.draw();
    });
    return button;
  }

  // Other choices begin with all of them in sight; a new answer alone leaves the sheet where it was moved to.
  show(choices, chosen) {
    const key = choices.map(({ value }) => value).join(" ");
    const isSame = key === this.drawn;
    Object.assign(this, { choices, chosen, drawn: key });
    this.holder.hidden = choices.length === 0;
    if (this.holder.hidden) return;
    if (!isSame) this.fit();
    this.draw();
  }

  fit() {
    const places = this.choices.flatMap((each) => each.places);
    const [latitudes, longitudes] = [0, 1].map((axis) => places.map((each) => each[axis]));
    this.middle = [latitudes, longitudes].map((each) => (Math.max(...each) + Math.min(...each)) / 2);
    const distances = places.flatMap((place) => offset(this.middle, place).map(Math.abs));
    this.halfM = Math.max(CLOSEST_M * 2, Math.max(...distances) * 1.15);
  }

  draw() {
    const perM = HALF / this.halfM;
    const step = niceStep(this.halfM / 2);
    const at = (place) => offset(this.middle, place).map((metres, axis) => (axis ? -metres : metres) * perM);
    const focused = this.svg.contains(document.activeElement) ? document.activeElement.dataset.value : null;
    this.svg.replaceChildren(...grid(step * perM), ...compass(), ...this.choices.map((choice) => this.mark(choice, choice.places.map(at))));
    this.scale.textContent = this.page.word("pad_scale", { metres: step });
    if (focused !== null) this.svg.querySelector(`[data-value="${CSS.escape(focused)}"]`)?.focus();
  }

  mark({ value, text, places }, points) {
    const isOutline = points.length > 3 && String(points[0]) === String(points.at(-1));
    const shape =
      points.length === 1
        ? make("circle", { cx: points[0][0], cy: points[0][1], r: 5 })
        : make(isOutline ? "polygon" : "polyline", { points: points.map((each) => each.map((number) => number.toFixed(1)).join(",")).join(" ") });
    const isChosen = value === this.chosen;
    const attributes = { class: isChosen ? "map-choice is-chosen" : "map-choice", role: "radio", tabindex: 0, "aria-checked": isChosen };
    for (const [name, each] of Object.entries({ ...attributes, "data-value": value })) shape.setAttribute(name, each);
    // What is its tip is its name, too: besides another name it would be read out once more.
    const title = make("title", {});
    title.textContent = text;
    shape.append(title);
    shape.addEventListener("click", () => this.wasDragged || this.choose(value));
    shape.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.choose(value);
    });
    // Nobody taps what lies beyond the edge; who comes there by Tab has the sheet brought to it.
    shape.addEventListener("focus", () => {
      if (points.some((point) => point.every((each) => Math.abs(each) < HALF))) return;
      this.middle = places[0];
      this.draw();
    });
    return shape;
  }

  // Drags the sheet under the finger; what ends a drag is no tap.
  drag(start) {
    const box = this.svg.getBoundingClientRect();
    const perPixel = (2 * this.halfM) / box.width;
    const before = this.middle;
    this.wasDragged = false;
    const move = (event) => {
      const [east, south] = [event.clientX - start.clientX, event.clientY - start.clientY].map((pixels) => pixels * perPixel);
      if (!this.wasDragged && Math.hypot(east, south) < 6 * perPixel) return;
      this.wasDragged = true;
      const [eastPerDegree, northPerDegree] = offset(before, [before[0] + 1, before[1] + 1]);
      this.middle = [before[0] + south / northPerDegree, before[1] - east / eastPerDegree];
      this.draw();
    };
    const end = new AbortController();
    window.addEventListener("pointermove", move, { signal: end.signal });
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, () => end.abort(), { signal: end.signal });
  }
}
