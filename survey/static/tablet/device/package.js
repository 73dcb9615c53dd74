// What a person takes along: fetched part by part, each under a tag, so that an interrupted download goes on where it stopped and an
// update brings only what changed. What is about people is sealed in the store; forms and their files, which are the same for everybody,
// lie in the cache that the worker answers from.
//
// What the store keeps: "package" is the server's list of parts with `checked_at` and `completed_at`; "tasks" the assignments (see packed.js),
// and "prefills" what their forms begin with; "issues" those that the visits follow; "background VILLAGE" what is known from before of its
// households; "package tags" the tags of these, so that comparing opens none.

import { holdKey } from "./holds.js";
import { packed, unpacked } from "./packed.js";
import { fetchRanges, forgetRanges, isLarge, keptHeaders } from "./ranges.js";
import { bringReturned } from "./returned.js";

const CACHE = "survey-package";
const SEEN = "survey-seen";
const NEEDED = "survey-package ";
const AT_ONCE = 3;
const ASSET_TIMEOUT_MS = 10 * 60 * 1000;

// Something is the matter with getting the package, in words for a person.
export class PackageProblem extends Error {
  constructor(word, values = {}) {
    super(word);
    this.word = word;
    this.values = values;
  }
}

// `request(address, options)` gives the server's answer as fetch does.
export class TabletPackage extends EventTarget {
  constructor(store, addresses, request) {
    super();
    this.store = store;
    this.addresses = addresses;
    this.request = request;
    this.facts = null;
    this.tags = {};
    this.missing = { count: 0, size: 0 };
    this.progress = null;
    this.problem = null;
    this.stopping = null;
  }

  // Nothing, once what the device has is known. Whether every part is really there is looked at by `inspect`, which takes longer.
  async load() {
    [this.facts = null, this.tags = {}] = await Promise.all(["package", "package tags"].map((name) => this.store.keptAtStart(name)));
  }

  tasks() {
    return keptTasks(this.store);
  }

  // What the visits follow of issues found before, and where; null before anything is known of them.
  async issues() {
    return (await this.store.keptAtStart("issues")) || null;
  }

  get isComplete() {
    return Boolean(this.facts?.completed_at) && this.missing.count === 0;
  }

  get isRunning() {
    return this.stopping !== null;
  }

  // Counts the parts that are not on the device, because a browser may have thrown some away.
  async inspect() {
    if (!this.facts) return;
    this.missing = sumOf(await missingAssets(this.facts.assets));
    this.changed();
  }

  // Brings the lists of people and households up to date, and tells whether anything of them has changed. Forms are left to `download`.
  async refresh() {
    const listed = await this.fetchList();
    const hasChanged = await this.fetchPeople(listed, null);
    this.missing = sumOf(await missingAssets(listed.assets));
    const now = new Date().toISOString();
    // Whoever works on the same tablet may have fetched everything before.
    const completedAt = this.facts?.completed_at || (this.missing.count === 0 ? now : null);
    this.facts = { ...listed, checked_at: now, completed_at: completedAt };
    await this.store.keep("package", this.facts);
    this.changed();
    return hasChanged;
  }

  // Brings everything. Rejects with a PackageProblem when it could not; what has arrived stays.
  async download() {
    if (this.isRunning) return;
    this.stopping = new AbortController();
    const freeKey = holdKey();
    this.problem = null;
    this.progress = { done: 0, total: 0 };
    this.changed();
    try {
      const listed = await this.fetchList();
      const missing = await missingAssets(listed.assets);
      this.progress.total = sumOf(missing).size + sumOf(this.outdated(listed)).size;
      await this.fetchPeople(listed, (bytes) => this.advance(bytes));
      this.facts = { ...listed, checked_at: new Date().toISOString(), completed_at: null };
      this.missing = sumOf(missing);
      await this.store.keep("package", this.facts);
      await this.fetchAssets(missing);
      await forgetOthers(this.store.username, listed.assets);
      await forgetRanges();
      this.facts.completed_at = new Date().toISOString();
      await this.store.keep("package", this.facts);
      this.missing = sumOf([]);
    } catch (error) {
      this.problem = problemOf(error, this.stopping.signal);
      throw this.problem;
    } finally {
      freeKey();
      this.stopping = null;
      this.progress = null;
      this.changed();
    }
  }

  stop() {
    this.stopping?.abort();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  advance(bytes) {
    this.progress.done = Math.min(this.progress.done + bytes, this.progress.total);
    this.changed();
  }

  async fetchList() {
    const drafts = await this.draftForms();
    const query = drafts.length ? `?drafts=${encodeURIComponent(JSON.stringify(drafts))}` : "";
    const listed = await (await this.fetch(`${this.addresses.package}${query}`)).json();
    const { username } = this.store;
    if (username && listed.person.username !== username) throw new PackageProblem("sign_in_as_package", { username });
    return listed;
  }

  // The forms of interviews that lie here: the visit may have gone on to another version since.
  async draftForms() {
    const cards = (await this.store.interviews()).filter((each) => each.state !== "sent");
    return [...new Map(cards.map((each) => [`${each.form_id} ${each.form_version}`, [each.form_id, each.form_version]])).values()];
  }

  // The parts about people and households that differ from what is here: [{name, url, tag, n_bytes}].
  outdated(listed) {
    const parts = [
      { name: "tasks", url: listed.tasks_url, tag: listed.tasks_tag, n_bytes: listed.tasks_n_bytes },
      { name: "issues", url: listed.issues_url, tag: listed.issues_tag, n_bytes: listed.issues_n_bytes },
      ...listed.background.map((each) => ({ ...each, name: backgroundKey(each.village_code) })),
    ];
    return parts.filter(({ name, tag }) => this.tags[name] !== tag);
  }

  async fetchPeople(listed, advance) {
    const parts = this.outdated(listed);
    for (const { name, url, tag, n_bytes: size } of parts) {
      const value = await (await this.fetch(url)).json();
      await (name === "tasks" ? keepTasks(this.store, value.tasks) : this.store.keep(name, value));
      this.tags[name] = tag;
      await this.store.keep("package tags", this.tags);
      advance?.(size);
    }
    const listedNames = new Set(["tasks", "issues", ...listed.background.map((each) => backgroundKey(each.village_code))]);
    for (const name of Object.keys(this.tags).filter((each) => !listedNames.has(each))) {
      await this.store.keep(name, null);
      delete this.tags[name];
    }
    await this.store.keep("package tags", this.tags);
    await bringReturned(this.store, (address, options) => this.request(address, options), this.addresses.app, await this.tasks());
    return parts.length > 0;
  }

  // Several at a time. After a failure nothing further is begun, and what is on its way is still waited for.
  async fetchAssets(missing) {
    const cache = await caches.open(CACHE);
    const waiting = [...missing];
    const carry = async () => {
      for (let asset = waiting.shift(); asset; asset = waiting.shift()) {
        const { body, headers } = await this.fetchAsset(asset);
        await cache.put(asset.url, new Response(body, { headers }));
        this.missing = { count: this.missing.count - 1, size: this.missing.size - asset.n_bytes };
      }
    };
    const carriers = Array.from({ length: AT_ONCE }, () =>
      carry().catch((error) => {
        waiting.length = 0;
        throw error;
      }),
    );
    const failed = (await Promise.allSettled(carriers)).find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
  }

  async fetchAsset(asset) {
    const options = { timeoutMs: ASSET_TIMEOUT_MS };
    if (isLarge(asset)) {
      const { body, headers } = await fetchRanges(asset, (url, more) => this.fetch(url, { ...options, ...more }), (bytes) => this.advance(bytes));
      return { body, headers: keptHeaders({ headers }) };
    }
    const answer = await this.fetch(asset.url, { ...options, cache: "reload" });
    return { body: await this.readBody(answer, asset.n_bytes), headers: keptHeaders(answer) };
  }

  // The bytes of an answer, with the progress told as they arrive. Compressed answers unfold to more than was announced.
  async readBody(answer, announced) {
    const pieces = [];
    let told = 0;
    const reader = answer.body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      pieces.push(read.value);
      const step = Math.min(read.value.byteLength, announced - told);
      told += step;
      if (step > 0) this.advance(step);
    }
    if (told < announced) this.advance(announced - told);
    return new Blob(pieces, { type: answer.headers.get("Content-Type") || "" });
  }

  async fetch(address, options = {}) {
    const answer = await this.request(address, { signal: this.stopping?.signal, ...options });
    if (answer.ok && !answer.redirected) return answer;
    if (answer.status === 401 || answer.redirected) throw new PackageProblem("sign_in_again_package");
    throw new PackageProblem("package_refused", { status: answer.status });
  }
}

// The assignments that this device knows of, as lists need them; none before there is a package.
export async function keptTasks(store) {
  return unpacked(await store.keptAtStart("tasks")) || [];
}

// What only a form needs lies apart: it is as much again, and the list would have to wait for it at every start.
async function keepTasks(store, tasks) {
  await store.keep("prefills", Object.fromEntries(tasks.map(({ id, prefill }) => [id, prefill])));
  await store.keep("tasks", packed(tasks.map(({ prefill: _prefill, ...task }) => task)));
}

// The assignment of this id with what is known from before in `earlier` and `issues`; undefined when the package does not have it.
export async function findTask(store, id) {
  const task = (await keptTasks(store)).find((each) => each.id === id);
  if (!task) return undefined;
  const known = task.has_background ? (await store.kept(backgroundKey(task.village_code)))?.[id] : null;
  const prefill = task.prefill || (await store.kept("prefills"))?.[id] || {};
  return { ...task, prefill, earlier: known?.earlier || null, issues: known?.issues || [] };
}

function backgroundKey(villageCode) {
  return `background ${villageCode}`;
}

function sumOf(parts) {
  return { count: parts.length, size: parts.reduce((sum, each) => sum + each.n_bytes, 0) };
}

async function missingAssets(assets) {
  if (!window.caches) return assets;
  const kept = await keptAddresses(CACHE);
  return assets.filter(({ url }) => !kept.has(wholeAddress(url)));
}

async function keptAddresses(name) {
  const requests = await (await caches.open(name)).keys();
  return new Set(requests.map(({ url }) => url));
}

function wholeAddress(url) {
  return new URL(url, window.location.href).href;
}

// Deletes what no package of anybody on this tablet holds any more, and the copies that forms left before this one was complete. Which
// forms somebody needs is no secret, and has to be known while the others' data are locked; so it lies in the open.
async function forgetOthers(username, assets) {
  window.localStorage.setItem(NEEDED + username, JSON.stringify(assets.map(({ url }) => wholeAddress(url))));
  const keys = Object.keys(window.localStorage).filter((key) => key.startsWith(NEEDED));
  const needed = new Set(keys.flatMap((key) => JSON.parse(window.localStorage.getItem(key))));
  const cache = await caches.open(CACHE);
  for (const address of await keptAddresses(CACHE)) if (!needed.has(address)) await cache.delete(address);
  await caches.delete(SEEN);
}

function problemOf(error, signal) {
  if (error instanceof PackageProblem) return error;
  if (signal.aborted) return new PackageProblem("package_stopped");
  if (error.name === "QuotaExceededError") return new PackageProblem("package_no_room");
  return new PackageProblem("package_offline");
}
