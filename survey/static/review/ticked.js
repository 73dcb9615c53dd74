// Says on a button how many boxes are ticked, and lets nobody send none; "Accept the ticked interviews (12)".

for (const button of document.querySelectorAll("button[data-counts]")) {
  const boxes = [...button.form.querySelectorAll(`input[type=checkbox][name="${button.dataset.counts}"]`)];
  const draw = () => {
    const n = boxes.filter((box) => box.checked).length;
    button.textContent = button.textContent.replace(/[0-9]+/, String(n));
    button.disabled = n === 0;
  };
  button.form.addEventListener("change", draw);
  draw();
}
