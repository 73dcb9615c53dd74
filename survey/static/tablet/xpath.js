// Evaluates the plan's expressions over the form's document. Expressions come rewritten from the server (survey/tablet/references.py).

import { createEvaluator } from "../vendor/openrosa-xpath-evaluator.js";
import { FUNCTIONS } from "./functions.js";

export class Evaluator {
  constructor(plan, textOf) {
    this.expressions = plan.expressions;
    this.reported = new Set();
    this.wrapped = createEvaluator();
    this.lists = plan.lists;
    const add = (name, args, fn, ret = "string") => this.wrapped.customXPathFunction.add(name, { fn, args: args.map((t) => ({ t })), ret });
    FUNCTIONS.forEach(({ name, args, ret, fn }) => add(name, args, fn, ret));
    add("jr:itext", ["string"], textOf);
    add("jr:choice-name", ["string", "string"], (value, list) => {
      const number = (this.lists[list] || []).findIndex(([name]) => name === value);
      return number < 0 ? "" : textOf(`${list}-${number}`);
    });
  }

  // An expression that fails counts as empty; each is reported once, because one mistake of an author must not stop an interview.
  evaluate(number, node, type) {
    let text = this.expressions[number];
    if (text.includes("current()")) text = text.replaceAll("current()", positionalPath(node));
    try {
      return this.wrapped.evaluate(text, node, null, type, null);
    } catch (error) {
      if (!this.reported.has(number)) {
        this.reported.add(number);
        console.warn(`The expression ${text} cannot be evaluated here: ${error.message.slice(0, 200)}`);
      }
      return { booleanValue: type === XPathResult.BOOLEAN_TYPE && false, stringValue: "", numberValue: NaN };
    }
  }

  isTrue(number, node) {
    return this.evaluate(number, node, XPathResult.BOOLEAN_TYPE).booleanValue;
  }

  text(number, node) {
    const value = this.evaluate(number, node, XPathResult.STRING_TYPE).stringValue;
    return value === "NaN" || value === "Invalid Date" ? "" : value;
  }

  number(number, node) {
    return this.evaluate(number, node, XPathResult.NUMBER_TYPE).numberValue;
  }

  // The choices an item may have: [number in the list, name, …], those whose row the filter is true for.
  allowed(number, node, rows) {
    const path = this.expressions[number].includes("current()") ? positionalPath(node) : "";
    const text = path ? this.expressions[number].replaceAll("current()", path) : this.expressions[number];
    const names = new Set();
    rows.forEach((row) => {
      try {
        if (this.wrapped.evaluate(text, row, null, XPathResult.BOOLEAN_TYPE, null).booleanValue) names.add(row.firstChild.textContent);
      } catch (error) {
        names.add(row.firstChild.textContent);
      }
    });
    return names;
  }
}

function positionalPath(node) {
  let path = "";
  for (let at = node; at && at.nodeType === Node.ELEMENT_NODE; at = at.parentNode) {
    let position = 1;
    for (let before = at.previousElementSibling; before; before = before.previousElementSibling) {
      if (before.tagName === at.tagName) position += 1;
    }
    path = `/${at.tagName}[${position}]${path}`;
  }
  return path;
}
