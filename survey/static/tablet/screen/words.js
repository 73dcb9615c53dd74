// The words of the tablet's pages in both languages, kept as data because the language changes in the page without the server.
// `{name}` stands where a value is put in. Each area keeps its own file; a key belongs to one of them.

import { COMFORT } from "./words/comfort.js";
import { COUNTERSIGN } from "./words/countersign.js";
import { FILLING } from "./words/filling.js";
import { FINISHING } from "./words/finishing.js";
import { HOME } from "./words/home.js";
import { LOCK } from "./words/lock.js";
import { LOOK_BACK } from "./words/look_back.js";
import { SENDING } from "./words/sending.js";
import { UNMET } from "./words/unmet.js";
import { WIDGETS } from "./words/widgets.js";
import { WINDOWS } from "./words/windows.js";

const AREAS = [COMFORT, COUNTERSIGN, FILLING, FINISHING, HOME, LOCK, LOOK_BACK, SENDING, UNMET, WIDGETS, WINDOWS];

export const WORDS = {
  zh: Object.assign({}, ...AREAS.map((area) => area.zh)),
  en: Object.assign({}, ...AREAS.map((area) => area.en)),
};

// The word `key` in the page's language, with its values put in.
export function word(language, key, values = {}) {
  const text = WORDS[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
