// What becomes of the interview on the screen once it is finished: it is given to the queue, and taken back from it when it is changed.
//
// While an interview is open in a form the queue leaves it alone; while the queue has it, the form writes nothing of it.

import { sendingOf } from "../device/jobs.js";
import { queue } from "../device/queue.js";
import { randomId } from "../device/random.js";
import { asCorrection } from "../device/send.js";
import { drawHeader } from "./header.js";
import { drawOutcome } from "./summary.js";

const REFUSALS = new Set(["refused", "conflict"]);

export class Sending {
  constructor(page) {
    this.page = page;
    this.free = null;
    this.follow = null;
    // Settled once a finished interview that was changed is this page's again.
    this.reopened = Promise.resolve();
  }

  // Nothing, once the queue leaves the interview alone; what the queue has done with it up to then is known then.
  async withhold() {
    const { store, interview } = this.page;
    this.free ||= await queue.withhold(interview.id);
    const { state, sending = null, problem = null } = (await store.interview(interview.id)) || interview;
    interview.sending = sending;
    if (interview.state !== "draft" && interview.state !== state) Object.assign(interview, { state, problem });
  }

  release() {
    this.free?.();
    this.free = null;
  }

  // A finished interview that is changed is a draft again. If the server has it already, it becomes a correction of what the server has.
  reopen() {
    this.reopened = this.takeUp();
    return this.reopened;
  }

  async takeUp() {
    const { page } = this;
    const { interview } = page;
    const isWritten = page.keeper.pause();
    Object.assign(interview, { state: "draft", xml: null });
    delete page.pager.summary.dataset.outcome;
    this.unfollow();
    await isWritten;
    await this.withhold();
    const sending = sendingOf(interview);
    if (sending.accepted_at) Object.assign(interview, { deprecated_id: interview.instance_id, instance_id: `uuid:${randomId()}`, sending: null });
    else interview.sending = sending.tried.length ? { tried: sending.tried } : null;
    page.keeper.resume();
  }

  // Gives the interview to the queue and shows what becomes of it.
  async send() {
    const { page } = this;
    this.show({ state: "sending", problem: null });
    page.keeper.pause();
    this.release();
    const outcome = await queue.sendOne(page.interview);
    if (REFUSALS.has(outcome.state)) await this.takeBack();
    else {
      this.show(outcome);
      if (outcome.state !== "sent") this.followOn();
    }
    drawHeader(page);
  }

  // The server wants something mended: the interview is this page's again.
  async takeBack() {
    this.unfollow();
    await this.withhold();
    this.page.keeper.resume();
    this.page.takeBack();
  }

  async sendAsCorrection() {
    const { page } = this;
    Object.assign(page.interview, asCorrection(page.interview, `uuid:${randomId()}`));
    await page.store.save(page.interview);
    await this.send();
  }

  // Shows it when the answers or the rest of the interview have arrived, or were refused, later.
  followOn() {
    this.unfollow();
    this.follow = () => {
      const card = queue.cards.get(this.page.interview.id);
      const state = card?.state === "finished" && sendingOf(card).accepted_at ? "accepted" : card?.state;
      if (REFUSALS.has(state)) this.takeBack();
      else if (state === "sent" || (state === "accepted" && this.page.pager.summary.dataset.outcome !== state)) this.show({ state, problem: null });
      if (state === "sent") this.unfollow();
    };
    queue.addEventListener("change", this.follow);
  }

  unfollow() {
    queue.removeEventListener("change", this.follow);
    this.follow = null;
  }

  show(outcome) {
    drawOutcome(this.page, outcome);
    document.getElementById("steps").hidden = true;
    // What has arrived is changed as a correction only, from the list.
    document.getElementById("open-contents").disabled = outcome.state === "sent" || outcome.state === "accepted";
  }

  close() {
    this.unfollow();
    this.release();
    queue.kick();
  }
}
