// The second interviewer's part of an interview: after the lead has finished, on the same tablet, they look through it, may change answers
// under their own name, and countersign with their PIN; or the lead says why they do not.
//
// While the interview waits for them its state is "awaiting" and `interview.countersign` is {earlier, before, times}: changes of an earlier
// turn, the answers as the lead left them by key, and when the second changed which. Afterwards it is what the server is told:
// {username, signed_at, proof, changes} or {reason, changes}.

import { bytesOfBase64, countersignProof, pinCheck, stretchPin } from "../device/crypt.js";
import { hashText } from "../device/hashing.js";
import { secondsToWait, triesLeft } from "../device/pins.js";
import { nodeOf } from "../form/nodes.js";
import { isoWithOffset } from "../form/types.js";
import { LockScreen } from "./lock_screen.js";
import { drawSecondPage } from "./second_page.js";

const ASK_AGAIN_MS = 120000;

export class Countersign {
  // `visits` are the package's visits with their people; without a store nobody countersigns.
  constructor(page, visits = []) {
    this.page = page;
    this.people = page.store && !page.isTrial ? candidates(page, visits) : [];
  }

  // Whether somebody is there to countersign, or to be named as not having done so.
  get isWanted() {
    return this.people.length > 0;
  }

  // Whether the interview is in the second's hands.
  get isOn() {
    return this.page.interview.state === "awaiting";
  }

  // Everything answered from now on is the second's.
  async begin() {
    const { page } = this;
    const { interview } = page;
    const kept = interview.countersign;
    interview.countersign = { earlier: kept?.changes || kept?.earlier || [], before: this.answersByKey(), times: {} };
    Object.assign(interview, { state: "awaiting", finished_at: new Date().toISOString(), problem: null, xml: null });
    page.keeper.isBegun = true;
    this.takeHands();
    await page.keeper.flush();
    page.pager.go(page.pager.sections.length);
  }

  // Whose answers the log says they are.
  takeHands() {
    const { beside, session } = this.page;
    beside.timing.user = this.isOn && this.people.length === 1 ? this.people[0].username : session.username || "";
  }

  // Back to the lead, who goes on filling in; what the second has changed stays noted as theirs.
  async handBack() {
    const { page } = this;
    page.interview.countersign = { earlier: this.changes() };
    Object.assign(page.interview, { state: "draft", finished_at: null });
    this.takeHands();
    await page.keeper.flush();
    delete page.pager.summary.dataset.outcome;
    page.pager.go(page.pager.visible()[0] ?? 0);
  }

  // Notes when an answer was changed, of those that are changed.
  heed(changed) {
    if (!this.isOn) return;
    const { before, times } = this.page.interview.countersign;
    for (const item of changed.keys()) {
      if (item.kind !== "q" || !this.page.view.boxes.has(item)) continue;
      if (item.value === (before[item.key]?.[1] ?? "")) delete times[item.key];
      else times[item.key] ||= isoWithOffset(new Date());
    }
  }

  // What the second has changed: [{node, old, new, at}], values as the XML writes them.
  changes() {
    const { earlier = [], before = {}, times = {} } = this.page.interview.countersign || {};
    if (!this.isOn) return earlier;
    const now = this.answersByKey();
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    const found = keys
      .map((key) => ({ key, node: (now[key] || before[key])[0], old: before[key]?.[1] ?? "", new: now[key]?.[1] ?? "" }))
      .filter((each) => each.old !== each.new)
      .map(({ key, ...each }) => ({ ...each, at: times[key] || isoWithOffset(new Date()) }));
    return [...earlier, ...found];
  }

  // The questions that the second has changed and that are still there.
  changedItems() {
    const { before } = this.page.interview.countersign;
    return this.page.view.questions().filter((item) => item.isRelevant && item.value !== (before[item.key]?.[1] ?? ""));
  }

  answersByKey() {
    const { plan, view } = this.page;
    const answered = view.questions().filter((item) => item.value !== "");
    return Object.fromEntries(answered.map((item) => [item.key, [nodeOf(plan, item), item.value]]));
  }

  draw() {
    this.takeHands();
    drawSecondPage(this.page, this);
  }

  // Finishes with the signature of `person`, once they have entered their PIN; nothing when they go back.
  async sign(person) {
    const sign = await this.askPin(person);
    if (!sign) return;
    const changes = this.changes();
    await this.page.conclude(async (xml) => {
      const signedAt = isoWithOffset(new Date());
      const proof = await countersignProof(sign, this.page.interview.instance_id, await hashText(xml), signedAt);
      return { username: person.username, signed_at: signedAt, proof, changes };
    });
  }

  // Finishes without a signature, for this reason.
  async decline(reason) {
    const changes = this.changes();
    await this.page.conclude(async () => ({ reason, changes }));
  }

  // The signing key of the person, made of the PIN that they enter; null when they go back.
  async askPin(person) {
    const screen = new LockScreen(this.page.texts.wordLanguage, (language) => {
      screen.language = language;
    });
    screen.open();
    // Left alone it goes away, so that the tablet can lock itself.
    const giveUp = setInterval(() => screen.interrupt("lock_back"), ASK_AGAIN_MS);
    try {
      return await this.enterPin(screen, person);
    } finally {
      clearInterval(giveUp);
      screen.close();
    }
  }

  async enterPin(screen, person) {
    const { store } = this.page;
    const name = `second's tries ${person.username}`;
    const salt = bytesOfBase64(person.pin.salt);
    let problem = null;
    for (;;) {
      const { pin, action } = await screen.askPin({ title: "second_pin", text: "second_pin_why", person: person.name, actions: ["lock_back"], problem });
      if (action) return null;
      const tries = (await store.kept(name)) || { failures: 0, failed_at: 0 };
      const seconds = secondsToWait(tries, Date.now());
      problem = seconds ? { word: "pin_wait", values: { seconds } } : null;
      if (problem) continue;
      screen.wait("lock_checking");
      // Counted before it is checked, so that pulling the plug gives nobody another try.
      const counted = { failures: tries.failures + 1, failed_at: Date.now() };
      await store.keep(name, counted);
      const { sign } = await stretchPin(pin, salt, person.pin.rounds);
      if ((await pinCheck(sign)) === person.pin.check) {
        await store.keep(name, null);
        return sign;
      }
      const wait = secondsToWait(counted, Date.now());
      problem = wait ? { word: "pin_wait", values: { seconds: wait } } : { word: "pin_wrong", values: { left: triesLeft(counted.failures) } };
    }
  }
}

// Who may countersign: the other one of the pair; where no pair is known, anybody else of the person's visits. Nobody, where each of a
// pair fills in a form of their own.
function candidates(page, visits) {
  const own = page.session.username;
  const { task } = page.beside;
  if (visits.find((each) => each.id === task?.visit_id)?.records === "independent") return [];
  // An interview that is returned after its visit was closed is in no package any more, but knows its pair.
  const pair = task?.pair || page.interview.pair;
  if (pair) {
    const both = [pair.lead, pair.second];
    const other = both.find((each) => each.username !== own);
    const people = visits.flatMap((visit) => visit.people);
    return both.some((each) => each.username === own) ? [known(people, other)] : [];
  }
  if (page.interview.assignment_id || page.interview.deprecated_id) return [];
  const people = visits.filter((visit) => visit.records !== "independent").flatMap((visit) => visit.people);
  return [...new Map(people.filter((each) => each.username !== own).map((each) => [each.username, each])).values()];
}

function known(people, other) {
  return people.find((each) => each.username === other.username) || { ...other, pin: null };
}
