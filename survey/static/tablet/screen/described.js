// What a screen reader is told of a question beside its label: its hint, that it has to be answered, and what is wrong with it.

const JUDGED = "input, select, textarea";
const TYPED = "input:not([type=radio], [type=checkbox], [type=file], [type=range]), select, textarea";

// The hint belongs to all choices together where there are several; what is wrong to the first control, which errors lead to.
export function describe({ element, error, input }) {
  const group = groupIn(element);
  if (!group) input?.setAttribute("aria-describedby", idsOf(hintIn(element), error));
  else {
    input?.setAttribute("aria-describedby", error.id);
    tell(group, "aria-describedby", idsOf(hintIn(element)));
  }
}

export function tellState({ element, mark, input }, isRequired, isWrong) {
  const group = groupIn(element);
  const isOne = group?.getAttribute("role") === "radiogroup";
  if (isOne || input?.matches(JUDGED)) tell(isOne ? group : input, "aria-invalid", isWrong ? "true" : "");
  if (isOne || (!group && input?.matches(TYPED))) tell(group ?? input, "aria-required", isRequired ? "true" : "");
  // Several boxes to tick cannot be marked as required, but be described so.
  else if (group) tell(group, "aria-describedby", idsOf(isRequired ? mark : null, hintIn(element)));
}

function groupIn(element) {
  return element.querySelector(":scope > [role=radiogroup], :scope > [role=group]");
}

function hintIn(element) {
  return element.querySelector(":scope > .hint");
}

function idsOf(...elements) {
  return elements.map((each) => each?.id).filter(Boolean).join(" ");
}

function tell(element, name, value) {
  if (!element || (element.getAttribute(name) ?? "") === value) return;
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}
