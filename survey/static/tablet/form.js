// A form's page opened by itself: practice, or a preview. Whatever is to be kept opens inside the app.

import { fetchSession } from "./device/send.js";
import { language } from "./screen/language.js";
import { addressesOf, openForm } from "./screen/opening.js";

const addresses = addressesOf(document.body);
const isPreview = document.body.dataset.preview !== undefined;
const wanted = new URLSearchParams(isPreview ? "" : window.location.hash.replace(/^#/, ""));

async function start() {
  if (["assignment", "draft", "edit", "new"].some((name) => wanted.has(name))) {
    const path = window.location.pathname.slice(window.location.pathname.indexOf("/forms/") + 1);
    window.location.replace(`${addresses.app}#${path}?${wanted}`);
    return;
  }
  // Without a network nobody is known, which practice does not need.
  const nobody = { username: "", name: "", locale: language(), max_upload_mb: 100 };
  const session = await fetchSession(addresses.session).catch(() => nobody);
  await openForm(addresses, new URLSearchParams(), { store: null, session });
}

window.addEventListener("hashchange", () => window.location.reload());
start();
