// The files of interviews, sealed in pieces, so that neither a long recording nor a film has to be in memory whole, and a recording is
// kept as it arrives.
//
// The facts of a file are {type, n_bytes, first, n_pieces}: it is the pieces numbered from `first` on. A file written anew gets new numbers
// and becomes the file by the same transaction that writes its facts, so that until then the one before is whole.

import { below, write } from "./database.js";

const PIECE_BYTES = 1024 * 1024;
const ENCODER = new TextEncoder();

export class Files {
  constructor(store) {
    this.store = store;
  }

  // Nothing, once the file is kept; one of the same name is replaced.
  save(id, name, blob) {
    return this.store.inTurn(laneOf(id, name), async () => {
      const before = await this.factsOf(id, name);
      const first = before ? before.first + before.n_pieces : 0;
      await this.write(id, name, blob, { type: blob.type, n_bytes: 0, first, n_pieces: 0 });
    });
  }

  // Nothing, once these bytes are kept at the end of the file, which begins with them when there is none yet.
  append(id, name, blob) {
    return this.store.inTurn(laneOf(id, name), async () => {
      const before = await this.factsOf(id, name);
      await this.write(id, name, blob, before || { type: blob.type, n_bytes: 0, first: 0, n_pieces: 0 });
    });
  }

  // The file as a blob; undefined when it, or a piece of it, is not here.
  async read(id, name) {
    const facts = await this.factsOf(id, name);
    if (!facts) return undefined;
    const pieces = [];
    for await (const piece of this.pieces(id, name, facts)) {
      if (!piece) return undefined;
      pieces.push(piece);
    }
    return new Blob(pieces, { type: facts.type });
  }

  // The bytes of the file, piece after piece; undefined in the place of one that is not here.
  async *pieces(id, name, known = null) {
    const facts = known || (await this.factsOf(id, name));
    const { db, username } = this.store;
    for (let number = 0; number < (facts?.n_pieces ?? 0); number += 1) {
      const key = [username, id, name, facts.first + number];
      yield await this.store.unseal("pieces", key, await db.get("pieces", key));
    }
  }

  // What is known of every file of an interview without opening it: [{name, n_bytes, type, n_pieces}].
  async facts(id) {
    const range = below(this.store.username, id);
    const reading = this.store.db.transaction("facts");
    const [keys, sealed] = await Promise.all([reading.store.getAllKeys(range), reading.store.getAll(range)]);
    const facts = await Promise.all(keys.map((key, number) => this.store.opened("facts", key, sealed[number])));
    return facts.flatMap((each, number) =>
      each ? [{ name: keys[number][2], n_bytes: each.n_bytes, type: each.type, n_pieces: each.n_pieces }] : [],
    );
  }

  discard(id, name) {
    return this.store.inTurn(laneOf(id, name), async () => {
      await this.store.holdings.forgetFile(id, name);
      const key = [this.store.username, id, name];
      await write(this.store.db, ["facts", "pieces"], (at) => [at("facts").delete(key), at("pieces").delete(below(...key))]);
    });
  }

  async factsOf(id, name) {
    const key = [this.store.username, id, name];
    return this.store.opened("facts", key, await this.store.db.get("facts", key));
  }

  // Writes a blob behind what `facts` tell of; all but the last piece by themselves, and the last with the facts that make them count.
  async write(id, name, blob, facts) {
    const { db, username } = this.store;
    const key = [username, id, name];
    const { first } = facts;
    const start = first + facts.n_pieces;
    const n_pieces = Math.max(facts.n_pieces ? 0 : 1, Math.ceil(blob.size / PIECE_BYTES));
    if (!n_pieces) return;
    const grown = { ...facts, n_bytes: facts.n_bytes + blob.size, n_pieces: facts.n_pieces + n_pieces };
    const sealed = async (number) => {
      const bytes = await blob.slice(number * PIECE_BYTES, (number + 1) * PIECE_BYTES).arrayBuffer();
      return this.store.seal("pieces", [...key, start + number], bytes);
    };
    try {
      for (let number = 0; number < n_pieces - 1; number += 1) {
        const piece = await sealed(number);
        await write(db, ["pieces"], (at) => [at("pieces").put(piece, [...key, start + number])], "relaxed");
      }
      const last = await sealed(n_pieces - 1);
      const sealedFacts = await this.store.seal("facts", key, ENCODER.encode(JSON.stringify(grown)));
      await write(db, ["facts", "pieces"], (at) => [
        at("pieces").put(last, [...key, start + n_pieces - 1]),
        at("facts").put(sealedFacts, key),
        ...(first ? [at("pieces").delete(IDBKeyRange.bound([...key, 0], [...key, first], false, true))] : []),
      ]);
    } catch (error) {
      await write(db, ["pieces"], (at) => [at("pieces").delete(IDBKeyRange.bound([...key, start], [...key, []]))]).catch(() => {});
      throw error;
    }
    this.store.holdings.expectFile(id, name, grown.n_pieces);
  }
}

const laneOf = (id, name) => `${id} ${name}`;
