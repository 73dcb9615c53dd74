// A sheet without a map: north is up, lines stand at even distances in metres, and what is drawn on it are positions.

const SVG = "http://www.w3.org/2000/svg";
const METRES_PER_DEGREE = (Math.PI / 180) * 6378100;
const HALF = 100;

// One position on a sheet that is `halfM` metres from its middle to its edge; `place` is told where it was tapped, null when nobody may.
export class PointPad {
  constructor(holder, page, place) {
    Object.assign(this, { holder, page, place, halfM: 50 });
    this.svg = make("svg", { viewBox: `${-HALF} ${-HALF} ${2 * HALF} ${2 * HALF}` });
    const zoom = (sign, factor, label) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button step", textContent: sign });
      button.setAttribute("aria-label", page.word(label));
      button.addEventListener("click", () => {
        this.halfM = Math.min(5000, Math.max(10, this.halfM * factor));
        this.draw();
      });
      return button;
    };
    this.tools = Object.assign(document.createElement("p"), { className: "pad-tools" });
    this.scale = document.createElement("span");
    this.tools.append(zoom("+", 0.5, "zoom_in"), zoom("−", 2, "zoom_out"), this.scale);
    holder.append(this.svg, this.tools);
    if (place) {
      this.svg.classList.add("is-placed");
      this.svg.addEventListener("click", (event) => this.tapped(event));
    }
  }

  // The middle of the sheet stays where it was while the position is moved on it.
  show(position) {
    this.position = position;
    this.holder.hidden = !position;
    if (position && (!this.middle || offset(this.middle, position).some((metres) => Math.abs(metres) > this.halfM))) this.middle = position;
    if (position) this.draw();
  }

  draw() {
    const perM = HALF / this.halfM;
    const step = niceStep(this.halfM / 2);
    const [east, north] = offset(this.middle, this.position).map((metres) => metres * perM);
    const parts = [...grid(step * perM), ...compass()];
    const accuracy = this.position[3] || 0;
    if (accuracy > 0) parts.push(make("circle", { class: "pad-accuracy", cx: east, cy: -north, r: accuracy * perM }));
    parts.push(make("circle", { class: "pad-point", cx: east, cy: -north, r: 4 }));
    this.svg.replaceChildren(...parts);
    this.scale.textContent = this.page.word(this.place ? "pad_place" : "pad_scale", { metres: step });
  }

  tapped(event) {
    const box = this.svg.getBoundingClientRect();
    const east = (((event.clientX - box.left) / box.width) * 2 - 1) * this.halfM;
    const north = -(((event.clientY - box.top) / box.height) * 2 - 1) * this.halfM;
    const [latitude, longitude] = this.middle;
    this.place(latitude + north / METRES_PER_DEGREE, longitude + east / METRES_PER_DEGREE / Math.cos((latitude * Math.PI) / 180));
  }
}

// Draws a line or an outline into `holder`, as large as it fits.
export function drawOutline(holder, points, isShape, page) {
  holder.hidden = points.length < 2;
  if (holder.hidden) return;
  const flat = points.map((point) => offset(points[0], point));
  const [easts, norths] = [0, 1].map((axis) => flat.map((each) => each[axis]));
  const middle = [easts, norths].map((each) => (Math.max(...each) + Math.min(...each)) / 2);
  const halfM = Math.max(5, ...[easts, norths].map((each) => (Math.max(...each) - Math.min(...each)) * 0.6));
  const perM = HALF / halfM;
  const step = niceStep(halfM / 2);
  const placed = flat.map(([east, north]) => [(east - middle[0]) * perM, -(north - middle[1]) * perM]);
  const svg = make("svg", { viewBox: `${-HALF} ${-HALF} ${2 * HALF} ${2 * HALF}`, "aria-hidden": "true" });
  const text = placed.map((each) => each.map((number) => number.toFixed(1)).join(",")).join(" ");
  svg.append(...grid(step * perM), ...compass(), make(isShape ? "polygon" : "polyline", { class: "pad-line", points: text }));
  placed.forEach(([x, y], number) => svg.append(make("circle", { class: number ? "pad-corner" : "pad-point", cx: x, cy: y, r: 3 })));
  const scale = Object.assign(document.createElement("p"), { className: "pad-tools" });
  scale.append(page.word("pad_scale", { metres: step }));
  holder.replaceChildren(svg, scale);
}

// Metres to the east and to the north from one position to another; exact enough within a village.
export function offset([lat1, lon1], [lat2, lon2]) {
  return [(lon2 - lon1) * METRES_PER_DEGREE * Math.cos((lat1 * Math.PI) / 180), (lat2 - lat1) * METRES_PER_DEGREE];
}

export function niceStep(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return [5, 2, 1].map((each) => each * power).find((each) => each <= metres);
}

export function grid(step) {
  const lines = [];
  for (let at = 0; at <= HALF; at += step) {
    for (const place of at ? [at, -at] : [0]) {
      lines.push(make("line", { class: "pad-grid", x1: place, x2: place, y1: -HALF, y2: HALF }));
      lines.push(make("line", { class: "pad-grid", y1: place, y2: place, x1: -HALF, x2: HALF }));
    }
  }
  return lines;
}

export function compass() {
  const letter = make("text", { class: "pad-north", x: 0, y: -HALF + 22 });
  letter.textContent = "N";
  return [make("path", { class: "pad-arrow", d: `M0 ${-HALF + 3} l5 9 h-10 z` }), letter];
}

export function make(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
