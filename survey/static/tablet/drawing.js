// A signature or sketch: drawn with finger, pen or mouse on a canvas, kept as a PNG on white.

import { fileName, toBlob } from "./files.js";

const LINE_WIDTH = 5;

export function bindDrawing(element, item, page) {
  const canvas = element.querySelector("canvas");
  const context = canvas.getContext("2d");
  const clear = element.querySelector("[data-draw=clear]");
  const hint = element.querySelector(".draw-hint");
  let drawn = null;
  let sheet = 0;

  const wipe = () => {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  const mark = (isDrawn) => {
    hint.hidden = isDrawn;
    clear.hidden = !isDrawn;
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  // Every stroke is kept at once, under one name for the whole drawing; what was cleared meanwhile is not brought back.
  const keep = async () => {
    const own = sheet;
    const blob = await toBlob(canvas, "image/png");
    if (own !== sheet) return;
    drawn ||= fileName(item, page, blob);
    await page.files.write(drawn, blob);
    if (own === sheet) page.set(item, drawn);
  };

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    Object.assign(context, { lineWidth: LINE_WIDTH, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });
    context.beginPath();
    context.moveTo(...place(event));
    context.lineTo(...place(event));
    context.stroke();
    mark(true);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) context.lineTo(...place(each));
    context.stroke();
  });
  canvas.addEventListener("lostpointercapture", keep);
  clear.addEventListener("click", () => {
    const before = item.raw;
    sheet += 1;
    wipe();
    mark(false);
    drawn = "";
    page.set(item, "");
    page.say(page.word("removed_file"), () => {
      page.set(item, before);
      show();
    });
  });

  const show = async () => {
    if (drawn === item.value) return;
    drawn = item.value;
    wipe();
    mark(item.value !== "");
    const blob = item.value ? await page.files.read(item.value) : null;
    if (blob && drawn === item.value) context.drawImage(await createImageBitmap(blob), 0, 0, canvas.width, canvas.height);
  };
  wipe();
  return { show };
}
