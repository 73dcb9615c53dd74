// The tablet's contact with the server: every request goes through here, and here it is known whether the server can be reached.
//
// The browser's own word for being online says only that there is some network; what counts is an answer. Listeners hear "change" when
// `state` changes: "unknown", "reachable", "unreachable", "signed_out" (reachable, but the sign-in has ended) or "revoked".

import { waitTold } from "./patience.js";

const TIMEOUT_MS = 20000;
const ASK_AGAIN_MS = 60000;
const RETRY_MS = [3000, 6000, 12000, 25000, 45000];

// The server did not answer, or not so that it can be used; `problem` ({word, values}) says so to a person. `waitMs` is how long the server
// asks to be left alone.
export class ContactProblem extends Error {
  constructor(word, { status = 0, code = "", values = {}, needsSignIn = false, waitMs = 0 } = {}) {
    super(`${word} ${status || ""}`.trim());
    Object.assign(this, { status, code, waitMs, problem: { word, values, needsSignIn } });
  }
}

export class Contact extends EventTarget {
  constructor() {
    super();
    Object.assign(this, { isReachable: null, isSignedOut: false, isRevoked: false, deviceId: "", facts: null, failures: 0, timer: 0 });
    this.held = null;
    Object.assign(this, { key: "", isByKey: false });
  }

  // Lets every request that comes from now on wait until this promise is settled, as all before it.
  hold(until) {
    this.held = Promise.all([this.held, until]);
  }

  get state() {
    if (this.isRevoked) return "revoked";
    if (this.isReachable === null) return "unknown";
    if (!this.isReachable) return "unreachable";
    return this.isSignedOut ? "signed_out" : "reachable";
  }

  // The server's answer, whatever its status; rejects with a ContactProblem when there is none, or when this tablet was revoked.
  async request(address, { timeoutMs = TIMEOUT_MS, headers = {}, signal = null, isByKey = this.isByKey, ...options } = {}) {
    await this.held;
    const limit = AbortSignal.timeout(timeoutMs);
    const own = { Accept: "application/json", ...(this.deviceId ? { "X-Device-Id": this.deviceId } : {}) };
    if (isByKey) own.Authorization = `Bearer ${this.key}`;
    let answer;
    try {
      answer = await fetch(address, {
        cache: "no-store",
        credentials: "same-origin",
        ...options,
        headers: { ...own, ...headers },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      this.note({ isReachable: false });
      throw new ContactProblem("offline");
    }
    if (answer.status === 410) await this.heedRevocation(answer);
    this.note({ isReachable: true, isSignedOut: answer.status === 401 || this.isSignedOut });
    return answer;
  }

  // What the server answers as JSON; rejects with a ContactProblem for every other status than success.
  async json(address, options) {
    const answer = await this.request(address, options);
    const body = await answer.json().catch(() => null);
    if (answer.ok && body) return body;
    // A network that wants its own sign-in first answers everything with a page of its own.
    if (answer.ok) {
      this.note({ isReachable: false });
      throw new ContactProblem("offline");
    }
    throw problemOf(answer, body || {});
  }

  // Who is signed in and what the server says of them, with the token that every change carries. Where the sign-in has ended, the key of
  // this tablet still sends what is here; the state stays "signed_out", because lists are brought up to date for the person only.
  async session() {
    const ask = (isByKey) => this.json(this.addresses.session, { timeoutMs: 10000, isByKey });
    try {
      this.facts = await ask(false);
      this.isByKey = false;
      this.note({ isReachable: true, isSignedOut: false });
    } catch (error) {
      if (error.status !== 401 || !this.key) throw error;
      this.facts = await ask(true).catch((refused) => {
        if (refused.status === 401) Object.assign(this, { key: "", isByKey: false, facts: null });
        throw refused;
      });
      this.isByKey = true;
    }
    return this.facts;
  }

  // Whether a request that was refused because the sign-in has ended, or its token grew old, is worth one more try after `session`.
  isWorthAnother(status) {
    return status === 400 || (status === 401 && this.key !== "" && !this.isByKey);
  }

  // Whether what is here can be sent: for somebody who is signed in, or by the key.
  get canSend() {
    return this.state === "reachable" || (this.state === "signed_out" && this.key !== "");
  }

  // What the server answers to a change that is sent as JSON.
  async post(address, facts) {
    if (!this.facts) await this.session();
    const body = JSON.stringify(facts);
    const headers = () => ({ "Content-Type": "application/json", "X-CSRFToken": this.facts.csrf_token });
    try {
      return await this.json(address, { method: "POST", headers: headers(), body });
    } catch (error) {
      // A token grows old with the sign-in; a fresh one is worth one more try.
      if (!this.isWorthAnother(error.status)) throw error;
      await this.session();
      return this.json(address, { method: "POST", headers: headers(), body });
    }
  }

  // Ends the sign-in at the server.
  async leave(address) {
    await this.request(address, { method: "POST", headers: { "X-CSRFToken": this.facts.csrf_token } });
    this.facts = null;
  }

  // Asks the server again and again while the page is seen: more often while it does not answer.
  watch() {
    const soon = () => document.visibilityState === "visible" && this.ask();
    window.addEventListener("online", soon);
    window.addEventListener("offline", soon);
    document.addEventListener("visibilitychange", soon);
    this.plan();
  }

  async ask() {
    clearTimeout(this.timer);
    if (document.visibilityState === "visible") await this.session().catch(() => {});
    this.plan();
  }

  plan() {
    clearTimeout(this.timer);
    if (this.isRevoked) return;
    const wait = this.isReachable === false ? RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1] || RETRY_MS[0] : ASK_AGAIN_MS;
    this.timer = setTimeout(() => this.ask(), wait * (0.8 + 0.4 * Math.random()));
  }

  async heedRevocation(answer) {
    const body = await answer
      .clone()
      .json()
      .catch(() => ({}));
    if (body.error?.code !== "DEVICE_REVOKED") return;
    this.note({ isReachable: true, isRevoked: true });
    throw new ContactProblem("revoked", { status: 410, code: "DEVICE_REVOKED" });
  }

  note(known) {
    const before = this.state;
    Object.assign(this, known);
    this.failures = this.isReachable === false ? this.failures + 1 : 0;
    if (this.state !== before) this.dispatchEvent(new Event("change"));
  }
}

// The one contact of this page.
export const contact = new Contact();

function problemOf(answer, body) {
  const { status } = answer;
  const { code = "", message = String(status) } = body.error || {};
  const values = { status, detail: message };
  if (status === 401) return new ContactProblem("sign_in_again", { status, code, values, needsSignIn: true });
  if (status === 403) return new ContactProblem("not_allowed", { status, code, values });
  if (status === 429 || status >= 500) return new ContactProblem("server_busy", { status, code, values, waitMs: waitTold(answer) });
  return new ContactProblem("refused_other", { status, code, values });
}
