#!/bin/sh
# Fetches the two libraries of the tablet pages from npm at the versions below, bundles each into one ES module beside this file,
# and copies their licences. Needs node 20 or newer and npm. Run it by hand after raising a version; commit what it writes.
set -eu

EVALUATOR=3.1.0
IDB=8.0.4
ESBUILD=0.28.2

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null 2>&1
npm install --no-audit --no-fund "openrosa-xpath-evaluator@$EVALUATOR" "idb@$IDB" "esbuild@$ESBUILD" >/dev/null 2>&1

# digest() alone needs node-forge (300 kB); it stays outside, and an expression that calls digest() is reported as unsupported.
echo "export { default as createEvaluator } from 'openrosa-xpath-evaluator';" > evaluator.js
npx esbuild evaluator.js --bundle --format=esm --target=es2020 --minify-whitespace --external:node-forge --legal-comments=inline \
  --banner:js="/* openrosa-xpath-evaluator $EVALUATOR, Apache-2.0, see licences/openrosa-xpath-evaluator.txt */" \
  --outfile="$here/openrosa-xpath-evaluator.js" --log-level=warning
npx esbuild node_modules/idb/build/index.js --bundle --format=esm --target=es2020 --minify-whitespace \
  --banner:js="/* idb $IDB, ISC, see licences/idb.txt */" --outfile="$here/idb.js" --log-level=warning

mkdir -p "$here/licences"
cp node_modules/openrosa-xpath-evaluator/LICENSE "$here/licences/openrosa-xpath-evaluator.txt"
cp node_modules/idb/LICENSE "$here/licences/idb.txt"
