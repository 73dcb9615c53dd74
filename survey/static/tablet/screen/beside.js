// What goes with an interview beside its answers: what the household said before, notes on single answers, the log, original pictures.

import { findTask } from "../device/package.js";
import { drawIssues, Earlier } from "./earlier.js";
import { Notes, NOTES_FILE, notesOf } from "./notes.js";
import { Queries } from "./queries.js";
import { AUDIT_FILE, rowsOf, Timing } from "./timing.js";

// What has to be fetched before the page is made: {task, visits, log, notes}, the last two as texts of an interview that is corrected.
export async function gatherBeside({ interview }, store) {
  const task = store && interview.assignment_id ? await findTask(store, interview.assignment_id) : undefined;
  const visits = (await store?.kept("package"))?.visits || [];
  if (!store || !interview.deprecated_id || interview.log) return { task, visits };
  const [log, notes] = await Promise.all(
    [AUDIT_FILE, NOTES_FILE].map(async (name) => (await store.file(interview.id, name))?.text() ?? ""),
  );
  return { task, visits, log, notes };
}

export class Beside {
  constructor(page, { task, log = "", notes = "" }) {
    const { interview } = page;
    this.page = page;
    this.task = task;
    this.isNew = !interview.log && !log;
    this.timing = new Timing(page, interview.log || rowsOf(log), page.plan.audit);
    this.notes = new Notes(page, interview.notes || notesOf(notes, page.instance));
    this.earlier = new Earlier(page, task?.earlier);
    this.queries = new Queries(page);
  }

  // Begins to listen once the page is there.
  begin(pages, issues) {
    this.issues = issues;
    this.timing.begin(pages, this.isNew);
    this.draw();
  }

  draw() {
    drawIssues(this.issues, this.task?.issues, this.page);
  }

  // What stands beside the control of a question; a function that draws it anew.
  attach(item, element) {
    const drawn = [this.queries, this.earlier, this.notes].map((each) => each.attach(item, element)).filter(Boolean);
    return () => drawn.forEach((each) => each.draw());
  }

  // What is kept with the draft.
  state() {
    return { log: this.timing.upToDate(), notes: this.notes.kept };
  }

  // Writes the files that go with the finished interview; gives what its `meta` group names: [[name, file name]].
  async write() {
    const { page } = this;
    this.timing.finish();
    const files = [
      ["audit", AUDIT_FILE, this.timing.file()],
      ["notes", NOTES_FILE, this.notes.file()],
    ].filter(([, , blob]) => blob);
    for (const [, name, blob] of files) await page.files.write(name, blob);
    const originals = this.originals();
    return [...files.map(([tag, name]) => [tag, name]), ...originals.map((name) => ["original", name])];
  }

  // Throws away the files of answers that were taken back or replaced; whatever may be undone has been by now.
  async tidy(names) {
    const { store, interview } = this.page;
    const kept = new Set(names);
    for (const { name } of await store.fileFacts(interview.id)) if (!kept.has(name)) await store.discardFile(interview.id, name);
  }

  // The original pictures of those that are still answers.
  originals() {
    const { originals = {} } = this.page.interview;
    const { instance } = this.page;
    const answers = new Set(instance.questionsUnder(instance.root).map((item) => item.value));
    return Object.entries(originals).flatMap(([picture, original]) => (answers.has(picture) ? [original] : []));
  }
}
