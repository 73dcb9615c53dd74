// The households of a visit by day and village. Rows are drawn as they are needed: the open day first, the rest while nothing else waits.

import { button, element, linkButton } from "../screen/elements.js";
import { formHash } from "../screen/interview.js";
import { dayText, language, say } from "../screen/language.js";
import { asNeeded, byDay, choose, countByFilter, fieldDay, nDone, nToDo, openDays, textIn } from "./model.js";
import { houseRow } from "./rows.js";

const FIRST_HOUSES = 8;
const MORE_HOUSES = 40;
const $ = (id) => document.getElementById(id);

export class HouseholdList {
  constructor({ discard, unmet, lookBack, session }) {
    Object.assign(this, { discard, unmet, lookBack });
    this.session = session;
    this.items = [];
    this.filter = "all";
    this.folds = new Map();
    this.drawing = 0;
    this.held = "";
    document.addEventListener("focusin", ({ target }) => this.hold(target));
    document.addEventListener("close", () => this.giveBack(), true);
    $("task-search").addEventListener("input", () => this.drawDays());
  }

  // Shows these assignments; what was searched for, chosen and folded stays as it is.
  show(items) {
    const shown = [items, language(), fieldDay()];
    const before = this.shown;
    this.items = items;
    // What has not changed stays: a row that is drawn anew under a finger loses the tap, and what was unfolded closes. The first time
    // there is nothing to compare, and a person waits.
    if (items.length && before && JSON.stringify(before) === JSON.stringify(shown)) return;
    this.shown = shown;
    $("task-tools").hidden = items.length === 0;
    this.drawFilters();
    this.drawDays();
  }

  get isFiltered() {
    return this.filter !== "all" || $("task-search").value.trim() !== "";
  }

  drawFilters() {
    const buttons = Object.entries(countByFilter(this.items)).map(([name, count]) => {
      const each = button("filter", say(`filter_${name}`), () => this.setFilter(name));
      each.dataset.show = name;
      each.setAttribute("aria-pressed", String(name === this.filter));
      each.append(element("span", "count", String(count)));
      return each;
    });
    $("task-filters").replaceChildren(...buttons);
  }

  setFilter(name) {
    this.filter = name;
    this.drawFilters();
    this.drawDays();
    document.querySelector(`[data-show="${name}"]`).focus();
  }

  drawDays() {
    const number = ++this.drawing;
    const items = choose(this.items, this.filter, $("task-search").value);
    const today = fieldDay();
    const days = byDay(items);
    const open = openDays(days, today);
    // What each form is called tells something only where there are several.
    this.isAlone = new Set(this.items.map(({ task }) => task.form_id)).size < 2;
    const waiting = [];
    $("days").replaceChildren(...asNeeded(days, today).map((day) => this.daySection(day, open, waiting)));
    $("no-match").textContent = say("no_match");
    $("no-match").hidden = items.length > 0 || this.items.length === 0;
    this.drawHouses(number, waiting, FIRST_HOUSES);
  }

  daySection(day, open, waiting) {
    const section = element("details", "day");
    const key = day.day || "";
    const isOpen = this.isFiltered || (this.folds.get(key) ?? open.has(day.day));
    const draw = () => section.append(...day.villages.map((village) => this.villageSection(village, waiting)));
    section.append(this.dayHead(day));
    section.open = isOpen;
    if (isOpen) draw();
    section.addEventListener("toggle", () => {
      if (!this.isFiltered) this.folds.set(key, section.open);
      if (!section.open || section.querySelector(".village")) return;
      draw();
      this.drawHouses(this.drawing, waiting, FIRST_HOUSES);
    });
    return section;
  }

  dayHead({ day, items }) {
    const today = fieldDay();
    const left = nToDo(items);
    const badge =
      day === today
        ? element("span", "badge info", say("today"))
        : day && day < today && left > 0
          ? element("span", "badge warn", say("overdue"))
          : null;
    const head = element(
      "summary",
      "",
      element("span", "day-name", day ? dayText(day) : say("no_day")),
      badge,
      element("span", "day-count", left ? say("left_of", { left, total: items.length }) : say("all_done", { total: items.length })),
    );
    return Object.assign(head, { id: `day-${day || "none"}` });
  }

  villageSection(village, waiting) {
    const done = nDone(village.items);
    const total = village.items.length;
    const bar = Object.assign(element("progress", "village-progress"), { max: total, value: done });
    bar.setAttribute("aria-label", say("village_progress", { done, total }));
    const count = element("span", "village-count", `${done}/${total}`);
    count.title = say("village_progress", { done, total });
    count.ariaHidden = "true";
    const houses = element("ul", "houses");
    // The room of rows not yet drawn is kept, so that the page does not jump while it fills.
    houses.style.setProperty("--rows", village.houses.length);
    waiting.push({ houses, rows: [...village.houses] });
    const section = element("section", "panel village", element("header", "village-head", element("h2", "", village.name), bar, count), houses);
    section.dataset.village = village.code;
    if (!this.isFiltered) section.append(this.unlisted(village));
    return section;
  }

  unlisted(village) {
    const [{ task }] = village.items;
    const forms = new Map(village.items.filter((each) => each.task.form_version).map((each) => [each.task.form_id, each.task]));
    const known = {
      new: 1,
      village_code: village.code,
      village_name: village.name,
      lead_name: task.pair.lead.name,
      second_name: task.pair.second.name,
    };
    const links = [...forms.values()].map((each) =>
      linkButton("", textIn(each.form_titles, language(), each.form_id), formHash(each.form_id, each.form_version, known)),
    );
    const summary = Object.assign(element("summary", "", say("not_on_list")), { id: `unlisted-${village.code}` });
    return element("details", "more", summary, element("div", "more-forms", ...links));
  }

  // Draws so many households of what waits, and the others when the browser has nothing better to do.
  drawHouses(number, waiting, limit) {
    if (number !== this.drawing) return;
    let left = limit;
    while (waiting.length && left > 0) {
      const { houses, rows } = waiting[0];
      const now = rows.splice(0, left);
      left -= now.length;
      houses.append(...now.map((house) => houseRow(house, this)));
      if (rows.length === 0) {
        houses.classList.add("is-drawn");
        waiting.shift();
      }
    }
    this.giveBack();
    if (waiting.length) later(() => this.drawHouses(number, waiting, MORE_HOUSES));
  }

  // Remembers where somebody is in the list, also while a dialog that they opened there lies over it.
  hold(focused) {
    if (!focused.closest("dialog")) this.held = $("days").contains(focused) ? focused.id : "";
  }

  // Gives the focus back once what had it is drawn anew: whoever goes by keys goes on from there, not from the first household.
  giveBack() {
    if (this.held && document.activeElement === document.body) $(this.held)?.focus({ preventScroll: true });
  }
}

function later(act) {
  if (window.requestIdleCallback) window.requestIdleCallback(act, { timeout: 400 });
  else setTimeout(act, 30);
}
