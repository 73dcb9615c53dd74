// A revoked tablet forgets everything: what lies in the database, the caches, the worker that opens the app offline, and the small notes.

import { deleteDatabase } from "./database.js";

const PATIENCE_MS = 5000;

// Nothing, once all of it is gone. `db` is the open database, if there is one. The stores are emptied first, because a database cannot be
// deleted while another window has it open; the browser then deletes it when that one is closed.
export async function wipe(db) {
  if (db) await emptied(db);
  const steps = [
    within(deleteDatabase()),
    globalThis.caches?.keys().then((names) => Promise.all(names.map((name) => caches.delete(name)))),
    navigator.serviceWorker?.getRegistrations().then((all) => Promise.all(all.map((each) => each.unregister()))),
  ];
  await Promise.allSettled(steps);
  localStorage.clear();
  sessionStorage.clear();
}

async function emptied(db) {
  const names = [...db.objectStoreNames];
  const change = db.transaction(names, "readwrite", { durability: "strict" });
  await Promise.allSettled([...names.map((name) => change.objectStore(name).clear()), change.done]);
  db.close();
}

function within(promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}
