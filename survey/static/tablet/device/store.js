// What this device keeps of the person whose vault is open: interviews with their answers, files, and small values, all of it sealed.
//
// A card is what lists need of an interview: {id, username, form_id, form_version, assignment_id, title, instance_id, deprecated_id,
// reason, state, page, language, answered, total, begun_at, changed_at, finished_at, file_names, problem, visit_id}. Its state is "draft",
// "awaiting" (the second's countersignature), "finished" (waits to be sent), "refused" or "conflict" (the server answered so), or "sent".
// An interview is its card with its body {answers, xml, log, notes, countersign}; the two are written together.

import { Ahead } from "./ahead.js";
import { CardIndex } from "./card_index.js";
import { below, openDatabase, placeOf, write } from "./database.js";
import { Files } from "./files.js";
import { Holdings } from "./holdings.js";
import { deviceId, LockedProblem } from "./vault.js";

export { randomId } from "./random.js";

const BODY = ["answers", "xml", "log", "notes", "countersign"];
const KEEP_RECEIPTS_DAYS = 30;
const STRICT_EVERY_MS = 5000;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

let current = null;

// The store of this device, locked until `use` gives it a vault.
export async function openStore() {
  current = new Store(await openDatabase(() => current?.left()));
  return current;
}

// The store that `openStore` opened last; null before.
export function currentStore() {
  return current;
}

class Store {
  constructor(db) {
    this.db = db;
    this.vault = null;
    this.ahead = null;
    this.turns = new Map();
    this.waiting = new Map();
    this.strictAt = new Map();
    this.files = new Files(this);
    this.holdings = new Holdings(this);
    this.index = new CardIndex(this);
    this.left = () => {};
  }

  get username() {
    if (!this.vault) throw new LockedProblem();
    return this.vault.username;
  }

  get isOpen() {
    return this.vault !== null;
  }

  // Nothing, once the person's data can be read and written. What should be here is learnt meanwhile; whatever needs it reads it anew.
  async use(vault) {
    this.vault = vault;
    this.holdings.known = {};
    this.holdings.load().catch(() => {});
  }

  // Begins to read what a start of this person needs first, while their PIN is being checked.
  readAhead(username) {
    this.ahead = new Ahead(this.db, username);
  }

  // Nothing, once all that was asked for is written and the key is forgotten.
  async lock() {
    while (this.turns.size) await Promise.allSettled([...this.turns.values()]);
    this.forget();
  }

  // Forgets the key at once; what was not written yet is lost.
  forget() {
    this.index.forget();
    this.ahead = null;
    this.vault?.forget();
    this.vault = null;
  }

  // --- interviews

  // The cards of all interviews of this person that can be read.
  async interviews() {
    const [[keys, sealed]] = await Promise.all([this.ahead?.take(this.username, "cards") ?? this.sealedCards(), this.index.read()]);
    return (await this.index.open(keys, sealed)).filter(Boolean);
  }

  // [keys, sealed bytes] of all cards of this person.
  sealedCards() {
    const range = below(this.username);
    const { store } = this.db.transaction("cards");
    return Promise.all([store.getAllKeys(range), store.getAll(range)]);
  }

  // The whole interview; undefined when it, or a part of it, is not here.
  async interview(id) {
    const key = [this.username, id];
    const reading = this.db.transaction(["cards", "bodies"]);
    const sealed = await Promise.all(["cards", "bodies"].map((name) => reading.objectStore(name).get(key)));
    const [card, body] = await Promise.all([this.opened("cards", key, sealed[0]), this.opened("bodies", key, sealed[1])]);
    return card && body && { ...card, ...body };
  }

  // Nothing, once card and body are written. Of several that come while one is being written only the last is.
  save(interview) {
    const { id } = interview;
    const parts = { card: encoded(cardOf(interview)), body: encoded(bodyOf(interview)), durability: this.durabilityOf(interview) };
    const waiting = this.waiting.get(id);
    if (waiting) {
      const isStrict = [waiting, parts].some((each) => each.durability === "strict");
      Object.assign(waiting, parts, { durability: isStrict ? "strict" : "relaxed" });
      return waiting.done;
    }
    this.waiting.set(id, parts);
    parts.done = this.inTurn(id, async () => {
      if (this.waiting.get(id) === parts) this.waiting.delete(id);
      await this.writeSealed(id, { cards: parts.card, bodies: parts.body }, parts.durability);
      this.holdings.expect(cardOf(interview));
    });
    return parts.done;
  }

  // Nothing, once the card is written; the body stays as it is.
  saveCard(card) {
    const bytes = encoded(cardOf(card));
    this.waiting.delete(card.id);
    return this.inTurn(card.id, async () => {
      await this.writeSealed(card.id, { cards: bytes }, "strict");
      this.holdings.expect(cardOf(card));
    });
  }

  // Nothing, once the interview and its files are gone for good.
  discard(id) {
    this.waiting.delete(id);
    return this.inTurn(id, async () => {
      await this.holdings.forget(id);
      const key = [this.username, id];
      const deleting = { cards: key, bodies: key, facts: below(...key), pieces: below(...key) };
      await write(this.db, Object.keys(deleting), (at) => Object.entries(deleting).map(([name, range]) => at(name).delete(range)));
    });
  }

  // What was received needs no copy here: the answers and files leave the device, a receipt stays.
  async turnIntoReceipt(interview, sentAt) {
    const { answers: _answers, xml: _xml, log: _log, notes: _notes, countersign: _countersign, ...card } = interview;
    const receipt = { ...card, state: "sent", sent_at: sentAt, problem: null, file_names: [] };
    this.waiting.delete(interview.id);
    await this.inTurn(interview.id, async () => {
      await this.holdings.forget(interview.id);
      const key = [this.username, interview.id];
      const sealed = await this.seal("cards", key, encoded(receipt));
      await write(this.db, ["cards", "bodies", "facts", "pieces"], (at) => [
        at("cards").put(sealed, key),
        at("bodies").delete(key),
        at("facts").delete(below(...key)),
        at("pieces").delete(below(...key)),
      ]);
    });
    return receipt;
  }

  // Nothing, once receipts of a month ago are gone; a copy that nobody has agreed to clear stays with its receipt.
  async forgetOldReceipts(now) {
    const oldest = new Date(now.getTime() - KEEP_RECEIPTS_DAYS * 86400000).toISOString();
    const old = (await this.interviews()).filter((each) => each.state === "sent" && !each.has_copy && each.sent_at < oldest);
    await Promise.all(old.map((each) => this.discard(each.id)));
  }

  // --- files, which files.js keeps in pieces

  saveFile(id, name, blob) {
    return this.files.save(id, name, blob);
  }

  appendFile(id, name, blob) {
    return this.files.append(id, name, blob);
  }

  file(id, name) {
    return this.files.read(id, name);
  }

  fileFacts(id) {
    return this.files.facts(id);
  }

  discardFile(id, name) {
    return this.files.discard(id, name);
  }

  // --- small values

  async keep(name, value) {
    const key = [this.username, name];
    const bytes = encoded(value);
    await this.inTurn(`value ${name}`, async () => {
      const sealed = await this.seal("values", key, bytes);
      await write(this.db, ["values"], (at) => [at("values").put(sealed, key)]);
    });
  }

  async kept(name) {
    const key = [this.username, name];
    return this.opened("values", key, await this.db.get("values", key));
  }

  // As `kept`, but where a start has just read it ahead, as it was then: for what is shown, not for what is changed and kept again.
  async keptAtStart(name) {
    const sealed = this.ahead?.take(this.username, name);
    return sealed ? this.opened("values", [this.username, name], await sealed) : this.kept(name);
  }

  // The identifier of this browser on this device, made at its first use; it is no secret, and known before anything is opened.
  deviceId() {
    this.ownId ||= deviceId(this.db);
    return this.ownId;
  }

  // Nothing, once the key of this person's data is sealed to these visits ({id, public_key}), so that a forgotten PIN loses nothing.
  async sealTo(visits) {
    if (!this.vault) throw new LockedProblem();
    await this.vault.sealTo(visits);
  }

  // What should be here and is not: [{id, title, state, lacks, names}]; see holdings.js.
  missing() {
    return this.holdings.missing();
  }

  // --- parts

  // Runs `work` after what was begun before it in the same lane, so that what is written last is what stays.
  inTurn(lane, work) {
    this.ahead = null;
    const turn = (this.turns.get(lane) || Promise.resolve()).then(work, work);
    this.turns.set(lane, turn);
    const done = () => this.turns.get(lane) === turn && this.turns.delete(lane);
    turn.then(done, done);
    return turn;
  }

  async writeSealed(id, parts, durability) {
    const key = [this.username, id];
    const sealed = await Promise.all(Object.entries(parts).map(async ([name, bytes]) => [name, await this.seal(name, key, bytes)]));
    await write(this.db, Object.keys(parts), (at) => sealed.map(([name, bytes]) => at(name).put(bytes, key)), durability);
  }

  async seal(name, key, bytes) {
    if (!this.vault) throw new LockedProblem();
    return this.vault.seal(placeOf(name, key), bytes);
  }

  // The bytes that were sealed; undefined when there are none, or when they were damaged, which `missing` tells.
  async unseal(name, key, sealed) {
    if (!this.vault) throw new LockedProblem();
    if (sealed === undefined) return undefined;
    return this.vault.open(placeOf(name, key), sealed).catch((error) => {
      if (error instanceof LockedProblem) throw error;
      return undefined;
    });
  }

  async opened(name, key, sealed) {
    const bytes = await this.unseal(name, key, sealed);
    return bytes && JSON.parse(DECODER.decode(bytes));
  }

  // A draft's answers go to the operating system at once, which a killed browser does not undo, and to the device's memory every few
  // seconds: waiting for flash memory at every key would wear it and slow the page. Whatever is more than a draft is written strictly.
  durabilityOf({ id, state }) {
    const now = performance.now();
    const isStrict = state !== "draft" || now - (this.strictAt.get(id) ?? -Infinity) > STRICT_EVERY_MS;
    if (isStrict) this.strictAt.set(id, now);
    return isStrict ? "strict" : "relaxed";
  }
}

function cardOf(interview) {
  return Object.fromEntries(Object.entries(interview).filter(([name]) => !BODY.includes(name)));
}

function bodyOf(interview) {
  return Object.fromEntries(BODY.map((name) => [name, interview[name]]));
}

function encoded(value) {
  return ENCODER.encode(JSON.stringify(value));
}
