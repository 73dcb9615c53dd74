// The questionnaire's texts in the page's language, with the answers they show. The HTML comes escaped from the server.

const SHOWN = "data-x=";

export class Texts {
  constructor(plan) {
    this.plan = plan;
    this.index = plan.form.default;
    this.isShowing = false;
    this.scratch = document.createElement("template");
    this.plainTexts = new Map();
  }

  // "zh" or "en": which words of the program go with the questionnaire's language.
  get wordLanguage() {
    if (this.chosenWords) return this.chosenWords;
    const code = this.plan.form.languages[this.index].code || this.plan.form.languages[this.index].name;
    return /^(zh|中文|chinese)/i.test(code) ? "zh" : "en";
  }

  html(key) {
    return this.plan.texts[key]?.[this.index] ?? "";
  }

  // A text without markup. Calculations see the form's default language, so that data never depend on what language was on the screen.
  plain(key) {
    const html = this.plan.texts[key]?.[this.isShowing ? this.index : this.plan.form.default] ?? "";
    if (!/[<&]/.test(html)) return html;
    if (!this.plainTexts.has(html)) {
      this.scratch.innerHTML = html;
      this.plainTexts.set(html, this.scratch.content.textContent);
    }
    return this.plainTexts.get(html);
  }

  // A text without markup in the language on the screen.
  shownPlain(key) {
    this.isShowing = true;
    const text = this.plain(key);
    this.isShowing = false;
    return text;
  }

  // Rewrites the texts of `elements` ([data-t]); `evaluator` and `node` give the answers they show. Without `all` only those with answers.
  draw(elements, evaluator, node, all) {
    this.isShowing = true;
    for (const element of elements) {
      const html = this.html(element.dataset.t);
      const isLive = html.includes(SHOWN);
      if (!all && !isLive) continue;
      if (element.tagName === "OPTION") element.textContent = this.plain(element.dataset.t);
      else {
        element.innerHTML = html;
        paint(element);
      }
      if (!isLive) continue;
      for (const shown of element.querySelectorAll("[data-x]")) shown.textContent = node ? evaluator.text(Number(shown.dataset.x), node) : "";
    }
    this.isShowing = false;
  }

  // A text of an item ("label", "constraint", "required") without markup, with the answers it shows; "" when the form gives none.
  textOf(part, item, evaluator) {
    const key = `${this.plan.nodes[item.node].p}:${part}`;
    if (!this.html(key).includes(SHOWN)) return this.shownPlain(key);
    const element = document.createElement("span");
    element.dataset.t = key;
    this.draw([element], evaluator, item.element, true);
    return element.textContent;
  }
}

// Puts the colours of a questionnaire's texts on by script, because the security policy forbids them in the page's text.
export function paint(root) {
  root.querySelectorAll("[data-color]").forEach((element) => {
    element.style.setProperty("--told", element.dataset.color);
  });
}
