// A table that scrolls in a box of its own, and has nothing in it that takes the focus, takes it itself: arrow keys then scroll it.

const TAKES_FOCUS = "a[href], button, input, select, textarea, summary";

// What the table is called: by its caption, or by the heading that it stands under.
function nameOf(box) {
  const caption = box.querySelector("caption")?.textContent;
  const before = [...document.querySelectorAll("main :is(h1, h2, h3)")].filter(
    (heading) => heading.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  return (caption || before.at(-1)?.textContent || document.title).replace(/\s+/g, " ").trim();
}

function draw(box) {
  const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
  if (!scrolls || box.querySelector(TAKES_FOCUS)) {
    for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    return;
  }
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", nameOf(box));
}

const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => draw(target)));
document.querySelectorAll(".table-wrap").forEach((box) => observer.observe(box));
