// Whether the server has an interview whole, and what is kept here of one that it has. Pure.

import { filesLeft, sendingOf } from "./jobs.js";

// "confirmed" when the receipt names the hash of every part; otherwise what changes on the card, with the problem in words.
export function compare(interview, receipt) {
  const sending = sendingOf(interview);
  if (receipt?.state !== "stored") return { sending: { ...sending, accepted_at: "", done: [] } };
  if (receipt.xml_sha256 !== sending.xml_sha256) return { state: "conflict", problem: { word: "conflict", findings: [] } };
  const kept = new Map(receipt.files.map((file) => [file.name, file.sha256]));
  const lacking = sending.done.filter((name) => !kept.has(name));
  if (lacking.length) return { sending: { ...sending, done: sending.done.filter((name) => kept.has(name)) } };
  const differing = sending.done.find((name) => kept.get(name) !== sending.hashes[name]);
  if (differing) return { problem: { word: "file_differs", values: { name: differing } } };
  const lost = filesLeft(interview).filter((name) => !kept.has(name));
  if (lost.length) return { problem: { word: "files_lost", values: { count: lost.length, names: lost.join(", ") }, lost } };
  return "confirmed";
}

// The card of an interview that the server has confirmed: with its receipt, and how much its copy here takes.
export function confirmed(interview, receipt, facts, now) {
  return {
    ...interview,
    state: "sent",
    sent_at: now.toISOString(),
    problem: null,
    has_copy: true,
    n_bytes: facts.reduce((sum, file) => sum + file.n_bytes, new Blob([interview.xml]).size),
    receipt: {
      received_at: receipt.received_at,
      xml_sha256: receipt.xml_sha256,
      files: receipt.files,
      people: receipt.people,
      given_up: sendingOf(interview).given_up,
    },
  };
}
