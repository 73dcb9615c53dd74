// Lets a coordinator reconcile without the mouse: j and k move between differences, 1 and 2 choose a record, 3 opens another answer.

const WRONG_FIELD = ".difference [aria-invalid=true]";
const FIRST_FIELD = ".other-fields :is(select, input:not([type=hidden]))";
const WRITES = "input:not([type=checkbox]), textarea, select";
const rows = [...document.querySelectorAll(".difference")];

function current() {
  const focused = document.activeElement?.closest(".difference");
  return rows.indexOf(focused);
}

function goTo(index) {
  const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "center" });
}

function begin() {
  const wrong = document.querySelector(WRONG_FIELD);
  if (wrong) {
    wrong.focus();
    return;
  }
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named && (named.matches(".difference") || named.id === "finish")) {
    named.focus({ preventScroll: true });
    named.scrollIntoView({ block: "center" });
  }
}

document.addEventListener("keydown", (event) => {
  const isWriting = event.target instanceof Element && event.target.closest(WRITES);
  if (event.key === "Escape" && isWriting) {
    event.target.closest(".difference")?.focus();
    return;
  }
  if (isWriting || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = current();
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    const first = rows.findIndex((row) => row.classList.contains("is-open"));
    goTo(at < 0 ? Math.max(first, 0) : at + (event.key === "j" ? 1 : -1));
    return;
  }
  const target = at < 0 ? null : rows[at].querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("summary")) {
    target.parentElement.open = true;
    target.parentElement.querySelector(FIRST_FIELD)?.focus();
  } else {
    target.click();
  }
});

begin();
