// Keys of the page on which answers are coded: 1 to 9 choose a code or take it back, Enter saves, j and k go on and back.

const boxes = [...document.querySelectorAll(".codes input[type=checkbox]")];
const form = document.querySelector("form[data-keys]");

function isWriting(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, a, button") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
  const box = /^[1-9]$/.test(event.key) ? boxes[Number(event.key) - 1] : undefined;
  const link = { j: "next", k: "prev" }[event.key];
  if (box) {
    box.checked = !box.checked;
    box.focus();
  } else if (event.key === "Enter") {
    form.requestSubmit();
  } else if (link) {
    form.querySelector(`a[rel=${link}]`)?.click();
  } else {
    return;
  }
  event.preventDefault();
});
