// Reading a code with the camera, in browsers that can; elsewhere the button stays away and the code is typed.

const LOOK_EVERY_MS = 150;

export async function bindBarcode(element, item, page) {
  const scan = element.querySelector("[data-barcode=scan]");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  scan.hidden = formats.length === 0;
  scan.addEventListener("click", async () => {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      page.say(page.word("camera_denied"));
      return;
    }
    const code = await readCode(stream, new BarcodeDetector({ formats }), page);
    stream.getTracks().forEach((track) => track.stop());
    if (code) page.set(item, code);
    scan.focus();
  });
}

// The first code that the camera sees; "" when the person closes the window before.
function readCode(stream, detector, page) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "scanner" });
  const film = Object.assign(document.createElement("video"), { srcObject: stream, muted: true, playsInline: true });
  const hint = Object.assign(document.createElement("p"), { textContent: page.word("scan_hint") });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: page.word("close") });
  close.addEventListener("click", () => dialog.close());
  dialog.append(film, hint, close);
  document.body.append(dialog);
  dialog.showModal();
  film.play();
  return new Promise((resolve) => {
    let code = "";
    const timer = setInterval(async () => {
      const [found] = film.readyState >= 2 ? await detector.detect(film).catch(() => []) : [];
      if (!found || code) return;
      code = found.rawValue;
      dialog.close();
    }, LOOK_EVERY_MS);
    dialog.addEventListener("close", () => {
      clearInterval(timer);
      dialog.remove();
      resolve(code);
    });
  });
}
