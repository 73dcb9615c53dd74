// Drafts that a coordinator brought over from another tablet's export: offered here, and taken onto this tablet when somebody agrees.

import { contact } from "../device/contact.js";
import { fetchRecovered, takeRecovered } from "../device/recovered.js";
import { button, element } from "../screen/elements.js";
import { say } from "../screen/language.js";

// The part of the panel about them; empty while there are none or the server does not answer.
export function recoveredPart(context, onChange) {
  const part = element("div", "outbox-recovered");
  const look = async () => {
    const found = await fetchRecovered(context).catch(() => []);
    part.replaceChildren(...(found.length ? [element("p", "note-line", say("recovered", { count: found.length })), taking(found)] : []));
  };
  const taking = (found) => {
    const take = button("primary", say("recovered_take"), async () => {
      take.disabled = true;
      try {
        const titles = await takeRecovered(context, found);
        const told = element("p", "note-line good", say("recovered_taken", { titles: titles.join(say("list_comma")) }));
        part.replaceChildren(Object.assign(told, { tabIndex: -1 }));
        told.focus();
        await onChange();
      } catch (error) {
        part.replaceChildren(
          element("p", "note-line bad", say("recovered_failed", { detail: error.problem ? say(error.problem.word, error.problem.values) : error.message })),
          taking(found),
        );
        part.querySelector("button").focus();
      }
    });
    take.id = "take-recovered";
    return take;
  };
  contact.addEventListener("change", look);
  look();
  return part;
}
