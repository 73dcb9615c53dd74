// What became of issues found before, asked at a household: shown with what was recommended and replied, answered in a dialog, kept on this
// device at once, sent by the queue.

import { FOUND, noteFindings, pictureOf, withdrawFinding } from "../device/findings.js";
import { button, element, focusFirst } from "../screen/elements.js";
import { language, say, timeText } from "../screen/language.js";
import { smallerPicture } from "../widgets/shrinking.js";
import { textIn } from "./model.js";
import { MAX_NOTE, NotingDialog } from "./noting.js";

const MAX_PICTURES = 6;

// Shows the dialog for the household of {task}. `asked` is what asked.js tells of it; `onChange` is called once something else is kept.
export function askLookBack(house, asked, { store, session }, onChange) {
  new LookBackDialog(house, asked, { store, session, onChange }).open(say("look_back_title", { title: house.task.title }), say("look_back_why"));
}

class LookBackDialog extends NotingDialog {
  constructor({ task }, { asked, others }, context) {
    super("look-back", context);
    this.task = task;
    this.parts = [...asked, ...others].map((each) => new IssuePart(each, this));
    this.nAsked = asked.length;
  }

  draw() {
    const [asked, others] = [this.parts.slice(0, this.nAsked), this.parts.slice(this.nAsked)];
    return [...asked.map((part) => part.draw()), this.others(others)];
  }

  leave() {
    this.parts.forEach((part) => part.forgetShown());
    super.leave();
  }

  others(parts) {
    if (!parts.length) return null;
    const summary = element("summary", "", say("look_back_others", { count: parts.length }));
    const folded = element("details", "look-back-others", summary, element("p", "muted", say("look_back_others_why")));
    folded.append(...parts.map((part) => part.draw()));
    folded.open = this.nAsked === 0;
    return folded;
  }

  acts() {
    const save = Object.assign(element("button", "button primary", say("look_back_save")), { type: "submit" });
    const by = say("look_back_by", { name: this.context.session?.name || "", time: timeText(new Date().toISOString()) });
    return [save, button("", say("unmet_cancel"), () => this.dialog.close()), element("span", "muted", by)];
  }

  async save() {
    const lacking = this.parts.find((part) => part.isUnsaid);
    if (lacking) {
      this.problem.textContent = say("look_back_choose", { title: lacking.title });
      lacking.focus();
      return;
    }
    const changed = this.parts.filter((part) => part.isChanged);
    if (changed.length) await this.keep(() => noteFindings(this.context.store, changed.map((part) => part.found()), new Date()));
    else this.dialog.close();
  }
}

// One issue in the dialog: what is known of it, and what was found.
class IssuePart {
  constructor({ key, issue, told, entry }, owner) {
    Object.assign(this, { key, issue, told, entry, owner, addresses: [] });
    // What counts at this moment: noted here, else recorded at the server.
    this.before = entry || told || { outcome: "", note: "" };
    this.pictures = [...(entry?.pictures || [])];
    this.name = `found-${issue.id}`;
  }

  get title() {
    return textIn(this.issue.titles, language(), this.issue.title);
  }

  get outcome() {
    return this.section.querySelector(`[name="${this.name}"]:checked`)?.value || "";
  }

  get isChanged() {
    const { before } = this;
    const arePictures = JSON.stringify(this.pictures.map(({ key }) => key || "")) !== JSON.stringify((this.entry?.pictures || []).map(({ key }) => key));
    return this.outcome !== before.outcome || this.note.value.trim() !== before.note || arePictures;
  }

  // Whether something is said of it without saying what was found.
  get isUnsaid() {
    return !this.outcome && (this.note.value.trim() !== "" || this.pictures.length > 0);
  }

  focus() {
    this.section.querySelector(`[name="${this.name}"]`).focus();
  }

  // What is kept of it; what the server has by now is what the pair saw.
  found() {
    const { task } = this.owner;
    const { entry, told, issue } = this;
    const isTold = entry?.state === "sent" || entry?.state === "recorded";
    return {
      issue_id: issue.id,
      household_id: task.household_id,
      visit_id: task.visit_id,
      outcome: this.outcome,
      note: this.note.value.trim(),
      was: isTold ? entry.outcome : (entry?.standing?.outcome ?? entry?.was ?? told?.outcome ?? null),
      about: `${task.title} · ${this.title}`,
      pictures: this.pictures,
    };
  }

  draw() {
    const { issue } = this;
    const title = Object.assign(element("h3", "", this.title), { id: `${this.name}-title` });
    const head = element("div", "look-back-head", title, element("span", "muted", `${issue.number} · ${issue.place}`));
    this.section = element("section", "look-back-issue", head, this.facts(), this.standing(), this.conflict(), this.kinds(), this.noteField());
    this.section.append(this.picturePart(), ...this.waiting());
    this.section.dataset.issue = issue.number;
    this.section.setAttribute("aria-labelledby", title.id);
    return this.section;
  }

  facts() {
    const { issue } = this;
    const due = [issue.responsible_body, issue.due_on ? say("look_back_due", { day: issue.due_on }) : ""].filter(Boolean).join(" · ");
    const replies = issue.replies.map(({ kind, body, on, proposed_due_on: proposed }) => {
      const words = [say(`reply_${kind}`), proposed || ""].filter(Boolean).join(" ");
      return element("p", "", element("span", "muted", `${on} ${words}`), ` ${body}`);
    });
    const rows = [
      ["look_back_finding", issue.finding],
      ["look_back_recommendation", issue.recommendation],
      ["look_back_body", due],
      ["look_back_replies", replies.length ? element("div", "", ...replies) : say("look_back_no_reply")],
    ].filter(([, value]) => value);
    return element("dl", "look-back-facts", ...rows.flatMap(([word, value]) => [element("dt", "", say(word)), element("dd", "", value)]));
  }

  // What the server has of it, where nothing newer was noted here.
  standing() {
    const { told, entry } = this;
    if (!told || entry) return null;
    const files = told.n_files ? say("look_back_files", { count: told.n_files }) : "";
    const values = { name: told.found_by, time: timeText(told.found_at), outcome: say(`found_${told.outcome}`), note: told.note };
    return element("p", "note-line good", [say("look_back_told", values), told.note, files].filter(Boolean).join(" "));
  }

  // Somebody else found something other: which of the two stands is for the pair to say.
  conflict() {
    const { entry } = this;
    if (entry?.state !== "changed") return null;
    const { standing } = entry;
    const values = { name: standing.found_by, time: timeText(standing.found_at), outcome: say(`found_${standing.outcome}`) };
    const own = button("primary", say("look_back_mine"), () => this.owner.keep(() => noteFindings(this.owner.context.store, [this.found()], new Date())));
    const theirs = button("", say("look_back_theirs"), () => this.withdraw());
    const text = [say("look_back_changed", values), standing.note].filter(Boolean).join(" ");
    return element("div", "note-line bad look-back-conflict", element("p", "", text), element("div", "look-back-acts", own, theirs));
  }

  withdraw() {
    return this.owner.keep(() => withdrawFinding(this.owner.context.store, this.key));
  }

  kinds() {
    const choices = FOUND.map((kind) => {
      const isChosen = kind === this.before.outcome;
      const box = Object.assign(document.createElement("input"), { type: "radio", name: this.name, value: kind, checked: isChosen });
      return element("label", "look-back-choice", box, element("span", "", say(`found_${kind}`)));
    });
    return element("fieldset", "look-back-kinds", element("legend", "", say("look_back_kind")), ...choices);
  }

  noteField() {
    this.note = Object.assign(document.createElement("textarea"), { maxLength: MAX_NOTE, rows: 2, id: `${this.name}-note`, value: this.before.note });
    return element("div", "look-back-note", Object.assign(element("label", "", say("unmet_note")), { htmlFor: this.note.id }), this.note);
  }

  picturePart() {
    this.shown = element("div", "look-back-pictures");
    this.state = element("p", "muted look-back-state");
    this.state.setAttribute("role", "status");
    const input = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", multiple: true });
    input.addEventListener("change", () => this.take([...input.files]).finally(() => (input.value = "")));
    const label = element("label", "button look-back-take", say("look_back_picture"), input);
    this.drawPictures();
    return element("div", "look-back-picture", label, this.shown, this.state);
  }

  async take(files) {
    this.state.textContent = say("preparing_file");
    let problem = "";
    const limit = this.owner.context.session?.max_upload_mb || 100;
    for (const file of files) {
      if (this.pictures.length >= MAX_PICTURES) {
        problem = say("look_back_enough", { count: MAX_PICTURES });
        break;
      }
      const blob = await smallerPicture(file).catch(() => null);
      if (!blob) problem = say("file_unreadable");
      else if (blob.size > limit * 1e6) problem = say("file_too_large", { size: (blob.size / 1e6).toFixed(1), limit });
      else this.pictures.push({ blob, name: nameOf(file, blob) });
    }
    this.state.textContent = problem;
    this.drawPictures();
  }

  drawPictures() {
    this.forgetShown();
    this.shown.replaceChildren(...this.pictures.map((picture) => this.thumbnail(picture)));
  }

  thumbnail(picture) {
    const image = Object.assign(new Image(), { alt: picture.name });
    const show = (blob) => {
      if (!blob) return image.replaceWith(element("span", "muted", say(picture.is_sent ? "look_back_picture_sent" : "look_back_picture_gone")));
      image.src = URL.createObjectURL(blob);
      this.addresses.push(image.src);
      return undefined;
    };
    Promise.resolve(picture.blob || (picture.is_sent ? null : pictureOf(this.owner.context.store, picture.key))).then(show);
    const drop = button("quiet danger", say("look_back_picture_drop"), () => {
      const at = this.pictures.indexOf(picture);
      this.pictures.splice(at, 1);
      this.drawPictures();
      focusFirst(this.shown.children[at]?.querySelector("button"), this.section.querySelector("input[type=file]"));
    });
    return element("figure", "look-back-thumbnail", image, picture.is_sent ? null : drop);
  }

  forgetShown() {
    this.addresses.splice(0).forEach((address) => URL.revokeObjectURL(address));
  }

  // Where what was noted here is: on this device, or with the server; and why not, where it was refused.
  waiting() {
    const { entry } = this;
    if (!entry || entry.state === "changed") return [];
    const isSent = entry.state === "sent";
    const said = isSent ? say("unmet_sent", { time: timeText(entry.sent_at) }) : say("look_back_waiting", { time: timeText(entry.found_at) });
    const word = entry.state === "recorded" ? say("look_back_pictures_left") : said;
    const problem = entry.problem ? element("p", "note-line bad", say(entry.problem.word, entry.problem.values)) : null;
    const withdraw = entry.state === "waiting" ? button("danger look-back-withdraw", say("unmet_withdraw"), () => this.withdraw()) : null;
    return [element("p", "muted", word), problem, withdraw].filter(Boolean);
  }
}

// A name that says when it was chosen, with the ending of what became of it.
function nameOf(file, blob) {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const ending = blob.type === "image/png" ? "png" : blob.type === "image/webp" ? "webp" : "jpg";
  return `${stamp}-${Math.floor(Math.random() * 1e4)}.${ending}`;
}
