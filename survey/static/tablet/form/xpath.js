// Evaluates the plan's expressions over the form's document. Expressions come rewritten from the server (survey/tablet/references.py);
// they are taken apart in compiling.js, and what operators and functions mean is said in values.js and functions.js.

import { compile } from "./compiling.js";
import { digestWith, FUNCTIONS } from "./functions.js";
import { asNumber, asText, asTruth, text, texts } from "./values.js";

export class Evaluator {
  // `textOf` gives the text of a key of the form; `hashes` what digest() needs, where the form calls it.
  constructor(plan, textOf, lists, hashes = null) {
    this.expressions = plan.expressions;
    this.lists = lists;
    this.reported = new Set();
    this.current = null;
    this.functions = { ...FUNCTIONS, ...this.ownFunctions(plan, textOf, hashes) };
    this.compiled = [];
  }

  // The functions that need this form: its lists, its texts, and the node that is being looked at.
  ownFunctions(plan, textOf, hashes) {
    const { lists } = this;
    return {
      current: () => ({ t: "arr", v: [this.current] }),
      digest: digestWith(hashes),
      "jr:itext": (key) => text(textOf(asText(key))),
      "jr:choice-name": (value, list) => text(choiceName(lists, asText(list), asText(value), textOf, plan.form?.default ?? 0)),
      pulldata: (file, column, keyColumn, key) => text(lists.pull(asText(file), asText(column), asText(keyColumn), asText(key))),
      "odk-instance": (id) => ({ t: "arr", v: [lists.whole(asText(id))].filter(Boolean) }),
      "odk-items": (id, ...terms) => ({ t: "arr", v: lists.items(asText(id), pairs(terms)) }),
    };
  }

  // The value of an expression at a node, null where it fails, which counts as empty; each is reported once, because one mistake of an
  // author must not stop an interview.
  evaluate(number, node, current = node) {
    const before = this.current;
    this.current = current;
    try {
      this.compiled[number] ||= compile(this.expressions[number], this.functions);
      return this.compiled[number]({ cN: node, contextSize: 1, contextPosition: 1 });
    } catch (error) {
      if (!this.reported.has(number)) {
        this.reported.add(number);
        console.warn(`The expression ${this.expressions[number]} cannot be evaluated here: ${error.message.slice(0, 200)}`);
      }
      return null;
    } finally {
      this.current = before;
    }
  }

  isTrue(number, node, current = node) {
    // What is always asked for is written so, and needs no taking apart.
    if (this.expressions[number] === ALWAYS) return true;
    const value = this.evaluate(number, node, current);
    return value !== null && asTruth(value);
  }

  text(number, node) {
    const value = this.evaluate(number, node);
    const found = value === null ? "" : asText(value);
    return NO_ANSWER.has(found) ? "" : found;
  }

  number(number, node) {
    const value = this.evaluate(number, node);
    return value === null ? NaN : asNumber(value);
  }

  // The rows of a list that a question offers at a node: those with the keys of its filter for which the rest of it is true.
  offered(list, { fk: keys, f: rest }, node) {
    const table = this.lists.table(list);
    if (!table?.rows) return [];
    const rows = table.matching(keys.map(([column, expression]) => [column, this.key(expression, node)]));
    if (rest === undefined) return rows;
    return rows.filter((row) => this.isTrue(rest, table.element(row), node));
  }

  // What an index is asked for: the texts of the nodes found, or a number.
  key(expression, node) {
    const value = this.evaluate(expression, node);
    if (value === null) return NaN;
    return value.t === "num" ? value.v : texts(value);
  }
}

const NO_ANSWER = new Set(["NaN", "Infinity", "-Infinity"]);
const ALWAYS = "true()";

function choiceName(lists, list, name, textOf, language) {
  const row = lists.rowOf(list, name);
  return row < 0 ? "" : textOf(`${list}-${row}`) || lists.label(list, row, language);
}

// [column, key] for each pair of arguments.
function pairs(values) {
  const found = [];
  for (let at = 0; at + 1 < values.length; at += 2) {
    const key = values[at + 1];
    found.push([asText(values[at]), key.t === "num" ? key.v : texts(key)]);
  }
  return found;
}

