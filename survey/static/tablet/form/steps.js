// The steps of a path: from nodes, in the order of the document, to those that a step finds from them, in that order.
//
// Nearly all steps of a form are the name of a child, or ".."; they are walked here. What is rarer is left to the browser.

const NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_.-]*$/u;
const REVERSE = new Set(["ancestor", "ancestor-or-self", "preceding", "preceding-sibling"]);

// The nodes in the order of the document, each once.
export function inOrder(nodes) {
  return [...new Set(nodes)].sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}

// The function of one step: `test` as "age", "..", "@id" or "axis::test", `conditions` functions (node, place, number of nodes) of what
// stands in its brackets; it `descends` where "//" comes before it.
export function stepFrom(test, conditions, descends) {
  const found = NAME.test(test) ? children(test) : test === ".." ? parent : test === "." ? itself : rarer(test);
  const isReverse = REVERSE.has(test.split("::")[0]);
  const kept = (node) => {
    const from = found(node);
    if (!conditions.length) return from;
    // On an axis that goes backwards places are counted from the node.
    const near = isReverse ? from.reverse() : from;
    return conditions.reduce((left, holds) => left.filter((each, index) => holds(each, index + 1, left.length)), near);
  };
  const below = descends ? rarer("descendant-or-self::node()") : null;
  return (nodes) => {
    const starts = below ? nodes.flatMap(below) : nodes;
    if (starts.length === 1 && !isReverse) return kept(starts[0]);
    return inOrder(starts.flatMap(kept));
  };
}

function children(name) {
  return (node) => {
    const found = [];
    for (let each = node.firstElementChild; each; each = each.nextElementSibling) if (each.tagName === name) found.push(each);
    return found;
  };
}

function parent(node) {
  const found = node.parentNode || node.ownerElement;
  return found ? [found] : [];
}

function itself(node) {
  return [node];
}

function rarer(test) {
  return (node) => {
    const owner = node.ownerDocument || node;
    const snapshot = owner.evaluate(test, node, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    return Array.from({ length: snapshot.snapshotLength }, (_, index) => snapshot.snapshotItem(index));
  };
}
