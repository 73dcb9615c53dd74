// Putting choices in an order: rows are dragged by their handle, or moved with arrows.

import { textOfChoice } from "./choosing.js";

export function bindRank(element, item, page) {
  const list = element.querySelector(".rank");
  const rows = [...list.children];
  // Where a row has come to: its button has the focus, and says nothing of that.
  const told = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });
  list.after(told);
  const tell = (row) => {
    const shown = [...list.children].filter((each) => !each.hidden);
    const values = { choice: textOfChoice(item, page, row.dataset.value), number: shown.indexOf(row) + 1, count: shown.length };
    told.textContent = page.word("rank_at", values);
  };
  const order = () =>
    [...list.children]
      .filter((row) => !row.hidden)
      .map((row) => row.dataset.value)
      .join(" ");
  element.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move], [data-rank]");
    if (!button) return;
    if (button.dataset.rank === "clear") {
      page.set(item, "");
      rows.forEach((row) => list.append(row));
      return;
    }
    const row = button.closest("li");
    if (button.dataset.move === "-1") previousShown(row)?.before(row);
    if (button.dataset.move === "1") nextShown(row)?.after(row);
    page.set(item, order());
    button.focus();
    if (row) tell(row);
  });
  rows.forEach((row) =>
    makeDraggable(row, () => {
      page.set(item, order());
      list.classList.remove("unanswered");
    }),
  );
  return {
    show() {
      for (const button of list.querySelectorAll("[data-move]")) {
        const choice = textOfChoice(item, page, button.closest("li").dataset.value);
        button.setAttribute("aria-label", `${page.word(button.dataset.uiLabel)} ${choice}`);
      }
      const places = item.value ? item.value.split(" ") : [];
      list.classList.toggle("unanswered", places.length === 0);
      places.forEach((name) => {
        const row = rows.find((each) => each.dataset.value === name);
        if (row) list.append(row);
      });
    },
    filter: () =>
      rows.forEach((row) => {
        row.hidden = Boolean(item.allowed) && !item.allowed.has(row.dataset.value);
      }),
  };
}

// The row follows the finger by changing places with the neighbour whose middle the finger has passed.
function makeDraggable(row, onDropped) {
  const grip = row.querySelector(".grip");
  let isMoved = false;
  grip.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    row.classList.add("is-dragged");
    isMoved = false;
  });
  grip.addEventListener("pointermove", (event) => {
    if (!grip.hasPointerCapture(event.pointerId)) return;
    const before = previousShown(row);
    const after = nextShown(row);
    // The neighbour moves, not the row: an element that is moved in the document loses the finger that holds it.
    if (before && event.clientY < middle(before)) row.after(before);
    else if (after && event.clientY > middle(after)) row.before(after);
    else return;
    isMoved = true;
  });
  grip.addEventListener("lostpointercapture", () => {
    if (row.classList.contains("is-dragged") && isMoved) onDropped();
    row.classList.remove("is-dragged");
  });
}

function middle(row) {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}

function previousShown(row) {
  let at = row.previousElementSibling;
  while (at?.hidden) at = at.previousElementSibling;
  return at;
}

function nextShown(row) {
  let at = row.nextElementSibling;
  while (at?.hidden) at = at.nextElementSibling;
  return at;
}
