// The one XML document that expressions are evaluated over: `/m/i` holds the instance; lists are added as they are looked into.

// The document with a blank instance.
export function buildDocument(plan) {
  const parser = new DOMParser();
  const document = parser.parseFromString("<m><i/></m>", "text/xml");
  const blank = parser.parseFromString(plan.instance, "text/xml").documentElement;
  document.documentElement.firstChild.append(document.importNode(blank, true));
  return document;
}
