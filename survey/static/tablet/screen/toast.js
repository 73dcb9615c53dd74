// A line at the bottom that says what has just happened and, where it can be taken back, offers to.

import { focusFirst } from "./elements.js";

const SHOWN_MS = 8000;
const UNDO_MS = 20000;

export function makeToast(element, undoWord) {
  let timer = null;
  let canUndo = false;
  let before = null;
  // Where the focus was before it came here is where it goes back to.
  element.addEventListener("focusin", ({ relatedTarget }) => {
    if (!element.contains(relatedTarget)) before = relatedTarget;
  });
  const giveBack = () => focusFirst(before, document.querySelector("main :is([data-page], #summary):not([hidden]) h1"));
  const hide = () => {
    clearTimeout(timer);
    const hadFocus = element.contains(document.activeElement);
    element.hidden = true;
    if (hadFocus) giveBack();
  };
  // Whoever is about to take something back is not hurried.
  const hideLater = (afterMs) => {
    timer = setTimeout(() => (element.contains(document.activeElement) ? hideLater(afterMs) : hide()), afterMs);
  };
  // Gives a function that takes this line away, unless another has taken its place.
  const say = (text, undo = null) => {
    clearTimeout(timer);
    const line = Object.assign(document.createElement("span"), { textContent: text });
    const hadFocus = element.contains(document.activeElement);
    element.replaceChildren(line);
    if (hadFocus) giveBack();
    if (undo) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: undoWord() });
      button.addEventListener("click", () => {
        clearTimeout(timer);
        element.hidden = true;
        undo();
        // Whether what is hidden still has the focus by then is the browser's affair.
        if (document.activeElement === document.body || document.activeElement === button) giveBack();
      });
      element.append(button);
    }
    canUndo = undo !== null;
    element.hidden = false;
    hideLater(canUndo ? UNDO_MS : SHOWN_MS);
    return () => {
      if (element.contains(line)) hide();
    };
  };
  // Another page is shown: what can be taken back may still be.
  const leavePage = () => {
    if (!canUndo) hide();
  };
  return { say, hide, leavePage };
}
