// Which PINs are good enough, and how long one waits after wrong ones. Pure rules.
//
// The waits slow down somebody who tries PINs on the screen. They are kept with the device's clock, which whoever holds the tablet can set
// forward; that it is useless without this tablet, and that a million PINs take days to stretch, is what protects a copy of its data.

export const PIN_LENGTH = 6;
const FREE_TRIES = 5;
const WAITS_S = [30, 60, 300, 900, 3600];
const RUN = "01234567890";
// What people choose when they are asked for six digits, beside the patterns below.
const COMMON = new Set(["147258", "159357", "147369", "258369", "520131", "131452", "110120", "142857"]);

// Whether a PIN would be among the first that somebody tries: runs, few digits, a part repeated.
export function isWeakPin(pin) {
  const backwards = [...pin].reverse().join("");
  if (RUN.includes(pin) || RUN.includes(backwards) || COMMON.has(pin) || COMMON.has(backwards)) return true;
  if (new Set(pin).size < 3) return true;
  const [half, pair] = [pin.slice(0, 3), pin.slice(0, 2)];
  return pin === half + half || pin === pair.repeat(3) || /^(\d)\1(\d)\2(\d)\3$/.test(pin);
}

// How many more PINs may be tried before one has to wait.
export function triesLeft(failures) {
  return Math.max(0, FREE_TRIES - failures);
}

// The seconds to wait before the next try. A clock set back begins the wait anew, because it cannot be known how long ago the last try was.
export function secondsToWait({ failures = 0, failed_at: failedAt = 0 }, now) {
  if (failures < FREE_TRIES) return 0;
  const wait = WAITS_S[Math.min(failures - FREE_TRIES, WAITS_S.length - 1)];
  const passed = Math.max(0, (now - failedAt) / 1000);
  return Math.max(0, Math.ceil(wait - passed));
}
