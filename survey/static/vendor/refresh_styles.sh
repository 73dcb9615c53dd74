#!/bin/sh
# Fetches the stylesheet below every page from npm at the version below, and copies its licence. Needs npm. Run it by hand after raising
# the version; commit what it writes.
set -eu

PICO=2.1.1

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null 2>&1
npm install --no-audit --no-fund "@picocss/pico@$PICO" >/dev/null 2>&1

mkdir -p "$here/licences"
cp node_modules/@picocss/pico/css/pico.min.css "$here/pico.css"
cp node_modules/@picocss/pico/LICENSE.md "$here/licences/pico.txt"
