// What should be on this device, written down apart from the things themselves, so that missing ones are noticed and named.
//
// Two notes. The sealed value "holdings" names each interview with its files: {id: {title, state, files: {name: n_pieces}}}. And because a
// browser that is short of storage throws away a whole database, localStorage, which it does not throw away, keeps plain counts by person:
// {username: {n_drafts, n_unsent}}. Receipts of sent interviews are expected by nobody.

import { below } from "./database.js";

const NAME = "holdings";
const COUNTS = "survey-tablet holdings";
// How the ids of what is here only as a copy of what the server has begin; copies are expected by nobody.
export const COPY = "copy of ";
const UNSENT = new Set(["awaiting", "finished", "refused", "conflict"]);

export class Holdings {
  constructor(store) {
    this.store = store;
    this.known = {};
  }

  // Nothing, once it is known what was noted. What is noted meanwhile was read later, and stays.
  async load() {
    const before = this.known;
    const noted = (await this.store.keptAtStart(NAME)) || {};
    if (this.known === before) this.known = noted;
  }

  // Notes an interview as it is now. What is noted follows what is written, so that at worst something is here that nobody expects.
  expect({ id, title = "", state }) {
    const noted = this.known[id];
    if (noted && noted.title === title && noted.state === state) return;
    this.change((known) => ({ ...known, [id]: { files: {}, ...known[id], title, state } }));
  }

  expectFile(id, name, nPieces) {
    if (id.startsWith(COPY)) return;
    this.change((known) => {
      const noted = known[id] || { title: "", state: "draft", files: {} };
      return { ...known, [id]: { ...noted, files: { ...noted.files, [name]: nPieces } } };
    });
  }

  // Nothing, once the interview is expected no more, which comes before it is deleted.
  forget(id) {
    return this.change(({ [id]: _gone, ...known }) => known);
  }

  forgetFile(id, name) {
    return this.change((known) => {
      if (!known[id]) return known;
      const { [name]: _gone, ...files } = known[id].files;
      return { ...known, [id]: { ...known[id], files } };
    });
  }

  // What is expected and not here: [{id, title, state, lacks, names}]; `lacks` is "interview" or "files", the latter named in `names`.
  async missing() {
    const { db, username } = this.store;
    await this.load();
    // All keys at once: with hundreds of interviews and their pictures waiting, a question for each would hold up the list for seconds.
    const reading = db.transaction(["cards", "bodies", "pieces"]);
    const keysOf = (name) => reading.objectStore(name).getAllKeys(below(username));
    const [cards, bodies, pieces] = await Promise.all(["cards", "bodies", "pieces"].map(keysOf));
    const [hasCard, hasBody] = [cards, bodies].map((keys) => new Set(keys.map(([, id]) => id)));
    const nPiecesOf = new Map();
    for (const [, id, name] of pieces) {
      const file = `${id}/${name}`;
      nPiecesOf.set(file, (nPiecesOf.get(file) || 0) + 1);
    }
    const found = Object.entries(this.known).map(([id, { title, state, files }]) => {
      if (!hasCard.has(id) || !hasBody.has(id)) return { id, title, state, lacks: "interview", names: Object.keys(files) };
      const names = Object.keys(files).filter((name) => (nPiecesOf.get(`${id}/${name}`) || 0) < files[name]);
      return { id, title, state, lacks: "files", names };
    });
    return found.filter((each) => each.lacks === "interview" || each.names.length > 0);
  }

  // {n_drafts, n_unsent}: what has not reached the server yet.
  counts() {
    return countsOf(this.known);
  }

  // One change after the other, in all tabs: what another tab noted meanwhile stays. That a note could not be made is no reason to refuse
  // what it is about.
  change(changed) {
    const { store } = this;
    const isNoted = (known) => JSON.stringify(known) === JSON.stringify(this.known);
    return store
      .inTurn(NAME, () =>
        navigator.locks.request(`survey-tablet ${NAME} ${store.username}`, async () => {
          this.known = (await store.kept(NAME)) || {};
          const known = changed(this.known);
          if (isNoted(known)) return;
          await store.keep(NAME, known);
          this.known = known;
          noteCounts(store.username, countsOf(known));
        }),
      )
      .catch(() => {});
  }
}

// What localStorage remembers of a person, also when their database is gone or locked: {n_drafts, n_unsent}; null when nothing was there.
export function notedCounts(username) {
  return allCounts()[username] || null;
}

// Forgets what was remembered of a person, once it was said that it is gone.
export function forgetCounts(username) {
  noteCounts(username, { n_drafts: 0, n_unsent: 0 });
}

function noteCounts(username, counts) {
  const { [username]: _before, ...others } = allCounts();
  const isEmpty = counts.n_drafts + counts.n_unsent === 0;
  localStorage.setItem(COUNTS, JSON.stringify(isEmpty ? others : { ...others, [username]: counts }));
}

function allCounts() {
  return JSON.parse(localStorage.getItem(COUNTS) || "{}");
}

function countsOf(known) {
  const states = Object.values(known).map((each) => each.state);
  return {
    n_drafts: states.filter((state) => state === "draft").length,
    n_unsent: states.filter((state) => UNSENT.has(state)).length,
  };
}
