// Long lists kept so that they are soon read: of their entries, what is no text or number and repeats stands there once. Pure.
//
// What is kept is {entries, shared}: `shared` has for such a part of the entries its different values, and which of them each entry has,
// {of, at}. The rest is left to the browser's own reading, which is quicker than anything that is put together here.

// The list as it is kept.
export function packed(list) {
  const shared = {};
  for (const name of Object.keys(list[0] || {})) {
    const values = list.map((entry) => entry[name]);
    if (!values.every((value) => typeof value === "object" && value !== null)) continue;
    const found = told(values);
    if (found.of.length * 2 <= values.length) shared[name] = found;
  }
  const entries = list.map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => !shared[name])));
  return { entries, shared };
}

// The list again; also one that was kept as it is. Entries share what they have in common, so nothing in them is to be changed.
export function unpacked(kept) {
  if (!kept?.shared) return kept;
  const { entries, shared } = kept;
  for (const [name, { of, at }] of Object.entries(shared)) {
    entries.forEach((entry, number) => {
      entry[name] = of[at[number]];
    });
  }
  return entries;
}

function told(values) {
  const places = new Map();
  const at = values.map((value) => {
    const text = JSON.stringify(value);
    if (!places.has(text)) places.set(text, places.size);
    return places.get(text);
  });
  return { of: [...places.keys()].map((text) => JSON.parse(text)), at };
}
