// Each person's vault on this device: the data key that everything of theirs is sealed with, wrapped by PIN and device (see crypt.js).
//
// A record of the store "vaults" is {username, name, locale, salt, rounds, wrapped, escrow, failures, failed_at, used_at}; `escrow` is the
// data key sealed to each downloaded visit's public key, by visit. Without the PIN nothing in it opens anything.

import {
  base64Of,
  bytesOfBase64,
  escrowDataKey,
  importDataKey,
  makeDataKey,
  makeDeviceSecret,
  openBytes,
  sealBytes,
  stretchPin,
  unwrapDataKey,
  wrapDataKey,
  wrappingKey,
} from "./crypt.js";
import { below, SEALED, write } from "./database.js";
import { secondsToWait, triesLeft } from "./pins.js";
import { randomId } from "./random.js";

// A PIN that did not open the vault; `word` and `values` say so to a person.
export class PinProblem extends Error {
  constructor(word, values = {}) {
    super(word);
    this.word = word;
    this.values = values;
  }
}

// Something was asked of a vault that is locked.
export class LockedProblem extends Error {
  constructor() {
    super("the vault is locked");
    this.word = "vault_locked";
  }
}

// One person's opened vault. The keys are in memory only, cannot be read out, and are gone after `forget`.
export class Vault {
  constructor(db, username, dataKey, wrapping) {
    Object.assign(this, { db, username, dataKey, wrapping });
  }

  get isOpen() {
    return this.dataKey !== null;
  }

  seal(where, bytes) {
    if (!this.isOpen) return Promise.reject(new LockedProblem());
    return sealBytes(this.dataKey, where, bytes);
  }

  open(where, sealed) {
    if (!this.isOpen) return Promise.reject(new LockedProblem());
    return openBytes(this.dataKey, where, sealed);
  }

  // Nothing, once the data key is sealed to every one of these visits ({id, public_key}), so that a forgotten PIN loses nothing.
  async sealTo(visits) {
    if (!this.isOpen) throw new LockedProblem();
    const { wrapped, escrow } = await recordOf(this.db, this.username);
    const missing = visits.filter(({ id, public_key: publicKey }) => publicKey && !escrow[id]);
    if (!missing.length) return;
    const dataKey = await unwrapDataKey(wrapped, this.wrapping, placeOf(this.username), true);
    const escrowed = ({ public_key: publicKey }) => escrowDataKey(dataKey, publicKey, this.username);
    const sealed = await Promise.all(missing.map(async (visit) => [visit.id, await escrowed(visit)]));
    await change(this.db, this.username, (record) => ({ ...record, escrow: { ...record.escrow, ...Object.fromEntries(sealed) } }));
  }

  forget() {
    this.dataKey = null;
    this.wrapping = null;
  }
}

// Everybody who has a vault here, the last first: [{username, name, locale}].
export async function peopleOn(db) {
  const records = await db.getAll("vaults");
  return records
    .sort((a, b) => b.used_at - a.used_at)
    .map(({ username, name, locale, salt, rounds }) => ({ username, name, locale, salt: base64Of(salt), rounds }));
}

// A new vault of a person ({username, name, locale}), opened. `stretched` is what `stretchPin` made of their PIN with `salt` and `rounds`.
export async function makeVault(db, person, stretched, { salt, rounds }) {
  const record = { ...person, salt, rounds, escrow: {}, failures: 0, failed_at: 0, used_at: Date.now() };
  return keepKey(db, record, await makeDataKey(), stretched);
}

// {vault, sign} for the right PIN; rejects with a PinProblem for a wrong one or while one has to wait.
// The try is counted before anything of its outcome is known, so that pulling the plug gives nobody another one; the counting goes on while
// the PIN is stretched, which takes long.
export async function openVault(db, username, pin) {
  const { salt, rounds, wrapped } = await recordOf(db, username);
  const [{ stretched, sign }, secret] = await Promise.all([stretchPin(pin, salt, rounds), deviceSecret(db), countTry(db, username)]);
  const wrapping = await wrappingKey(stretched, secret, salt);
  const dataKey = await unwrapDataKey(wrapped, wrapping, placeOf(username)).catch(() => null);
  if (!dataKey) {
    const record = await recordOf(db, username);
    throw problemOf(record);
  }
  // A plug pulled now would leave one try too many counted, which is not worth waiting for. What reads the record next comes after it.
  change(db, username, (record) => ({ ...record, failures: 0, used_at: Date.now() }), "relaxed").catch(() => {});
  return { vault: new Vault(db, username, dataKey, wrapping), sign };
}

// The vault opened with another PIN from now on; `pin` is the one so far.
export async function replacePin(vault, stretched, { salt, rounds }) {
  const { db, username } = vault;
  const record = await recordOf(db, username);
  const dataKey = await unwrapDataKey(record.wrapped, vault.wrapping, placeOf(username), true);
  const renewed = await keepKey(db, { ...record, salt, rounds }, dataKey, stretched);
  Object.assign(vault, { dataKey: renewed.dataKey, wrapping: renewed.wrapping });
}

// A vault whose PIN was forgotten, opened with the data key that the server gave back (base64), and a new PIN.
export async function recoverVault(db, username, key, stretched, { salt, rounds }) {
  const record = await recordOf(db, username);
  const dataKey = await importDataKey(bytesOfBase64(key));
  return keepKey(db, { ...record, salt, rounds, failures: 0, failed_at: 0, used_at: Date.now() }, dataKey, stretched);
}

// What the server opens when a PIN was forgotten: [{visit_id, sealed}].
export async function escrowOf(db, username) {
  const record = await recordOf(db, username);
  return Object.entries(record?.escrow || {}).map(([visit_id, sealed]) => ({ visit_id, sealed }));
}

// Nothing, once everything of this person is deleted here for good.
export function clearPerson(db, username) {
  return write(db, [...SEALED, "vaults"], (at) => [
    ...SEALED.map((name) => at(name).delete(below(username))),
    at("vaults").delete(username),
  ]);
}

// This browser's identifier and secret on this device, made at its first use.
export async function deviceId(db) {
  return (await db.get("device", "id")) || keepFirst(db, "id", `tablet:${randomId()}`);
}

async function deviceSecret(db) {
  return (await db.get("device", "secret")) || keepFirst(db, "secret", await makeDeviceSecret());
}

// What is kept under this name: `made` unless another tab was quicker.
async function keepFirst(db, name, made) {
  const writing = db.transaction("device", "readwrite", { durability: "strict" });
  const known = await writing.store.get(name);
  if (!known) writing.store.put(made, name);
  await writing.done;
  return known || made;
}

async function keepKey(db, record, dataKey, stretched) {
  const { username, salt } = record;
  const wrapping = await wrappingKey(stretched, await deviceSecret(db), salt);
  const wrapped = await wrapDataKey(dataKey, wrapping, placeOf(username));
  await change(db, username, () => ({ ...record, wrapped }));
  return new Vault(db, username, await unwrapDataKey(wrapped, wrapping, placeOf(username)), wrapping);
}

async function countTry(db, username) {
  const now = Date.now();
  let problem = null;
  const record = await change(db, username, (known) => {
    // A clock that was set back must not make the wait a day longer.
    const failedAt = Math.min(known.failed_at, now);
    const wait = secondsToWait({ ...known, failed_at: failedAt }, now);
    if (wait) problem = new PinProblem("pin_wait", { seconds: wait });
    return wait ? { ...known, failed_at: failedAt } : { ...known, failures: known.failures + 1, failed_at: now };
  });
  if (problem) throw problem;
  return record;
}

function problemOf(record) {
  const wait = secondsToWait(record, Date.now());
  return wait ? new PinProblem("pin_wait", { seconds: wait }) : new PinProblem("pin_wrong", { left: triesLeft(record.failures) });
}

function recordOf(db, username) {
  return db.get("vaults", username);
}

async function change(db, username, replaced, durability = "strict") {
  const writing = db.transaction("vaults", "readwrite", { durability });
  const record = replaced(await writing.store.get(username));
  await writing.store.put(record, username);
  await writing.done;
  return record;
}

const placeOf = (username) => `vaults/${username}`;
