// What finds a code in a film: the browser's own detector, else a library that is loaded when somebody scans. Chromium on Android
// borrows its detector from Google's services, which many tablets lack.

const LARGEST_SIDE = 1000;

// A function from a film to the text of a code that it shows at this moment, "" for none.
export async function makeReader() {
  const formats = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats().catch(() => []) : [];
  if (formats.length === 0) return libraryReader(await import("../../vendor/zxing.js"));
  const detector = new BarcodeDetector({ formats });
  return async (film) => (await detector.detect(film).catch(() => []))[0]?.rawValue ?? "";
}

function libraryReader(zxing) {
  const hints = new Map([[zxing.DecodeHintType.TRY_HARDER, true]]);
  const readers = [new zxing.QRCodeReader(), new zxing.MultiFormatOneDReader(hints), new zxing.DataMatrixReader()];
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (film) => {
    const scale = Math.min(1, LARGEST_SIDE / Math.max(film.videoWidth, film.videoHeight));
    canvas.width = Math.round(film.videoWidth * scale);
    canvas.height = Math.round(film.videoHeight * scale);
    context.drawImage(film, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const source = new zxing.RGBLuminanceSource(brightnessOf(data), canvas.width, canvas.height);
    return firstCode(readers, () => new zxing.BinaryBitmap(new zxing.HybridBinarizer(source)), hints);
  };
}

// The library throws where it finds nothing.
function firstCode(readers, makeBitmap, hints) {
  for (const reader of readers) {
    try {
      return reader.decode(makeBitmap(), hints).getText();
    } catch {
      reader.reset();
    }
  }
  return "";
}

// One byte for every pixel, green counting most, as eyes do.
function brightnessOf(pixels) {
  const found = new Uint8ClampedArray(pixels.length / 4);
  for (let at = 0; at < found.length; at += 1) found[at] = (pixels[at * 4] + 2 * pixels[at * 4 + 1] + pixels[at * 4 + 2]) >> 2;
  return found;
}
