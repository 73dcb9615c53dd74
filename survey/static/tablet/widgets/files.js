// Pictures, sound, films and other files: kept beside the draft, shown again, pictures made small enough for a village's network.

import { comfort } from "../screen/comfort.js";
import { showControl } from "../screen/elements.js";
import { canRecord, clock, Recording } from "./recorder.js";
import { lowRoomText, notKeptText } from "./room.js";
import { smallerPicture } from "./shrinking.js";

const LIMIT_SHARE = 0.98;

export function bindFile(element, item, page) {
  const input = element.querySelector("input[type=file]");
  const shown = element.querySelector(".media-shown");
  const state = element.querySelector(".media-state");
  const remove = element.querySelector("[data-media=remove]");
  const recorded = { recording: null, draw: () => show() };
  let drawn = null;

  const show = async () => {
    showControl(remove, item.value !== "" && recorded.recording === null, element.querySelector("[data-media=record]"), input);
    if (drawn === item.value || recorded.recording) return;
    drawn = item.value;
    const blob = item.value ? await page.files.read(item.value) : null;
    if (drawn !== item.value) return;
    shown.querySelectorAll("[src^='blob:']").forEach((each) => URL.revokeObjectURL(each.src));
    shown.replaceChildren(...(item.value ? [preview(item.value, blob, page.view.titleOf(item))] : []));
  };
  input.addEventListener("change", async () => {
    const [chosen] = input.files;
    input.value = "";
    if (!chosen) return;
    state.textContent = page.word("preparing_file");
    const { name, problem } = await keepPicked(chosen, item, page, Number(input.dataset.maxPixels));
    state.textContent = problem;
    if (!name) return;
    page.set(item, name);
    show();
  });
  remove.addEventListener("click", () => {
    const before = item.raw;
    page.set(item, "");
    show();
    page.say(page.word("removed_file"), () => {
      page.set(item, before);
      show();
    });
  });
  input.addEventListener("click", async () => {
    state.textContent = await lowRoomText(page);
  });
  bindRecorder(element, item, page, { state, shown: recorded, quality: input.dataset.quality });
  return { show };
}

// The button that records sound; where the browser cannot, the file chooser is what is left.
function bindRecorder(element, item, page, { state, shown, quality }) {
  const button = element.querySelector("[data-media=record]");
  if (!button) return;
  button.hidden = !canRecord();
  const spare = element.querySelector("[data-media=spare]");
  if (spare) spare.hidden = canRecord();
  const limit = page.maxUploadMb;
  // Seconds that go by are seen and not said: a screen reader would talk into the recording.
  const time = Object.assign(document.createElement("span"), { className: "recording-time", ariaHidden: "true" });
  button.after(time);
  let timer = 0;
  const stop = async (text = "") => {
    const ended = shown.recording;
    if (!ended) return;
    clearInterval(timer);
    await ended.stop();
    shown.recording = null;
    button.textContent = page.word("record_sound");
    button.classList.remove("is-recording");
    time.textContent = "";
    state.textContent = text;
    shown.draw();
  };
  const onEnd = (reason) => stop(reason === "limit" ? page.word("recording_too_long", { limit }) : notKeptText(page, reason));
  button.addEventListener("click", async () => {
    if (shown.recording) {
      await stop();
      return;
    }
    let name = "";
    const keepPiece = async (piece) => {
      name ||= fileName(item, page, piece);
      await page.files.append(name, piece);
      page.set(item, name);
    };
    const fresh = new Recording(quality, { keepPiece, limitBytes: limit * LIMIT_SHARE * 1e6, onEnd });
    try {
      await fresh.start();
    } catch {
      state.textContent = page.word("microphone_denied");
      return;
    }
    shown.recording = fresh;
    button.classList.add("is-recording");
    button.textContent = page.word("stop_recording");
    timer = setInterval(() => {
      time.textContent = clock(fresh.seconds);
    }, 500);
  });
  // A recording that is left running would go on unseen.
  page.beforeFinish(() => stop());
}

// {name, problem}: the file made small enough and kept, or why not. Where the device keeps originals, the picture as taken is kept too.
export async function keepPicked(chosen, item, page, wantedSide) {
  const name = fileName(item, page, chosen);
  const { blob, problem } = await prepare(chosen, page, wantedSide);
  if (!blob) return { name: "", problem };
  const kept = blob.type === "image/jpeg" && chosen.type !== "image/jpeg" ? name.replace(/\.\w+$/, ".jpg") : name;
  try {
    await page.files.write(kept, blob);
    if (blob !== chosen && comfort().originals === "on") await keepOriginal(chosen, kept, name, page);
  } catch (error) {
    return { name: "", problem: notKeptText(page, error) };
  }
  return { name: kept, problem: await lowRoomText(page) };
}

async function keepOriginal(chosen, kept, name, page) {
  if (chosen.size > page.maxUploadMb * 1e6) return;
  const original = name.replace(/(\.\w+)$/, "-original$1");
  await page.files.write(original, chosen);
  page.interview.originals = { ...page.interview.originals, [kept]: original };
}

async function prepare(chosen, page, wantedSide) {
  let blob = chosen;
  if (chosen.type.startsWith("image/") && chosen.type !== "image/svg+xml") {
    try {
      blob = await smallerPicture(chosen, wantedSide || undefined);
    } catch {
      return { blob: null, problem: page.word("file_unreadable") };
    }
  }
  const limit = page.maxUploadMb;
  if (blob.size > limit * 1e6) {
    return { blob: null, problem: page.word("file_too_large", { size: (blob.size / 1e6).toFixed(1), limit }) };
  }
  return { blob, problem: "" };
}

// A name that no other file of any interview has: the question, the moment, and the file's own ending.
export function fileName(item, page, file) {
  const path = page.plan.nodes[item.node].p;
  const ending = (file.name?.match(/\.([A-Za-z0-9]{1,5})$/)?.[1] || file.type.split("/")[1]?.split("+")[0] || "bin").toLowerCase();
  return `${path.slice(path.lastIndexOf("/") + 1)}-${Date.now()}-${Math.floor(Math.random() * 1e4)}.${ending === "jpeg" ? "jpg" : ending}`;
}

// A picture is called by what was asked for: its file's name says nothing.
function preview(name, blob, alt) {
  if (!blob) return Object.assign(document.createElement("span"), { className: "file-name", textContent: name });
  const address = URL.createObjectURL(blob);
  const kind = blob.type.split("/")[0];
  if (kind === "image") return Object.assign(new Image(), { src: address, alt, onload: () => URL.revokeObjectURL(address) });
  if (kind === "audio" || kind === "video") return Object.assign(document.createElement(kind), { src: address, controls: true });
  return Object.assign(document.createElement("span"), {
    className: "file-name",
    textContent: `${name} (${Math.ceil(blob.size / 1000)} kB)`,
  });
}
