// Why there is no interview at a household: asked in a dialog, kept on this device at once, sent by the queue.

import { noteOutcome, OUTCOMES, TAKEN_BACK, withdrawOutcome } from "../device/outcomes.js";
import { button, element } from "../screen/elements.js";
import { language, say, timeText } from "../screen/language.js";
import { textIn } from "./model.js";
import { MAX_NOTE, NotingDialog } from "./noting.js";
import { canBeUnmet } from "./rows.js";

// Shows the dialog for the household of {task, items}. `context` is {store, session}; `onChange` is called once something else is kept.
export function askUnmet(house, context, onChange) {
  new UnmetDialog(house, { ...context, onChange }).open(say("unmet_title", { title: house.task.title }), say("unmet_why"));
}

class UnmetDialog extends NotingDialog {
  constructor({ items }, context) {
    super("unmet", context);
    this.store = context.store;
    this.items = items.filter(canBeUnmet);
    this.entries = this.items.map(({ unmet }) => unmet).filter(Boolean);
    this.waiting = this.entries.filter(({ state }) => state === "waiting");
    this.note = Object.assign(document.createElement("textarea"), { maxLength: MAX_NOTE, rows: 3, id: "unmet-note" });
    this.note.value = this.shown?.note || "";
  }

  draw() {
    return [this.kinds(), this.forms(), this.noteField(), this.saidBy()];
  }

  // What is noted here, the waiting before the sent.
  get shown() {
    return this.waiting[0] || this.entries[0];
  }

  // Whether the server has, or is about to have, something that can be taken back.
  get isRecorded() {
    return this.items.some(({ task, unmet }) => (unmet?.state === "sent" ? unmet.outcome !== TAKEN_BACK : Boolean(task.outcome)));
  }

  kinds() {
    const chosen = this.shown?.outcome || this.items.find(({ task }) => task.outcome)?.task.outcome;
    const kinds = this.isRecorded || chosen === TAKEN_BACK ? [...OUTCOMES, TAKEN_BACK] : OUTCOMES;
    const choices = kinds.map((kind) => {
      const box = Object.assign(document.createElement("input"), { type: "radio", name: "kind", value: kind, checked: kind === chosen });
      const text = element("span", "", element("strong", "", say(`outcome_${kind}`)), element("span", "muted", say(`hint_${kind}`)));
      return element("label", "unmet-choice", box, text);
    });
    return element("fieldset", "unmet-kinds", element("legend", "", say("unmet_kind")), ...choices);
  }

  // For which questionnaires it holds, where there are several.
  forms() {
    this.boxes = this.items.map(({ task, unmet }) => {
      const isChecked = this.waiting.length === 0 || unmet?.state === "waiting";
      return Object.assign(document.createElement("input"), { type: "checkbox", value: task.id, checked: isChecked });
    });
    if (this.items.length < 2) return null;
    const choices = this.items.map(({ task }, number) =>
      element("label", "unmet-choice", this.boxes[number], textIn(task.form_titles, language(), task.form_id)),
    );
    return element("fieldset", "unmet-keys", element("legend", "", say("unmet_keys")), ...choices);
  }

  noteField() {
    const label = Object.assign(element("label", "", say("unmet_note")), { htmlFor: this.note.id });
    const hint = Object.assign(element("p", "muted", say("unmet_note_hint")), { id: "unmet-hint" });
    this.note.setAttribute("aria-describedby", hint.id);
    return element("div", "unmet-noted", label, this.note, hint);
  }

  saidBy() {
    const { shown } = this;
    if (shown?.state === "waiting") return element("p", "muted", say("unmet_waiting", { time: timeText(shown.found_at) }));
    if (shown) return element("p", "muted", say("unmet_sent", { time: timeText(shown.sent_at) }));
    return element("p", "muted", say("unmet_by", { name: this.context.session?.name || "", time: timeText(new Date().toISOString()) }));
  }

  acts() {
    const save = Object.assign(element("button", "button primary", say("unmet_save")), { type: "submit" });
    const withdraw = this.waiting.length ? button("danger", say("unmet_withdraw"), () => this.withdraw()) : null;
    return [save, withdraw, button("", say("unmet_cancel"), () => this.dialog.close())];
  }

  async save() {
    const outcome = this.dialog.querySelector("[name=kind]:checked")?.value;
    const ids = this.boxes.filter(({ checked }) => checked).map(({ value }) => value);
    if (!outcome || !ids.length) {
      this.problem.textContent = say(outcome ? "unmet_choose_form" : "unmet_choose");
      this.dialog.querySelector(outcome ? ".unmet-keys input" : "[name=kind]").focus();
      return;
    }
    const isForgotten = (id) => !ids.includes(id);
    await this.keep(async () => {
      await withdrawOutcome(this.store, this.boxes.map(({ value }) => value).filter(isForgotten));
      await noteOutcome(this.store, ids, { outcome, note: this.note.value.trim(), foundAt: new Date() });
    });
  }

  withdraw() {
    const ids = this.waiting.map(({ assignment_id: id }) => id);
    return this.keep(() => withdrawOutcome(this.store, ids));
  }
}
