// What a question is called outside of this page: its path with the positions of the repeat instances around it, "/data/members[2]/age".

// The node of an item as ODK's logs write it; an instance of a repeat has a position too.
export function nodeOf(plan, item) {
  const steps = [];
  for (let at = item; at?.parent; at = at.parent) {
    const { p: path } = plan.nodes[at.node];
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (at.kind !== "i") steps.unshift(name);
    else {
      steps.unshift(`${name}[${at.parent.instances.indexOf(at) + 1}]`);
      at = at.parent;
    }
  }
  return `/${[plan.root, ...steps].join("/")}`;
}

// The items of an instance by their nodes.
export function itemsByNode(instance) {
  return new Map(instance.questionsUnder(instance.root).map((item) => [nodeOf(instance.plan, item), item]));
}
