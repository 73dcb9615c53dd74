// Lengths, areas and fences of positions, as questionnaires/expressions/geography.py computes them: a sphere of 6,378,100 m, areas after Leaflet.draw.

const EARTH_RADIUS_M = 6_378_100;
const radians = (degrees) => (degrees * Math.PI) / 180;

// [latitude, longitude], or null when the text is no position on earth.
export function parsePoint(text) {
  const parts = text.trim().split(/\s+/);
  const numbers = parts.map(Number);
  const isPosition = parts.length >= 2 && parts.length <= 4 && parts[0] !== "" && numbers.every(Number.isFinite);
  if (!isPosition || Math.abs(numbers[0]) > 90 || Math.abs(numbers[1]) > 180 || numbers[3] < 0) return null;
  return [numbers[0], numbers[1]];
}

// The points of a position, trace or shape; null when one of them is no position, or there is none.
export function parseTrace(text) {
  const points = text
    .split(";")
    .filter((part) => part.trim())
    .map(parsePoint);
  return points.length && points.every(Boolean) ? points : null;
}

export function length(points) {
  if (!points) return NaN;
  return Math.round(points.slice(1).reduce((sum, point, index) => sum + apart(points[index], point), 0) * 100) / 100;
}

export function area(points) {
  if (!points) return NaN;
  let total = 0;
  if (points.length > 2) {
    points.forEach(([lat1, lon1], index) => {
      const [lat2, lon2] = points[(index + 1) % points.length];
      total += radians(lon2 - lon1) * (2 + Math.sin(radians(lat1)) + Math.sin(radians(lat2)));
    });
  }
  return Math.round(((Math.abs(total) * EARTH_RADIUS_M ** 2) / 2) * 100) / 100;
}

// Whether the point lies inside the fence, by counting how often a line to the east crosses it (even-odd rule).
export function isInside([lat, lon], fence) {
  let inside = false;
  fence.forEach(([lat1, lon1], index) => {
    const [lat2, lon2] = fence[(index + 1) % fence.length];
    if (lat1 > lat !== lat2 > lat && lon < ((lon2 - lon1) * (lat - lat1)) / (lat2 - lat1) + lon1) inside = !inside;
  });
  return inside;
}

function apart(a, b) {
  const [lat1, lat2] = [radians(a[0]), radians(b[0])];
  const cosine = Math.sin(lat1) * Math.sin(lat2) + Math.cos(lat1) * Math.cos(lat2) * Math.cos(radians(a[1] - b[1]));
  return Math.acos(Math.max(-1, Math.min(1, cosine))) * EARTH_RADIUS_M;
}
