/** The box in a table's head that marks or unmarks all rows; without scripts it stays hidden and rows are marked one by one. */

for (const all of document.querySelectorAll("[data-marks-all]")) {
  const boxes = [...all.closest("table").querySelectorAll("tbody input[type=checkbox]")];

  /** Show in the head whether all, some or no rows are marked. */
  const reflect = () => {
    const n = boxes.filter((box) => box.checked).length;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  };

  all.hidden = boxes.length === 0;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    reflect();
  });
  for (const box of boxes) box.addEventListener("change", reflect);
  reflect();
}
