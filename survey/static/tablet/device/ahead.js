// What a start reads first, read while the PIN is being checked, which takes longer; it stays sealed until the key is there.
//
// Each is given once, and only for a moment: another window may change what lies on the device, so whoever changes a value reads it anew.

import { below } from "./database.js";

const VALUES = ["session", "package", "package tags", "tasks", "issues", "outcomes", "findings", "cards in one", "holdings"];
const FRESH_MS = 5000;

export class Ahead {
  constructor(db, username) {
    this.username = username;
    this.endsAt = performance.now() + FRESH_MS;
    const reading = db.transaction(["values", "cards"]);
    const [values, cards] = ["values", "cards"].map((name) => reading.objectStore(name));
    this.read = new Map(VALUES.map((name) => [name, values.get([username, name])]));
    this.read.set("cards", Promise.all([cards.getAllKeys(below(username)), cards.getAll(below(username))]));
    // Whoever takes it hears that it could not be read.
    for (const each of [...this.read.values(), reading.done]) each.catch(() => null);
  }

  // The sealed bytes of this value, or "cards" as [keys, sealed], as a promise; undefined when they are not, or no longer, read ahead.
  take(username, name) {
    if (username !== this.username || performance.now() > this.endsAt) return undefined;
    const found = this.read.get(name);
    this.read.delete(name);
    return found;
  }
}
