// The ODK functions that the vendored evaluator lacks, as plain functions of texts; they mean what questionnaires/functions.py says.
//
// `digest` is left out: browsers compute hashes only asynchronously, and only on https pages.

export const FUNCTIONS = [
  { name: "upper-case", args: ["string"], ret: "string", fn: (text) => text.toUpperCase() },
  { name: "lower-case", args: ["string"], ret: "string", fn: (text) => text.toLowerCase() },
  { name: "base64-decode", args: ["string"], ret: "string", fn: decoded },
  { name: "geofence", args: ["string", "string"], ret: "boolean", fn: isInside },
];

function decoded(text) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  } catch {
    return "";
  }
}

// Whether the point lies inside the fence, by counting how often a line to the east crosses it (even-odd rule).
function isInside(point, fence) {
  const [at] = points(point);
  const corners = points(fence);
  if (!at || corners.length < 3) return false;
  const [lat, lon] = at;
  let inside = false;
  corners.forEach(([lat1, lon1], index) => {
    const [lat2, lon2] = corners[(index + 1) % corners.length];
    if (lat1 > lat !== lat2 > lat && lon < ((lon2 - lon1) * (lat - lat1)) / (lat2 - lat1) + lon1) inside = !inside;
  });
  return inside;
}

function points(text) {
  const found = text
    .split(";")
    .map((each) => each.trim().split(/\s+/).map(Number))
    .filter((numbers) => numbers.length > 1);
  return found.every((numbers) => numbers.every(Number.isFinite)) ? found : [];
}
