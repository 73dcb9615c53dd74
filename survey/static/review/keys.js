// Lets a reviewer work without the mouse: every element that names a key in aria-keyshortcuts is clicked, or focused if one writes in it.

const WRITES = "input, textarea, select";

document.addEventListener("keydown", (event) => {
  const isWriting = event.target instanceof Element && event.target.closest(WRITES);
  if (event.key === "Escape" && isWriting) {
    event.target.blur();
    return;
  }
  if (isWriting || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = document.querySelector(`[aria-keyshortcuts="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.closest("details")?.setAttribute("open", "");
  if (target.matches(WRITES)) {
    target.focus();
    target.scrollIntoView({ block: "center" });
  } else {
    target.click();
  }
});
