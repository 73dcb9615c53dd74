// What expressions compute with on the tablet, as questionnaires/expressions/values.py and dates.py say it on the server: how one kind of value turns
// into another, and dates as day numbers. A value is {t, v}: "str", "num", "bool", or "arr" (a list of nodes).
//
// A day number is local: midnight of a date is a whole number whatever the time zone, and an instant is first moved to this device's zone.

import { inOrder } from "./steps.js";

export const text = (v) => ({ t: "str", v });
export const number = (v) => ({ t: "num", v });
export const truth = (v) => ({ t: "bool", v });

const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const DATED = /^\d{4}-\d{1,2}-\d{1,2}/;
const INSTANT = /^(\d{4}-\d{1,2}-\d{1,2})T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?(?:\d{2})?)?$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?(?:\d{2})?)?$/;
const DAY_MS = 86_400_000;
const LAST_DAY = 2_932_896; // 9999-12-31
const FIRST_DAY = -719_162; // 0001-01-01

// --- texts, numbers, truths

export function texts(value) {
  return value.t === "arr" ? value.v.map((node) => node.textContent) : [asText(value)];
}

export function asText(value) {
  if (value.t === "str") return value.v;
  if (value.t === "arr") return value.v.length ? value.v[0].textContent : "";
  return value.t === "bool" ? String(value.v) : formatNumber(value.v);
}

// A number without needless decimals and never with an exponent.
export function formatNumber(value) {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return BigInt(value).toString();
  const short = String(Number(value.toPrecision(15)));
  return short.includes("e") ? value.toFixed(20).replace(/0+$/, "") : short;
}

export function textToNumber(raw) {
  const trimmed = raw.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed);
  return DATED.test(trimmed) ? toDays(trimmed) : NaN;
}

export function asNumber(value) {
  if (value.t === "num") return value.v;
  if (value.t === "bool") return value.v ? 1 : 0;
  return textToNumber(asText(value));
}

export function asTruth(value) {
  if (value.t === "arr") return value.v.length > 0;
  return value.t === "num" ? value.v !== 0 && !Number.isNaN(value.v) : Boolean(value.v);
}

// The arguments one by one, a list of nodes as one list per node.
export function flat(values) {
  return values.flatMap((value) => (value.t === "arr" ? value.v.map((node) => ({ t: "arr", v: [node] })) : [value]));
}

// --- comparing

const RELATIONS = { "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b };

// Whether a comparison holds; a list of nodes holds when one of its nodes does.
export function holds(operator, left, right) {
  if (RELATIONS[operator]) {
    const compare = RELATIONS[operator];
    const rights = numbers(right);
    return numbers(left).some((a) => rights.some((b) => compare(a, b)));
  }
  const wanted = operator === "=";
  if (left.t === "bool" || right.t === "bool") return (asTruth(left) === asTruth(right)) === wanted;
  const rights = items(right);
  return items(left).some((a) => rights.some((b) => areEqual(a, b) === wanted));
}

const numbers = (value) => (value.t === "arr" ? value.v.map((node) => textToNumber(node.textContent)) : [asNumber(value)]);
const items = (value) => (value.t === "arr" ? value.v.map((node) => node.textContent) : [value.v]);

function areEqual(left, right) {
  const isNumeric = typeof left === "number" || typeof right === "number" || (DATED.test(left) && DATED.test(right));
  if (!isNumeric) return left === right;
  return (typeof left === "number" ? left : textToNumber(left)) === (typeof right === "number" ? right : textToNumber(right));
}

// --- joining

const ARITHMETIC = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
};

// What an operator makes of two values; "or" and "and", which may not need their second one, are compiling.js's.
export function operate(operator, left, right) {
  if (operator === "|") return { t: "arr", v: inOrder([...left.v, ...right.v]) };
  if (ARITHMETIC[operator]) return number(ARITHMETIC[operator](asNumber(left), asNumber(right)));
  return truth(holds(operator, left, right));
}

// --- dates

// The day number of a date in the calendar, or null.
function dayOf(raw) {
  const match = DATE.exec(raw);
  if (!match) return null;
  const [year, month, day] = match.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isReal = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.getTime() / DAY_MS : null;
}

const two = (value) => String(value).padStart(2, "0");

function isoDay(day) {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

// An instant as {day, ms, offset}: wall-clock day and milliseconds in its own offset (minutes; null: this device's), or null.
function instantOf(raw) {
  const match = INSTANT.exec(raw);
  const day = match && dayOf(match[1]);
  if (!match || day === null) return null;
  const [hour, minute, second] = [match[2], match[3], match[4] || "0"].map(Number);
  if (hour > 23 || minute > 59 || second > 59) return null;
  const fraction = Number((match[5] || "").padEnd(3, "0").slice(0, 3));
  return { day, ms: ((hour * 60 + minute) * 60 + second) * 1000 + fraction, offset: offsetOf(match[6]) };
}

function offsetOf(zone) {
  if (!zone) return null;
  if (zone === "Z") return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return (zone[0] === "-" ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)));
}

// The same instant as this device's clock shows it.
function toLocal(instant) {
  if (instant.offset === null) return instant;
  const date = new Date(instant.day * DAY_MS + instant.ms - instant.offset * 60_000);
  const shown = date.getTime() - date.getTimezoneOffset() * 60_000;
  return { day: Math.floor(shown / DAY_MS), ms: ((shown % DAY_MS) + DAY_MS) % DAY_MS, offset: null };
}

function localOffset(day, ms) {
  const shown = new Date(day * DAY_MS + ms);
  const parts = [shown.getUTCFullYear(), shown.getUTCMonth(), shown.getUTCDate(), shown.getUTCHours(), shown.getUTCMinutes()];
  return -new Date(...parts).getTimezoneOffset();
}

function formatInstant({ day, ms, offset }) {
  const minutes = offset ?? localOffset(day, ms);
  const size = Math.abs(minutes);
  const clock = new Date(day * DAY_MS + ms).toISOString().slice(0, -1);
  return `${clock}${minutes < 0 ? "-" : "+"}${two(Math.trunc(size / 60))}:${two(size % 60)}`;
}

export function toDays(raw) {
  const day = dayOf(raw);
  if (day !== null) return day;
  const instant = instantOf(raw);
  if (!instant) return NaN;
  const local = toLocal(instant);
  return local.day + local.ms / DAY_MS;
}

function fromDays(days) {
  if (!Number.isFinite(days) || days < FIRST_DAY || days > LAST_DAY) return "";
  const day = Math.floor(days);
  const ms = Math.round((days - day) * DAY_MS);
  return ms === 0 ? isoDay(day) : formatInstant({ day, ms, offset: null });
}

// A date or instant as ISO text; day numbers are turned into dates, anything else is "".
export function toDateText(value) {
  const raw = asText(value).trim();
  if (NUMBER.test(raw)) return fromDays(Number(raw));
  const day = dayOf(raw);
  if (day !== null) return isoDay(day);
  const instant = instantOf(raw);
  return instant ? formatInstant(instant) : "";
}

export function toDayText(value) {
  const raw = toDateText(value);
  return raw.includes("T") ? fromDays(Math.floor(toDays(raw))) : raw;
}

export function toDayShare(raw) {
  const match = TIME.exec(raw);
  if (!match) return NaN;
  const [hour, minute, second] = [match[1], match[2], match[3] || "0"].map(Number);
  return hour < 24 && minute < 60 && second < 60 ? (hour * 3600 + minute * 60 + second) / 86_400 : NaN;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

// A date or instant in the pattern of ODK's format-date; "" when it is neither.
export function formatDate(raw, pattern) {
  const day = dayOf(raw);
  const instant = day === null ? instantOf(raw) : { day, ms: 0, offset: null };
  if (!instant) return "";
  const local = toLocal(instant);
  const shown = new Date(local.day * DAY_MS + local.ms);
  const year = String(shown.getUTCFullYear()).padStart(4, "0");
  const parts = {
    "%": () => "%",
    Y: () => year,
    y: () => year.slice(2),
    m: () => two(shown.getUTCMonth() + 1),
    n: () => String(shown.getUTCMonth() + 1),
    b: () => MONTHS[shown.getUTCMonth()],
    d: () => two(shown.getUTCDate()),
    e: () => String(shown.getUTCDate()),
    H: () => two(shown.getUTCHours()),
    h: () => String(shown.getUTCHours()),
    M: () => two(shown.getUTCMinutes()),
    S: () => two(shown.getUTCSeconds()),
    3: () => String(shown.getUTCMilliseconds()).padStart(3, "0"),
    a: () => WEEKDAYS[shown.getUTCDay()],
    W: () => two(isoWeek(local.day)),
  };
  return pattern.replace(/%(.)/g, (whole, letter) => (parts[letter] ? parts[letter]() : whole));
}

// The week of a day number by ISO 8601: the week of the year in which its Thursday lies.
function isoWeek(day) {
  const thursday = day - ((((day + 3) % 7) + 7) % 7) + 3;
  const first = new Date(thursday * DAY_MS);
  first.setUTCMonth(0, 1);
  return Math.floor((thursday - first.getTime() / DAY_MS) / 7) + 1;
}
