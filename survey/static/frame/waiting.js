// A page that waits for something is looked after without being thrown away under its reader: what it says is renewed where nobody is
// with the keyboard, and it comes anew once when what it waits for is done.

const MARK = "meta[name=waits]";
const seconds = Number(document.querySelector(MARK).content);

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { cache: "no-store", credentials: "same-origin" });
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.redirected || !found.querySelector(MARK)) {
    location.reload();
    return;
  }
  const main = document.querySelector("main");
  const at = document.activeElement;
  if (!main.contains(at) || at.matches("[data-told]")) main.replaceChildren(...found.querySelector("main").childNodes);
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
