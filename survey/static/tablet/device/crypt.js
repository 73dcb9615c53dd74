// The tablet's cryptography, all of it the browser's own. Pure: no database and no screen. The server's half is survey/devices/keys.py.
//
// A PIN is stretched (PBKDF2) with the person's salt. From that and a secret of this device comes the key that wraps the data key, so a
// copied database is of no use without the device, nor the device without the PIN. From the stretched PIN alone comes the signing key, the
// same on every tablet, with which the person countersigns.

const ENCODER = new TextEncoder();
// The first bytes of everything sealed are its initialisation vector, which is never used twice.
export const IV_BYTES = 12;
const KEY_BITS = 256;
const CHECK_BITS = 10;
const SALT_BYTES = 16;
const PIECE = 32768;
const WRAPPING = "supervision-survey vault 1";
const SIGNING = "supervision-survey countersign 1";
const OAEP = { name: "RSA-OAEP", hash: "SHA-256" };

// Whether the browser lets this page encrypt, which it does over https and on the machine itself only.
export function canEncrypt() {
  return Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle);
}

export function freshSalt() {
  return crypto.getRandomValues(new Uint8Array(SALT_BYTES));
}

// {stretched, sign}: what is made of a PIN, 32 bytes each; `stretched` must not be kept.
export async function stretchPin(pin, salt, rounds) {
  const key = await crypto.subtle.importKey("raw", ENCODER.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, key, KEY_BITS);
  const stretched = new Uint8Array(bits);
  return { stretched, sign: await expand(stretched, SIGNING) };
}

// The ten bits by which a typing error is noticed without a network; too few to guess the PIN from.
export async function pinCheck(sign) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", joined(ENCODER.encode("check"), sign)));
  return ((digest[0] << 8) | digest[1]) >> (16 - CHECK_BITS);
}

// The proof, in hexadecimal, that the holder of `sign` countersigned this XML (by its SHA-256) at this instant.
export async function countersignProof(sign, instanceId, xmlSha256, signedAt) {
  const key = await crypto.subtle.importKey("raw", sign, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const message = `countersign 1\n${instanceId}\n${xmlSha256}\n${signedAt}`;
  return hexOf(await crypto.subtle.sign("HMAC", key, ENCODER.encode(message)));
}

// A key that never leaves this browser.
export function makeDeviceSecret() {
  return crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

// The key that wraps the data key: of the stretched PIN and the device's secret.
export async function wrappingKey(stretched, deviceSecret, salt) {
  const own = new Uint8Array(await crypto.subtle.sign("HMAC", deviceSecret, salt));
  const bytes = await expand(joined(stretched, own), WRAPPING);
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["wrapKey", "unwrapKey"]);
}

// A new data key, extractable so that it can be wrapped; work with what `unwrapDataKey` gives.
export function makeDataKey() {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: KEY_BITS }, true, ["encrypt", "decrypt"]);
}

export function importDataKey(bytes) {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", true, ["encrypt", "decrypt"]);
}

export async function wrapDataKey(dataKey, wrapping, where) {
  const iv = freshIv();
  return joined(iv, new Uint8Array(await crypto.subtle.wrapKey("raw", dataKey, wrapping, cipher(iv, where))));
}

// The data key, which the browser gives out again only if `isExtractable`; rejects when `wrapping` is not the key that wrapped it.
export function unwrapDataKey(wrapped, wrapping, where, isExtractable = false) {
  const [iv, rest] = [wrapped.subarray(0, IV_BYTES), wrapped.subarray(IV_BYTES)];
  return crypto.subtle.unwrapKey("raw", rest, wrapping, cipher(iv, where), "AES-GCM", isExtractable, ["encrypt", "decrypt"]);
}

// The data key sealed for this person to a visit's public key (SPKI, base64), in base64: the server can open it when the PIN is forgotten.
// The user name is part of it, so that nobody is given another one's key.
export async function escrowDataKey(dataKey, publicKey, username) {
  const key = await crypto.subtle.importKey("spki", bytesOfBase64(publicKey), OAEP, false, ["wrapKey"]);
  return base64Of(new Uint8Array(await crypto.subtle.wrapKey("raw", dataKey, key, { ...OAEP, label: ENCODER.encode(username) })));
}

// Bytes sealed for one place only: they do not open under another `where`, so that nothing can be put in the place of something else.
export async function sealBytes(dataKey, where, bytes) {
  const iv = freshIv();
  return joined(iv, new Uint8Array(await crypto.subtle.encrypt(cipher(iv, where), dataKey, bytes)));
}

// The bytes that were sealed; rejects when they were damaged, moved, or sealed with another key.
export async function openBytes(dataKey, where, sealed) {
  return new Uint8Array(await crypto.subtle.decrypt(cipher(sealed.subarray(0, IV_BYTES), where), dataKey, sealed.subarray(IV_BYTES)));
}

export function hexOf(buffer) {
  return [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function base64Of(bytes) {
  let text = "";
  // In pieces, because a function takes only so many arguments.
  for (let from = 0; from < bytes.length; from += PIECE) text += String.fromCharCode(...bytes.subarray(from, from + PIECE));
  return btoa(text);
}

export function bytesOfBase64(text) {
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

function cipher(iv, where) {
  return { name: "AES-GCM", iv, additionalData: ENCODER.encode(where) };
}

function freshIv() {
  return crypto.getRandomValues(new Uint8Array(IV_BYTES));
}

async function expand(bytes, info) {
  const key = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: ENCODER.encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, KEY_BITS));
}

function joined(first, second) {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
