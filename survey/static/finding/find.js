/** The search in the header: "/" goes there, and while somebody types it suggests what would be found. Without scripts it is a plain form. */

const WAIT_MS = 200;
const box = document.querySelector("form.find");

/** The element with these attributes and these children or texts. */
const element = (name, attributes, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

if (box) {
  const input = box.querySelector("input");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[role=status]");
  let options = [];
  let chosen = -1;
  let timer = 0;
  let asking = null;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (number) => {
    if (!options.length) return;
    options[chosen]?.setAttribute("aria-selected", "false");
    // One place before the first option and behind the last one is the field itself.
    const places = options.length + 1;
    chosen = ((number + 1 + places) % places) - 1;
    if (chosen < 0) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    options[chosen].setAttribute("aria-selected", "true");
    options[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[chosen].id);
  };

  const option = (found, number) =>
    element(
      "a",
      { role: "option", id: `find-option-${number}`, href: found.url, tabindex: "-1", "aria-selected": "false" },
      element("span", {}, found.title),
      element("small", { class: "muted" }, found.details),
    );

  const show = (groups) => {
    let number = 0;
    const parts = groups.map((group, place) => {
      const title = element("p", { id: `find-group-${place}`, class: "find-group" }, group.label);
      const rows = group.found.map((found) => option(found, number++));
      return element("div", { role: "group", "aria-labelledby": title.id }, title, ...rows);
    });
    list.replaceChildren(...(parts.length ? parts : [element("p", { class: "muted" }, box.dataset.none)]));
    options = [...list.querySelectorAll("[role=option]")];
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    status.textContent = options.length ? box.dataset.some.replace("{n}", options.length) : box.dataset.none;
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const address = `${box.dataset.suggestions}?${new URLSearchParams({ q: input.value })}`;
      const answer = await fetch(address, { signal, headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (answer.ok && !answer.redirected) show((await answer.json()).groups);
    } catch (error) {
      // Without a network, or when something else was typed meanwhile, nothing is suggested; the form itself still searches.
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!input.value.trim()) close();
    else if (!event.isComposing) timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && chosen >= 0) {
      event.preventDefault();
      options[chosen].click();
    }
  });
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget)) close();
  });
  // Pressing a suggestion must not take the focus from the field before the click has arrived.
  list.addEventListener("mousedown", (event) => event.preventDefault());

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}
