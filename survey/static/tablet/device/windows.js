// Which window of this browser has an interview open: only one at a time, because two that kept the same draft would take each other's
// answers away. Whoever wants it in another window may take it over; the window that had it keeps what was answered, and lets go.

const CHANNEL = "survey-tablet windows";
const PATIENCE_MS = 5000;

const nameOf = (key) => `survey-tablet form ${key}`;

// A function that lets go of what `key` names; null while another window has it. `onLost` is called when another window takes it over:
// with false when it asks for it, with true when it did not wait, because this one slept. Then nothing may be written any more.
export async function occupy(key, onLost) {
  const channel = new BroadcastChannel(CHANNEL);
  let letGo = null;
  const lose = (isStolen) => {
    channel.close();
    onLost(isStolen);
  };
  const isHeld = await new Promise((resolve) => {
    const hold = (lock) => {
      resolve(lock !== null);
      return lock && new Promise((done) => (letGo = done));
    };
    navigator.locks.request(nameOf(key), { ifAvailable: true }, hold).catch(() => lose(true));
  });
  if (!isHeld) {
    channel.close();
    return null;
  }
  channel.addEventListener("message", ({ data }) => data === key && lose(false));
  return () => {
    channel.close();
    letGo();
  };
}

// Nothing, once no window has what `key` names: the one that had it was asked, and was not waited for when it did not answer.
export async function takeOver(key) {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(key);
  const isFree = await navigator.locks.request(nameOf(key), { signal: AbortSignal.timeout(PATIENCE_MS) }, () => true).catch(() => false);
  channel.close();
  if (!isFree) await navigator.locks.request(nameOf(key), { steal: true }, () => true);
}
