// The panel of what waits to be sent, what is being sent just now, what the server has confirmed, and what else there is to do about it.

import { filesLeft, LARGE_BYTES, sendingOf } from "../device/jobs.js";
import { queue } from "../device/queue.js";
import { LockedProblem } from "../device/vault.js";
import { button, drawAnew, element, linkButton } from "../screen/elements.js";
import { draftHash, titleOf } from "../screen/interview.js";
import { clockText, language, say, sizeText } from "../screen/language.js";
import { exportPart } from "./last_resort.js";
import { evicted } from "./missing.js";
import { findingsLines, findingsText } from "./outbox_findings.js";
import { openReceipts } from "./receipts.js";
import { recoveredPart } from "./recovered.js";

const SHOWN_AT_ONCE = 5;
const REDRAW_MS = 150;
const NEWS_MS = 700;

// Draws the panel into `root` now and whenever the queue has something new. `context` is {store, addresses, session}; `onChange` is told
// when the state of an interview has changed, or what is the matter with it. Gives {draw}.
export function mountOutbox(root, context, onChange) {
  const panel = new Outbox(root, context, onChange);
  queue.addEventListener("change", () => panel.schedule());
  return panel;
}

class Outbox {
  constructor(root, context, onChange) {
    Object.assign(this, { root, context, onChange, states: "", told: "", isWaiting: false, missing: [], looks: 0, language: "" });
    this.more = element("div", "outbox-more");
  }

  // Draws at once what is known; what is missing takes a look at every key on the device, and is said when that is done.
  draw() {
    this.told = "";
    this.redraw();
    this.look();
  }

  async look() {
    this.looks += 1;
    const number = this.looks;
    const missing = await evicted(this.context.store).catch((error) => {
      if (error instanceof LockedProblem) return this.missing;
      throw error;
    });
    if (number !== this.looks || JSON.stringify(missing) === JSON.stringify(this.missing)) return;
    this.missing = missing;
    this.told = "";
    this.redraw();
  }

  schedule() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    setTimeout(() => this.update(), REDRAW_MS);
  }

  update() {
    this.isWaiting = false;
    if (document.body.dataset.screen === "form") return;
    this.redraw();
    const entries = [...queue.cards.values(), ...queue.outcomes, ...queue.findings];
    const states = JSON.stringify(entries.map(({ id, state, problem }) => [id, state, problem?.word]));
    const isNews = this.states !== "" && states !== this.states;
    this.states = states;
    if (isNews) this.newsTimer ||= setTimeout(() => this.tellNews(), NEWS_MS);
  }

  // The list of households follows at its own pace, as drawing it takes longer than sending an interview.
  tellNews() {
    this.newsTimer = null;
    if (document.body.dataset.screen !== "form") this.onChange();
  }

  // Draws everything anew only where something else is to be seen, so that no button vanishes under a finger.
  redraw() {
    const overview = queue.overview();
    const { current } = overview;
    const each = overview.waiting.map((card) => [card.id, sendingOf(card).accepted_at, filesLeft(card).length, card.problem?.word]);
    const now = [current?.kind, current?.card.id, current?.file?.name, overview.isRunning, overview.problem, overview.dueAt];
    const told = JSON.stringify([each, now, overview.large.length, overview.copies.length, overview.n_outcomes, overview.findings, queue.settings, language()]);
    if (told === this.told) {
      this.line.setAttribute("role", "status");
      this.line.textContent = this.said = stateText(overview);
      if (this.bar) this.bar.value = current.offset;
      return;
    }
    this.told = told;
    this.drawParts(overview);
  }

  drawParts(overview) {
    const { waiting, copies, problem, current } = overview;
    const { findings } = overview;
    const isWaiting = waiting.length + overview.n_outcomes > 0 || findings.some(({ state }) => state !== "changed");
    const isUnfolded = Boolean(this.root.querySelector("details.outbox-list")?.open);
    this.root.dataset.state = isWaiting ? (problem ? "waiting" : "sending") : "empty";
    const state = stateText(overview);
    this.line = Object.assign(element("p", "panel-line", state), { id: "outbox-state" });
    // Drawn anew with the same words it has nothing to say.
    if (state !== this.said) this.line.setAttribute("role", "status");
    this.said = state;
    this.bar = current?.kind === "file" ? progressBar(current) : null;
    drawAnew(
      this.root,
      element("h2", "", say("sending_title")),
      this.line,
      ...(current ? [element("p", "panel-line", currentText(current))] : []),
      ...(this.bar ? [this.bar] : []),
      ...(problem && isWaiting ? this.problemLines(overview) : []),
      ...(isWaiting ? [sendButton(overview)] : []),
      ...(waiting.length ? [listOf(waiting, isUnfolded)] : []),
      ...findingsLines(findings, this.context.store, () => Promise.all([queue.kick(), this.onChange()])),
      ...(overview.large.length ? largeLines(overview.large) : []),
      ...(this.missing.length ? missingLines(this.missing) : []),
      ...(copies.length ? copiesLines(copies) : []),
      ...receiptsButton(),
      settingsPart(),
      this.drawMore(),
    );
    this.root.hidden = false;
  }

  // What changes with the language only, and holds what somebody has unfolded.
  drawMore() {
    if (this.language === language()) return this.more;
    this.language = language();
    this.more.replaceChildren(recoveredPart(this.context, this.onChange), exportPart(this.context));
    return this.more;
  }

  problemLines({ problem, dueAt, isRunning }) {
    const lines = [element("p", "note-line bad", say(problem.word, problem.values))];
    if (problem.needsSignIn) {
      const { signIn, app } = this.context.addresses;
      lines.push(linkButton("primary", say("sign_in"), `${signIn}?next=${encodeURIComponent(app)}`));
    } else if (dueAt && !isRunning) {
      const when = problem.word === "offline" ? say("outbox_when_online") : say("outbox_next_try", { time: clockText(dueAt) });
      lines.push(element("p", "panel-line muted", when));
    }
    return lines;
  }
}

function stateText({ waiting, n_outcomes: nOutcomes, findings, n_files: nFiles, n_bytes: nBytes }) {
  const files = nFiles ? say("outbox_files", { count: nFiles, size: sizeText(nBytes) }) : "";
  const told = [
    waiting.length ? say("outbox_waiting", { count: waiting.length }) + files : "",
    nOutcomes ? say("outbox_outcomes", { count: nOutcomes }) : "",
    findingsText(findings),
  ];
  return told.filter(Boolean).join(" ") || say("outbox_done");
}

function sendButton({ isRunning }) {
  const send = button("primary", say("send_now"), () => queue.sendNow());
  return Object.assign(send, { id: "send-now", disabled: isRunning });
}

// The interviews that wait; of many only when somebody wants to see them.
function listOf(waiting, isUnfolded) {
  const rows = () => waiting.map(waitingRow);
  if (waiting.length <= SHOWN_AT_ONCE) return element("ul", "outbox-rows", ...rows());
  const list = element("ul", "outbox-rows");
  const folded = element("details", "outbox-list", element("summary", "", say("outbox_each")), list);
  folded.addEventListener("toggle", () => list.replaceChildren(...(folded.open ? rows() : [])));
  folded.open = isUnfolded;
  return folded;
}

function waitingRow(card) {
  const { accepted_at: acceptedAt } = sendingOf(card);
  const total = new Set(card.file_names || []).size;
  const badge = element("span", `badge ${acceptedAt ? "info" : "warn"}`, say(acceptedAt ? "answers_sent" : "state_finished"));
  const title = Object.assign(element("a", "outbox-title", titleOf(card, say("unassigned"))), { href: draftHash(card) });
  const row = element("li", "outbox-row", title, badge);
  row.dataset.interview = card.id;
  if (total) row.append(element("span", "muted", say("progress_of_files", { done: total - filesLeft(card).length, total })));
  if (card.problem) row.append(element("p", "task-reason", say(card.problem.word, card.problem.values)));
  if (card.problem?.lost) row.append(button("", say("give_up"), () => giveUp(card)));
  return row;
}

function giveUp(card) {
  const values = { title: titleOf(card, say("unassigned")), names: card.problem.values.names };
  if (window.confirm(say("give_up_sure", values))) queue.giveUp(card.id);
}

function currentText({ kind, card, file }) {
  const word = { answers: "outbox_now_answers", file: "outbox_now_file" }[kind] || "outbox_now_confirm";
  return say(word, { title: titleOf(card, say("unassigned")), name: file?.name });
}

function progressBar(current) {
  const bar = Object.assign(element("progress", "outbox-progress"), { max: current.file.n_bytes || 1, value: current.offset });
  bar.setAttribute("aria-label", currentText(current));
  return bar;
}

function largeLines(large) {
  const size = sizeText(large.reduce((sum, file) => sum + file.n_bytes, 0));
  return [
    element("p", "panel-line", say("large_waiting", { count: large.length, size })),
    Object.assign(button("", say("large_send"), () => queue.sendNow({ withLarge: true })), { id: "send-large" }),
  ];
}

function missingLines(missing) {
  const titles = missing.map((each) => each.title || say("unassigned")).join(say("list_comma"));
  return [element("p", "note-line bad", say("missing_part", { titles })), element("p", "panel-line muted", say("missing_why"))];
}

function copiesLines(copies) {
  const values = { count: copies.length, size: sizeText(copies.reduce((sum, card) => sum + (card.n_bytes || 0), 0)) };
  const clear = button("", say("copies_clear"), () => {
    if (window.confirm(say("copies_clear_sure", values))) queue.clearCopies();
  });
  return [element("p", "note-line good", say("copies", values)), Object.assign(clear, { id: "clear-copies" })];
}

function receiptsButton() {
  const cards = [...queue.cards.values()].filter((card) => card.state === "sent");
  if (!cards.length) return [];
  const open = button("quiet", say("receipts", { count: cards.length }), () => openReceipts(cards));
  return [Object.assign(open, { id: "open-receipts" })];
}

function settingsPart() {
  return element(
    "div",
    "outbox-settings",
    choice("copies_always", "clears", {}),
    choice("large_ask", "asks_before_large", { size: sizeText(LARGE_BYTES) }),
  );
}

function choice(word, name, values) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: queue.settings[name], name, id: `outbox-${name}` });
  box.addEventListener("change", () => queue.setSettings({ [name]: box.checked }));
  return element("label", "outbox-choice", box, element("span", "", say(word, values)));
}
