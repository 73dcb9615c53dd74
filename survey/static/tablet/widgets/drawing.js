// A signature, a sketch, or a picture that is drawn over: strokes of finger, pen or mouse on a canvas, kept as one picture.

import { showControl } from "../screen/elements.js";
import { fileName } from "./files.js";
import { notKeptText } from "./room.js";
import { toBlob } from "./shrinking.js";

const LINE_WIDTH = 5;
const LONGEST_SIDE = 1600;
const COLOURS = { black: "#111", red: "#d4211b", blue: "#1550c8" };

export function bindDrawing(element, item, page) {
  const canvas = element.querySelector("canvas");
  const context = canvas.getContext("2d");
  const clear = element.querySelector("[data-draw=clear]");
  const undo = element.querySelector("[data-draw=undo]");
  const hint = element.querySelector(".draw-hint");
  const camera = element.querySelector("input[type=file]");
  const pens = [...element.querySelectorAll("[data-pen]")];
  const isAnnotation = element.querySelector(".draw").dataset.drawn === "annotate";
  const blank = [canvas.width, canvas.height];
  let colour = pens.find((pen) => pen.ariaPressed === "true")?.dataset.pen || "black";
  let drawn = null;
  let sheet = 0;
  let base = null;
  let strokes = [];

  const repaint = () => {
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (base) context.drawImage(base, 0, 0, canvas.width, canvas.height);
    strokes.forEach((stroke) => line(context, stroke));
  };
  const lay = (picture) => {
    base = picture;
    strokes = [];
    const longest = Number(camera?.dataset.maxPixels) || LONGEST_SIDE;
    const scale = picture ? Math.min(1, longest / Math.max(picture.width, picture.height)) : 1;
    [canvas.width, canvas.height] = picture && isAnnotation ? [picture.width, picture.height].map((side) => Math.round(side * scale)) : blank;
    repaint();
    mark();
  };
  const mark = () => {
    const isEmpty = !base && strokes.length === 0;
    hint.hidden = !isEmpty;
    showControl(clear, !isEmpty, canvas);
    showControl(undo, strokes.length > 0, clear, canvas);
    // There is nothing to draw over before there is a picture.
    canvas.classList.toggle("waits", isAnnotation && !base);
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  // Every stroke is kept at once, under one name for the whole drawing; what was cleared meanwhile is not brought back.
  const keep = async () => {
    const own = sheet;
    const blob = await toBlob(canvas, isAnnotation ? "image/jpeg" : "image/png", 0.85);
    if (own !== sheet) return;
    drawn ||= fileName(item, page, blob);
    try {
      await page.files.write(drawn, blob);
    } catch (error) {
      page.say(notKeptText(page, error));
      return;
    }
    if (own === sheet) page.set(item, drawn);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (isAnnotation && !base) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    strokes.push({ colour: COLOURS[colour], width: (LINE_WIDTH * canvas.width) / blank[0], points: [place(event)] });
    line(context, strokes.at(-1));
    mark();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const stroke = strokes.at(-1);
    for (const each of event.getCoalescedEvents?.() ?? [event]) stroke.points.push(place(each));
    line(context, stroke);
  });
  canvas.addEventListener("lostpointercapture", keep);
  pens.forEach((pen) =>
    pen.addEventListener("click", () => {
      colour = pen.dataset.pen;
      pens.forEach((each) => {
        each.ariaPressed = String(each === pen);
      });
    }),
  );
  undo.addEventListener("click", () => {
    strokes.pop();
    repaint();
    mark();
    if (strokes.length || base) keep();
    else wipe();
  });
  const wipe = () => {
    sheet += 1;
    drawn = "";
    lay(null);
    page.set(item, "");
  };
  clear.addEventListener("click", () => {
    const before = item.raw;
    wipe();
    page.say(page.word("removed_file"), () => {
      page.set(item, before);
      show();
    });
  });
  camera?.addEventListener("change", async () => {
    const [chosen] = camera.files;
    camera.value = "";
    const picture = chosen && (await createImageBitmap(chosen).catch(() => null));
    if (!picture) {
      if (chosen) page.say(page.word("file_unreadable"));
      return;
    }
    sheet += 1;
    drawn = "";
    lay(picture);
    await keep();
  });

  const show = async () => {
    if (drawn === item.value) return;
    drawn = item.value;
    const blob = item.value ? await page.files.read(item.value) : null;
    const picture = blob ? await createImageBitmap(blob) : null;
    if (drawn === item.value) lay(picture);
  };
  lay(null);
  return { show };
}

function line(context, { colour, width, points }) {
  Object.assign(context, { lineWidth: width, lineCap: "round", lineJoin: "round", strokeStyle: colour });
  context.beginPath();
  context.moveTo(...points[0]);
  points.forEach((point) => context.lineTo(...point));
  context.stroke();
}
