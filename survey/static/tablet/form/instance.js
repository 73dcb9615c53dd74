// The filled form in memory: items (one per question, group, repeat and repeat instance) over one XML document, kept consistent.
//
// An item's `raw` is what the person answered and is kept whatever happens; its element in the document holds the *effective* value,
// empty while the item is irrelevant or its choice is filtered away. Only what depends on a change is looked at again.

import { buildDocument } from "./document.js";
import { Lists } from "./lists.js";
import { hasType, MULTIPLE } from "./types.js";
import { Evaluator } from "./xpath.js";

export const LOOK = { RELEVANT: 1, CALCULATE: 2, CHECK: 4, FILTER: 8, LABEL: 16, COUNT: 32 };
const EVERYTHING = 63;
// A slip of the finger must not make a tablet build instances for minutes.
const MOST_COUNTED = 1000;

export class Instance {
  // `state` is a draft's {values, repeats}; without it defaults and preloads are filled in. `environment` answers preloads by name.
  constructor(plan, { state = null, environment = {}, textOf = () => "", hashes = null } = {}) {
    this.plan = plan;
    this.environment = environment;
    this.state = state || { values: {}, repeats: {}, next: 1 };
    this.isNew = !state;
    this.children = plan.nodes.map(() => []);
    plan.nodes.forEach((node, number) => node.u >= 0 && this.children[node.u].push(number));
    this.top = plan.nodes.flatMap((node, number) => (node.u < 0 ? [number] : []));
    // What is to be looked at again, by its place in the order of the form: {item: what of it}.
    this.queue = plan.nodes.map(() => null);
    this.lowest = this.queue.length;
    this.changed = new Map();
    this.listener = () => {};
    this.document = buildDocument(plan);
    this.lists = new Lists(plan.lists, plan.choices, this.document);
    this.evaluator = new Evaluator(plan, textOf, this.lists, hashes);
    this.root = {
      node: -1,
      element: this.document.querySelector("m > i").firstElementChild,
      children: new Map(),
      key: "",
      isRelevant: true,
    };
    this.order = plan.nodes.map((node) => node.o);
    this.setIdentity(environment.instanceID);
    this.addChildren(this.root, this.top);
    this.queueTree(this.root);
    this.settle();
    if (this.isNew) this.applyDefaults(this.root);
    this.settle();
  }

  // --- building items -------------------------------------------------------------------------------------------------------------

  addChildren(parent, numbers) {
    const elements = new Map([...parent.element.children].map((each) => [each.tagName, each]));
    for (const number of numbers) {
      const node = this.plan.nodes[number];
      const name = node.p.slice(node.p.lastIndexOf("/") + 1);
      const element = elements.get(name);
      const item = {
        node: number,
        kind: node.k,
        element,
        parent,
        key: `${parent.key}/${name}`,
        isOwnRelevant: true,
        isRelevant: parent.isRelevant,
      };
      parent.children.set(number, item);
      if (node.k === "r") this.addRepeat(item, element);
      else if (node.k === "g") {
        item.children = new Map();
        this.addChildren(item, this.children[number]);
      } else this.addQuestion(item, node);
    }
  }

  // Expressions may read the identifier long before the interview is sent.
  setIdentity(instanceID) {
    const element = [...this.root.element.children].find((each) => each.tagName === "meta")?.querySelector("instanceID");
    if (element && instanceID) element.textContent = instanceID;
  }

  addQuestion(item, node) {
    const stored = this.state.values[item.key];
    item.raw = stored === undefined ? (this.isNew ? node.d || item.element.textContent || "" : "") : stored;
    item.value = item.element.textContent = "";
    item.allowed = null;
    item.error = null;
  }

  // The instances of a repeat stand behind a comment, which is also where expressions of the repeat itself are evaluated.
  addRepeat(item, element) {
    item.template = element;
    item.marker = this.document.createComment(item.key);
    element.replaceWith(item.marker);
    item.element = item.marker;
    item.instances = [];
    item.spare = [];
    const known = this.state.repeats[item.key];
    const node = this.plan.nodes[item.node];
    const wanted = known ? known.ids : node.nc === undefined ? [null] : [];
    item.instances = wanted.map((id) => this.makeInstance(item, id));
    this.place(item);
    if (known) known.spare.forEach((id) => item.spare.push(this.makeInstance(item, id)));
  }

  makeInstance(repeat, id) {
    const number = id ?? this.state.next++;
    const one = {
      node: repeat.node,
      kind: "i",
      id: number,
      parent: repeat,
      key: `${repeat.key}#${number}`,
      children: new Map(),
      element: repeat.template.cloneNode(true),
      isOwnRelevant: true,
      isRelevant: repeat.isRelevant,
    };
    this.addChildren(one, this.children[repeat.node]);
    return one;
  }

  // Puts instances into a repeat that is being filled in; those taken out before may stand where relevance has changed since.
  insertInstances(repeat, index, ones) {
    repeat.instances.splice(index, 0, ...ones);
    this.place(repeat);
    this.touchRepeat(repeat);
    for (const one of ones) {
      this.spreadRelevance(one);
      this.queueTree(one);
    }
  }

  // Puts the instances' elements behind the marker, or takes them out of the document while the repeat is irrelevant.
  place(repeat) {
    let after = repeat.marker;
    for (const one of repeat.instances) {
      if (!repeat.isRelevant) one.element.remove();
      else {
        if (after.nextSibling !== one.element) after.after(one.element);
        after = one.element;
      }
    }
  }

  // --- changing -------------------------------------------------------------------------------------------------------------------

  set(item, raw) {
    if (item.raw === raw) return;
    item.raw = raw;
    item.finding = null;
    item.isTouched = true;
    this.note(item, LOOK.CHECK);
    this.refresh(item);
    this.settle();
    for (const [target, expression] of this.plan.nodes[item.node].tr || []) {
      for (const each of this.near(target, item)) this.set(each, this.evaluator.text(expression, each.element));
    }
    for (const target of this.plan.nodes[item.node].tg || []) this.onPosition?.(this.near(target, item));
    this.save();
  }

  addInstance(repeat) {
    const one = this.makeInstance(repeat, null);
    this.insertInstances(repeat, repeat.instances.length, [one]);
    this.settle();
    this.applyDefaults(one);
    this.settle();
    this.save();
    return one;
  }

  removeInstance(repeat, one) {
    const index = repeat.instances.indexOf(one);
    repeat.instances.splice(index, 1);
    one.element.remove();
    this.touchRepeat(repeat);
    this.settle();
    this.save();
    return () => {
      this.insertInstances(repeat, Math.min(index, repeat.instances.length), [one]);
      this.settle();
      this.save();
    };
  }

  resize(repeat, count) {
    const wanted = Math.max(0, Math.min(Number.isFinite(count) ? Math.trunc(count) : 0, MOST_COUNTED));
    while (repeat.instances.length > wanted) {
      const one = repeat.instances.pop();
      one.element.remove();
      repeat.spare.unshift(one);
    }
    const n = repeat.instances.length;
    const known = repeat.spare.splice(0, wanted - n);
    const fresh = Array.from({ length: wanted - n - known.length }, () => this.makeInstance(repeat, null));
    this.insertInstances(repeat, n, [...known, ...fresh]);
    for (const one of fresh) {
      for (const [item, text] of this.defaultsOf(one)) {
        item.raw = text;
        this.refresh(item);
      }
    }
  }

  // Every question under `parent` with a computed default or a preload gets it.
  applyDefaults(parent) {
    for (const [item, text] of this.defaultsOf(parent)) {
      item.raw = text;
      this.refresh(item);
      this.settle();
    }
  }

  // One after the other, because a default may read the one before it.
  *defaultsOf(parent) {
    for (const item of this.questionsUnder(parent)) {
      const node = this.plan.nodes[item.node];
      const given = node.pre && node.pre !== "end" ? this.environment[node.pre] : undefined;
      if (node.dx !== undefined) yield [item, this.evaluator.text(node.dx, item.element)];
      else if (given !== undefined) yield [item, given];
      else if (parent.kind === "i" && node.d) yield [item, node.d];
    }
  }

  // --- staying consistent ---------------------------------------------------------------------------------------------------------

  note(item, look) {
    this.changed.set(item, (this.changed.get(item) || 0) | look);
  }

  look(item, what) {
    const place = this.order[item.node];
    this.queue[place] ||= new Map();
    this.queue[place].set(item, (this.queue[place].get(item) || 0) | what);
    if (place < this.lowest) this.lowest = place;
  }

  queueTree(item) {
    if (item.node >= 0 && item.kind !== "i") this.look(item, EVERYTHING);
    for (const child of item.instances || (item.children ? item.children.values() : [])) this.queueTree(child);
  }

  // Looks at everything that waits, in the order of the form, so that nothing is looked at before what it depends on.
  settle() {
    let left = 200000;
    while (this.lowest < this.queue.length && left > 0) {
      const waiting = this.queue[this.lowest];
      if (!waiting?.size) {
        this.lowest += 1;
        continue;
      }
      left -= 1;
      const [item, what] = waiting.entries().next().value;
      waiting.delete(item);
      this.process(item, what);
    }
    const changed = this.changed;
    this.changed = new Map();
    if (changed.size) this.listener(changed);
  }

  process(item, what) {
    const node = this.plan.nodes[item.node];
    if (what & LOOK.RELEVANT && node.r !== undefined) {
      const isRelevant = this.evaluator.isTrue(node.r, item.element);
      if (isRelevant !== item.isOwnRelevant) {
        item.isOwnRelevant = isRelevant;
        this.spreadRelevance(item);
      }
    }
    if (what & LOOK.COUNT && node.nc !== undefined && item.kind === "r") {
      const count = this.evaluator.number(node.nc, item.element);
      if (count !== item.instances.length) this.resize(item, count);
    }
    if (what & LOOK.LABEL) this.note(item, LOOK.LABEL);
    if (item.kind !== "q") return;
    if (what & LOOK.CALCULATE && node.v !== undefined && item.isRelevant) item.raw = this.evaluator.text(node.v, item.element);
    if (what & LOOK.FILTER && node.fk !== undefined) {
      item.offered = this.evaluator.offered(node.l, node, item.element);
      item.allowed = new Set(item.offered.map((row) => this.lists.name(node.l, row)));
      this.note(item, LOOK.FILTER);
    }
    // Choices that are the answers of a repeat are names and labels in one.
    if (what & LOOK.FILTER && node.ns !== undefined) {
      item.allowed = new Set(this.evaluator.key(node.ns, item.element).filter(Boolean));
      this.note(item, LOOK.FILTER);
    }
    this.refresh(item);
    this.check(item, node);
  }

  spreadRelevance(item) {
    const isRelevant = item.parent.isRelevant && item.isOwnRelevant;
    if (isRelevant === item.isRelevant) return;
    item.isRelevant = isRelevant;
    this.note(item, LOOK.RELEVANT);
    if (item.kind === "q") {
      this.look(item, LOOK.CALCULATE | LOOK.CHECK);
      this.refresh(item);
    }
    if (item.kind === "r") {
      this.place(item);
      this.touchRepeat(item);
    }
    for (const child of item.instances || (item.children ? item.children.values() : [])) this.spreadRelevance(child);
  }

  refresh(item) {
    const value = item.isRelevant ? this.effective(item) : "";
    if (value === item.value && item.element.hasAttribute("irrelevant") !== item.isRelevant) return;
    item.element.toggleAttribute("irrelevant", !item.isRelevant);
    item.value = item.element.textContent = value;
    this.note(item, LOOK.CALCULATE);
    this.look(item, LOOK.CHECK);
    this.touch(item.node, item);
  }

  effective(item) {
    if (!item.allowed || !item.raw) return item.raw;
    if (MULTIPLE.has(this.plan.nodes[item.node].t))
      return item.raw
        .split(" ")
        .filter((name) => item.allowed.has(name))
        .join(" ");
    return item.allowed.has(item.raw) ? item.raw : "";
  }

  touch(number, near) {
    for (const [target, what, scope] of this.plan.edges[number] || []) {
      for (const item of scope < 0 ? this.occurrences(target, this.root) : this.near(target, near, scope)) this.look(item, what);
    }
  }

  touchRepeat(repeat) {
    this.note(repeat, LOOK.COUNT);
    const touchAll = (number) => {
      this.touch(number, repeat);
      this.children[number].forEach(touchAll);
    };
    touchAll(repeat.node);
  }

  check(item, node) {
    let error = null;
    const isRequired = item.isRelevant && node.q !== undefined && this.evaluator.isTrue(node.q, item.element);
    if (item.isRelevant && item.value === "" && isRequired) error = "required";
    else if (item.isRelevant && item.value !== "") {
      if (!hasType(node.t, item.value)) error = "type";
      else if (node.c !== undefined && !this.evaluator.isTrue(node.c, item.element)) error = "constraint";
    }
    if (error !== item.error || isRequired !== item.isRequired) {
      item.error = error;
      item.isRequired = isRequired;
      this.note(item, LOOK.CHECK);
    }
  }

  // --- finding --------------------------------------------------------------------------------------------------------------------

  // All items of a node below `from`.
  occurrences(number, from) {
    const chain = [];
    for (let at = number; at >= 0 && at !== from.node; at = this.plan.nodes[at].u) chain.unshift(at);
    let items = [from];
    for (const step of chain)
      items = items.flatMap((item) => (item.kind === "r" ? item.instances : [item]).map((each) => each.children.get(step)));
    return items.filter(Boolean);
  }

  // The items of a node in the same instance of the repeat `scope` (or of the innermost one they share) as `item`.
  near(number, item, scope = undefined) {
    for (let at = item; at; at = at.parent) {
      if (at.kind === "i" && (scope === undefined ? this.isBelow(number, at.node) : at.node === scope)) return this.occurrences(number, at);
    }
    return this.occurrences(number, this.root);
  }

  isBelow(number, ancestor) {
    for (let at = this.plan.nodes[number].u; at >= 0; at = this.plan.nodes[at].u) if (at === ancestor) return true;
    return false;
  }

  questionsUnder(parent) {
    if (parent.kind === "q") return [parent];
    return [...(parent.instances || parent.children.values())].flatMap((child) => this.questionsUnder(child));
  }

  named(name) {
    const number = this.plan.nodes.findIndex((node) => node.k === "q" && node.p.endsWith(`/${name}`));
    return number < 0 ? [] : this.occurrences(number, this.root);
  }

  save() {
    this.onSave?.();
  }
}
