// The worker that keeps the app on the device, and what happens when the server has a newer app: it is fetched in silence, and takes over
// at the next start or when somebody asks for it; never under an open form.

import { button, element } from "../screen/elements.js";
import { say } from "../screen/language.js";

const LOOK_AGAIN_MS = 30 * 60 * 1000;

// Starts the worker. `isIdle` tells whether nothing is open that a new start would disturb; then a waiting version takes over at once.
export async function keepApp(address, notice, isIdle) {
  const registration = await navigator.serviceWorker?.register(address).catch(() => null);
  if (!registration) return;
  let isAsked = false;
  const takeOver = async () => {
    isAsked = true;
    const isAlone = await ask(registration.waiting, "take over");
    if (!isAlone) notice.replaceChildren(spoken("close_other_windows"));
  };
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (isAsked) window.location.reload();
  });
  const tell = () => {
    if (!registration.waiting || !registration.active) return;
    const use = button("quiet", say("use_new_version"), takeOver);
    use.dataset.say = "use_new_version";
    notice.replaceChildren(spoken("new_version"), " ", use);
    notice.hidden = false;
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", tell);
  });
  if (registration.waiting && isIdle()) await takeOver();
  tell();
  setInterval(() => registration.update().catch(() => null), LOOK_AGAIN_MS);
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
