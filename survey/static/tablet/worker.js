// Keeps the app on the device, so that it starts without a network, and answers for it what the device has of the forms.
//
// The server puts two lines before these: SHELL = {page, pageTag, forms, files: [[address, tag]]} and VERSION, so that a browser sees an
// update in every changed file. Everything is kept under its address with its tag: two versions live side by side until the new one
// takes over, which happens when no window of the old one is open, or when the app asks for it.

/* global SHELL, VERSION */

const CACHES = { shell: "survey-shell", package: "survey-package", seen: "survey-seen" };
const PAGE = withTag(SHELL.page, SHELL.pageTag);
const TAGGED = new Map(SHELL.files.map(([address, tag]) => [address, withTag(address, tag)]));

function withTag(address, tag) {
  return `${address}?v=${tag}`;
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.waitUntil(listen(event)));
self.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});

// Fetches what no earlier version has left here already.
async function install() {
  const shell = await caches.open(CACHES.shell);
  const missing = [];
  for (const address of TAGGED.values()) if (!(await shell.match(address))) missing.push(address);
  await shell.addAll(missing.map((address) => new Request(address, { cache: "no-cache" })));
  if (await shell.match(PAGE)) return;
  const answer = await fetch(PAGE, { cache: "no-cache", credentials: "same-origin" });
  const tag = answer.headers.get("ETag") || "";
  // Somebody who is not signed in gets another page, and in the middle of an update the page belongs to the next version.
  if (!answer.ok || answer.redirected || !tag.includes(SHELL.pageTag)) throw new Error(`the app's page was not given: ${answer.status}`);
  await shell.put(PAGE, answer);
}

async function activate() {
  const shell = await caches.open(CACHES.shell);
  const current = new Set([PAGE, ...TAGGED.values()]);
  for (const { url } of await shell.keys()) {
    const { pathname, search } = new URL(url);
    if (!current.has(pathname + search)) await shell.delete(url);
  }
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
  if (pathname === SHELL.page) return fromShell(PAGE, request);
  if (TAGGED.has(pathname)) return fromShell(TAGGED.get(pathname), request);
  // The package is fetched anew in this way; only the network can answer that.
  if (pathname.startsWith(SHELL.forms) && request.cache !== "reload") return ofForm(request);
  return null;
}

async function fromShell(address, request) {
  const shell = await caches.open(CACHES.shell);
  return (await shell.match(address)) || fetch(request);
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
