// Pictures, sound and films of the questionnaire's own texts, in the language on the screen.

import { showControl } from "../screen/elements.js";

export class Media {
  // `base` is where the files of this form version are; `texts` knows the language.
  constructor(plan, base, texts, word) {
    Object.assign(this, { plan, base, texts, word });
  }

  // The file of a text's medium in the language on the screen; "" when it has none.
  nameOf(key, medium) {
    return this.plan.media?.[key]?.[medium]?.[this.texts.index] ?? "";
  }

  address(name) {
    return `${this.base}${encodeURIComponent(name)}`;
  }

  // Draws what belongs into each of `elements` ([data-m]), once for every language.
  draw(elements) {
    for (const element of elements) {
      const wanted = ["image", "big-image", "audio", "video"].map((medium) => this.nameOf(element.dataset.m, medium));
      const signature = wanted.join("|");
      if (element.dataset.drawn === signature) continue;
      element.dataset.drawn = signature;
      const [image, big, audio, video] = wanted;
      const isOption = element.classList.contains("option-media");
      const parts = [];
      if (image || big) parts.push(this.picture(image || big, big, isOption));
      if (audio) parts.push(isOption ? this.playButton(audio) : this.player("audio", audio));
      if (video) parts.push(this.player("video", video));
      element.replaceChildren(...parts);
    }
  }

  picture(name, big, isOption) {
    const image = Object.assign(new Image(), { src: this.address(name), alt: "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => image.remove());
    if (isOption && !big) return image;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "enlarge" });
    button.setAttribute("aria-label", this.word("enlarge"));
    button.append(image);
    button.addEventListener("click", (event) => {
      event.preventDefault();
      this.enlarge(big || name);
    });
    return button;
  }

  enlarge(name) {
    const dialog = Object.assign(document.createElement("dialog"), { className: "enlarged" });
    const image = Object.assign(new Image(), { src: this.address(name), alt: "" });
    const close = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: this.word("close") });
    dialog.append(image, close);
    dialog.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  player(kind, name) {
    return Object.assign(document.createElement(kind), { src: this.address(name), controls: true, preload: "none" });
  }

  // A choice is short of room: one button plays its sound, and playing is not choosing.
  playButton(name) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "play", textContent: "▶" });
    button.setAttribute("aria-label", this.word("play"));
    button.addEventListener("click", (event) => {
      event.preventDefault();
      this.sound?.pause();
      this.sound = new Audio(this.address(name));
      this.sound.play().catch(() => showControl(button, false, button.closest(".option")?.querySelector("input")));
    });
    return button;
  }
}
