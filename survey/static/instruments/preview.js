// The frame of a preview: how wide the form is shown, and beginning again. The answers stay when the size changes.

const frame = document.getElementById("preview");
const sizes = [...document.querySelectorAll("[data-size]")].filter((each) => each !== frame);

for (const button of sizes) {
  button.addEventListener("click", () => {
    frame.dataset.size = button.dataset.size;
    for (const each of sizes) each.setAttribute("aria-pressed", String(each === button));
  });
}

document.querySelector("[data-restart]").addEventListener("click", () => frame.contentWindow.location.reload());
