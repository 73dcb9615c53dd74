// A day given by its parts: a year typed in, month and day from drop-downs, and for an instant the time of day. What is not asked of a day
// is the first of its kind.

import { hasType, INPUTS } from "../form/types.js";

const MOMENT = INPUTS["datetime-local"];

export function bindDateParts(element, item, page) {
  const controls = [...element.querySelectorAll("[data-part]")];
  const hasClock = controls.at(-1).dataset.part === "clock";
  const read = () => {
    const parts = controls.map((control) => control.value.normalize("NFKC").trim());
    if (parts.every((part) => part === "")) return "";
    // An unfinished day is kept as it is and judged incomplete, so that nothing that was typed is lost.
    const isWhole = parts.every((part) => part !== "") && /^\d{4}$/.test(parts[0]);
    if (!hasClock) return isWhole ? [...parts, "01", "01"].slice(0, 3).join("-") : parts.filter(Boolean).join("-");
    const day = parts.slice(0, 3).filter(Boolean).join("-");
    return isWhole && hasType("date", day) ? MOMENT.stored(`${day}T${parts[3]}`) : `${day} ${parts[3]}`.trim();
  };
  controls.forEach((control, number) => {
    control.addEventListener(control.tagName === "SELECT" ? "change" : "input", (event) => {
      page.set(item, read());
      // The day is judged once it is whole or the person has left the question.
      if (number < controls.length - 1) event.stopPropagation();
    });
    if (number < controls.length - 1) control.addEventListener("change", (event) => event.stopPropagation());
  });
  return {
    show() {
      if (read() === item.raw) return;
      const shown = hasClock && hasType("dateTime", item.raw) ? MOMENT.shown(item.raw).replace("T", " ") : item.raw;
      const [day, clock = ""] = shown.split(" ");
      const parts = [...day.slice(0, 10).split("-"), "", ""].slice(0, hasClock ? 3 : controls.length);
      [...parts, ...(hasClock ? [clock] : [])].forEach((part, number) => {
        controls[number].value = part;
      });
    },
  };
}
