// The one XML document that expressions are evaluated over: `/m/i` holds the instance, `/m/l0` … the choice lists.

// The document with a blank instance, and the items of every choice list by its name.
export function buildDocument(plan) {
  const parser = new DOMParser();
  const document = parser.parseFromString("<m><i/></m>", "text/xml");
  const top = document.documentElement;
  const blank = parser.parseFromString(plan.instance, "text/xml").documentElement;
  top.firstChild.append(document.importNode(blank, true));
  const rows = {};
  Object.entries(plan.lists).forEach(([name, choices], number) => {
    const list = document.createElement(`l${number}`);
    const root = list.appendChild(document.createElement("root"));
    rows[name] = choices.map(([value, properties], index) => root.appendChild(buildItem(document, value, `${name}-${index}`, properties)));
    top.append(list);
  });
  return { document, rows };
}

function buildItem(document, value, textId, properties) {
  const item = document.createElement("item");
  const add = (tag, text) => {
    item.appendChild(document.createElement(tag)).textContent = text;
  };
  add("name", value);
  add("itextId", textId);
  for (const [tag, text] of Object.entries(properties)) {
    try {
      add(tag, text);
    } catch {
      /* a column whose name is no XML name, which no expression can name either */
    }
  }
  return item;
}
