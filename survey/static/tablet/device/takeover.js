// Interviews that an earlier version of the program kept in the open are sealed at the first unlocking, and deleted where they were.

const OLD = ["interviews", "files", "kept"];
const NO_LONGER_KEPT = ["session", "assignments", "device_id"];

// Nothing, once nothing of the person is left in the open. Killed in between, it begins anew the next time.
export async function takeOver(store) {
  const { db, username } = store;
  if (!OLD.every((name) => db.objectStoreNames.contains(name))) return;
  for (const interview of await db.getAll("interviews")) {
    if (interview.username === username) await takeInterview(store, interview);
  }
  for (const name of await db.getAllKeys("kept")) {
    if (name.startsWith(`last saved ${username} `)) await store.keep(name, await db.get("kept", name));
    else if (!NO_LONGER_KEPT.includes(name)) continue;
    await db.delete("kept", name);
  }
}

async function takeInterview(store, interview) {
  const { db } = store;
  const files = IDBKeyRange.bound([interview.id], [interview.id, []]);
  for (const key of await db.getAllKeys("files", files)) await store.saveFile(interview.id, key[1], await db.get("files", key));
  await store.save(interview);
  const clearing = db.transaction(["interviews", "files"], "readwrite", { durability: "strict" });
  await Promise.all([clearing.objectStore("interviews").delete(interview.id), clearing.objectStore("files").delete(files), clearing.done]);
}
