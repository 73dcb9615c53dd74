// Recording sound with the browser's own recorder, in the smallest format that it has.

const TYPES = ["audio/mp4", "audio/webm;codecs=opus", "audio/ogg;codecs=opus"];
const BITS_PER_SECOND = { normal: 64000, low: 32000, "voice-only": 16000, external: 64000 };
const PIECE_MS = 5000;

export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia) && "MediaRecorder" in window;
}

// One recording. `onPiece` gets everything recorded so far every few seconds, so that little is lost when a tablet falls asleep.
export class Recording {
  constructor(quality, onPiece = () => {}) {
    this.quality = quality;
    this.onPiece = onPiece;
    this.pieces = [];
  }

  // Asks for the microphone and begins; rejects when the person or the browser refuses.
  async start() {
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.recorder = new MediaRecorder(this.stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND[this.quality] || BITS_PER_SECOND.normal });
    this.begunAt = Date.now();
    this.ended = new Promise((resolve) => {
      this.recorder.addEventListener("stop", () => resolve(this.blob()));
    });
    this.recorder.addEventListener("dataavailable", ({ data }) => {
      if (data.size === 0) return;
      this.pieces.push(data);
      if (this.recorder.state === "recording") this.onPiece(this.blob());
    });
    this.recorder.start(PIECE_MS);
  }

  get seconds() {
    return Math.floor((Date.now() - this.begunAt) / 1000);
  }

  blob() {
    return new Blob(this.pieces, { type: (this.recorder.mimeType || "audio/webm").split(";")[0] });
  }

  // Everything that was recorded, once the last piece is there.
  stop() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.stream.getTracks().forEach((track) => track.stop());
    return this.ended;
  }
}

// Seconds as minutes and seconds: "1:05".
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
