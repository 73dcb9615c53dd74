// The questionnaires that anybody may fill in to get to know them; nothing of it is kept or sent.

import { drawAnew, element, linkButton } from "../screen/elements.js";
import { formHash } from "../screen/interview.js";
import { language, say } from "../screen/language.js";
import { textIn } from "./model.js";

// Draws the section; `forms` are the package's, empty while nothing has been fetched.
export function drawPractice(root, forms) {
  const title = Object.assign(element("h2", "", say("practise")), { id: "practice-title" });
  const rows = forms.map((form) =>
    element(
      "li",
      "practice-form",
      element(
        "div",
        "",
        element("strong", "", textIn(form.titles, language(), form.title)),
        element("span", "muted", say("form_facts", { count: form.n_questions, version: form.form_version })),
      ),
      Object.assign(linkButton("", say("try_it"), formHash(form.form_id, form.form_version, { try: 1 })), { id: `try-${form.form_id}` }),
    ),
  );
  const text = element("p", forms.length ? "muted panel-line" : "empty", say(forms.length ? "practise_why" : "practise_none"));
  drawAnew(root, title, text, element("ul", "practice-forms", ...rows));
}
