// The worker that keeps the app on the device, and what happens when the server has a newer app: it is fetched in silence, and takes over
// at the next start or when somebody asks for it; never under an open form.

import { button } from "../screen/elements.js";
import { say } from "../screen/language.js";

const LOOK_AGAIN_MS = 30 * 60 * 1000;

// Starts the worker. `isIdle` tells whether nothing is open that a new start would disturb; then a waiting version takes over at once.
export async function keepApp(address, notice, isIdle) {
  if (!navigator.serviceWorker) return null;
  const registration = await navigator.serviceWorker.register(address).catch(() => null);
  if (!registration) return null;
  const hadOne = Boolean(navigator.serviceWorker.controller);
  let isAsked = false;
  const takeOver = async () => {
    isAsked = true;
    const isAlone = await ask(registration.waiting, "take over");
    if (!isAlone) notice.replaceChildren(say("close_other_windows"));
  };
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (hadOne && isAsked) window.location.reload();
  });
  const tell = () => {
    if (!registration.waiting || !registration.active) return;
    notice.replaceChildren(say("new_version"), " ", button("quiet", say("use_new_version"), takeOver));
    notice.hidden = false;
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", tell);
  });
  if (registration.waiting && isIdle()) await takeOver();
  tell();
  setInterval(() => registration.update().catch(() => null), LOOK_AGAIN_MS);
  return { redraw: tell };
}

// Whether the app itself lies on the device, so that it starts without a network.
export async function isAppKept() {
  if (!navigator.serviceWorker) return false;
  const registration = await navigator.serviceWorker.getRegistration();
  return Boolean(registration?.active);
}

function ask(worker, message) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(message, [port2]);
  });
}
