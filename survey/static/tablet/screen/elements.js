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
// so does the focus. What is to last has an id. The first child is the title, or holds it: it takes the focus of what is there no more.
export function drawAnew(container, ...children) {
  const hadFocus = container.contains(document.activeElement);
  const focused = hadFocus ? document.activeElement.id : "";
  const unfolded = [...container.querySelectorAll("details[id][open]")].map((each) => each.id);
  const entered = [...container.querySelectorAll("textarea[id], select[id]")].map((each) => [each.id, each.value]);
  replaceBelowTitle(container, children);
  const made = (id) => id && container.querySelector(`#${CSS.escape(id)}`);
  for (const id of unfolded) if (made(id)) made(id).open = true;
  for (const [id, value] of entered) {
    const control = made(id);
    if (!control || control.value === value) continue;
    control.value = value;
    control.dispatchEvent(new Event(control.localName === "select" ? "change" : "input"));
  }
  if (hadFocus && !container.contains(document.activeElement)) focusFirst(made(focused) || null, container.querySelector("h1, h2"));
}

// A title that says the same stays the element that it is: of one that is drawn anew while it has the focus, a screen reader says nothing.
function replaceBelowTitle(container, [head, ...rest]) {
  (head.matches("h1, h2") ? head : head.querySelector("h1, h2")).tabIndex = -1;
  const before = container.firstElementChild;
  if (!before?.isEqualNode(head)) {
    container.replaceChildren(head, ...rest);
    return;
  }
  while (before.nextSibling) before.nextSibling.remove();
  before.after(...rest);
}
