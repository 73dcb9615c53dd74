// What a value of each question type looks like as text.

export const MULTIPLE = new Set(["select_multiple", "select_multiple_from_file", "rank"]);
export const ONE_CHOICE = new Set(["select_one", "select_one_from_file"]);
export const FILES = new Set(["image", "audio", "video", "file", "background-audio"]);

const LOOKS = {
  integer: /^-?\d{1,15}$/,
  decimal: /^-?(\d+\.?\d*|\.\d+)$/,
  range: /^-?(\d+\.?\d*|\.\d+)$/,
  date: { test: isDay },
  time: /^\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/,
  dateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d/,
  geopoint: { test: (value) => POINT.test(value) },
  geotrace: { test: (value) => pointsOf(value) > 1 },
  geoshape: { test: (value) => pointsOf(value) > 3 },
};
const POINT = /^-?\d+(\.\d+)?( -?\d+(\.\d+)?){1,3}$/;

export function hasType(type, value) {
  return LOOKS[type] === undefined || LOOKS[type].test(value);
}

// Whether a text is a day that the calendar has.
function isDay(value) {
  const day = new Date(`${value}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

// How many points a line has; none when one of them is no position.
function pointsOf(value) {
  const texts = value.split(";").map((each) => each.trim());
  return texts.every((text) => POINT.test(text)) ? texts.length : 0;
}

// The instant as ISO 8601 text with this device's own offset, as ODK clients write it.
export function isoWithOffset(instant) {
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  const offset = -instant.getTimezoneOffset();
  const local = new Date(instant.getTime() + offset * 60000).toISOString().slice(0, -1);
  return `${local}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}

// What an input shows for a stored value, and what is stored for what an input shows; `isReshaped` when the two differ while typing.
export const INPUTS = {
  date: { shown: (value) => value.slice(0, 10), stored: (text) => text },
  time: { shown: (value) => value.slice(0, 5), stored: (text) => (text ? `${text}:00.000${isoWithOffset(new Date()).slice(-6)}` : "") },
  "datetime-local": { shown: shownInstant, stored: (text) => (text ? isoWithOffset(new Date(text)) : "") },
  number: { shown: (value) => value, stored: plain },
  counter: { shown: (value) => value, stored: plain },
  grouped: { shown: inThrees, stored: plain, isReshaped: true },
  text: { shown: (value) => value, stored: (text) => (text.trim() === "" ? "" : text) },
};

// A number as people type it: full-width digits, a Chinese full stop and thousands separators are all understood.
function plain(text) {
  return text.normalize("NFKC").replace(/[,\s]/g, "").replace(/。/g, ".");
}

// A number with a comma after every third digit of its whole part; any other text as it is.
function inThrees(value) {
  const found = /^(-?\d+)(\.\d*)?$/.exec(value);
  return found ? found[1].replace(/\B(?=(\d{3})+$)/g, ",") + (found[2] || "") : value;
}

function shownInstant(value) {
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? "" : isoWithOffset(instant).slice(0, 16);
}
