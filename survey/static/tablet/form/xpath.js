// Evaluates the plan's expressions over the form's document. Expressions come rewritten from the server (survey/tablet/references.py);
// the vendored parser takes them apart, and what operators and functions mean is said in values.js and functions.js.

import { ExtendedEvaluator } from "../../vendor/openrosa-xpath-evaluator.js";
import { digestWith, FUNCTIONS } from "./functions.js";
import { asNumber, asText, asTruth, holds, text, texts } from "./values.js";

// The parser's numbers of the operators, and what each is called.
const OPERATORS = {
  0: "or",
  4: "and",
  8: "=",
  9: "!=",
  12: "<",
  13: "<=",
  14: ">",
  15: ">=",
  16: "+",
  17: "-",
  20: "*",
  21: "div",
  22: "mod",
  24: "|",
};
const ARITHMETIC = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
};

function join(left, name, right) {
  if (name === "or") return asTruth(left) || asTruth(right);
  if (name === "and") return asTruth(left) && asTruth(right);
  if (name === "|") return inOrder([...new Set([...left.v, ...right.v])]);
  if (ARITHMETIC[name]) return ARITHMETIC[name](asNumber(left), asNumber(right));
  return holds(name, left, right);
}

function inOrder(nodes) {
  return nodes.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}

const PROCESS = {
  handleInfix: (_error, left, operator, right) => join(left, OPERATORS[operator], right),
  typefor: (value) => (Array.isArray(value) ? "arr" : undefined),
  toExternalResult: (value, type) => EXTERNAL[type]?.(value),
};
const EXTERNAL = {
  [XPathResult.NUMBER_TYPE]: (value) => ({ resultType: XPathResult.NUMBER_TYPE, numberValue: asNumber(value) }),
  [XPathResult.STRING_TYPE]: (value) => ({ resultType: XPathResult.STRING_TYPE, stringValue: asText(value) }),
  [XPathResult.BOOLEAN_TYPE]: (value) => ({ resultType: XPathResult.BOOLEAN_TYPE, booleanValue: asTruth(value) }),
};

export class Evaluator {
  // `textOf` gives the text of a key of the form; `hashes` what digest() needs, where the form calls it.
  constructor(plan, textOf, lists, hashes = null) {
    this.expressions = plan.expressions;
    this.lists = lists;
    this.reported = new Set();
    this.current = null;
    this.wrapped = new ExtendedEvaluator(new XPathEvaluator(), { func: { ...FUNCTIONS, ...this.ownFunctions(plan, textOf, hashes) }, process: PROCESS });
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

  // An expression that fails counts as empty; each is reported once, because one mistake of an author must not stop an interview.
  evaluate(number, node, type, current = node) {
    const before = this.current;
    this.current = current;
    try {
      return this.wrapped.evaluate(this.expressions[number], node, null, type, null);
    } catch (error) {
      if (!this.reported.has(number)) {
        this.reported.add(number);
        console.warn(`The expression ${this.expressions[number]} cannot be evaluated here: ${error.message.slice(0, 200)}`);
      }
      return { booleanValue: false, stringValue: "", numberValue: NaN };
    } finally {
      this.current = before;
    }
  }

  isTrue(number, node) {
    // What is always asked for is written so, and needs no taking apart.
    if (this.expressions[number] === ALWAYS) return true;
    return this.evaluate(number, node, XPathResult.BOOLEAN_TYPE).booleanValue;
  }

  text(number, node) {
    const value = this.evaluate(number, node, XPathResult.STRING_TYPE).stringValue;
    return NO_ANSWER.has(value) ? "" : value;
  }

  number(number, node) {
    return this.evaluate(number, node, XPathResult.NUMBER_TYPE).numberValue;
  }

  // The rows of a list that a question offers at a node: those with the keys of its filter for which the rest of it is true.
  offered(list, { fk: keys, f: rest }, node) {
    const table = this.lists.table(list);
    if (!table?.rows) return [];
    const rows = table.matching(keys.map(([column, expression]) => [column, this.key(expression, node)]));
    if (rest === undefined) return rows;
    return rows.filter((row) => this.evaluate(rest, table.element(row), XPathResult.BOOLEAN_TYPE, node).booleanValue);
  }

  // What an index is asked for: the texts of the nodes found, or a number.
  key(expression, node) {
    const found = this.evaluate(expression, node, XPathResult.ANY_TYPE);
    if (found.numberValue !== undefined) return found.numberValue;
    if (found.stringValue !== undefined) return [found.stringValue];
    const nodes = [];
    for (let each = found.iterateNext?.(); each; each = found.iterateNext()) nodes.push(each.textContent);
    return nodes;
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

