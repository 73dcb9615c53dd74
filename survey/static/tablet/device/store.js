// What this device keeps: interviews with their answers, files, and the last list of assignments. Nothing else knows of IndexedDB.
//
// An interview is {id, username, form_id, form_version, assignment_id, title, instance_id, deprecated_id, reason, state, answers, page,
// language, answered, total, begun_at, changed_at, finished_at, xml, file_names, problem}. Its state is "draft", "finished" (waiting to be
// sent), "refused" or "conflict" (the server answered so), or "sent" (a receipt without answers, kept for a month).

import { openDB } from "../../vendor/idb.js";

const KEEP_RECEIPTS_DAYS = 30;

export async function openStore() {
  const db = await openDB("survey-tablet", 1, {
    upgrade(fresh) {
      fresh.createObjectStore("interviews", { keyPath: "id" });
      fresh.createObjectStore("files");
      fresh.createObjectStore("kept");
    },
  });
  return new Store(db);
}

class Store {
  constructor(db) {
    this.db = db;
  }

  interview(id) {
    return this.db.get("interviews", id);
  }

  interviews() {
    return this.db.getAll("interviews");
  }

  save(interview) {
    return this.db.put("interviews", interview);
  }

  saveFile(id, name, blob) {
    return this.db.put("files", blob, [id, name]);
  }

  file(id, name) {
    return this.db.get("files", [id, name]);
  }

  async discard(id) {
    const change = this.db.transaction(["interviews", "files"], "readwrite");
    await change.objectStore("interviews").delete(id);
    await change.objectStore("files").delete(allFilesOf(id));
    await change.done;
  }

  // What was received needs no copy here: the answers and files leave the device, a receipt stays.
  async turnIntoReceipt(interview, sentAt) {
    const { id, username, form_id, form_version, assignment_id, title, instance_id, deprecated_id } = interview;
    const receipt = {
      id,
      username,
      form_id,
      form_version,
      assignment_id,
      title,
      instance_id,
      deprecated_id,
      state: "sent",
      sent_at: sentAt,
    };
    const change = this.db.transaction(["interviews", "files"], "readwrite");
    await change.objectStore("interviews").put(receipt);
    await change.objectStore("files").delete(allFilesOf(id));
    await change.done;
    return receipt;
  }

  async forgetOldReceipts(now) {
    const oldest = new Date(now.getTime() - KEEP_RECEIPTS_DAYS * 86400000).toISOString();
    const old = (await this.interviews()).filter((each) => each.state === "sent" && each.sent_at < oldest);
    await Promise.all(old.map((each) => this.discard(each.id)));
  }

  keep(name, value) {
    return this.db.put("kept", value, name);
  }

  kept(name) {
    return this.db.get("kept", name);
  }

  // The identifier of this browser on this device, made at its first use.
  async deviceId() {
    const known = await this.kept("device_id");
    if (known) return known;
    const made = `tablet:${randomId()}`;
    await this.keep("device_id", made);
    return made;
  }
}

function allFilesOf(id) {
  return IDBKeyRange.bound([id], [id, []]);
}

// A random UUID; `crypto.randomUUID` is missing on pages without https, which a laptop on local Wi-Fi serves.
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
