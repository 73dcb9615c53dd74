// Interviews that came back to be corrected, kept on the device with their files, so that they are corrected where there is no network.
//
// What the store keeps: "returned INSTANCE_ID" is what the server gives of the interview; "returned" tells which are here and how they were
// asked for; one whose files have not all reached the server is asked for again each time. Their files lie like those of interviews, under
// names that nobody expects anything of.

import { COPY } from "./holdings.js";

const INDEX = "returned";
const FILE_MS = 5 * 60 * 1000;

// Nothing, once every returned interview among `tasks` is here as it was last asked for, and no other. `request` is as fetch, `base` the
// address below which the server gives them. What cannot be had now is left for the next time.
export async function bringReturned(store, request, base, tasks) {
  const wanted = new Map(tasks.filter(({ state }) => state === "returned").map((task) => [task.instance_id, askedFor(task)]));
  const index = (await store.kept(INDEX)) || {};
  for (const id of Object.keys(index).filter((each) => !wanted.has(each))) {
    await forget(store, id);
    delete index[id];
    await store.keep(INDEX, index);
  }
  for (const [id, asked] of wanted) {
    if (index[id] === asked) continue;
    const returned = await bring(store, request, base, id);
    if (!returned) continue;
    index[id] = returned.missing.length ? "" : asked;
    await store.keep(INDEX, index);
  }
}

// What the server gave of the returned interview; undefined when it is not here.
export async function keptReturned(store, id) {
  return ((await store.kept(INDEX)) || {})[id] === undefined ? undefined : store.kept(`${INDEX} ${id}`);
}

// The file of a returned interview as a blob; undefined when it is not here.
export function returnedFile(store, id, name) {
  return store.file(COPY + id, name);
}

// What the server gives of the interview, once that and its files are here; null when it cannot be had now.
async function bring(store, request, base, id) {
  const answer = await request(`${base}submissions/${encodeURIComponent(id)}.json`);
  if (!answer.ok) return null;
  const returned = await answer.json();
  const here = new Set((await store.fileFacts(COPY + id)).map(({ name }) => name));
  for (const { name, url } of returned.files.filter((file) => !here.has(file.name))) {
    const file = await request(url, { headers: { Accept: "*/*" }, timeoutMs: FILE_MS });
    if (!file.ok) return null;
    await store.saveFile(COPY + id, name, await file.blob());
  }
  await store.keep(`${INDEX} ${id}`, returned);
  return returned;
}

async function forget(store, id) {
  for (const { name } of await store.fileFacts(COPY + id)) await store.discardFile(COPY + id, name);
  await store.keep(`${INDEX} ${id}`, null);
}

function askedFor({ review_reason: reason, queries }) {
  return JSON.stringify([reason, queries]);
}
