// Notices that nobody has touched the tablet for a while, says so half a minute before, and then locks.

const WARN_S = 30;
const TOUCHES = ["pointerdown", "keydown", "input", "wheel", "touchmove"];

export class IdleWatch {
  constructor(screen, lock) {
    Object.assign(this, { screen, lock, timer: 0, touchedAt: 0, limitMs: 0 });
    this.line = Object.assign(document.createElement("p"), { className: "lock-soon", role: "status", popover: "manual" });
    // Said once, and counted for the eye.
    this.told = Object.assign(document.createElement("span"), { className: "visually-hidden" });
    this.count = Object.assign(document.createElement("span"), { ariaHidden: "true" });
    this.line.append(this.told, this.count);
    const touch = () => this.touched();
    TOUCHES.forEach((name) => window.addEventListener(name, touch, { capture: true, passive: true }));
    document.addEventListener("visibilitychange", () => this.look());
  }

  start(minutes) {
    this.limitMs = minutes * 60000;
    this.touchedAt = Date.now();
    clearInterval(this.timer);
    this.timer = setInterval(() => this.look(), 1000);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    this.line.remove();
  }

  touched() {
    this.touchedAt = Date.now();
    if (!this.line.isConnected) return;
    this.line.remove();
    this.told.textContent = "";
  }

  look() {
    if (!this.timer) return;
    // A clock that was set back must not keep the tablet open.
    if (Date.now() < this.touchedAt) this.touchedAt = Date.now();
    const left = Math.ceil((this.limitMs - (Date.now() - this.touchedAt)) / 1000);
    if (left <= 0) this.lock();
    else if (left <= Math.min(WARN_S, this.limitMs / 2000)) this.warn(left);
  }

  warn(seconds) {
    const text = this.screen.word("lock_soon", { seconds });
    if (!this.line.isConnected) {
      // What lies outside of an open dialog is not said.
      (document.querySelector("dialog[open]") ?? document.body).append(this.line);
      this.line.showPopover();
      this.told.textContent = text;
    }
    this.count.textContent = text;
  }
}
