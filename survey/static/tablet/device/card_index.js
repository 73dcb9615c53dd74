// The cards of all interviews once more in one sealed value, because opening hundreds one by one holds up a start.
//
// Each stands there with the initialisation vector of its own sealed bytes, which is never used twice: a card whose bytes begin with another
// one was written since, and is opened by itself. So the index may lag behind and is never wrong, whichever window wrote it.

import { IV_BYTES } from "./crypt.js";

const NAME = "cards in one";
// The index is written anew when so many cards are not in it, or one that is gone is still there; and not at once, for cards come in rows.
const WORTH_WRITING = 20;
const LATER_MS = 3000;
const DECODER = new TextDecoder();

export class CardIndex {
  constructor(store) {
    this.store = store;
    this.forget();
  }

  // Forgets what was opened, which must not outlive the key.
  forget() {
    clearTimeout(this.timer);
    Object.assign(this, { timer: 0, known: null, written: null });
  }

  // Nothing, once it is known what the index holds.
  async read() {
    this.written ||= new Map(await this.store.keptAtStart(NAME));
  }

  // The cards with these keys, undefined for one that cannot be read; `sealed` are the bytes that they lie in, in the same order.
  async open(keys, sealed) {
    const { vault } = this.store;
    await this.read();
    const known = this.known || this.written;
    const found = new Map();
    const written = async (key, bytes) => {
      const opened = await this.store.unseal("cards", key, bytes);
      return opened && JSON.parse(DECODER.decode(opened));
    };
    // A promise for each of hundreds would take longer than all the rest, so only what is not in the index has one.
    const cards = await Promise.all(
      keys.map((key, number) => {
        const iv = String.fromCharCode(...sealed[number].subarray(0, IV_BYTES));
        const [at, card] = known.get(key[1]) || [];
        return at === iv && typeof card === "object" ? card : written(key, sealed[number]);
      }),
    );
    cards.forEach((card, number) => {
      if (card) found.set(keys[number][1], [String.fromCharCode(...sealed[number].subarray(0, IV_BYTES)), card]);
    });
    if (this.store.vault === vault && this.written) {
      this.known = found;
      this.writeLater();
    }
    return cards.map((card) => card && { ...card });
  }

  writeLater() {
    if (this.timer || !this.isWorthWriting()) return;
    this.timer = setTimeout(async () => {
      const { known } = this;
      await this.store.keep(NAME, [...known]).catch(() => {});
      if (this.known) Object.assign(this, { timer: 0, written: known });
    }, LATER_MS);
  }

  isWorthWriting() {
    const { known, written } = this;
    const nNew = [...known].filter(([id, [iv]]) => written.get(id)?.[0] !== iv).length;
    return nNew >= WORTH_WRITING || [...written.keys()].some((id) => !known.has(id));
  }
}
