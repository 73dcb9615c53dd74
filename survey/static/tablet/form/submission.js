// A filled form as what is kept (a draft's state) and what is sent (a submission's XML), and the way back from either.

// What a draft keeps: every answer by key, irrelevant ones too, and the instances of every repeat.
export function snapshot(instance) {
  const values = {};
  const repeats = {};
  const visit = (item) => {
    if (item.kind === "q") {
      if (item.raw !== "" && instance.plan.nodes[item.node].v === undefined) values[item.key] = item.raw;
      return;
    }
    if (item.kind === "r") repeats[item.key] = { ids: item.instances.map((one) => one.id), spare: item.spare.map((one) => one.id) };
    for (const child of item.instances ? [...item.instances, ...item.spare] : item.children.values()) visit(child);
  };
  visit(instance.root);
  return { values, repeats, next: instance.state.next };
}

// The submission as XML text, with the identifiers of its `meta` group and the files that go with it: [[name, file name]].
export function serialize(instance, { instanceID, deprecatedID = null, files = [] }) {
  const root = instance.root.element.cloneNode(true);
  const walker = instance.document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  comments.forEach((comment) => comment.remove());
  root.querySelectorAll("[irrelevant]").forEach((element) => element.removeAttribute("irrelevant"));
  const named = (parent, name) => [...parent.children].find((each) => each.localName === name);
  const meta = named(root, "meta") || root.appendChild(instance.document.createElement("meta"));
  const put = (name, text) => {
    (named(meta, name) || meta.appendChild(instance.document.createElement(name))).textContent = text;
  };
  for (const [name, file] of files) {
    const known = named(meta, name);
    (known && known.textContent === "" ? known : meta.appendChild(instance.document.createElement(name))).textContent = file;
  }
  put("instanceID", instanceID);
  if (deprecatedID) put("deprecatedID", deprecatedID);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}`;
}

// The draft state for a submission's XML, so that a returned submission can be corrected.
export function stateFromXml(plan, xml) {
  const root = new DOMParser().parseFromString(xml, "text/xml").documentElement;
  const byPath = new Map(plan.nodes.map((node) => [node.p, node]));
  const repeatsOf = new Map();
  for (const node of plan.nodes.filter((each) => each.k === "r")) {
    const parent = node.p.slice(0, node.p.lastIndexOf("/"));
    repeatsOf.set(parent, [...(repeatsOf.get(parent) || []), node.p.slice(parent.length + 1)]);
  }
  const state = { values: {}, repeats: {}, next: 1 };
  const visit = (element, path, key) => {
    // A repeat that the XML does not mention was answered with no instance, which differs from one not yet begun.
    for (const name of repeatsOf.get(path) || []) state.repeats[`${key}/${name}`] = { ids: [], spare: [] };
    for (const child of element.children) {
      const node = byPath.get(`${path}/${child.localName}`);
      let own = `${key}/${child.localName}`;
      if (!node) continue;
      if (node.k === "q") {
        if (child.textContent) state.values[own] = child.textContent;
        continue;
      }
      if (node.k === "r") {
        const id = state.next++;
        state.repeats[own].ids.push(id);
        own = `${own}#${id}`;
      }
      visit(child, node.p, own);
    }
  };
  visit(root, `/${root.localName}`, "");
  return state;
}

// The names of the files that the answers of a filled form refer to.
export function fileNames(instance, fileTypes) {
  return instance
    .questionsUnder(instance.root)
    .filter((item) => item.value !== "" && fileTypes.has(instance.plan.nodes[item.node].t))
    .map((item) => item.value);
}
