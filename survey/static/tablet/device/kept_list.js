// Entries that lie sealed on this device until the server has taken them, together as one small value of the person's store.
//
// An entry has an `id` made here, so that however often it is sent it counts once, and a `state`: "waiting" to be told, "sent" with
// `sent_at`, or what its list adds to these. Under one key there is one entry.

import { ContactProblem } from "./contact.js";

const AT_ONCE = 100;

export class KeptList {
  // `name` is what the value is kept as, `lane` what windows wait for that would change it at once; `keyOf` gives the key of an entry.
  constructor(name, lane, keyOf) {
    Object.assign(this, { name, lane, keyOf });
  }

  // The entries by key, to be shown.
  async on(store) {
    return this.byKey(await store.keptAtStart(this.name));
  }

  byKey(entries) {
    return new Map((entries || []).map((each) => [this.keyOf(each), each]));
  }

  // Reads, changes and writes in one piece, whatever other windows do meanwhile.
  change(store, act) {
    return navigator.locks.request(this.lane, async () => {
      const entries = this.byKey(await store.kept(this.name));
      const before = JSON.stringify([...entries.values()]);
      await act(entries);
      const after = [...entries.values()];
      if (JSON.stringify(after) !== before) await store.keep(this.name, after);
    });
  }

  // Forgets what the server had taken before this instant, because its own list tells it from then on.
  forgetTold(store, before) {
    return this.change(store, (entries) => {
      for (const [key, { state, sent_at: sentAt }] of entries) if (state === "sent" && sentAt < before) entries.delete(key);
    });
  }

  // Tells the server what waits. `ask(entries)` gives its answer {fates} by id, `settled(entry, fate, problem, sentAt)` what the entry is
  // then, null for none. Rejects with a ContactProblem when the server could not be asked; what it does not take stays, with the reason.
  async send(store, ask, settled) {
    const waiting = [...this.byKey(await store.kept(this.name)).values()].filter(({ state }) => state === "waiting");
    for (let from = 0; from < waiting.length; from += AT_ONCE) await this.sendSome(store, waiting.slice(from, from + AT_ONCE), ask, settled);
    return waiting.length;
  }

  async sendSome(store, entries, ask, settled) {
    let fates = {};
    let problem = null;
    try {
      ({ fates } = await ask(entries));
    } catch (error) {
      // Of an answer that tells nothing of them nothing follows, and interviews must not wait for them.
      if (!(error instanceof ContactProblem) || error.problem.needsSignIn || !error.status || error.status === 410) throw error;
      problem = error.problem;
    }
    const sentAt = new Date().toISOString();
    await this.change(store, (kept) => {
      for (const entry of entries) {
        // Meanwhile it may have been changed, which is a new entry.
        const key = this.keyOf(entry);
        const now = kept.get(key);
        if (now?.id !== entry.id) continue;
        const then = settled(now, fates[entry.id], problem, sentAt);
        if (then) kept.set(key, then);
        else kept.delete(key);
      }
    });
  }
}
