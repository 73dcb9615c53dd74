// Buttons that copy the text of a field: data-copies names the field, data-done is what the button says afterwards.
// Where no script runs they stay hidden, and the text can be marked by hand.

const SHOWN_MS = 2000;

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const label = button.textContent;
  // A button that changes its words says nothing.
  const told = Object.assign(document.createElement("span"), { className: "visually-hidden", role: "status" });
  button.after(told);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // plain HTTP on a local network has no clipboard
    }
    button.textContent = told.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = label;
      told.textContent = "";
    }, SHOWN_MS);
  });
}
