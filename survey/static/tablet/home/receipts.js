// The receipts of interviews that the server has confirmed: when, of whom, and the hash of every part.

import { button, element } from "../screen/elements.js";
import { titleOf } from "../screen/interview.js";
import { say, sizeText, timeText } from "../screen/language.js";

// Shows the receipts of these cards, the newest first.
export function openReceipts(cards) {
  const newest = [...cards].sort((a, b) => (b.sent_at || "").localeCompare(a.sent_at || ""));
  const dialog = Object.assign(element("dialog", "contents receipts"), { id: "receipts" });
  const title = Object.assign(element("h2", "", say("receipts_title")), { id: "receipts-title" });
  dialog.setAttribute("aria-labelledby", title.id);
  const close = button("quiet", say("close"), () => dialog.close());
  dialog.append(element("div", "panel-head", title, close), element("div", "receipt-list", ...newest.map(receiptPart)));
  dialog.addEventListener("close", () => {
    dialog.remove();
    // The panel may have been drawn anew below it.
    if (document.activeElement === document.body) document.getElementById("open-receipts")?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function receiptPart(card) {
  const { receipt } = card;
  const summary = element("summary", "", element("strong", "", titleOf(card, say("unassigned"))), element("span", "muted", timeText(card.sent_at)));
  const facts = [
    [say("receipt_number"), element("code", "", card.instance_id)],
    [say("receipt_received"), receipt ? timeText(receipt.received_at) : ""],
    [say("receipt_confirmed"), timeText(card.sent_at)],
    [say("receipt_people"), (receipt?.people || []).join(say("list_comma"))],
    [say("receipt_hash"), receipt ? element("code", "", receipt.xml_sha256) : ""],
    [say("receipt_files", { count: receipt?.files.length ?? 0 }), receipt?.files.length ? filesOf(receipt.files) : ""],
    [say("receipt_given_up"), (receipt?.given_up || []).join(say("list_comma"))],
  ].filter(([, value]) => value !== "");
  const list = element("dl", "receipt-facts", ...facts.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]));
  return element("details", "receipt", summary, list, element("p", "muted", say(card.has_copy ? "receipt_copy" : "receipt_cleared")));
}

function filesOf(files) {
  const rows = files.map((file) => element("li", "", `${file.name} · ${sizeText(file.n_bytes)} `, element("code", "", file.sha256)));
  return element("ul", "receipt-files", ...rows);
}
