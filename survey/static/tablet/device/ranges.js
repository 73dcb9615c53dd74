// Large files of a package, fetched range by range. Each range is kept as it arrives, so that an interrupted download goes on inside a file.

const CACHE = "survey-package-ranges";
const RANGE_BYTES = 1024 * 1024;

// Whether a part of the package is fetched in ranges: files are, whose size is what goes over the network. Documents are compressed.
export function isLarge({ url, n_bytes: size }) {
  return size > RANGE_BYTES && url.includes("/files/");
}

// The whole file as an answer with its headers. `request` is as fetch; `advance` is told of bytes as they are here.
export async function fetchRanges({ url, n_bytes: size }, request, advance) {
  const cache = await caches.open(CACHE);
  const ranges = [];
  let headers = null;
  for (let start = 0; start < size; start += RANGE_BYTES) {
    const key = `${url}&from=${start}`;
    let answer = await cache.match(key);
    if (!answer) {
      answer = await request(url, { cache: "no-store", headers: { Range: `bytes=${start}-${Math.min(start + RANGE_BYTES, size) - 1}` } });
      // A server between us and ours that knows no ranges gives the whole.
      if (answer.status === 200) return { body: await answer.blob(), headers: answer.headers };
      await cache.put(key, new Response(await answer.clone().blob(), { headers: keptHeaders(answer) }));
    }
    headers ||= answer.headers;
    ranges.push(await answer.blob());
    advance(ranges.at(-1).size);
  }
  return { body: new Blob(ranges, { type: headers.get("Content-Type") || "" }), headers };
}

// Nothing, once no range is kept any more.
export function forgetRanges() {
  return caches.delete(CACHE);
}

// The body is kept unfolded, so what the network said of its compressed form, or of the range, is not.
export function keptHeaders(answer) {
  const headers = new Headers();
  for (const name of ["Content-Type", "Content-Security-Policy", "X-Content-Type-Options"])
    if (answer.headers.has(name)) headers.set(name, answer.headers.get(name));
  return headers;
}
