// Reading a code with the camera, where there is one; a code can always be typed.

import { makeReader } from "./decoding.js";

const LOOK_EVERY_MS = 150;

export function bindBarcode(element, item, page) {
  const scan = element.querySelector("[data-barcode=scan]");
  scan.hidden = !navigator.mediaDevices?.getUserMedia;
  scan.addEventListener("click", async () => {
    scan.disabled = true;
    try {
      const code = await scanCode(page);
      if (code) page.set(item, code);
    } finally {
      scan.disabled = false;
      scan.focus();
    }
  });
}

// The code that was read; "" when the person closed the window before, or may not use the camera.
async function scanCode(page) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch {
    page.say(page.word("camera_denied"));
    return "";
  }
  try {
    return await watch(stream, await makeReader(), page);
  } catch {
    page.say(page.word("scan_failed"));
    return "";
  } finally {
    stream.getTracks().forEach((track) => track.stop());
  }
}

// Looks at what the camera sees until a code is in it, or the person closes the window.
function watch(stream, read, page) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "scanner" });
  const film = Object.assign(document.createElement("video"), { srcObject: stream, muted: true, playsInline: true });
  const hint = Object.assign(document.createElement("p"), { textContent: page.word("scan_hint") });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: page.word("close") });
  close.addEventListener("click", () => dialog.close());
  dialog.append(film, hint, close);
  document.body.append(dialog);
  dialog.showModal();
  film.play().catch(() => dialog.close());
  return new Promise((resolve) => {
    let code = "";
    let timer = 0;
    const look = async () => {
      if (film.readyState >= 2) code = await read(film);
      if (code) dialog.close();
      else if (dialog.open) timer = setTimeout(look, LOOK_EVERY_MS);
    };
    look();
    dialog.addEventListener("close", () => {
      clearTimeout(timer);
      dialog.remove();
      resolve(code);
    });
  });
}
