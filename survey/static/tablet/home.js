// The pair's list with what lies on this device: drafts, interviews that wait to be sent, and what the server refused.

import { sendInterview } from "./device/send.js";
import { draftHash, titleOf } from "./screen/interview.js";
import { word } from "./screen/words.js";

const $ = (id) => document.getElementById(id);
const TONES = { draft: "info", finished: "warn", refused: "bad", conflict: "bad", sent: "good" };
const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const say = (key, values) => word(language, key, values);

let store = null;
let username = "";
let addresses = {};

// Nothing, once the list shows what lies on the device.
export async function startHome(context) {
  search();
  ({ store, addresses } = context);
  if (!store) {
    tell(say("no_store"));
    return;
  }
  username = context.session?.username || "";
  await store.forgetOldReceipts(new Date());
  await drawHome();
  $("send-all").addEventListener("click", sendAll);
  window.addEventListener("online", sendAll);
}

// The device's section, and the state of every assignment of which something lies here.
export async function drawHome() {
  const all = await store.interviews();
  const own = all.filter((each) => each.username === username).sort((a, b) => (b.changed_at || "").localeCompare(a.changed_at || ""));
  const live = own.filter((each) => each.state !== "sent");
  const others = all.filter((each) => each.username !== username && each.state !== "sent").length;
  const waiting = live.filter((each) => each.state === "finished");
  $("device-list").replaceChildren(...live.map(row));
  $("device").hidden = live.length === 0 && others === 0;
  $("send-all").hidden = waiting.length === 0;
  $("send-all").textContent = say("send_all", { count: waiting.length });
  if (others) tell(say("others_drafts", { count: others }));
  for (const interview of own.reverse()) mark(interview);
}

function tell(text) {
  $("device").hidden = false;
  $("device-state").hidden = text === "";
  $("device-state").textContent = text;
}

function row(interview) {
  const item = element("li", "task", "");
  item.dataset.interview = interview.id;
  const who = element("div", "task-who", "");
  const changed =
    interview.finished_at && interview.state !== "draft" ? ["finished_at", interview.finished_at] : ["changed_at", interview.changed_at];
  who.append(
    element("strong", "", titleOf(interview, say("unassigned"))),
    element("span", "muted", say(changed[0], { time: shownTime(changed[1]) })),
  );
  const { problem } = interview;
  if (problem) who.append(element("p", "task-reason", say(problem.word, problem.values)));
  const actions = element("div", "task-do", "");
  const open = element(
    "a",
    `button ${interview.state === "finished" ? "" : "primary"}`,
    say(interview.state === "draft" ? "continue_interview" : "open"),
  );
  open.href = draftHash(interview);
  const discard = element("button", "button quiet danger", say("discard"));
  discard.type = "button";
  discard.addEventListener("click", () => discardDraft(interview));
  actions.append(badge(interview), ...(interview.state === "draft" ? [discard] : []), open);
  item.append(who, actions);
  return item;
}

async function discardDraft(interview) {
  if (!window.confirm(say("discard_sure", { title: titleOf(interview, say("unassigned")) }))) return;
  await store.discard(interview.id);
  // The list's own row has to show the server's state again.
  window.location.reload();
}

function badge(interview) {
  const { answered = 0, total = 0 } = interview;
  return element("span", `badge ${TONES[interview.state]}`, say(`state_${interview.state}`, { answered, total }));
}

// In the list of assignments: what is newer here than on the server.
function mark(interview) {
  const found = [...document.querySelectorAll("[data-assignment]")].find(
    (each) => each.dataset.assignment === interview.assignment_id && interview.assignment_id,
  );
  if (!found) return;
  // A receipt says nothing once the server has spoken of this submission itself, as when it was returned.
  if (interview.state === "sent" && (found.dataset.state !== "open" || found.dataset.instance === interview.instance_id)) return;
  found.querySelector(".task-state").replaceChildren(badge(interview));
  found.dataset.state = interview.state === "sent" ? "received" : interview.state;
  const open = found.querySelector(".task-open");
  if (!open) return;
  open.hidden = interview.state === "sent";
  open.href = draftHash(interview);
  open.textContent = say(interview.state === "draft" ? "continue_interview" : "open");
}

async function sendAll() {
  const waiting = (await store.interviews()).filter((each) => each.state === "finished" && each.username === username);
  if (!waiting.length || $("send-all").disabled) return;
  $("send-all").disabled = true;
  let sent = 0;
  let problem = null;
  for (const [index, interview] of waiting.entries()) {
    tell(say("sending_of", { number: index + 1, count: waiting.length }));
    const outcome = await sendInterview(store, await store.interview(interview.id), addresses);
    if (outcome.state === "sent") sent += 1;
    else problem = outcome.problem;
    if (["offline", "sign_in_again"].includes(outcome.problem?.word)) break;
  }
  $("send-all").disabled = false;
  await drawHome();
  const left = waiting.length - sent;
  const texts = [
    sent ? say("sent_count", { count: sent }) : "",
    left && problem ? say("left_count", { count: left, detail: say(problem.word, problem.values) }) : "",
  ];
  tell(texts.filter(Boolean).join(" "));
}

function search() {
  const input = $("task-search");
  if (!input) return;
  const buttons = [...document.querySelectorAll("[data-show]")];
  const filter = () => {
    const words = input.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    const shown = buttons.find((each) => each.getAttribute("aria-pressed") === "true").dataset.show;
    const isShown = ({ dataset }) => words.every((each) => dataset.search.includes(each)) && suits(shown, dataset.state);
    document.querySelectorAll("[data-assignment]").forEach((each) => {
      each.hidden = !isShown(each);
    });
    document.querySelectorAll(".village, .day").forEach((each) => {
      each.hidden = !each.querySelector("[data-assignment]:not([hidden])");
    });
    const isFiltered = words.length > 0 || shown !== "all";
    if (isFiltered)
      document.querySelectorAll(".day:not([hidden])").forEach((each) => {
        each.open = true;
      });
    $("no-match").hidden = Boolean(document.querySelector("[data-assignment]:not([hidden])"));
  };
  $("no-match").textContent = say("no_match");
  input.addEventListener("input", filter);
  buttons.forEach((button) =>
    button.addEventListener("click", () => {
      buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
      filter();
    }),
  );
}

function suits(shown, state) {
  if (shown === "returned") return state === "returned";
  return shown === "all" || !["received", "accepted"].includes(state);
}

function shownTime(iso) {
  return new Date(iso).toLocaleString(language === "zh" ? "zh-CN" : "en-GB", {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}

function element(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
