// Ticking every candidate of a page at once; the button waits for at least one.

const form = document.querySelector("[data-ticks]");

if (form) {
  const ticks = [...form.querySelectorAll("input[name=evidence]")];
  const all = form.querySelector("[data-all]");
  const button = form.querySelector("button[type=submit]");

  const show = () => {
    const n = ticks.filter((tick) => tick.checked).length;
    button.disabled = n === 0;
    all.checked = n > 0 && n === ticks.length;
    all.indeterminate = n > 0 && n < ticks.length;
  };

  all.addEventListener("change", () => {
    ticks.forEach((tick) => {
      tick.checked = all.checked;
    });
    show();
  });
  ticks.forEach((tick) => tick.addEventListener("change", show));
  show();
}
