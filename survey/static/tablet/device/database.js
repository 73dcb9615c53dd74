// The database of this device in the browser: its stores, and how an older one becomes today's. Nothing else knows of IndexedDB's set-up.
//
// Sealed, as bytes, under keys that begin with the person's user name: "cards" and "bodies" (interviews by id), "facts" and "pieces" (files
// by interview and name), "values" (small things by name). In the open: "vaults" (one per person, see vault.js) and "device" (this
// browser's identifier and secret). A database of version 1 also has "interviews", "files" and "kept", which takeover.js empties.

import { deleteDB, openDB } from "../../vendor/idb.js";

const NAME = "survey-tablet";
const VERSION = 2;
export const SEALED = ["cards", "bodies", "facts", "pieces", "values"];
const OPEN = ["vaults", "device"];

// The open database. `onLeave` is called when another tab wants it gone or changed; by then it is closed here.
export function openDatabase(onLeave = () => {}) {
  return openDB(NAME, VERSION, {
    async upgrade(db, oldVersion, _newVersion, change) {
      for (const name of [...SEALED, ...OPEN]) db.createObjectStore(name);
      if (oldVersion < 1) return;
      const id = await change.objectStore("kept").get("device_id");
      if (id) change.objectStore("device").put(id, "id");
    },
    blocking(_current, _blocked, event) {
      event.target.close();
      onLeave();
    },
    terminated: onLeave,
  });
}

// Something could not be written or read; `word` says why to a person.
export class StoreProblem extends Error {
  constructor(word, detail = "") {
    super(detail || word);
    this.word = word;
    this.values = { detail };
  }
}

// Nothing, once everything that `work` began in one transaction over these stores is written: all of it, or nothing.
// `work` gets a function that gives a store by its name, and returns its requests. "strict" waits until the device's memory has it, so that
// even a battery pulled out changes nothing; "relaxed" until the operating system has it, which outlives the browser.
export async function write(db, names, work, durability = "strict") {
  try {
    const change = db.transaction(names, "readwrite", { durability });
    await Promise.all([...work((name) => change.objectStore(name)), change.done]);
  } catch (error) {
    throw told(error);
  }
}

function told(error) {
  if (error.name === "QuotaExceededError") return Object.assign(new StoreProblem("disk_full"), { name: error.name });
  if (error.name === "InvalidStateError") return new StoreProblem("store_gone");
  return new StoreProblem("store_failed", error.message);
}

export function deleteDatabase() {
  return deleteDB(NAME);
}

// What something is sealed for: its store and key.
export function placeOf(name, key) {
  return [name, ...key].join("/");
}

// Everything in a store whose key begins with these parts.
export function below(...parts) {
  return IDBKeyRange.bound(parts, [...parts, []]);
}
