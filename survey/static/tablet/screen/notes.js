// What the interviewers write beside single answers: a remark that is no answer, kept with the interview and sent with it.
//
// Notes are kept by the key of their item, which stays the same when instances of a repeat are removed around it, and sent by node.

import { readCsv, writeCsv } from "../form/csv.js";
import { itemsByNode, nodeOf } from "../form/nodes.js";
import { isoWithOffset } from "../form/types.js";
import { element } from "./elements.js";

export const NOTES_FILE = "notes.csv";
const COLUMNS = ["node", "note", "user", "written_at"];

export class Notes {
  // `kept` maps keys of items to {text, user, written_at}.
  constructor(page, kept) {
    this.page = page;
    this.kept = kept || {};
    this.user = page.session.username || "";
  }

  of(item) {
    return this.kept[item.key]?.text || "";
  }

  write(item, text) {
    if (text.trim() === "") delete this.kept[item.key];
    else this.kept[item.key] = { text, user: this.user, written_at: isoWithOffset(new Date()) };
    this.page.answered();
  }

  // Those of the questions that are there and asked, in the order of the form.
  items() {
    return this.page.view.questions().filter((item) => item.isRelevant && this.of(item));
  }

  // Puts the button of the note on a question, and its field once it is asked for; gives {draw}.
  attach(item, box) {
    const head = box.querySelector(":scope > .question-head");
    if (!head) return null;
    const button = Object.assign(element("button", "note-open"), { type: "button", textContent: "✎" });
    button.setAttribute("aria-describedby", head.querySelector(".question-text").id);
    let field = null;
    const draw = () => {
      const text = this.of(item);
      if (text && !field) field = this.makeField(item, box, draw);
      button.classList.toggle("is-written", text !== "");
      button.title = this.page.word(text ? "note_change" : "note_write");
      button.setAttribute("aria-label", button.title);
      button.setAttribute("aria-expanded", String(field !== null));
      if (!field) return;
      field.placeholder = this.page.word("note_hint");
      field.setAttribute("aria-label", this.page.word("note"));
      if (document.activeElement !== field) field.value = text;
    };
    const putAway = () => {
      if (!field || this.of(item) !== "") return;
      const old = field;
      field = null;
      old.remove();
      draw();
    };
    button.addEventListener("click", () => {
      if (field && this.of(item) === "") {
        putAway();
        return;
      }
      field ||= this.makeField(item, box, draw);
      draw();
      field.focus();
    });
    box.addEventListener("focusout", (event) => {
      if (event.target === field && event.relatedTarget !== button) putAway();
    });
    head.append(button);
    draw();
    return { draw };
  }

  makeField(item, box, draw) {
    const field = Object.assign(element("textarea", "note-field"), { rows: 2, maxLength: 4000 });
    field.addEventListener("input", () => {
      this.write(item, field.value);
      draw();
    });
    // The control of the question must not take a note for its answer.
    for (const type of ["input", "change"]) field.addEventListener(type, (event) => event.stopPropagation());
    box.querySelector(":scope > .question-error").before(field);
    return field;
  }

  // The notes as a file; null when there are none.
  file() {
    const rows = this.items().map((item) => {
      const { text, user, written_at: writtenAt } = this.kept[item.key];
      return [nodeOf(this.page.plan, item), text.trim(), user, writtenAt];
    });
    return rows.length ? new Blob([writeCsv([COLUMNS, ...rows])], { type: "text/csv" }) : null;
  }
}

// The notes that were sent with the interview that is now corrected, by the keys of its items here.
export function notesOf(text, instance) {
  const items = itemsByNode(instance);
  const found = readCsv(text).filter((row) => items.has(row.node));
  return Object.fromEntries(
    found.map((row) => [items.get(row.node).key, { text: row.note, user: row.user, written_at: row.written_at }]),
  );
}
