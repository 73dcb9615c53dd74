// The lists that expressions and questions read: choices of the form, and data files. Large ones are found by an index over a column,
// and only the items that an expression really looks at become elements of the document.
//
// A list is {columns, rows}, one text per column; a file of XML that is no plain list is {xml}.

const LONG = 500;

export class Lists {
  // `tables` are lists by the id of their instance; `choices` says which of them, and which columns, a list of choices is made of.
  constructor(tables, choices, document) {
    this.document = document;
    this.choices = choices;
    this.tables = new Map(Object.entries(tables).map(([id, table], number) => [id, new Table(table, number, document)]));
  }

  // The element that stands for `instance('id')`, whole; null when there is no such list.
  whole(id) {
    return this.tables.get(id)?.whole() ?? null;
  }

  // The items of a list whose columns have these keys ([column, [texts] or a number] pairs), as elements.
  items(id, terms) {
    const table = this.tables.get(id);
    if (!table?.rows) return [];
    return table.matching(terms).map((row) => table.element(row));
  }

  // The text of a column in the first row whose key column has the key.
  pull(id, column, keyColumn, key) {
    const table = this.tables.get(id);
    const row = table?.rows ? table.matching([[keyColumn, [key]]])[0] : undefined;
    return row === undefined ? "" : table.cell(row, column);
  }

  // --- lists of choices

  table(list) {
    const choices = this.choices[list];
    return choices ? this.tables.get(choices.list) : undefined;
  }

  name(list, row) {
    return this.table(list).cell(row, this.choices[list].value);
  }

  // The row of the choice that is called so, or -1.
  rowOf(list, name) {
    const found = this.table(list)?.matching([[this.choices[list].value, [name]]]);
    return found?.length ? found[0] : -1;
  }

  // Makes ready, while nobody waits, what the first choice from a long list would otherwise have to make.
  warm() {
    for (const { list, value } of Object.values(this.choices)) {
      const table = this.tables.get(list);
      if (table?.rows?.length > LONG) table.index(value, String);
    }
  }

  // The label of a row: one text by language where the form has several, else a column of the list.
  label(list, row, language) {
    const { texts, label } = this.choices[list];
    return texts ? texts[Math.min(language, texts.length - 1)][row] : this.table(list).cell(row, label);
  }
}

class Table {
  constructor({ columns, rows, xml }, number, document) {
    Object.assign(this, { columns, rows, xml, document });
    this.places = new Map((columns || []).map((column, place) => [column, place]));
    this.indexes = new Map();
    this.elements = [];
    this.holder = document.createElement(`l${number}`);
    document.documentElement.append(this.holder);
    this.isWhole = false;
    if (rows) this.root = this.holder.appendChild(document.createElement("root"));
    this.tags = (columns || []).map((column) => isElementName(column, document));
  }

  cell(row, column) {
    const place = this.places.get(column);
    return place === undefined ? "" : this.rows[row][place];
  }

  // The numbers of the rows that have all the keys, in order; all rows without terms.
  matching(terms) {
    if (!terms.length) return this.rows.map((_, row) => row);
    const [[column, key], ...rest] = terms;
    let found = this.rowsWith(column, key);
    for (const [other, otherKey] of rest) {
      const allowed = new Set(this.rowsWith(other, otherKey));
      found = found.filter((row) => allowed.has(row));
    }
    return found;
  }

  rowsWith(column, key) {
    if (typeof key === "number") return this.index(column, Number).get(key) || [];
    const index = this.index(column, String);
    if (key.length === 1) return index.get(key[0]) || [];
    return [...new Set(key.flatMap((each) => index.get(each) || []))].sort((a, b) => a - b);
  }

  index(column, kind) {
    const key = `${kind.name} ${column}`;
    if (!this.indexes.has(key)) {
      const index = new Map();
      const place = this.places.get(column);
      (place === undefined ? [] : this.rows).forEach((cells, row) => {
        const value = kind === Number && cells[place].trim() === "" ? NaN : kind(cells[place]);
        if (index.has(value)) index.get(value).push(row);
        else index.set(value, [row]);
      });
      this.indexes.set(key, index);
    }
    return this.indexes.get(key);
  }

  element(row) {
    if (!this.elements[row]) {
      const item = this.document.createElement("item");
      this.columns.forEach((column, place) => {
        if (this.tags[place]) item.appendChild(this.document.createElement(column)).textContent = this.rows[row][place];
      });
      this.elements[row] = item;
      this.root.append(item);
    }
    return this.elements[row];
  }

  whole() {
    if (this.isWhole) return this.holder;
    this.isWhole = true;
    if (this.xml) {
      const parsed = new DOMParser().parseFromString(this.xml, "text/xml").documentElement;
      this.holder.append(this.document.importNode(parsed, true));
    } else this.root.append(...this.rows.map((_, row) => this.element(row)));
    return this.holder;
  }
}

function isElementName(name, document) {
  try {
    document.createElement(name);
    return true;
  } catch {
    return false;
  }
}
