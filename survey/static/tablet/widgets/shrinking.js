// Pictures made small enough for a village's network.

import { comfort } from "../screen/comfort.js";

const QUALITY = 0.82;
const SMALL_BYTES = 800000;

// The picture as JPEG with its longest side cut to `side` pixels, or to what this device makes of pictures; one that is small enough
// already is kept byte for byte. Rejects for a file that the browser cannot read as a picture.
export async function smallerPicture(file, side = longestSide()) {
  const isPlain = file.type === "image/jpeg" || file.type === "image/png";
  if (side === Infinity && isPlain) return file;
  const bitmap = await createImageBitmap(file);
  const scale = side / Math.max(bitmap.width, bitmap.height);
  if (scale >= 1 && isPlain && file.size < SMALL_BYTES) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * Math.min(1, scale));
  canvas.height = Math.round(bitmap.height * Math.min(1, scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return toBlob(canvas, "image/jpeg", QUALITY);
}

export function toBlob(canvas, type, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the canvas gave no picture"))), type, quality);
  });
}

function longestSide() {
  const { picture } = comfort();
  return picture === "full" ? Infinity : Number(picture);
}
