// Small builders of elements for what scripts draw.

// A new element of this tag and class; `children` are texts and elements, and what is null or false is left out.
export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((each) => each !== null && each !== undefined && each !== false && each !== ""));
  return made;
}

// Gives an element this text. One that has it already is left alone: even the same text written anew is laid out and painted anew.
export function write(shown, text) {
  if (shown.textContent !== text) shown.textContent = text;
}

// A sign for the eye and words for the ear, in the order of the text around them.
export function signed(sign, words) {
  return [Object.assign(element("span", "", sign), { ariaHidden: "true" }), " ", element("span", "visually-hidden", words), " "];
}

// A button that does something on this page.
export function button(className, text, act) {
  const made = Object.assign(element("button", `button ${className}`.trim(), text), { type: "button" });
  made.addEventListener("click", act);
  return made;
}

// A link that looks like a button.
export function linkButton(className, text, href) {
  return Object.assign(element("a", `button ${className}`.trim(), text), { href });
}

// Gives the focus to the first of these that can have it.
export function focusFirst(...places) {
  for (const place of places) {
    place?.focus({ preventScroll: true });
    if (place && document.activeElement === place) return;
  }
}

// Shows a control or hides it. The focus of one that is hidden goes to the first of `others` that can have it: with nothing focused, a
// screen reader would begin again at the top.
export function showControl(control, isShown, ...others) {
  const hadFocus = document.activeElement === control;
  control.hidden = !isShown;
  if (hadFocus && !isShown) focusFirst(...others);
}

// Puts these children in place of those there, as a person left them: what they unfolded stays unfolded, what they typed or chose stays, and
// so does the focus. What is to last has an id.
export function drawAnew(container, ...children) {
  const focused = container.contains(document.activeElement) ? document.activeElement.id : "";
  const unfolded = [...container.querySelectorAll("details[id][open]")].map((each) => each.id);
  const entered = [...container.querySelectorAll("textarea[id], select[id]")].map((each) => [each.id, each.value]);
  container.replaceChildren(...children);
  const made = (id) => container.querySelector(`#${CSS.escape(id)}`);
  for (const id of unfolded) if (made(id)) made(id).open = true;
  for (const [id, value] of entered) {
    const control = made(id);
    if (!control || control.value === value) continue;
    control.value = value;
    control.dispatchEvent(new Event(control.localName === "select" ? "change" : "input"));
  }
  if (focused) made(focused)?.focus({ preventScroll: true });
}
