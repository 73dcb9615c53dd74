// The SHA-256 of answers and files, in hexadecimal, as the server names it in its receipt.

import { hexOf } from "./crypt.js";

// Above this the file is hashed piece by piece by a slower script, so that it need not be in memory whole; browsers hash in one go only.
const IN_ONE_GO_BYTES = 16 * 1024 * 1024;

export async function hashText(text) {
  return hexOf(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

// The hash of a kept file of `nBytes`; undefined when a piece of it is not here. `pieces` gives its bytes in order.
export async function hashFile(pieces, nBytes) {
  if (nBytes > IN_ONE_GO_BYTES) return hashSlowly(pieces);
  const parts = [];
  for await (const piece of pieces) {
    if (!piece) return undefined;
    parts.push(piece);
  }
  return hexOf(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
}

async function hashSlowly(pieces) {
  const { sha256 } = await import("../../vendor/noble-hashes.js");
  const hash = sha256.create();
  for await (const piece of pieces) {
    if (!piece) return undefined;
    hash.update(piece);
  }
  return hexOf(hash.digest().buffer);
}

// The header that announces a file by its hash, as RFC 9530 writes it.
export function digestHeader(sha256) {
  const bytes = Uint8Array.from(sha256.match(/../g), (pair) => Number.parseInt(pair, 16));
  return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
}
