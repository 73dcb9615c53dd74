// A line at the bottom that says what has just happened and, where it can be taken back, offers to.

const SHOWN_MS = 8000;
const UNDO_MS = 20000;

export function makeToast(element, undoWord) {
  let timer = null;
  let canUndo = false;
  const hide = () => {
    clearTimeout(timer);
    element.hidden = true;
  };
  // Gives a function that takes this line away, unless another has taken its place.
  const say = (text, undo = null) => {
    clearTimeout(timer);
    const line = Object.assign(document.createElement("span"), { textContent: text });
    element.replaceChildren(line);
    if (undo) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: undoWord() });
      button.addEventListener("click", () => {
        hide();
        undo();
      });
      element.append(button);
    }
    canUndo = undo !== null;
    element.hidden = false;
    timer = setTimeout(hide, canUndo ? UNDO_MS : SHOWN_MS);
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
