// The worker that keeps the app on the device, and what happens when the server has a newer app: it is fetched in silence, and takes over
// at the next start or when somebody asks for it; never under an open form.
//
// A browser ends the older worker as soon as it has nothing to do, and only then lets the newer one in. A request of this page that comes
// while the older one is being stopped starts it once more, and then Chromium waits half a minute, or minutes. So requests wait while the
// versions change, and as long as nothing has changed the browser is made to look again: it does whenever a page below the app's address
// is opened, which a hidden frame is enough for.

import { button, element } from "../screen/elements.js";
import { say } from "../screen/language.js";

const LOOK_AGAIN_MS = 30 * 60 * 1000;
const NUDGE_EVERY_MS = 1000;
const NUDGES = 20;
const RELOAD_WHEN_FREE_MS = 500;

// Starts the worker. A waiting version takes over at once while `isStarting()`; the page begins anew when `isFree()`, which tells that
// nothing is open that this would disturb. `hold(until)` lets the page's requests wait for a promise.
export async function keepApp(address, notice, { isStarting, isFree, hold }) {
  const registration = await navigator.serviceWorker?.register(address).catch(() => null);
  if (!registration) return;
  const change = new Change(registration, address, { isFree, hold });
  const takeOver = async () => {
    show(notice, spoken("taking_new_version"));
    if (!(await change.begin())) show(notice, spoken("close_other_windows"));
  };
  const tell = () => {
    if (!registration.waiting || !registration.active || change.isAsked) return;
    const use = button("quiet", say("use_new_version"), takeOver);
    use.dataset.say = "use_new_version";
    show(notice, spoken("new_version"), " ", use);
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", tell);
  });
  if (registration.waiting && isStarting()) await takeOver();
  tell();
  setInterval(() => registration.update().catch(() => null), LOOK_AGAIN_MS);
}

// The change from one version to the next, from its being asked for to the new start of the page.
class Change {
  constructor(registration, address, { isFree, hold }) {
    Object.assign(this, { registration, address, isFree, hold, isAsked: false, isDone: false });
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      // The very first version takes over too, unasked.
      if (!this.isAsked) return;
      this.isDone = true;
      this.reload();
    });
  }

  // Whether the change is under way; it is not while another window of the app is open.
  async begin() {
    this.isAsked = true;
    this.hold(this.passed());
    this.isAsked = await ask(this.registration.waiting, "take over");
    return this.isAsked;
  }

  // Nothing, once the new version is there, or is not to be waited for any longer.
  async passed() {
    for (let number = 0; number < NUDGES && this.isAsked && !this.isDone; number += 1) {
      await new Promise((done) => setTimeout(done, NUDGE_EVERY_MS));
      if (this.isAsked && !this.isDone) nudge(this.address);
    }
  }

  // Begins the page anew, under a form that has been opened meanwhile not before it is closed.
  reload() {
    if (this.isFree()) window.location.reload();
    else setTimeout(() => this.reload(), RELOAD_WHEN_FREE_MS);
  }
}

// Opens and forgets a page below the app's address; what it shows does not matter.
function nudge(address) {
  const frame = Object.assign(document.createElement("iframe"), { src: address, hidden: true });
  frame.addEventListener("load", () => frame.remove());
  document.body.append(frame);
}

function show(notice, ...parts) {
  notice.replaceChildren(...parts);
  notice.hidden = false;
}

// A text that is said anew when the language changes.
function spoken(key) {
  const text = element("span", "", say(key));
  text.dataset.say = key;
  return text;
}

function ask(worker, message) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(message, [port2]);
  });
}
