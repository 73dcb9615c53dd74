// Recording sound with the browser's own recorder, in the smallest format that it has.

import { holdKey } from "../device/holds.js";

const TYPES = ["audio/mp4", "audio/webm;codecs=opus", "audio/ogg;codecs=opus"];
const BITS_PER_SECOND = { normal: 64000, low: 32000, "voice-only": 16000, external: 64000 };
const PIECE_MS = 2000;

export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia) && "MediaRecorder" in window;
}

// One recording. `keepPiece` gets what has been recorded since the last time and keeps it, so that a tablet that falls asleep or is switched
// off loses the last seconds at most; pieces are kept one after the other. `onEnd` is called when the recording ends by itself, with the
// reason: "limit" when it has `limitBytes`, else the error with which a piece could not be kept.
export class Recording {
  constructor(quality, { keepPiece, limitBytes = Infinity, onEnd = () => {} }) {
    Object.assign(this, { quality, keepPiece, limitBytes, onEnd });
    this.nBytes = 0;
    this.kept = Promise.resolve();
    this.isBroken = false;
  }

  // Asks for the microphone and begins; rejects when the person or the browser refuses.
  async start() {
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(this.stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND[this.quality] || BITS_PER_SECOND.normal });
    this.begunAt = Date.now();
    this.ended = new Promise((resolve) => {
      this.recorder.addEventListener("stop", resolve);
    });
    this.recorder.addEventListener("dataavailable", ({ data }) => this.take(data));
    this.recorder.start(PIECE_MS);
    this.freeKey = holdKey();
  }

  take(data) {
    if (data.size === 0 || this.isBroken) return;
    this.nBytes += data.size;
    const piece = new Blob([data], { type: this.type });
    this.kept = this.kept.then(() => (this.isBroken ? null : this.keepPiece(piece))).catch((error) => this.breakOff(error));
    if (this.nBytes > this.limitBytes && this.recorder.state === "recording") this.onEnd("limit");
  }

  // A piece that is missing makes what follows it useless.
  breakOff(error) {
    this.isBroken = true;
    this.onEnd(error);
  }

  get type() {
    return (this.recorder.mimeType || "audio/webm").split(";")[0];
  }

  get seconds() {
    return Math.floor((Date.now() - this.begunAt) / 1000);
  }

  // Nothing, once the last piece is kept.
  async stop() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.stream.getTracks().forEach((track) => track.stop());
    await this.ended;
    await this.kept;
    this.freeKey();
  }
}

// Seconds as minutes and seconds: "1:05".
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
