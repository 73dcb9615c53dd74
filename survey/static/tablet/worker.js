// Keeps the app on the device, so that it starts without a network, and answers for it what the device has of the forms.
//
// The server puts two lines before these: SHELL = {page, pageTag, forms, files: [[address, tag]]} and VERSION, so that a browser sees an
// update in every changed file. Each version keeps its files in a cache of its own, so two live side by side until the new one takes over,
// which happens when no window of the old one is open, or when the app asks for it. Files lie there under the very addresses that pages ask
// for, so that the browser finds them without starting the worker first, and can keep beside a script what it has compiled of it.

/* global SHELL, VERSION */

const CACHES = { package: "survey-package", seen: "survey-seen" };
const SHELLS = "survey-shell";
const OWN = `${SHELLS} ${VERSION}`;
const ADDRESSES = new Set([SHELL.page, ...SHELL.files.map(([address]) => address)]);
// Where a version's cache says which files it has: {address: tag}.
const TAGS = `${SHELL.page}shell-tags`;

self.addEventListener("install", (event) => {
  // A browser that does not know routes asks the worker, as for everything else.
  event.addRoutes?.([...ADDRESSES].map(routeTo)).catch(() => null);
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.waitUntil(listen(event)));
self.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});

// The browser's own way to a file: out of the cache, whether the worker runs or not. What the cache lacks comes from the network.
function routeTo(pathname) {
  return { condition: { urlPattern: { pathname, search: "" }, requestMethod: "get" }, source: { cacheName: OWN } };
}

// Fetches what no earlier version has left here already; what came before an installation broke off need not come again.
async function install() {
  const own = await caches.open(OWN);
  const earlier = await earlierFiles();
  const missing = [];
  for (const [address, tag] of SHELL.files) {
    if (await own.match(address)) continue;
    const kept = await earlier.get(`${address} ${tag}`)?.match(address);
    if (kept) await own.put(address, kept);
    else missing.push(address);
  }
  await own.addAll(missing.map((address) => new Request(address, { cache: "no-cache" })));
  if (!(await own.match(SHELL.page))) await own.put(SHELL.page, await currentPage());
  await own.put(TAGS, Response.json(Object.fromEntries(SHELL.files)));
}

// The app's page as this version knows it. Somebody who is not signed in gets another one, and in the middle of an update the page belongs
// to the next version.
async function currentPage() {
  const answer = await fetch(SHELL.page, { cache: "no-cache", credentials: "same-origin" });
  const tag = answer.headers.get("ETag") || "";
  if (!answer.ok || answer.redirected || !tag.includes(SHELL.pageTag)) throw new Error(`the app's page was not given: ${answer.status}`);
  return answer;
}

// {"address tag": the cache that has this file}, of earlier versions.
async function earlierFiles() {
  const found = new Map();
  for (const name of await otherShells()) {
    const cache = await caches.open(name);
    const tags = await (await cache.match(TAGS))?.json();
    for (const [address, tag] of Object.entries(tags || {})) found.set(`${address} ${tag}`, cache);
  }
  return found;
}

async function otherShells() {
  return (await caches.keys()).filter((name) => name.startsWith(SHELLS) && name !== OWN);
}

async function activate() {
  await Promise.all((await otherShells()).map((name) => caches.delete(name)));
  await self.clients.claim();
}

// "take over": this version replaces the older one at once, unless another window is open, in which somebody may be writing.
async function listen({ data, ports }) {
  if (data === "version") ports[0]?.postMessage(VERSION);
  if (data !== "take over") return;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const isAlone = windows.filter(({ url }) => new URL(url).pathname.startsWith(SHELL.page)).length <= 1;
  ports[0]?.postMessage(isAlone);
  if (isAlone) await self.skipWaiting();
}

// A promise of the answer, or null for what the network has to answer as if there were no worker.
function answerTo(request) {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return null;
  if (ADDRESSES.has(pathname)) return fromShell(pathname, request);
  // The package is fetched anew in this way; only the network can answer that.
  if (pathname.startsWith(SHELL.forms) && request.cache !== "reload") return ofForm(request);
  return null;
}

async function fromShell(address, request) {
  return (await caches.match(address, { cacheName: OWN })) || fetch(request);
}

// From the package; what it does not hold comes from the network, and leaves a copy for when there is none.
async function ofForm(request) {
  const kept = await found(CACHES.package, request.url);
  if (kept) return part(kept, request);
  const seen = await caches.open(CACHES.seen);
  try {
    const answer = await fetch(request);
    if (answer.status === 200 && !answer.redirected) await seen.put(request.url, answer.clone()).catch(() => null);
    return answer;
  } catch (error) {
    const copy = await found(CACHES.seen, request.url);
    if (!copy) throw error;
    return part(copy, request);
  }
}

// Under the very address, else under the same path with another tag, or without one.
async function found(name, address) {
  const cache = await caches.open(name);
  return (await cache.match(address)) || cache.match(address, { ignoreSearch: true });
}

// The bytes that a player asks for of a sound or film; the whole answer for everything else.
async function part(answer, request) {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("Range") || "");
  if (!range) return answer;
  const whole = await answer.blob();
  const first = Number(range[1]);
  const last = range[2] ? Math.min(Number(range[2]), whole.size - 1) : whole.size - 1;
  if (first > last) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${whole.size}` } });
  const headers = { "Content-Type": whole.type, "Content-Range": `bytes ${first}-${last}/${whole.size}`, "Accept-Ranges": "bytes" };
  return new Response(whole.slice(first, last + 1, whole.type), { status: 206, statusText: "Partial Content", headers });
}
