// A day given by its parts: a year typed in, month and day from drop-downs. What is not asked is the first of its kind.

export function bindDateParts(element, item, page) {
  const controls = [...element.querySelectorAll("[data-part]")];
  const read = () => {
    const parts = controls.map((control) => control.value.normalize("NFKC").trim());
    if (parts.every((part) => part === "")) return "";
    // An unfinished day is kept as it is and judged incomplete, so that nothing that was typed is lost.
    if (parts.some((part) => part === "") || !/^\d{4}$/.test(parts[0])) return parts.filter(Boolean).join("-");
    return [...parts, "01", "01"].slice(0, 3).join("-");
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
      const parts = item.raw.slice(0, 10).split("-");
      controls.forEach((control, number) => {
        control.value = parts[number] ?? "";
      });
    },
  };
}
