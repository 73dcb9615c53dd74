// What the header and the footer say of where one is.

import { write } from "./elements.js";

const $ = (id) => document.getElementById(id);

export function drawHeader(page) {
  const { pager } = page;
  const pages = pager.tally();
  const visible = pages.flatMap((each, number) => (each.isVisible ? [number] : []));
  const total = pages.reduce((sum, each) => sum + each.asked, 0);
  const answered = pages.reduce((sum, each) => sum + each.answered, 0);
  const isSummary = pager.current === pager.sections.length;
  if ($("progress").max !== (total || 1)) $("progress").max = total || 1;
  if ($("progress").value !== answered) $("progress").value = answered;
  $("back").disabled = !visible.some((number) => number < pager.current);
  $("next").hidden = isSummary;
  write($("next"), page.word(visible.some((number) => number > pager.current) ? "next" : "to_summary"));
  const number = visible.indexOf(pager.current) + 1;
  const words = () => `${page.word("page_of", { number, total: visible.length })} · ${page.word("answered_of", { answered, total })}`;
  write($("page-number"), isSummary ? "" : words());
}
