// The queue that sends finished interviews by itself, while the app is unlocked and the server can be reached: answers first, then files,
// and an interview is "sent" only when the server has confirmed the hash of every part of it. Listeners hear "change" when something of
// what `overview` tells has changed. Of windows with a queue each one at a time works on an interview (claims.js), which it reads anew.

import { askFor, claim, heedRequests } from "./claims.js";
import { contact, ContactProblem } from "./contact.js";
import { hashFile, hashText } from "./hashing.js";
import { StoreProblem } from "./database.js";
import { holdKey } from "./holds.js";
import { filesLeft, isAccepted, LARGE_BYTES, largeFilesLeft, nextJob, sendingOf } from "./jobs.js";
import { LONGEST_WAIT_MS, Patience, waitAfter } from "./patience.js";
import { randomId } from "./random.js";
import { asCorrection, fetchReceipt, Pace, sendAnswers, sendFile } from "./send.js";
import { compare, confirmed } from "./settling.js";
import { sayWaiting, sendPicturesOf, toldHere } from "./telling.js";
import { LockedProblem } from "./vault.js";

const ASK_REFUSED_AGAIN_MS = 10 * 60 * 1000;
const SETTINGS = "sending settings";
const PATIENCE_MS = 3000;
const PREEMPTED = "answers go first";
const DEFAULTS = { clears: false, asks_before_large: false };

export class Queue extends EventTarget {
  constructor() {
    super();
    this.cards = new Map();
    this.facts = new Map();
    this.passedOver = new Set();
    this.askedAt = new Map();
    this.pace = new Pace();
    this.settings = { ...DEFAULTS };
    Object.assign(this, { store: null, addresses: null, running: null, isDirty: true, current: null, abort: null });
    Object.assign(this, { failures: 0, timer: 0, dueAt: 0, problem: null, sendsLargeOnce: false });
    Object.assign(this, { outcomes: [], findings: [], told: { waiting: new Patience(), recorded: new Patience() } });
  }

  // Begins to work for the person whose data is open in `store`. `addresses` are those of the app.
  async start({ store, addresses }) {
    Object.assign(this, { store, addresses });
    if (!this.isWatching) {
      this.isWatching = true;
      contact.addEventListener("change", () => contact.canSend && this.kick());
      window.addEventListener("tablet-unlocked", () => this.kick());
      heedRequests((id) => this.current?.card.id === id && this.abort.abort());
    }
    this.settings = { ...DEFAULTS, ...(await store.kept(SETTINGS)) };
    this.kick();
  }

  async setSettings(changed) {
    this.settings = { ...this.settings, ...changed };
    await this.store.keep(SETTINGS, this.settings);
    if (this.settings.clears) await this.clearCopies();
    this.kick();
  }

  // Sends now what there is; nothing once that is done or has to wait. What comes in meanwhile is sent with it.
  kick() {
    if (!this.store?.isOpen) return Promise.resolve();
    clearTimeout(this.timer);
    Object.assign(this, { isDirty: true, dueAt: 0 });
    this.running ||= this.work().finally(() => {
      this.running = null;
      this.tell();
      if (this.isDirty && !this.problem) this.kick();
    });
    return this.running;
  }

  // As `kick`, because a person asked for it: also what was passed over before.
  sendNow({ withLarge = false } = {}) {
    for (const each of [this.passedOver, this.askedAt, ...Object.values(this.told)]) each.clear();
    this.failures = 0;
    this.sendsLargeOnce ||= withLarge;
    return this.kick();
  }

  // What became of the answers of an interview that was just finished, as soon as that is known: {state, problem}, where the state is
  // "accepted" when files are still on their way.
  sendOne({ answers: _answers, xml: _xml, log: _log, notes: _notes, countersign: _countersign, ...card }) {
    this.passedOver.delete(card.id);
    this.cards.set(card.id, card);
    // Answers go before files, also before the one that is just being sent; it goes on afterwards where it was.
    if (this.current?.kind === "file") this.abort.abort(PREEMPTED);
    this.problem = null;
    this.kick();
    return new Promise((resolve) => {
      const look = () => {
        const found = this.cards.get(card.id);
        const isOpen = found?.state === "finished" && !isAccepted(found) && !found.problem;
        if (isOpen && this.running && !this.problem) return;
        this.removeEventListener("change", look);
        const state = found?.state === "finished" && isAccepted(found) ? "accepted" : found?.state;
        resolve({ state, problem: found?.problem || (state === "finished" ? this.problem || { word: "queued" } : null) });
      };
      this.addEventListener("change", look);
      look();
    });
  }

  // A function that gives the interview back to the queue, which leaves it alone until then; null when another window has it.
  async withhold(id) {
    askFor(id);
    const free = await claim(id, PATIENCE_MS);
    return (
      free &&
      (() => {
        free();
        this.passedOver.delete(id);
      })
    );
  }

  // --- the work

  async work() {
    this.problem = null;
    this.passedOver.clear();
    // Sending goes on under the lock, or a tablet left alone in the evening would have to be touched all night.
    const freeKey = holdKey();
    try {
      for (;;) {
        if (this.isDirty) {
          await this.load();
          // First of all: of an interview that was held after all the server then knows that it came later.
          await this.tellBy(sayWaiting, "waiting");
        }
        const job = this.next();
        if (!job) break;
        await this.take(job);
      }
      await this.tellBy(sendPicturesOf, "recorded");
      this.failures = 0;
      const waits = [this.passedOver.size ? LONGEST_WAIT_MS : 0, ...Object.values(this.told).map((each) => each.left)].filter(Boolean);
      if (waits.length) this.plan(Math.min(...waits));
    } catch (error) {
      this.pause(error);
    } finally {
      freeKey();
      this.sendsLargeOnce = false;
    }
  }

  async load() {
    this.isDirty = false;
    const cards = (await this.store.interviews()).filter((card) => card.username === this.store.username);
    this.cards = new Map(cards.map((card) => [card.id, card]));
    Object.assign(this, await toldHere(this.store));
    const needed = cards.filter((card) => (card.state === "finished" || card.state === "refused") && filesLeft(card).length > 0);
    const before = this.facts;
    this.facts = new Map();
    for (const { id, changed_at: changedAt } of needed) {
      const known = before.get(id);
      const files = known && known.changedAt === changedAt ? known.files : await this.store.fileFacts(id);
      this.facts.set(id, { changedAt, files });
    }
    this.tell();
  }

  // Sends what of outcomes and findings is in the `wanted` state; what the server did not take only after a pause, as with interviews.
  async tellBy(send, wanted) {
    const isAny = (suits) => [...this.outcomes, ...this.findings].some((each) => each.state === wanted && suits(each));
    if (!isAny(({ problem }) => !problem || !this.told[wanted].left)) return;
    await this.checkPerson();
    await send(this.store, contact, this.addresses.app);
    Object.assign(this, await toldHere(this.store));
    this.told[wanted].note(!isAny(({ problem }) => problem));
    this.tell();
  }

  filesOf(id) {
    return this.facts.get(id)?.files || [];
  }

  next() {
    const sendsLarge = !this.settings.asks_before_large || this.sendsLargeOnce;
    return nextJob([...this.cards.values()], (id) => this.filesOf(id), { passedOver: this.passedOver, sendsLarge }) || this.oldRefusal();
  }

  // A refused interview that has not been asked about for a while: a coordinator may have admitted it.
  oldRefusal() {
    const refused = [...this.cards.values()].filter((card) => card.state === "refused" && !this.passedOver.has(card.id));
    const card = refused.find(({ id }) => Date.now() - (this.askedAt.get(id) ?? 0) > ASK_REFUSED_AGAIN_MS);
    return card ? { kind: "ask", card } : null;
  }

  async take(job) {
    const { id } = job.card;
    const free = await claim(id);
    if (!free) {
      this.passedOver.add(id);
      return;
    }
    this.current = { ...job, offset: 0 };
    this.abort = new AbortController();
    this.tell();
    try {
      await this.checkPerson();
      const interview = await this.store.interview(id);
      const isSame = interview && interview.state === job.card.state && interview.changed_at === job.card.changed_at;
      if (isSame) await this[job.kind](interview, job.file);
      else this.isDirty = true;
      if (!interview) this.passedOver.add(id);
    } catch (error) {
      if (!this.abort.signal.aborted || error instanceof LockedProblem) throw error;
      if (this.abort.signal.reason !== PREEMPTED) this.passedOver.add(id);
    } finally {
      this.current = null;
      free();
    }
  }

  // Whoever is signed in must be the person whose interviews these are.
  async checkPerson() {
    if (!contact.facts) await contact.session();
    if (contact.facts.username !== this.store.username) {
      throw new ContactProblem("signed_in_other", { values: { name: contact.facts.name }, needsSignIn: true });
    }
  }

  // After the sign-in, or once the server answers, the contact says so and the work goes on at once; else it is tried again and again.
  pause(error) {
    if (error instanceof LockedProblem) return;
    const problem = error instanceof ContactProblem ? error.problem : error instanceof StoreProblem ? error : null;
    this.failures += 1;
    this.plan(error.waitMs || waitAfter(this.failures), { isTold: error.waitMs > 0 });
    // A fault of the program is told as one, and what waits is tried again all the same.
    if (!problem) throw error;
    this.problem = { word: problem.word, values: problem.values, needsSignIn: problem.needsSignIn };
  }

  plan(wait, { isTold = false } = {}) {
    clearTimeout(this.timer);
    const jittered = wait * ((isTold ? 1 : 0.75) + Math.random() / 2); // each tablet at another moment, none before it was told
    this.dueAt = Date.now() + jittered;
    this.timer = setTimeout(() => this.kick(), jittered);
  }

  // --- the kinds of jobs

  async answers(interview) {
    const sending = sendingOf(interview);
    const sha256 = await hashText(interview.xml);
    // Written down before they go, so that they are known again when the answer to them is lost.
    if (!sending.tried.includes(sha256)) {
      interview.sending = { ...sending, tried: [...sending.tried, sha256] };
      await this.keep(interview);
    }
    const outcome = await sendAnswers(interview, { addresses: this.addresses, deviceId: await this.store.deviceId(), signal: this.abort.signal });
    if (outcome.state === "accepted") return this.accept(interview, outcome.receipt, sha256);
    if (outcome.state === "conflict" && (await this.isOwn(interview, sha256))) {
      await this.store.save(asCorrection(interview, `uuid:${randomId()}`));
      this.isDirty = true;
      return undefined;
    }
    const state = outcome.state === "waiting" ? "finished" : outcome.state;
    if (state === "finished") this.passedOver.add(interview.id);
    if (state === "refused") this.askedAt.set(interview.id, Date.now());
    return this.keep({ ...interview, state, problem: outcome.problem });
  }

  accept(interview, receipt, sha256) {
    const sending = sendingOf(interview);
    const done = receipt.files.filter((file) => sending.hashes[file.name] === file.sha256).map((file) => file.name);
    return this.keep({
      ...interview,
      state: "finished",
      problem: null,
      sending: { ...sending, xml_sha256: sha256, accepted_at: receipt.received_at, done },
    });
  }

  // Whether what the server has under this identifier is an earlier state of this very interview, sent from here and changed since.
  async isOwn(interview, sha256) {
    const receipt = await fetchReceipt(interview.instance_id, { addresses: this.addresses, signal: this.abort.signal });
    return receipt?.state === "stored" && receipt.xml_sha256 !== sha256 && sendingOf(interview).tried.includes(receipt.xml_sha256);
  }

  async file(interview, file) {
    const { id } = interview;
    const sending = sendingOf(interview);
    const piecesOf = () => this.store.files.pieces(id, file.name);
    const isNew = !sending.hashes[file.name] && !interview.deprecated_id;
    const sha256 = sending.hashes[file.name] || (await hashFile(piecesOf(), file.n_bytes));
    if (!sha256) return this.lose(interview, file.name);
    sending.hashes = { ...sending.hashes, [file.name]: sha256 };
    if (file.n_bytes > LARGE_BYTES) await this.keep({ ...interview, sending });
    const outcome = await sendFile(interview.instance_id, { ...file, sha256, isNew }, piecesOf, {
      addresses: this.addresses,
      pace: this.pace,
      signal: this.abort.signal,
      onProgress: (offset) => {
        this.current.offset = offset;
        this.tell();
      },
    });
    // What was refused keeps saying why, whatever becomes of its files.
    const withProblem = (problem) => (interview.state === "refused" ? interview.problem : problem);
    if (outcome === "done") {
      return this.keep({ ...interview, sending: { ...sending, done: [...sending.done, file.name] }, problem: withProblem(null) });
    }
    if (outcome === "lost") return this.lose(interview, file.name);
    this.passedOver.add(id);
    // A server that was put back to an earlier state has to get the answers once more.
    if (outcome === "unknown") return this.keep({ ...interview, sending: { ...sending, accepted_at: "", done: [] } });
    const { hashes } = sending;
    delete hashes[file.name];
    return this.keep({ ...interview, sending, problem: withProblem({ word: `file_${outcome}`, values: { name: file.name } }) });
  }

  // The file cannot be read here any more: as if it were not here, which the confirmation then says.
  lose({ id }, name) {
    const known = this.facts.get(id);
    known.files = known.files.filter((each) => each.name !== name);
  }

  async confirm(interview) {
    const receipt = await fetchReceipt(interview.instance_id, { addresses: this.addresses, signal: this.abort.signal });
    const found = compare(interview, receipt);
    if (found === "confirmed") {
      const sent = confirmed(interview, receipt, await this.store.fileFacts(interview.id), new Date());
      await this.keep(sent);
      if (this.settings.clears) await this.clear(sent);
      return;
    }
    this.passedOver.add(interview.id);
    await this.keep({ ...interview, ...found });
  }

  async ask(interview) {
    this.askedAt.set(interview.id, Date.now());
    const receipt = await fetchReceipt(interview.instance_id, { addresses: this.addresses, signal: this.abort.signal });
    const sha256 = await hashText(interview.xml);
    if (receipt?.state === "stored" && receipt.xml_sha256 === sha256) await this.accept(interview, receipt, sha256);
  }

  async keep(interview) {
    const { answers: _answers, xml: _xml, log: _log, notes: _notes, countersign: _countersign, ...card } = interview;
    await this.store.saveCard(card);
    this.cards.set(card.id, card);
    this.tell();
  }

  // --- what is here and what was confirmed

  // Does without the files of an interview that are on this device no more.
  async giveUp(id) {
    const card = this.cards.get(id);
    // Of a damaged file something may still be here; what counts is that it could not be sent.
    const lost = filesLeft(card).filter((name) => card.problem?.lost?.includes(name));
    const sending = sendingOf(card);
    await this.keep({ ...card, problem: null, sending: { ...sending, given_up: [...sending.given_up, ...lost] } });
    await this.sendNow();
  }

  // The interviews that the server has confirmed, and of which there still is a copy here.
  copies() {
    return [...this.cards.values()].filter((card) => card.state === "sent" && card.has_copy);
  }

  async clearCopies() {
    for (const card of this.copies()) await this.clear(card);
    this.tell();
  }

  async clear(card) {
    const receipt = await this.store.turnIntoReceipt({ ...card, has_copy: false }, card.sent_at);
    this.cards.set(card.id, receipt);
  }

  // {waiting, n_outcomes, findings, n_files, n_bytes, large, current, problem, dueAt, isRunning, copies}: what there is to say of the queue now.
  overview() {
    const waiting = [...this.cards.values()].filter((card) => card.state === "finished");
    const left = waiting.flatMap((card) => {
      const names = new Set(filesLeft(card));
      return this.filesOf(card.id).filter((file) => names.has(file.name));
    });
    return {
      waiting,
      n_files: left.length,
      n_outcomes: this.outcomes.filter(({ state }) => state === "waiting").length,
      findings: this.findings.filter(({ state }) => state !== "sent"),
      n_bytes: left.reduce((sum, file) => sum + file.n_bytes, 0) - (this.current?.offset || 0),
      large: this.settings.asks_before_large && !this.sendsLargeOnce ? largeFilesLeft(waiting, (id) => this.filesOf(id)) : [],
      current: this.current,
      problem: this.problem,
      dueAt: this.dueAt,
      isRunning: this.running !== null,
      copies: this.copies(),
    };
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }
}

// The one queue of this page.
export const queue = new Queue();
