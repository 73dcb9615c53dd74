// What a page says of what was just done takes the focus: a screen reader begins with it, and Tab goes on from there instead of from the
// top. First comes what is wrong in a form. Whoever is somewhere already, or presses something, is left there; so is who came by an
// address that leads to a part of the page, which takes the focus when everything is loaded. To them the words are only said aloud.
// What succeeded has no role of its own: a screen reader that speaks of live regions when a page is loaded would say it twice.

const LASTS_MS = 10_000;
const wrong = document.querySelector(".error-summary");
const told = document.querySelector("main [data-told]");
let isAtWork = false;

// A live region speaks when it changes, not when it is there from the beginning.
function say(words) {
  const region = document.createElement("p");
  region.className = "visually-hidden";
  region.setAttribute("role", "status");
  document.querySelector("main").append(region);
  setTimeout(() => region.append(words), 100);
  setTimeout(() => region.remove(), LASTS_MS);
}

function begin() {
  const isElsewhere = isAtWork || document.activeElement !== document.body || document.querySelector(":target:not(main)");
  if (wrong) wrong.focus();
  else if (told && isElsewhere) say(told.textContent.trim());
  else told?.focus();
}

window.addEventListener(
  "pointerdown",
  () => {
    isAtWork = true;
  },
  { once: true },
);

// To the field that is wrong, without naming it in the address: that would be kept by the form, and lead past what comes of it.
wrong?.addEventListener("click", (event) => {
  const field = document.getElementById(event.target.closest("a")?.hash.slice(1) ?? "");
  if (!field) return;
  event.preventDefault();
  for (let at = field.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  field.focus();
});

if (document.readyState === "complete") begin();
else window.addEventListener("load", () => setTimeout(begin));
