/** Shows of the form of a draw what the chosen ways of drawing need; without scripts everything is shown, and what is not needed is ignored. */

const form = document.querySelector("[data-draw]");

/** Show each part that the chosen option asks for. */
const reflect = () => {
  for (const part of form.querySelectorAll("[data-for]")) {
    const chosen = form.querySelector(`input[name="${part.dataset.for}"]:checked`);
    part.hidden = !part.dataset.values.split(" ").includes(chosen?.value ?? "");
  }
};

if (form) {
  form.addEventListener("change", reflect);
  reflect();
}
