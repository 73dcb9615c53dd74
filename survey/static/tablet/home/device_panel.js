// The interviews on this device that belong to no household of the list: of households nobody had listed, of corrections by a coordinator,
// or of visits that are over.

import { drawAnew, element, linkButton } from "../screen/elements.js";
import { draftHash, titleOf } from "../screen/interview.js";
import { say, timeText } from "../screen/language.js";
import { discardButton, stateBadge } from "./rows.js";

export function drawDevice(root, cards, discard) {
  root.hidden = cards.length === 0;
  const rows = cards.map((card) => row(card, discard));
  const list = element("ul", "device-list", ...rows);
  list.id = "device-list";
  drawAnew(root, element("h2", "", say("on_this_device")), list);
}

function row(card, discard) {
  const isDraft = card.state === "draft";
  const [word, time] = card.finished_at && !isDraft ? ["finished_at", card.finished_at] : ["changed_at", card.changed_at];
  const item = element("li", "task");
  Object.assign(item.dataset, { interview: card.id, state: card.state });
  item.append(
    element(
      "div",
      "house-who",
      element("strong", "house-name", titleOf(card, say("unassigned"))),
      element("span", "house-facts", time ? say(word, { time: timeText(time) }) : ""),
    ),
    element(
      "div",
      "task-do",
      stateBadge(card.state, card),
      isDraft ? discardButton(card, discard) : null,
      Object.assign(linkButton(isDraft ? "primary" : "", say(isDraft ? "continue_interview" : "open"), draftHash(card)), { id: `draft-${card.id}` }),
    ),
  );
  if (card.problem) item.append(element("p", "task-reason", say(card.problem.word, card.problem.values)));
  return item;
}
