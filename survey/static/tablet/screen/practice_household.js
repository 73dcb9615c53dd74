// The household that practice is about: invented, and it says so wherever its name stands.

import { language } from "./language.js";

const HOUSEHOLD = {
  zh: { village_name: "示例村（虚构）", head_name: "张示例（虚构）" },
  en: { village_name: "Example Village (invented)", head_name: "Zhang Example (invented)" },
};

// What an assignment would give beforehand, by the names of `prefilled_answers`; without an assignment, and in no village of the list.
export function practiceHousehold({ name = "" }) {
  return { ...HOUSEHOLD[language()], household_number: "0000", household_kind: "registered", lead_name: name };
}
