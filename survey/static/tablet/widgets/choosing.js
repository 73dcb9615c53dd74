// Choosing from buttons or a drop-down, and what a question offers at the moment.

// The choices that `item` may have now: {value, text} in the order of the list, in the language on the screen.
export function offered(item, page) {
  const { l: list, ns: isListed } = page.plan.nodes[item.node];
  if (isListed !== undefined) return [...(item.allowed || [])].map((name) => ({ value: name, text: name }));
  const { lists } = page.instance;
  const rows = item.offered ?? lists.table(list)?.matching([]) ?? [];
  return rows.map((row) => ({ value: lists.name(list, row), text: shownText(page, list, row) }));
}

// What is written on one choice of `item`, in the language on the screen; the name itself where the list does not have it.
export function textOfChoice(item, page, value) {
  const { l: list } = page.plan.nodes[item.node];
  const row = page.instance.lists.rowOf(list, value);
  return row < 0 ? value : shownText(page, list, row);
}

function shownText(page, list, row) {
  return page.texts.shownPlain(`${list}-${row}`) || page.instance.lists.label(list, row, page.texts.index);
}

export function bindChoice(element, item, page) {
  const inputs = [...element.querySelectorAll(".options input")];
  const isQuick = element.querySelector(".options").dataset.quick === "1";
  const isRating = element.querySelector(".rating") !== null;
  // A second tap on the chosen button takes the answer back, which a radio button by itself cannot.
  inputs.forEach((input) =>
    input.addEventListener("click", (event) => {
      const before = item.raw;
      if (item.value === input.value) input.checked = false;
      page.set(item, input.checked ? input.value : "");
      if (!input.checked) page.cleared(item, before);
      // The arrow keys click too: only a tap, which has a place, goes on by itself.
      if (isQuick && input.checked && event.detail > 0) page.pager.advance(item);
    }),
  );
  return {
    show() {
      const chosen = inputs.findIndex((input) => input.value === item.value);
      inputs.forEach((input, number) => {
        input.checked = number === chosen;
        if (isRating) input.closest(".option").classList.toggle("filled", number <= chosen);
      });
    },
    filter: () => offer(inputs, item),
  };
}

export function bindChoices(element, item, page) {
  const inputs = [...element.querySelectorAll(".options input")];
  const summary = element.querySelector(".fold-chosen");
  element.addEventListener("change", () => {
    page.set(
      item,
      inputs
        .filter((input) => input.checked)
        .map((input) => input.value)
        .join(" "),
    );
  });
  return {
    show() {
      const chosen = item.value.split(" ").filter(Boolean);
      inputs.forEach((input) => {
        input.checked = chosen.includes(input.value);
      });
      if (!summary) return;
      summary.textContent = chosen.map((value) => textOfChoice(item, page, value)).join(page.word("list_comma")) || page.word("choose");
      summary.classList.toggle("is-empty", chosen.length === 0);
    },
    filter: () => offer(inputs, item),
  };
}

function offer(inputs, item) {
  for (const input of inputs) {
    input.closest(".option").hidden = Boolean(item.allowed) && !item.allowed.has(input.value);
    input.disabled = input.closest(".option").hidden;
  }
}

export function bindSelect(element, item, page) {
  const select = element.querySelector("select");
  select.addEventListener("change", () => page.set(item, select.value));
  return {
    show: () => {
      select.value = item.value;
    },
    filter() {
      for (const option of select.options) {
        option.hidden = option.disabled = option.value !== "" && Boolean(item.allowed) && !item.allowed.has(option.value);
      }
      select.value = item.value;
    },
  };
}
