/** Renews a part of the page while somebody looks at it. Without scripts the page stays as it was sent; a hidden page asks for nothing. */

const part = document.querySelector("[data-refresh][data-every]");

if (part) {
  let tag = "";
  let timer = 0;

  /** Say that the part renews itself, which is only true where scripts run. */
  const note = () => {
    for (const each of part.querySelectorAll("[data-refresh-note]")) each.hidden = false;
  };

  /** Ask for the part, and put it in place if anything has happened since. */
  const renew = async () => {
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(part.dataset.refresh, { headers, cache: "no-store", credentials: "same-origin" });
    if (answer.status !== 200 || answer.redirected) return;
    const html = await answer.text();
    // Somebody who is just following a link with the keyboard keeps their place.
    if (part.contains(document.activeElement)) return;
    tag = answer.headers.get("ETag") || "";
    part.innerHTML = html;
    note();
  };

  const plan = () => {
    clearTimeout(timer);
    if (document.hidden) return;
    timer = setTimeout(async () => {
      try {
        await renew();
      } catch {
        // Without a network the page keeps what it shows, and asks again.
      }
      plan();
    }, Number(part.dataset.every) * 1000);
  };

  document.addEventListener("visibilitychange", plan);
  note();
  plan();
}
