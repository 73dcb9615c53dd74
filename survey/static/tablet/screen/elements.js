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
