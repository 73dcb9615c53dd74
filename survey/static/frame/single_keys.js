// Keys of a single sign (j, k, a, 1, /, …) can be turned off on this device: speech and switches may type them unasked (WCAG 2.1.4).
//
// Pages listen to such keys each for themselves; turned off, the keys do not reach them.

const KEPT_AS = "survey-single-keys";
const WRITES = "input:not([type=checkbox], [type=radio]), textarea, select";
let isOn = read();

function read() {
  try {
    return window.localStorage.getItem(KEPT_AS) !== "off";
  } catch {
    return true;
  }
}

function turn(on) {
  isOn = on;
  try {
    window.localStorage.setItem(KEPT_AS, on ? "on" : "off");
  } catch {
    // A browser that keeps nothing does as told until the page is left.
  }
}

window.addEventListener(
  "keydown",
  (event) => {
    const isSingle = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    const isWriting = event.target instanceof Element && event.target.closest(WRITES);
    if (!isOn && isSingle && !isWriting) event.stopImmediatePropagation();
  },
  { capture: true },
);

for (const button of document.querySelectorAll("[data-single-keys]")) {
  const draw = () => button.setAttribute("aria-pressed", String(isOn));
  button.addEventListener("click", () => {
    turn(!isOn);
    draw();
  });
  button.hidden = false;
  draw();
}
