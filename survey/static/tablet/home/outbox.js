// What waits on this device to be sent, with the button that sends it now.

import { sendInterview } from "../device/send.js";
import { button, element } from "../screen/elements.js";
import { say } from "../screen/language.js";

// {draw} of the section; `onChange` is called when something was sent.
export function mountOutbox(root, context, onChange) {
  return new Outbox(root, context, onChange);
}

class Outbox {
  constructor(root, context, onChange) {
    Object.assign(this, { root, context, onChange, text: "", isSending: false });
    window.addEventListener("online", () => this.sendAll());
  }

  async waiting() {
    const cards = await this.context.store.interviews();
    return cards.filter((each) => each.state === "finished");
  }

  async draw() {
    const waiting = await this.waiting();
    this.root.hidden = waiting.length === 0 && this.text === "";
    const send = button("primary", say("send_all", { count: waiting.length }), () => this.sendAll());
    Object.assign(send, { id: "send-all", hidden: waiting.length === 0, disabled: this.isSending });
    const line = Object.assign(element("p", "panel-line", this.text), { id: "device-state", hidden: this.text === "" });
    line.setAttribute("role", "status");
    this.root.replaceChildren(element("h2", "", say("outbox")), line, send);
  }

  async tell(text) {
    this.text = text;
    await this.draw();
  }

  async sendAll() {
    const waiting = await this.waiting();
    if (!waiting.length || this.isSending) return;
    this.isSending = true;
    let sent = 0;
    let problem = null;
    for (const [index, { id }] of waiting.entries()) {
      await this.tell(say("sending_of", { number: index + 1, count: waiting.length }));
      const outcome = await sendInterview(this.context.store, await this.context.store.interview(id), this.context.addresses);
      if (outcome.state === "sent") sent += 1;
      else problem = outcome.problem;
      if (["offline", "sign_in_again"].includes(outcome.problem?.word)) break;
    }
    this.isSending = false;
    const left = waiting.length - sent;
    const texts = [
      sent ? say("sent_count", { count: sent }) : "",
      left && problem ? say("left_count", { count: left, detail: say(problem.word, problem.values) }) : "",
    ];
    await this.tell(texts.filter(Boolean).join(" "));
    await this.onChange();
  }
}
