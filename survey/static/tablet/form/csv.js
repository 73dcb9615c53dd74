// Comma-separated values as ODK clients write them: UTF-8, a line feed after every row, quotes only where they are needed.

export function writeCsv(rows) {
  return rows.map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

// The rows of a text as objects by the names of its first row.
export function readCsv(text) {
  const [names = [], ...rows] = cells(text.replace(/^\ufeff/, ""));
  return rows.filter((row) => row.length > 1).map((row) => Object.fromEntries(names.map((name, number) => [name, row[number] ?? ""])));
}

function quoted(value) {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cells(text) {
  const rows = [[]];
  for (const [, quotedCell, plainCell, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quotedCell === undefined ? plainCell : quotedCell.replaceAll('""', '"'));
    if (end === "") break;
    if (end !== ",") rows.push([]);
  }
  return rows;
}
