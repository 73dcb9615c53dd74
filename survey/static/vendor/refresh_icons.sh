#!/bin/sh
# Fetches the icons named below from npm at the version below, puts them into one sprite beside this file, and copies their licence. Needs
# node 20 or newer and npm. Run it by hand after raising the version or adding a name; commit what it writes.
set -eu

LUCIDE=1.62.0
NAMES="circle-check circle-question-mark circle-user-round circle-x contrast info monitor moon sun triangle-alert"

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null 2>&1
npm install --no-audit --no-fund "lucide-static@$LUCIDE" >/dev/null 2>&1

cat > sprite.mjs <<'JS'
import { readFileSync } from "node:fs";
const symbols = process.argv.slice(2).map((name) => {
  const text = readFileSync(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
  const inside = text.slice(text.indexOf(">", text.indexOf("<svg")) + 1, text.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${inside.trim().replace(/\s*\n\s*/g, "")}</symbol>`;
});
console.log(`<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>`);
JS
{
  echo "<!-- lucide-static $LUCIDE, ISC, see licences/lucide.txt -->"
  # shellcheck disable=SC2086
  node sprite.mjs $NAMES
} > "$here/icons.svg"

mkdir -p "$here/licences"
cp node_modules/lucide-static/LICENSE "$here/licences/lucide.txt"
