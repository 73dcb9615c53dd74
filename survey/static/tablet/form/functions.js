// Every function that an expression may call on the tablet. Each means what questionnaires/expressions/functions.py says; a table of cases runs on both.
//
// A function takes values ({t, v}, see values.js) and gives one; `this` is {cN, contextSize, contextPosition}, where it is evaluated.

import { area, isInside, length, parsePoint, parseTrace } from "./geography.js";
import {
  asNumber,
  asText,
  asTruth,
  flat,
  formatDate,
  number,
  text,
  texts,
  textToNumber,
  toDateText,
  toDayShare,
  toDayText,
  truth,
} from "./values.js";
import { isoWithOffset } from "./types.js";

const MODULUS = 2_147_483_647;
const PARK_MILLER = 16_807;
const letters = (value) => [...asText(value)];
const nodesOf = (value) => (value.t === "arr" ? value.v : []);
const trace = (values) => parseTrace(values.flatMap(texts).join(";"));
const finite = (value) => (Number.isFinite(value) ? value : NaN);
const one = (compute) => (value) => number(compute(asNumber(value)));

const MATHEMATICS = Object.fromEntries(
  ["acos", "asin", "atan", "cos", "log", "log10", "sin", "sqrt", "tan", "exp"].map((name) => [name, one((x) => finite(Math[name](x)))]),
);

const NUMBERS = {
  ...MATHEMATICS,
  atan2: (y, x) => number(Math.atan2(asNumber(y), asNumber(x))),
  abs: one(Math.abs),
  exp10: one((x) => finite(10 ** x)),
  pi: () => number(Math.PI),
  pow: (base, exponent) => number(finite(asNumber(base) ** asNumber(exponent))),
  round: rounded,
  int: one((x) => (Number.isFinite(x) ? Math.trunc(x) : NaN)),
  number(value) {
    return number(asNumber(value ?? { t: "arr", v: [this.cN] }));
  },
  floor: one((x) => finite(Math.floor(x))),
  ceiling: one((x) => finite(Math.ceil(x))),
  sum: (value) => number(texts(value).reduce((total, each) => total + textToNumber(each), 0)),
  min: (...values) => number(extreme(Math.min, values)),
  max: (...values) => number(extreme(Math.max, values)),
  count: (value) => number(nodesOf(value).length),
  "count-non-empty": (value) => number(texts(value).filter((each) => each !== "").length),
  random: () => number(Math.random()),
  area: (...values) => number(area(trace(values))),
  distance: (...values) => number(length(trace(values))),
};

// Half away from zero, to some decimals (negative: tens, hundreds).
function rounded(value, digits = number(0)) {
  const x = asNumber(value);
  const places = asNumber(digits);
  if (!Number.isFinite(x) || !Number.isFinite(places)) return number(x);
  const factor = 10 ** Math.trunc(places);
  const scaled = Number((Math.abs(x) * factor).toPrecision(12));
  return number(x ? (Math.sign(x) * Math.floor(scaled + 0.5)) / factor : 0);
}

function extreme(choose, values) {
  const numbers = flat(values).map(asNumber);
  return numbers.length && !numbers.some(Number.isNaN) ? choose(...numbers) : NaN;
}

const TEXTS = {
  string(value) {
    return text(asText(value ?? { t: "arr", v: [this.cN] }));
  },
  "string-length": function (value) {
    return number(letters(value ?? { t: "arr", v: [this.cN] }).length);
  },
  "normalize-space": function (value) {
    return text(asText(value ?? { t: "arr", v: [this.cN] }).replace(/[ \t\r\n]+/g, " ").replace(/^ | $/g, ""));
  },
  concat: (...values) => text(values.flatMap(texts).join("")),
  join: (delimiter, ...values) => text(values.flatMap(texts).join(asText(delimiter))),
  substr: (value, start, end) => text(letters(value).slice(place(start), end && place(end)).join("")),
  substring,
  "substring-before": (value, mark) => text(around(value, mark)[0]),
  "substring-after": (value, mark) => text(around(value, mark)[1]),
  contains: (value, part) => truth(asText(value).includes(asText(part))),
  "starts-with": (value, part) => truth(asText(value).startsWith(asText(part))),
  "ends-with": (value, part) => truth(asText(value).endsWith(asText(part))),
  translate: translated,
  "upper-case": (value) => text(asText(value).toUpperCase()),
  "lower-case": (value) => text(asText(value).toLowerCase()),
  "base64-decode": (value) => text(decoded(asText(value))),
  regex: (value, pattern) => truth(matches(asText(value), asText(pattern))),
  uuid: (size) => text(identifier(size)),
  "jr:itext": (key) => key,
};

const place = (value) => Math.trunc(asNumber(value)) || 0;

// XPath's own: places count from 1 and are rounded, and what lies outside is left out.
function substring(value, start, size) {
  const first = Math.floor(asNumber(start) + 0.5);
  const after = size === undefined ? Infinity : first + Math.floor(asNumber(size) + 0.5);
  return text(
    letters(value)
      .filter((_, index) => index + 1 >= first && index + 1 < after)
      .join(""),
  );
}

function around(value, mark) {
  const whole = asText(value);
  const at = whole.indexOf(asText(mark));
  return at < 0 ? ["", ""] : [whole.slice(0, at), whole.slice(at + asText(mark).length)];
}

function translated(value, from, to) {
  const [olds, news] = [letters(from), letters(to)];
  const change = (letter) => {
    const at = olds.indexOf(letter);
    return at < 0 ? letter : (news[at] ?? "");
  };
  return text(letters(value).map(change).join(""));
}

function decoded(raw) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(atob(raw), (letter) => letter.charCodeAt(0)));
  } catch {
    return "";
  }
}

// No text without end is searched through, here as on the server: nothing would stop a search once it is begun.
const MOST_SIGNS = 10_000;

function matches(raw, pattern) {
  if (raw.length > MOST_SIGNS && [...raw].length > MOST_SIGNS) return false;
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(pattern, flags).test(raw);
    } catch {
      /* a pattern that is none, or none under these flags */
    }
  }
  return false;
}

function identifier(size) {
  const count = size === undefined ? 16 : Math.trunc(asNumber(size));
  if (!(count > 0 && count < 10_000)) return "";
  const bytes = crypto.getRandomValues(new Uint8Array(count));
  if (size !== undefined) return [...bytes].map((byte) => (byte % 36).toString(36)).join("");
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const TRUTHS = {
  true: () => truth(true),
  false: () => truth(false),
  not: (value) => truth(!asTruth(value)),
  boolean: (value) => truth(asTruth(value)),
  "boolean-from-string": (value) => truth(["true", "1"].includes(asText(value).trim().toLowerCase())),
  if: (condition, yes, no) => (asTruth(condition) ? yes : no),
  coalesce: (...values) => text(values.map(asText).find((each) => each !== "") ?? ""),
  once(value) {
    return text(this.cN.textContent || asText(value));
  },
  checklist: (least, most, ...values) => truth(isBetween(flat(values).filter(isTicked).length, least, most)),
  "weighted-checklist": weighed,
  selected: isSelected,
  "is-selected": isSelected,
  "selected-at": (value, index) => text(words(value)[asNumber(index) >= 0 ? place(index) : -1] ?? ""),
  "count-selected": (value) => number(words(value).length),
  geofence: (point, fence) => truth(isFenced(asText(point), asText(fence))),
};

const words = (value) => asText(value).split(/\s+/).filter(Boolean);
const isTicked = (value) => (value.t === "arr" ? asText(value).trim() !== "" : asTruth(value));

function isSelected(value, name) {
  return truth(` ${asText(value)} `.includes(` ${asText(name).trim()} `));
}

function isFenced(point, fence) {
  const [at, corners] = [parsePoint(point), parseTrace(fence)];
  return Boolean(at && corners && isInside(at, corners));
}

function isBetween(amount, least, most) {
  const [low, high] = [asNumber(least), asNumber(most)];
  return (low < 0 || amount >= low) && (high < 0 || amount <= high);
}

function weighed(least, most, ...values) {
  let total = 0;
  for (let at = 0; at + 1 < values.length; at += 2) {
    const weights = flat([values[at + 1]]).map(asNumber);
    flat([values[at]]).forEach((each, index) => {
      if (isTicked(each)) total += weights[index] || 0;
    });
  }
  return truth(isBetween(total, least, most));
}

const MOMENTS = {
  today: () => text(isoWithOffset(new Date()).slice(0, 10)),
  now: () => text(isoWithOffset(new Date())),
  date: (value) => text(toDayText(value)),
  "date-time": (value) => text(toDateText(value)),
  "format-date": (value, pattern) => text(formatDate(toDateText(value), asText(pattern))),
  "format-date-time": (value, pattern) => text(formatDate(toDateText(value), asText(pattern))),
  "decimal-date-time": (value) => number(asNumber(value)),
  "decimal-time": (value) => number(toDayShare(asText(value))),
};

const NODES = {
  position(value) {
    return number(value ? placeOf(nodesOf(value)[0]) : this.contextPosition);
  },
  last() {
    return number(this.contextSize);
  },
  randomize: (value, seed) => ({ t: "arr", v: shuffled(nodesOf(value), seed && asNumber(seed)) }),
  name(value) {
    return text(nameOf(this, value));
  },
  "local-name": function (value) {
    return text(nameOf(this, value).replace(/^.*:/, ""));
  },
  "namespace-uri": () => text(""),
  lang: () => truth(false),
  id: () => ({ t: "arr", v: [] }),
  property: () => text(""),
  version: () => text(""),
};

function placeOf(node) {
  if (!node) return NaN;
  let count = 1;
  for (let at = node.previousElementSibling; at; at = at.previousElementSibling) if (at.tagName === node.tagName) count += 1;
  return count;
}

function nameOf(context, value) {
  const node = value ? nodesOf(value)[0] : context.cN;
  return node ? node.nodeName : "";
}

// The elements in random order; with a seed in the order that every ODK client gives them (Park and Miller 1988).
export function shuffled(elements, seed) {
  let state = Number.isFinite(seed) ? Math.trunc(seed) % MODULUS : 0;
  if (state <= 0) state += MODULUS - 1;
  const draw = () => {
    state = (state * PARK_MILLER) % MODULUS;
    return (state - 1) / (MODULUS - 1);
  };
  const result = [];
  elements.forEach((element, index) => {
    const other = Math.floor((seed === undefined ? Math.random() : draw()) * (index + 1));
    if (other !== index) result[index] = result[other];
    result[other] = element;
  });
  return result;
}

const HASHES = { md5: "md5", "sha-1": "sha1", "sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512" };

// `digest()`, with the hash functions of the vendored library; without them it gives nothing.
export function digestWith(hashes) {
  return (value, algorithm, encoding = text("base64")) => {
    const hash = hashes?.[HASHES[asText(algorithm).toLowerCase()]];
    if (!hash) return text("");
    const bytes = hash(new TextEncoder().encode(asText(value)));
    if (asText(encoding).toLowerCase() === "hex") return text([...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
    return text(btoa(String.fromCharCode(...bytes)));
  };
}

export const FUNCTIONS = { ...NUMBERS, ...TEXTS, ...TRUTHS, ...MOMENTS, ...NODES };
