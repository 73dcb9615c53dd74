// Moves along the rows of a list with j and k: the link of the next or previous row takes the focus, so that Enter opens it.

const rows = [...document.querySelectorAll("a[data-row]")];

document.addEventListener("keydown", (event) => {
  const isWriting = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (isWriting || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const step = { j: 1, k: -1 }[event.key];
  if (!step || !rows.length) return;
  event.preventDefault();
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[next].focus();
});
