/** Dragging on the board: a village is carried to another cell, and then its own form is sent; without scripts the form does it alone. */

const board = document.querySelector("[data-board]");

/** Choose an option of a select field; false when there is none of that value. */
const choose = (select, value) => {
  select.value = value;
  return select.value === value;
};

let carried = null;

board?.addEventListener("dragstart", (event) => {
  carried = event.target.closest(".bundle[draggable=true]");
  if (!carried) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", carried.dataset.village);
  carried.classList.add("carried");
});

/** The cell under the pointer that is another one than where the village is. */
const target = (event) => {
  const cell = event.target.closest("td[data-pair]");
  return carried && cell && cell !== carried.closest("td") ? cell : null;
};

board?.addEventListener("dragover", (event) => {
  const cell = target(event);
  for (const other of board.querySelectorAll("td.over")) if (other !== cell) other.classList.remove("over");
  if (!cell) return;
  event.preventDefault();
  cell.classList.add("over");
});

board?.addEventListener("drop", (event) => {
  const cell = target(event);
  if (!cell) return;
  event.preventDefault();
  const form = carried.querySelector("form.move");
  const { pair, day } = cell.dataset;
  if (choose(form.elements.to_pair, pair) && choose(form.elements.to_day, day)) form.requestSubmit();
});

board?.addEventListener("dragend", () => {
  carried?.classList.remove("carried");
  for (const cell of board.querySelectorAll("td.over")) cell.classList.remove("over");
  carried = null;
});
