// What a page says of what was just done takes the focus: a screen reader begins with it, and Tab goes on from there instead of from the
// top. First comes what is wrong in a form. Whoever is somewhere already stays there; so does an address that leads to a part of the page,
// which takes the focus there when everything is loaded. There the words are only said aloud.

const LASTS_MS = 10_000;
const wrong = document.querySelector(".error-summary");
const told = document.querySelector("main [data-told]");

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
  if (wrong) wrong.focus();
  else if (document.activeElement === document.body && !document.querySelector(":target:not(main)")) told?.focus();
  else if (told) say(told.textContent.trim());
}

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
