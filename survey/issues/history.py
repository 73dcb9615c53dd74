"""The steps of an issue in words: what was done, and each field that changed, before and after. Pure but for the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from survey.issues.life import ACTIONS
from survey.issues.models import IssueStep
from survey.issues.words import (
    AREA_LABELS,
    ATTRIBUTION_LABELS,
    HOUSEHOLD_OUTCOME_LABELS,
    LEVEL_LABELS,
    REPLY_KIND_LABELS,
    SCOPE_LABELS,
    SEVERITY_LABELS,
    STATE_LABELS,
    VERIFICATION_KIND_LABELS,
    VERIFICATION_RESULT_LABELS,
)
from survey.pages.dates import format_date
from survey.responsible.words import DECISION_LABELS as REPLY_DECISION_LABELS

STEP_LABELS = {
    "raise": _l("Raised"),
    "edit": _l("Wording or terms changed"),
    "add_evidence": _l("Evidence added"),
    "withdraw_evidence": _l("Evidence was withdrawn"),
    "change_evidence": _l("Evidence changed"),
    "restore_evidence": _l("Evidence stands again"),
    "decide_evidence": _l("Decided about evidence"),
    "take_in": _l("Took in another issue"),
    "ask_verification": _l("Verification asked for"),
    "finish_verification": _l("Verification finished"),
    "withdraw_verification": _l("Verification taken back"),
    "reply": _l("Reply of the responsible side"),
    "decide_reply": _l("Decided on a reply"),
    "look_back": _l("Looked back on"),
    **{action.name: action.label for action in ACTIONS},
}
"""What the steps are called: those of the table of actions, and what is written into the history beside them."""
FIELD_LABELS = {
    "title": _l("Title"),
    "finding": _l("What was found"),
    "area": _l("Area"),
    "level": _l("Level"),
    "severity": _l("Severity"),
    "attribution": _l("Attribution"),
    "scope": _l("Scope"),
    "scope_reason": _l("Why another scope than the proposed one"),
    "recommendation": _l("Recommendation"),
    "responsible_body": _l("Responsible body"),
    "responsible_code": _l("Place whose account sees it"),
    "due_on": _l("Due date"),
    "escalated_to": _l("Escalated to"),
}
"""The fields whose change is shown; the basis of a scope changes with it and is shown beside the scope."""
WITHDRAWN_LABELS = {
    "returned": _l("Its interview was returned."),
    "replaced": _l("Its interview was replaced by an edit."),
    "reconciled": _l("The answers that count after reconciling no longer show it."),
    "corrected": _l("The answers that count after a correction no longer show it."),
}
CHANGED_LABELS = {
    "reconciled": _l("Other answers count since the two records were reconciled."),
    "corrected": _l("Other answers count since a correction."),
}
DECISION_LABELS = {
    "stands": _l("The issue stands without it."),
    "stands_changed": _l("The issue stands with what it tells now."),
    "anew": _l("It is verified anew."),
}
_WORDS: Mapping[str, Mapping[str, Any]] = {
    "area": AREA_LABELS,
    "level": LEVEL_LABELS,
    "severity": SEVERITY_LABELS,
    "attribution": ATTRIBUTION_LABELS,
    "scope": SCOPE_LABELS,
    "escalated_to": LEVEL_LABELS,
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step for the reader; `changes` are (field, before, after), `notes` what it was about, `to_state` a word if the state changed."""

    number: int
    action: str
    label: str
    taken_at: datetime
    taken_by: str
    reason: str
    to_state: str
    state: str
    changes: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


def step_lines(steps: Iterable[IssueStep], places: Mapping[str, str], households: Mapping[str, str]) -> tuple[StepLine, ...]:
    """The steps in words, in their order; `places` are names by code, `households` numbers by id."""
    return tuple(_line(step, places, households) for step in steps)


def places_in(steps: Iterable[IssueStep]) -> set[str]:
    """The codes of the places that the steps name."""
    return {code for step in steps for code in step.changes.get("responsible_code", ()) if code}


def households_in(steps: Iterable[IssueStep]) -> set[str]:
    """The ids of the households that look-backs tell of."""
    return {step.details["household"] for step in steps if step.details.get("household")}


def _line(step: IssueStep, places: Mapping[str, str], households: Mapping[str, str]) -> StepLine:
    changes = (
        (str(label), _said(name, step.changes[name][0], places), _said(name, step.changes[name][1], places))
        for name, label in FIELD_LABELS.items()
        if name in step.changes
    )
    return StepLine(
        number=step.number,
        action=step.action,
        label=str(STEP_LABELS.get(step.action, step.action)),
        taken_at=step.taken_at,
        taken_by=step.taken_by.name if step.taken_by else "",
        reason=step.reason,
        to_state=str(STATE_LABELS.get(step.to_state, step.to_state)) if step.from_state != step.to_state or step.action == "raise" else "",
        state=step.to_state,
        changes=tuple(changes),
        notes=tuple(_notes(step, households)),
    )


def _said(name: str, value: Any, places: Mapping[str, str]) -> str:
    if value in (None, ""):
        return ""
    if name == "due_on":
        return format_date(date.fromisoformat(str(value)), "medium")
    if name == "responsible_code":
        return places.get(str(value), str(value))
    return str(_WORDS.get(name, {}).get(value, value))


def _notes(step: IssueStep, households: Mapping[str, str]) -> Iterable[str]:
    told = step.details
    if told.get("household") in households:
        yield _("Household %(number)s", number=households[told["household"]])
    if step.action == "look_back" and told.get("outcome") in HOUSEHOLD_OUTCOME_LABELS:
        yield str(HOUSEHOLD_OUTCOME_LABELS[told["outcome"]])
    if told.get("n_files"):
        yield ngettext("%(num)s file", "%(num)s files", told["n_files"])
    if step.action in ("ask_verification", "finish_verification") and told.get("kind") in VERIFICATION_KIND_LABELS:
        yield str(VERIFICATION_KIND_LABELS[told["kind"]])
    if told.get("result") in VERIFICATION_RESULT_LABELS:
        yield str(VERIFICATION_RESULT_LABELS[told["result"]])
    if step.action in ("reply", "decide_reply") and told.get("kind") in REPLY_KIND_LABELS:
        yield str(REPLY_KIND_LABELS[told["kind"]])
    whys = WITHDRAWN_LABELS if step.action == "withdraw_evidence" else CHANGED_LABELS
    if told.get("why") in whys:
        yield str(whys[told["why"]])
    if step.action == "decide_reply" and told.get("decision") in REPLY_DECISION_LABELS:
        yield str(REPLY_DECISION_LABELS[told["decision"]])
    elif told.get("decision") in DECISION_LABELS:
        yield str(DECISION_LABELS[told["decision"]])
    if told.get("merged"):
        yield _("Number %(number)s", number=told["merged"])
    if told.get("n_evidence"):
        yield _("Pieces of evidence: %(n)s", n=told["n_evidence"])
