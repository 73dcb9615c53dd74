// Answers of the last interview finished on this device that a form asks for as ${last-saved#question}; only those are kept, nothing else.

const INSTANCE = "__last-saved";
const NAMED = /odk-instance\('__last-saved'\)((?:\/[^\s/()[\],=<>!|+*'"]+)+)/g;

// The plan with what was last saved as one of its lists.
export async function withLastSaved(plan, store, username) {
  if (!pathsIn(plan).length) return plan;
  const xml = await store?.kept(keyOf(username, plan.form.id));
  return xml ? { ...plan, lists: { ...plan.lists, [INSTANCE]: { xml } } } : plan;
}

// Keeps what the form may ask for next time from a finished interview.
export async function keepLastSaved(plan, store, interview) {
  const paths = pathsIn(plan);
  if (!paths.length) return;
  const answered = new DOMParser().parseFromString(interview.xml, "text/xml");
  const kept = document.implementation.createDocument(null, answered.documentElement.localName);
  for (const path of paths) copy(answered.documentElement, kept.documentElement, path.slice(1));
  await store.keep(keyOf(interview.username, plan.form.id), new XMLSerializer().serializeToString(kept));
}

const keyOf = (username, formId) => `last saved ${username} ${formId}`;

function pathsIn(plan) {
  const found = plan.expressions.flatMap((text) => [...text.matchAll(NAMED)].map((match) => match[1]));
  return [...new Set(found)].map((path) => path.split("/").slice(1));
}

// Copies the answer at the end of `names` below `source`, with the groups around it, to `target`.
function copy(source, target, names) {
  let [from, to] = [source, target];
  for (const name of names) {
    from = [...from.children].find((each) => each.localName === name);
    if (!from) return;
    to = [...to.children].find((each) => each.localName === name) || to.appendChild(to.ownerDocument.createElement(name));
  }
  to.textContent = from.textContent;
}
