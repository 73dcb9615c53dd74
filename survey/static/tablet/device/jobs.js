// What is to be sent next. Pure rules over the cards of interviews; nothing here touches the store or the network.
//
// `card.sending` is what is known of an interview's way to the server: {xml_sha256, tried, accepted_at, hashes, done, given_up}. `tried` are
// the hashes of all answers that were ever sent under its identifier, `hashes` those of its files, `done` the files that the server has, and
// `given_up` those that are on this device no more and that somebody has agreed to do without.

export const LARGE_BYTES = 2_000_000;

const WAITING = new Set(["finished", "refused"]);

export function sendingOf(card) {
  return { xml_sha256: "", tried: [], accepted_at: "", hashes: {}, done: [], given_up: [], ...card.sending };
}

export function isAccepted(card) {
  return sendingOf(card).accepted_at !== "";
}

// The files of an interview that the server does not have yet, those lost on this device included.
export function filesLeft(card) {
  const { done, given_up: givenUp } = sendingOf(card);
  const names = [...new Set(card.file_names || [])];
  return names.filter((name) => !done.includes(name) && !givenUp.includes(name));
}

// {kind, card, file} or null. Answers go before everything, the confirmation of what is complete before more files, and small files before
// large ones; the files of what was refused, which a coordinator may yet admit, go last. `factsOf(id)` are the files on this device as
// [{name, n_bytes}]; cards in `passedOver` are left out.
export function nextJob(cards, factsOf, { passedOver, sendsLarge }) {
  const open = cards.filter((card) => WAITING.has(card.state) && !passedOver.has(card.id));
  const finished = open.filter((card) => card.state === "finished");
  const first = oldest(finished.filter((card) => !isAccepted(card)));
  if (first) return { kind: "answers", card: first };
  const accepted = finished.filter(isAccepted);
  const complete = accepted.find((card) => !filesHere(card, factsOf).length);
  if (complete) return { kind: "confirm", card: complete };
  const refused = open.filter((card) => card.state === "refused");
  return smallest(accepted, factsOf, sendsLarge) || smallest(refused, factsOf, sendsLarge);
}

// The files that wait only because somebody wants to be asked before large ones are sent.
export function largeFilesLeft(cards, factsOf) {
  return cards
    .filter((card) => card.state === "finished")
    .flatMap((card) => filesHere(card, factsOf))
    .filter((file) => file.n_bytes > LARGE_BYTES);
}

function filesHere(card, factsOf) {
  const left = new Set(filesLeft(card));
  return factsOf(card.id).filter((file) => left.has(file.name));
}

function oldest(cards) {
  return cards.reduce((found, card) => (!found || (card.finished_at || "") < (found.finished_at || "") ? card : found), null);
}

function smallest(cards, factsOf, sendsLarge) {
  let found = null;
  for (const card of cards) {
    for (const file of filesHere(card, factsOf)) {
      if (!sendsLarge && file.n_bytes > LARGE_BYTES) continue;
      if (!found || file.n_bytes < found.file.n_bytes) found = { kind: "file", card, file };
    }
  }
  return found;
}
