// Turns the text of an expression into a function, once: people wait while expressions are looked at, and taking them apart takes longest.
//
// The grammar is XPath 1.0 as questionnaires/expressions/xpath.py reads and writes it. What comes out takes a context ({cN, contextSize,
// contextPosition}: the node, and its place among those that a condition looks at) and gives a value ({t, v}, see values.js).

import { stepFrom } from "./steps.js";
import { asTruth, number, operate, text, truth } from "./values.js";

const TOKEN = /\s*(?:("[^"]*"|'[^']*')|(\d+(?:\.\d*)?|\.\d+)|(\.\.|\/\/|::|!=|<=|>=|[()[\].@,/|+=<>*-])|([\p{L}_][\p{L}\p{N}\p{M}_.-]*(?::(?:[\p{L}_][\p{L}\p{N}\p{M}_.-]*|\*))?))/uy;
const [LITERAL, NUMBER, SYMBOL, NAME] = [1, 2, 3, 4];
const BINDS = { or: 1, and: 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, div: 6, mod: 6, "|": 8 };
const UNARY = 7;
const NODE_TESTS = new Set(["text", "node", "comment", "processing-instruction"]);
const STEPS_ALONE = new Set([".", "..", "@", "*"]);

// The function of an expression; `functions` are what it may call, by name. Throws an Error that says what is not understood.
export function compile(source, functions) {
  const parser = new Parser(source, functions);
  const made = parser.expression(0);
  if (parser.kind) parser.refuse(`'${parser.next}' is not expected`);
  return made;
}

class Parser {
  constructor(source, functions) {
    Object.assign(this, { source, functions, tokens: [], at: 0 });
    const end = source.trimEnd().length;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < end) {
      const from = TOKEN.lastIndex;
      const found = TOKEN.exec(source);
      if (!found) this.refuse(`'${source.slice(from, from + 20).trim()}' is not understood`);
      const kind = found.findIndex((each, group) => group > 0 && each !== undefined);
      this.tokens.push([kind, found[kind]]);
    }
  }

  get kind() {
    return this.tokens[this.at]?.[0] ?? 0;
  }

  get next() {
    return this.tokens[this.at]?.[1] ?? "";
  }

  refuse(detail) {
    throw new Error(`${detail} in ${this.source}`);
  }

  take() {
    if (!this.kind) this.refuse("the end is missing");
    this.at += 1;
    return this.tokens[this.at - 1][1];
  }

  // Whether this comes next, which is then taken.
  takes(symbol) {
    const isNext = this.kind !== LITERAL && this.next === symbol;
    if (isNext) this.at += 1;
    return isNext;
  }

  expect(symbol) {
    if (!this.takes(symbol)) this.refuse(`'${symbol}' is missing`);
  }

  // An expression whose operators bind tighter than `binding`.
  expression(binding) {
    let left = this.takes("-") ? negated(this.expression(UNARY - 1)) : this.path();
    while ((this.kind === SYMBOL || this.kind === NAME) && BINDS[this.next] > binding) {
      const operator = this.take();
      left = joined(operator, left, this.expression(BINDS[operator]));
    }
    return left;
  }

  // A location path, or a primary expression with what filters it and what follows it.
  path() {
    const primary = this.primary();
    if (!primary) return this.steps(null);
    const conditions = this.conditions();
    return conditions.length || this.next === "/" || this.next === "//" ? this.steps(filtered(primary, conditions)) : primary;
  }

  primary() {
    if (this.kind === LITERAL) return constant(text(this.take().slice(1, -1)));
    if (this.kind === NUMBER) return constant(number(Number(this.take())));
    if (this.takes("(")) {
      const inner = this.expression(0);
      this.expect(")");
      return inner;
    }
    const isCall = this.kind === NAME && this.tokens[this.at + 1]?.[1] === "(" && !NODE_TESTS.has(this.next);
    return isCall ? this.call() : null;
  }

  call() {
    const name = this.take();
    const given = [];
    this.expect("(");
    while (!this.takes(")")) {
      given.push(this.expression(0));
      if (this.next !== ")") this.expect(",");
    }
    const act = Object.hasOwn(this.functions, name) ? this.functions[name] : null;
    if (!act) this.refuse(`there is no ${name}()`);
    if (name === "if" && given.length === 3) return chosen(...given);
    return (context) => act.apply(context, given.map((each) => each(context)));
  }

  // The steps after `start`, or from the context or the document when there is none.
  steps(start) {
    const isAbsolute = !start && (this.next === "/" || this.next === "//");
    const steps = start || isAbsolute ? [] : [this.step(false)];
    while (this.next === "/" || this.next === "//") {
      const descends = this.take() === "//";
      const isRoot = isAbsolute && !steps.length && (!this.kind || (this.kind === SYMBOL && !STEPS_ALONE.has(this.next)));
      if (!isRoot) steps.push(this.step(descends));
    }
    const begin = start || (isAbsolute ? documentOf : here);
    return (context) => {
      let nodes = begin(context);
      for (const step of steps) nodes = step(nodes);
      return { t: "arr", v: nodes };
    };
  }

  step(descends) {
    if (this.kind !== NAME && !STEPS_ALONE.has(this.next)) this.refuse(this.kind ? `'${this.next}' is not expected` : "the end is missing");
    let test = this.take();
    if (test === "@") test += this.take();
    else if (this.next === "::") test += this.take() + this.take();
    if (this.next === "(" && NODE_TESTS.has(test.split("::").at(-1))) {
      this.take();
      this.expect(")");
      test += "()";
    }
    return stepFrom(test, this.conditions(), descends);
  }

  // The conditions in brackets that follow, each as a function of a node, its place and how many there are.
  conditions() {
    const found = [];
    while (this.takes("[")) {
      const inner = this.expression(0);
      this.expect("]");
      found.push((cN, contextPosition, contextSize) => {
        const value = inner({ cN, contextPosition, contextSize });
        return value.t === "num" ? value.v === contextPosition : asTruth(value);
      });
    }
    return found;
  }
}

const constant = (value) => () => value;
const here = ({ cN }) => [cN];
const documentOf = ({ cN }) => [cN.ownerDocument || cN];
const chosen = (condition, yes, no) => (context) => (asTruth(condition(context)) ? yes : no)(context);
const negated = (inner) => (context) => operate("-", number(0), inner(context));

function filtered(start, conditions) {
  return (context) => {
    const { t: type, v: nodes } = start(context);
    if (type !== "arr") throw new Error("a path can go on from nodes only");
    return conditions.reduce((left, holds) => left.filter((node, index) => holds(node, index + 1, left.length)), nodes);
  };
}

function joined(operator, left, right) {
  // What comes after a word that has decided is not looked at.
  if (operator === "or") return (context) => truth(asTruth(left(context)) || asTruth(right(context)));
  if (operator === "and") return (context) => truth(asTruth(left(context)) && asTruth(right(context)));
  return (context) => operate(operator, left(context), right(context));
}
