/* Whether this device trusts the computer: asks for a picture over https until it comes, and then offers the application.
   The answer itself is not read ("no-cors"); a request that TLS refuses fails, and that is all there is to know. */

const PAUSE_MS = 3000;
const PATIENCE_MS = 8000;
const panel = document.getElementById("state");
let timer = 0;

function show(state) {
  panel.dataset.state = state;
  for (const part of panel.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
}

async function look() {
  clearTimeout(timer);
  const address = `${panel.dataset.address}/static/img/mark.svg?${Date.now()}`;
  try {
    await fetch(address, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    show("trusted");
  } catch {
    show("untrusted");
    timer = setTimeout(look, PAUSE_MS);
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && panel.dataset.state !== "trusted") look();
});
look();
