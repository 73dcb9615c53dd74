// What a value of each question type looks like as text.

export const MULTIPLE = new Set(["select_multiple", "select_multiple_from_file", "rank"]);
export const ONE_CHOICE = new Set(["select_one", "select_one_from_file"]);
export const FILES = new Set(["image", "audio", "video", "file"]);

const LOOKS = {
  integer: /^-?\d{1,15}$/,
  decimal: /^-?(\d+\.?\d*|\.\d+)$/,
  range: /^-?(\d+\.?\d*|\.\d+)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/,
  dateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d/,
  geopoint: /^-?\d+(\.\d+)?( -?\d+(\.\d+)?){1,3}$/,
};

export function hasType(type, value) {
  return LOOKS[type] === undefined || LOOKS[type].test(value);
}

// The instant as ISO 8601 text with this device's own offset, as ODK clients write it.
export function isoWithOffset(instant) {
  const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  const offset = -instant.getTimezoneOffset();
  const local = new Date(instant.getTime() + offset * 60000).toISOString().slice(0, -1);
  return `${local}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}

// What an input shows for a stored value, and what is stored for what an input shows. `kind` is the input's: "date", "month", …
export const INPUTS = {
  date: { shown: (value) => value.slice(0, 10), stored: (text) => text },
  month: { shown: (value) => value.slice(0, 7), stored: (text) => (text ? `${text}-01` : "") },
  year: {
    shown: (value) => (/^\d{4}-01-01$/.test(value) ? value.slice(0, 4) : value),
    stored: (text) => (/^\d{4}$/.test(plain(text)) ? `${plain(text)}-01-01` : plain(text)),
  },
  time: { shown: (value) => value.slice(0, 5), stored: (text) => (text ? `${text}:00.000${isoWithOffset(new Date()).slice(-6)}` : "") },
  "datetime-local": { shown: shownInstant, stored: (text) => (text ? isoWithOffset(new Date(text)) : "") },
  number: { shown: (value) => value, stored: plain },
  text: { shown: (value) => value, stored: (text) => (text.trim() === "" ? "" : text) },
};

// A number as people type it: full-width digits, a Chinese full stop and thousands separators are all understood.
function plain(text) {
  return text.normalize("NFKC").replace(/[,\s]/g, "").replace(/。/g, ".");
}

function shownInstant(value) {
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? "" : isoWithOffset(instant).slice(0, 16);
}
