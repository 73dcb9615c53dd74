// The log of an interview as ODK's clients keep it: what was in hand when, and whether an answer that was there was changed.
//
// A question is in hand from when the one before it on the page was last touched (or the page was shown) until it is last touched itself:
// its text is read aloud before its answer is tapped. Answers themselves are written only where the form asks for it; otherwise "*" stands
// for "something". A row is {event, node, start, end, old, new, user, reason, place}; what is open has its end so far, so that a page that
// is killed leaves a log that holds.

import { readCsv, writeCsv } from "../form/csv.js";
import { nodeOf } from "../form/nodes.js";

export const AUDIT_FILE = "audit.csv";
const SOMETHING = "*";
const FIRST_COLUMNS = ["event", "node", "start", "end"];
const PLACE_COLUMNS = ["latitude", "longitude", "accuracy"];

export class Timing {
  // `rows` are those of an earlier sitting; `settings` what the form's audit row asks for, null without one.
  constructor(page, rows, settings) {
    Object.assign(this, { page, plan: page.plan, settings: settings || {} });
    this.rows = rows || [];
    this.user = page.session.username || "";
    this.question = null;
    this.screen = null;
    this.since = Date.now();
    this.fix = null;
    this.reason = "";
  }

  // Begins to listen, and says that the form was begun or taken up again.
  begin(pages, isNew) {
    const { signal } = this.page.closing;
    const touched = ({ target }) => {
      const found = target.closest?.(".question");
      const item = found && this.page.view.itemOf(found);
      if (item) this.touch(item);
    };
    for (const type of ["pointerdown", "focusin", "input", "change"]) pages.addEventListener(type, touched, { signal });
    document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? this.pause() : this.goOn()), { signal });
    this.add(isNew ? "form start" : "form resume");
    if (this.settings.location) this.followPlace(signal);
  }

  // One row for something that has no length.
  add(event, node = "", more = {}) {
    this.rows.push(this.row(event, node, Date.now(), null, more));
  }

  row(event, node, start, end, more = {}) {
    return { event, node, start, end, old: "", new: "", user: this.user, reason: "", place: this.place(), ...more };
  }

  // A question was tapped, focused or answered.
  touch(item) {
    const now = Date.now();
    if (this.question?.item !== item) {
      this.leaveQuestion();
      const row = this.row("question", nodeOf(this.plan, item), Math.min(this.since, now), now);
      this.rows.push(row);
      this.question = { item, row, before: item.value };
    }
    this.question.row.end = now;
  }

  // The question in hand is so no longer; what follows begins where it was last touched.
  leaveQuestion() {
    if (!this.question) return;
    this.bringUpToDate();
    this.since = this.question.row.end;
    this.question = null;
  }

  // A page is shown: the one before it is left.
  show(node, isSummary) {
    this.leaveScreen();
    this.since = Date.now();
    this.screen = this.row(isSummary ? "end screen" : "group questions", isSummary ? "" : node, this.since, this.since);
    this.rows.push(this.screen);
  }

  leaveScreen() {
    this.leaveQuestion();
    if (this.screen) this.screen.end = Date.now();
    this.screen = null;
  }

  // Something that lasted until now is over; what was read meanwhile belongs to no question.
  end(row) {
    row.end = Date.now();
    this.since = row.end;
  }

  pause() {
    this.leaveQuestion();
    this.page.keeper.schedule();
  }

  goOn() {
    this.since = Date.now();
  }

  // The rows as they are to be kept now.
  upToDate() {
    this.bringUpToDate();
    return this.rows;
  }

  bringUpToDate() {
    if (this.screen) this.screen.end = Date.now();
    if (!this.question) return;
    const { item, row, before } = this.question;
    const isChanged = item.value !== before;
    Object.assign(row, { old: isChanged ? this.marked(before) : "", new: isChanged ? this.marked(item.value) : "" });
  }

  marked(value) {
    return this.settings.changes ? value : value === "" ? "" : SOMETHING;
  }

  // Whether the form wants to know why an interview that was finished before is changed.
  get wantsReason() {
    return Boolean(this.settings.reasons) && (Boolean(this.page.interview.deprecated_id) || Boolean(this.page.interview.finished_at));
  }

  // The log is complete.
  finish() {
    this.leaveScreen();
    if (this.wantsReason && this.reason.trim()) this.add("change reason", "", { reason: this.reason.trim() });
    this.add("form save");
    this.add("form finalize");
  }

  close() {
    this.leaveScreen();
    if (this.rows.at(-1)?.event !== "form finalize") this.add("form exit");
  }

  // The log as a file.
  file() {
    const withPlace = Boolean(this.settings.location);
    const names = [
      ...FIRST_COLUMNS,
      ...(withPlace ? PLACE_COLUMNS : []),
      "old-value",
      "new-value",
      "user",
      ...(this.settings.reasons ? ["change-reason"] : []),
    ];
    const lines = this.rows.map((row) => [
      row.event,
      row.node,
      row.start,
      row.end ?? "",
      ...(withPlace ? row.place || ["", "", ""] : []),
      row.old,
      row.new,
      row.user,
      ...(this.settings.reasons ? [row.reason] : []),
    ]);
    return new Blob([writeCsv([names, ...lines])], { type: "text/csv" });
  }

  // --- where it was

  followPlace(signal) {
    if (!navigator.geolocation) return;
    const { interval, priority } = this.settings.location;
    const found = ({ coords, timestamp }) => {
      if (!this.fix) this.add("location permissions granted");
      if (this.fix && timestamp - this.fix.at < interval * 1000) return;
      this.fix = { at: timestamp, place: [coords.latitude, coords.longitude, coords.accuracy] };
    };
    const failed = (error) => {
      if (error.code === error.PERMISSION_DENIED) this.add("location permissions not granted");
    };
    const watch = navigator.geolocation.watchPosition(found, failed, { enableHighAccuracy: priority === "high-accuracy" });
    signal.addEventListener("abort", () => navigator.geolocation.clearWatch(watch));
    this.page.say(this.page.word("log_has_places"));
  }

  place() {
    const isFresh = this.fix && Date.now() - this.fix.at <= this.settings.location.age * 1000;
    return isFresh ? this.fix.place : null;
  }
}

// The rows of a log that was sent with the interview that is now corrected.
export function rowsOf(text) {
  return readCsv(text).map((row) => ({
    event: row.event,
    node: row.node,
    start: row.start,
    end: row.end || null,
    old: row["old-value"] || "",
    new: row["new-value"] || "",
    user: row.user || "",
    reason: row["change-reason"] || "",
    place: row.latitude ? PLACE_COLUMNS.map((name) => row[name]) : null,
  }));
}
