// Who works on an interview right now, an open form or the queue: in all windows of this browser only one at a time.

const CHANNEL = "survey-tablet claims";

const channel = new BroadcastChannel(CHANNEL);

// A function that gives the interview free again; null when it is taken and did not become free within `patienceMs`.
export function claim(id, patienceMs = 0) {
  return new Promise((resolve) => {
    const options = patienceMs ? { signal: AbortSignal.timeout(patienceMs) } : { ifAvailable: true };
    const held = (lock) => {
      if (!lock) {
        resolve(null);
        return null;
      }
      return new Promise((free) => resolve(free));
    };
    navigator.locks.request(`survey-tablet interview ${id}`, options, held).catch(() => resolve(null));
  });
}

// Asks whoever is sending the interview, in whichever window, to leave it for now.
export function askFor(id) {
  channel.postMessage(id);
  channel.dispatchEvent(new MessageEvent("message", { data: id }));
}

// Calls `heed` with the identifier of every interview that somebody asks for.
export function heedRequests(heed) {
  channel.addEventListener("message", ({ data }) => heed(data));
}
