// Who filters, sorts or changes the language by keys stays where they were: a page that comes anew, and says nothing of what was done,
// gives the focus back to what was pressed. It would otherwise begin at the top, and Tab lead through the header once more. Whoever turns
// to the next page of a list begins there at the top.

const KEPT = "pressed";
const PRESSED = "a, button, input, summary";

function nameOf(each) {
  return each.id || [each.localName, each.name ?? "", each.textContent.replace(/\s+/g, " ").trim()].join(" ");
}

function alike(name) {
  return [...document.querySelectorAll(PRESSED)].filter((each) => nameOf(each) === name);
}

function stay() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  sessionStorage.removeItem(KEPT);
  // Whatever has the focus by now was given it by the page, or by its reader.
  if (kept?.path !== location.pathname || document.activeElement !== document.body || document.querySelector(":target")) return;
  const found = alike(kept.name)[kept.place];
  const shut = found?.closest("details:not([open])")?.querySelector("summary");
  if (found) (shut ?? found).focus();
  else beginAtTitle();
}

// What was pressed is not there any more, as where it showed more or less of the page.
function beginAtTitle() {
  const title = document.querySelector("main h1");
  if (!title) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

// Keys press without a place that they point to. Enter in a field presses its form's button, where the keys of one letter go on working.
document.addEventListener("click", ({ target, detail, isTrusted }) => {
  const pressed = detail === 0 && isTrusted && target.closest(PRESSED);
  if (!pressed || pressed.closest(".pagination")) return;
  const name = nameOf(pressed);
  sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, name, place: alike(name).indexOf(pressed) }));
});

// After what the page says of what was done, which takes the focus first.
if (document.readyState === "complete") stay();
else window.addEventListener("load", () => setTimeout(stay));
