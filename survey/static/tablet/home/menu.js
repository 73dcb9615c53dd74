// The menu of the list: who is here, how much room is left, the settings of the screen, and the ways out.

import { storageFacts } from "../device/storage.js";
import { button, element, linkButton } from "../screen/elements.js";
import { chooseLanguage, language, say, sizeText } from "../screen/language.js";

const LANGUAGES = { zh: "中文", en: "English" };

// Draws the menu and shows it. `context` is {session, addresses}; `acts` are {language, settings, lock, changePin, signOut}, of which those
// about the lock lack where nothing is kept.
export async function openMenu(dialog, context, acts) {
  const { session, addresses } = context;
  const close = button("quiet", say("close"), () => dialog.close());
  const closing = (act) => () => {
    dialog.close();
    act();
  };
  const title = Object.assign(element("h2", "", session?.name || say("menu")), { id: "menu-title" });
  const room = await roomText();
  dialog.replaceChildren(
    element("header", "", title, close),
    element("p", "muted", session?.username || ""),
    element("dl", "menu-facts", element("dt", "", say("storage")), element("dd", "", room)),
    languageChoice((code) => {
      chooseLanguage(code);
      dialog.close();
      acts.language();
    }),
    acts.settings(),
    element(
      "div",
      "menu-acts",
      linkButton("", say("office_pages"), addresses.office),
      linkButton("", say("guide"), `${addresses.home}guide/${language()}/interviewer.html`),
      acts.lock ? button("", say("lock"), closing(acts.lock)) : null,
      acts.changePin ? button("", say("change_pin"), closing(acts.changePin)) : null,
      button("danger", say("sign_out"), acts.signOut),
    ),
  );
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
  dialog.showModal();
}

function languageChoice(choose) {
  const buttons = Object.entries(LANGUAGES).map(([code, name]) => {
    const each = button("", name, () => choose(code));
    each.lang = code;
    each.setAttribute("aria-pressed", String(code === language()));
    return each;
  });
  const group = element("div", "choice-row", element("span", "", say("language")), ...buttons);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", say("language"));
  return group;
}

async function roomText() {
  const { used, left, isPersistent } = await storageFacts();
  const room = left === null ? say("storage_unknown") : say("storage_left", { left: sizeText(left), used: sizeText(used) });
  return isPersistent ? room : `${room} ${say("storage_not_promised")}`;
}
