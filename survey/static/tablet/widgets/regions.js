// A picture whose regions are choices: an SVG of the form's own, drawn without anything in it that could act.

import { bindChoice, bindChoices, textOfChoice } from "./choosing.js";
import { MULTIPLE } from "../form/types.js";

const ACTIVE = "script, foreignObject, iframe, object, embed, a, animate, set, use[href^='http'], image[href^='http']";

// The buttons of the list stay the only thing that answers; a region taps its button.
export function bindRegions(element, item, page) {
  const list = (MULTIPLE.has(page.plan.nodes[item.node].t) ? bindChoices : bindChoice)(element, item, page);
  const holder = element.querySelector(".regions");
  const inputs = new Map([...element.querySelectorAll(".options input")].map((input) => [input.value, input]));
  let regions = [];
  let drawn = "";

  const show = () => {
    list.show();
    const chosen = new Set(item.value.split(" "));
    regions.forEach((region) => {
      region.setAttribute("aria-checked", String(chosen.has(region.id)));
      region.classList.toggle("is-chosen", chosen.has(region.id));
    });
  };
  const filter = () => {
    list.filter();
    regions.forEach((region) => region.classList.toggle("is-off", inputs.get(region.id).disabled));
  };
  const draw = async () => {
    const name = page.media.nameOf(holder.dataset.key, "image");
    if (name === drawn) return;
    drawn = name;
    const picture = await fetchPicture(page.media.address(name));
    // Without the picture the list is what there is.
    element.querySelector(".regions-list").open = picture === null;
    if (picture === null || name !== drawn) return;
    regions = [...picture.querySelectorAll("[id]")].filter((each) => inputs.has(each.id));
    regions.forEach((region) => {
      region.setAttribute("role", MULTIPLE.has(page.plan.nodes[item.node].t) ? "checkbox" : "radio");
      region.setAttribute("tabindex", "0");
      region.addEventListener("click", () => inputs.get(region.id).click());
      region.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        inputs.get(region.id).click();
      });
    });
    place(holder, picture);
    label();
    filter();
    show();
  };
  const label = () => regions.forEach((region) => region.setAttribute("aria-label", textOfChoice(item, page, region.id)));
  draw();
  return {
    show: () => {
      label();
      draw();
      show();
    },
    filter,
  };
}

async function fetchPicture(address) {
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return null;
  const picture = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  if (picture.tagName !== "svg") return null;
  picture.querySelectorAll(ACTIVE).forEach((each) => each.remove());
  for (const each of [picture, ...picture.querySelectorAll("*")]) {
    for (const { name } of [...each.attributes]) if (/^on/i.test(name)) each.removeAttribute(name);
  }
  if (!picture.hasAttribute("viewBox")) {
    picture.setAttribute("viewBox", `0 0 ${parseFloat(picture.getAttribute("width")) || 300} ${parseFloat(picture.getAttribute("height")) || 300}`);
  }
  picture.removeAttribute("width");
  picture.removeAttribute("height");
  return picture;
}

// The security policy forbids style in the page's text, so the picture's own styles are put on by script, inside a tree of their own.
function place(holder, picture) {
  const styles = [...picture.querySelectorAll("style")].map((each) => each.textContent);
  picture.querySelectorAll("style").forEach((each) => each.remove());
  const declared = [picture, ...picture.querySelectorAll("[style]")].map((each) => [each, each.getAttribute("style") || ""]);
  declared.forEach(([each]) => each.removeAttribute("style"));
  const root = holder.shadowRoot || holder.attachShadow({ mode: "open" });
  root.replaceChildren(document.importNode(picture, false));
  root.firstChild.append(...picture.childNodes);
  declared.slice(1).forEach(([each, text]) => {
    each.style.cssText = text;
  });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${styles.join("\n")}\n${REGION_STYLE}`);
  root.adoptedStyleSheets = [sheet];
}

const REGION_STYLE = `
  svg { display: block; width: 100%; max-height: 70vh; }
  [role] { cursor: pointer; }
  text:not([role]) { pointer-events: none; }
  [role]:hover { opacity: 0.8; }
  [role]:focus-visible { outline: none; stroke: #c77700 !important; stroke-width: 3px !important; vector-effect: non-scaling-stroke; }
  .is-chosen { fill: #17466f !important; fill-opacity: 0.85 !important; stroke: #0f3252 !important; }
  .is-off { opacity: 0.25; pointer-events: none; }
`;
