// A page that waits for something is looked after without being thrown away under its reader: what it says is renewed where nobody is
// with the keyboard, and it comes anew once when what it waits for is done.

const MARK = "meta[name=waits]";
const seconds = Number(document.querySelector(MARK).content);

function renew(main, fresh) {
  const at = document.activeElement;
  const isAtWhatWasTold = main.contains(at) && at.matches("[data-told]");
  if (main.contains(at) && !isAtWhatWasTold) return;
  // What says the same stays: whoever reads it by a screen reader keeps their place.
  if (main.textContent === fresh.textContent) return;
  main.replaceChildren(...fresh.childNodes);
  if (!isAtWhatWasTold) return;
  const title = main.querySelector("h1");
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.redirected || !found.querySelector(MARK)) {
    location.reload();
    return;
  }
  renew(document.querySelector("main"), found.querySelector("main"));
}

function plan() {
  setTimeout(async () => {
    try {
      await look();
    } catch {
      // Without a network the page keeps what it shows, and asks again.
    }
    plan();
  }, seconds * 1000);
}

plan();
