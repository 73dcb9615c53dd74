#!/bin/sh
# Fetches the libraries of the tablet pages from npm at the versions below, bundles each into one ES module beside this file,
# and copies their licences. Needs node 20 or newer and npm. Run it by hand after raising a version; commit what it writes.
set -eu

HASHES=2.4.0
IDB=8.0.4
ZXING=0.23.0
ESBUILD=0.28.2

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null 2>&1
npm install --no-audit --no-fund "@noble/hashes@$HASHES" "idb@$IDB" "@zxing/library@$ZXING" \
  "esbuild@$ESBUILD" >/dev/null 2>&1

bundle() { # bundle ENTRY OUT BANNER [HOW-SMALL]
  npx esbuild "$1" --bundle --format=esm --target=es2020 "${4:---minify-whitespace}" --legal-comments=inline \
    --banner:js="/* $3 */" --outfile="$here/$2" --log-level=warning
}

# For digest(); the page loads it only for a form that calls it.
cat > hashes.js <<'JS'
export { md5, sha1 } from "@noble/hashes/legacy.js";
export { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
JS
bundle hashes.js noble-hashes.js "@noble/hashes $HASHES, MIT, see licences/noble-hashes.txt"
bundle node_modules/idb/build/index.js idb.js "idb $IDB, ISC, see licences/idb.txt"
# Reads codes from the camera in browsers without a BarcodeDetector; loaded only when somebody scans there.
cat > zxing.js <<'JS'
export {
  BarcodeFormat, BinaryBitmap, DataMatrixReader, DecodeHintType, HybridBinarizer, MultiFormatOneDReader, QRCodeReader, RGBLuminanceSource
} from "@zxing/library";
JS
bundle zxing.js zxing.js "@zxing/library $ZXING, Apache-2.0, see licences/zxing.txt" --minify

mkdir -p "$here/licences"
cp node_modules/@zxing/library/LICENSE "$here/licences/zxing.txt"
cp node_modules/@noble/hashes/LICENSE "$here/licences/noble-hashes.txt"
cp node_modules/idb/LICENSE "$here/licences/idb.txt"
