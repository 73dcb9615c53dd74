// A dialog on the list in which something is noted at a household: kept on this device at once, sent by the queue.
//
// `name` is its id and the beginning of its classes. A dialog gives `draw()`, the parts of its form, `acts()`, its buttons, which stay in
// sight however long the form is, and `save()`, what happens when it is sent; `onChange` of its context is called once something else is kept.

import { queue } from "../device/queue.js";
import { button, element } from "../screen/elements.js";
import { say } from "../screen/language.js";

export const MAX_NOTE = 500;

export class NotingDialog {
  constructor(name, context) {
    this.name = name;
    this.context = context;
    this.dialog = Object.assign(element("dialog", `contents ${name}`), { id: name });
    this.problem = element("p", `note-line bad noting-problem ${name}-problem`);
    this.problem.setAttribute("role", "alert");
  }

  open(title, why) {
    const { dialog, name } = this;
    const heading = Object.assign(element("h2", "", title), { id: `${name}-title` });
    dialog.setAttribute("aria-labelledby", heading.id);
    const form = element("form", `${name}-form`, ...this.draw(), element("div", "noting-foot", this.problem, ...this.acts()));
    form.noValidate = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    const close = button("quiet", say("close"), () => dialog.close());
    dialog.append(element("header", "", heading, close), element("p", "muted", why), form);
    dialog.addEventListener("close", () => this.leave());
    document.body.append(dialog);
    dialog.showModal();
  }

  leave() {
    this.dialog.remove();
  }

  // Closes the dialog once it is kept, and lets the queue know.
  async keep(act) {
    try {
      await act();
    } catch (error) {
      this.problem.textContent = say("unmet_not_kept", { detail: error.word ? say(error.word) : error.message });
      return;
    }
    this.dialog.close();
    await this.context.onChange();
    queue.kick();
  }
}
