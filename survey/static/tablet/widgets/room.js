// How much room is left on the device for files, and what is said when there is little or none.

import { storageFacts } from "../device/storage.js";

// A warning when little room is left, "" otherwise and where the browser does not tell.
export async function lowRoomText(page) {
  const { left, isLittle } = await storageFacts();
  return isLittle ? page.word("storage_low", { left: `${Math.round(left / 1e6)} MB` }) : "";
}

// What is said when a file could not be kept.
export function notKeptText(page, error) {
  return error.name === "QuotaExceededError" ? page.word("full_disk") : page.word("not_written", { detail: error.message });
}
