// How long the queue waits after something failed: twice as long each time, up to a longest wait.

const FIRST_WAIT_MS = 5000;
export const LONGEST_WAIT_MS = 5 * 60 * 1000;

// The milliseconds to wait after so many failures in a row.
export function waitAfter(failures) {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
}

// The milliseconds that an answer asks to wait (RFC 9110, Retry-After: seconds or a date), up to the longest wait; 0 if it does not say.
export function waitTold(answer, now = Date.now()) {
  const told = answer.headers.get("Retry-After") || "";
  const wait = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - now;
  return Math.min(LONGEST_WAIT_MS, Math.max(0, wait || 0));
}

// The pauses of something that is tried again beside the queue's interviews, which it does not hold up.
export class Patience {
  constructor() {
    this.clear();
  }

  clear() {
    Object.assign(this, { failures: 0, until: 0 });
  }

  // The milliseconds that are left to wait; 0 when it may be tried again.
  get left() {
    return Math.max(0, this.until - Date.now());
  }

  // Takes over how a try went.
  note(isDone) {
    this.failures = isDone ? 0 : this.failures + 1;
    this.until = isDone ? 0 : Date.now() + waitAfter(this.failures);
  }
}
