// Work that was not sent, as one file for the server: the sealed bytes as they lie here, which nobody on the way can open. No key is needed
// to make it. The file begins with one line of JSON that says what follows:
//
// {"format": "supervision-survey-export 1", "device_id", "username", "created_at", "escrow": [{"visit_id", "sealed"}],
//  "parts": [{"store", "key", "n_bytes"}]}
//
// and then the bytes of the parts one after the other. `escrow` is the key of the parts, sealed to each visit's public key, in base64.

import { below } from "./database.js";
import { FINDINGS_KEPT, PICTURE_KEPT } from "./findings.js";
import { OUTCOMES_KEPT } from "./outcomes.js";
import { deviceId, escrowOf } from "./vault.js";

const FORMAT = "supervision-survey-export 1";
const STORES = ["cards", "bodies", "facts", "pieces"];
// What is kept under a name, and goes along: why there was no interview, and what was found of issues, with its pictures.
const isTold = (name) => name === OUTCOMES_KEPT || name === FINDINGS_KEPT || name.startsWith(PICTURE_KEPT);

// Nobody could open the file; `word` says so.
export class ExportProblem extends Error {
  constructor(word) {
    super(word);
    this.word = word;
  }
}

// {blob, name, nInterviews, isEmpty}: the file, and what to call it. Only the interviews of these `ids`, or all of the person for null.
export async function exportSealed(db, username, ids = null) {
  const escrow = await escrowOf(db, username);
  if (!escrow.length) throw new ExportProblem("export_no_key");
  const wanted = ids && new Set(ids);
  const parts = [];
  const bodies = [];
  for (const store of [...STORES, "values"]) {
    for (const key of await db.getAllKeys(store, below(username))) {
      if (store === "values" ? !isTold(key[1]) : wanted && !wanted.has(key[1])) continue;
      const bytes = await db.get(store, key);
      if (!bytes) continue;
      parts.push({ store, key, n_bytes: bytes.byteLength });
      // As a blob of its own the browser may put it to disk; a day's films need not be in memory.
      bodies.push(new Blob([bytes]));
    }
  }
  const created = new Date().toISOString();
  const header = { format: FORMAT, device_id: await deviceId(db), username, created_at: created, escrow, parts };
  const stamp = created.slice(0, 16).replace(/[:T]/g, "-");
  return {
    blob: new Blob([`${JSON.stringify(header)}\n`, ...bodies], { type: "application/octet-stream" }),
    name: `survey-unsent-${username}-${stamp}.sealed`,
    nInterviews: parts.filter((part) => part.store === "cards").length,
    isEmpty: parts.length === 0,
  };
}
