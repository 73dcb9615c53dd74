// What the panel of what is to be sent says of issues looked back on: how many wait, and which the server did not take, with the reason.

import { findingKey, withdrawFinding } from "../device/findings.js";
import { button, element } from "../screen/elements.js";
import { say } from "../screen/language.js";

const LINES = { waiting: "outbox_findings", recorded: "outbox_finding_pictures", changed: "outbox_findings_changed" };

// What is to be said of findings that are not sent yet, in one line; "" for none.
export function findingsText(findings) {
  const told = Object.entries(LINES).map(([state, word]) => {
    const count = findings.filter((each) => each.state === state).length;
    return count ? say(word, { count }) : "";
  });
  return told.filter(Boolean).join(" ");
}

// A line for each that was not taken, with a way to withdraw it: its household may be on the list no more. `onChange` is called then.
export function findingsLines(findings, store, onChange) {
  const refused = findings.filter(({ problem }) => problem);
  if (!refused.length) return [];
  const rows = refused.map((finding) => {
    const withdraw = button("", say("finding_withdraw"), async () => {
      if (!window.confirm(say("finding_withdraw_sure", { about: finding.about }))) return;
      await withdrawFinding(store, findingKey(finding));
      await onChange();
    });
    const reason = element("p", "task-reason", say(finding.problem.word, finding.problem.values));
    return element("li", "outbox-row", element("span", "outbox-title", finding.about), reason, withdraw);
  });
  return [element("ul", "outbox-rows", ...rows)];
}
