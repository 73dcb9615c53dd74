// The last resort when a tablet cannot send any more: everything that was not sent, in one encrypted file.

import { exportSealed } from "../device/export_file.js";
import { toldHere } from "../device/telling.js";
import { button, element } from "../screen/elements.js";
import { say, sizeText } from "../screen/language.js";

export function exportPart({ store }) {
  const told = element("p", "panel-line");
  told.setAttribute("role", "status");
  const start = button("", say("export_unsent"), async () => {
    start.disabled = true;
    const ids = (await store.interviews()).filter((card) => card.state !== "sent").map((card) => card.id);
    const { outcomes, findings } = await toldHere(store);
    const isTold = [...outcomes, ...findings].every(({ state }) => state === "sent");
    told.textContent = ids.length || !isTold ? await exportNow(store.db, store.username, ids) : say("export_nothing");
    start.disabled = false;
    if (document.activeElement === document.body) start.focus();
  });
  start.id = "export-unsent";
  const head = Object.assign(element("summary", "", say("last_resort")), { id: "last-resort" });
  const folded = element("details", "outbox-export", head, element("p", "muted", say("last_resort_why")));
  folded.append(start, told);
  return folded;
}

// What to say of the export of this person's work, which is handed to the browser as a download. Without `ids` it is all that lies here,
// because nobody can tell sent from unsent while it is locked.
export async function exportNow(db, username, ids = null) {
  try {
    const { blob, name, nInterviews, isEmpty } = await exportSealed(db, username, ids);
    if (isEmpty) return say("export_nothing");
    save(blob, name);
    return say(nInterviews ? "export_done" : "export_done_outcomes", { count: nInterviews, size: sizeText(blob.size), name });
  } catch (error) {
    return error.word ? say(error.word) : say("export_failed", { detail: error.message });
  }
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  // The browser reads the file after the click; it has had time enough then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
