// What the keyboard does on a form beyond what every page does; the help sheet lists the same keys.

export const KEYS = [
  ["Alt + ↓ / PageDown", "key_next_question"],
  ["Alt + ↑ / PageUp", "key_previous_question"],
  ["Ctrl + Enter", "key_next_page"],
  ["Ctrl + Shift + Enter", "key_previous_page"],
  ["Alt + N", "key_note"],
  ["Alt + C", "key_contents"],
  ["Alt + H", "key_help"],
];

// Listens until the form is closed. `acts` are {contents, help}.
export function listenToKeys(page, acts) {
  const pressed = (event) => {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const act = actOf(event, page, acts);
    if (!act) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", pressed, { signal: page.closing.signal });
}

function actOf({ key, code, altKey, ctrlKey, metaKey, shiftKey, target }, page, acts) {
  if ((ctrlKey || metaKey) && key === "Enter") return () => (shiftKey ? page.pager.back() : page.next());
  if (ctrlKey || metaKey) return null;
  if (key === "PageDown" || (altKey && key === "ArrowDown")) return () => step(page, 1);
  if (key === "PageUp" || (altKey && key === "ArrowUp")) return () => step(page, -1);
  if (altKey && code === "KeyC") return acts.contents;
  if (altKey && code === "KeyN") return () => target.closest?.(".question")?.querySelector(".note-open")?.click();
  return altKey && code === "KeyH" ? acts.help : null;
}

// To the question after (or before) the one in hand, over the ends of pages too.
function step(page, by) {
  const { view, pager } = page;
  const asked = view.questions().filter((item) => item.isRelevant && view.boxes.get(item).isAsked);
  const at = asked.indexOf(view.itemOf(document.activeElement?.closest?.(".question")));
  const here = asked.findIndex((item) => view.boxes.get(item).pageNumber === pager.current);
  const next = at >= 0 ? at + by : here >= 0 ? (by > 0 ? here : here - 1) : by > 0 ? asked.length : asked.length - 1;
  if (asked[next]) pager.goTo(asked[next]);
  else if (next >= asked.length && pager.current < pager.sections.length) page.next();
}
