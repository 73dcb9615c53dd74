// The sheet of settings and help: how the screen looks, how pictures are taken, and what the keyboard does.

import { comfortSettings } from "./comfort.js";
import { element } from "./elements.js";
import { KEYS } from "./keys.js";

// Draws the sheet in the language of the page and shows it.
export function openHelp(dialog, page) {
  const say = (key) => page.word(key);
  const close = Object.assign(element("button", "button quiet", say("close")), { type: "button" });
  close.addEventListener("click", () => dialog.close());
  const title = Object.assign(element("h2", "", say("help")), { id: "help-title" });
  const keys = KEYS.map(([keys, meaning]) => element("div", "", element("dt", "", element("kbd", "", keys)), element("dd", "", say(meaning))));
  dialog.replaceChildren(
    element("header", "", title, close),
    comfortSettings(say),
    element("h3", "", say("help_keys")),
    element("dl", "help-keys", ...keys),
    element("h3", "", say("help_touch")),
    element("ul", "help-touch", ...["help_clear", "help_note", "help_contents", "help_kept"].map((key) => element("li", "", say(key)))),
  );
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
  dialog.showModal();
}
