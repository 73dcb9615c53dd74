// How much room is left on the device for files, and what is said when there is little or none.

const LITTLE_BYTES = 300e6;

// A warning when little room is left, "" otherwise and where the browser does not tell.
export async function lowRoomText(page) {
  const found = await navigator.storage?.estimate?.().catch(() => null);
  if (!found?.quota) return "";
  const left = found.quota - found.usage;
  return left > LITTLE_BYTES ? "" : page.word("storage_low", { left: `${Math.max(0, Math.round(left / 1e6))} MB` });
}

// What is said when a file could not be kept.
export function notKeptText(page, error) {
  return error.name === "QuotaExceededError" ? page.word("full_disk") : page.word("not_written", { detail: error.message });
}
