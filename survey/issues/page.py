"""The page of one issue: everything that belongs to it, and each action with what it still needs."""

from dataclasses import dataclass, replace
from typing import Any

from flask import render_template
from flask_babel import get_locale
from flask_security import current_user
from sqlalchemy.orm import Session

from survey.accounts.access import actor
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.household_outcomes.page import look_back_context
from survey.intake.texts import text_for
from survey.issues.ageing import LONG_DAYS, days_in_state
from survey.issues.filters import CHASED
from survey.issues.forms import ActForm, EditForm, NoteForm, WithdrawalForm
from survey.issues.history import households_in, places_in, step_lines
from survey.issues.life import EDITORS, ENDED, NEEDS, VERIFIED, Action, actions_from, missing_for
from survey.issues.models import Issue
from survey.issues.queries import (
    count_evidence,
    list_alike,
    list_evidence,
    list_steps,
    names_of_places,
    numbers_of_households,
    shown_again,
)
from survey.issues.scope import propose_scope, read_basis
from survey.issues.scoping import count_basis, thresholds_of
from survey.issues.stepping import facts_of
from survey.issues.words import (
    AREA_LABELS,
    ATTRIBUTION_LABELS,
    EVIDENCE_KIND_LABELS,
    LEVEL_LABELS,
    SCOPE_LABELS,
    SEVERAL_STATE_LABELS,
    SEVERITY_LABELS,
    STATE_LABELS,
    STATE_TONES,
)
from survey.places.codes import ancestors_of
from survey.places.words import KIND_LABELS
from survey.responsible.page import reply_words
from survey.responsible.replies import replies_context
from survey.verifications.page import verifications_context

READERS = ("admin", "coordinator", "author")
_FROM_THE_FORM = frozenset(("reason", "higher", "merged_into"))
"""What somebody brings along when they take an action; it is asked for there and not said to be missing."""
SEVERITY_TONES = {"low": "info", "medium": "warn", "high": "bad", "acute": "bad"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One action as the page offers it: its form, and what is still missing, in words; () when it can be taken."""

    action: Action
    form: ActForm
    missing: tuple[Any, ...]


def issue_words() -> dict[str, Any]:
    """The words that every page of issues may use, and whether the reader may change things."""
    return {
        **reply_words(),
        "area_labels": AREA_LABELS,
        "attribution_labels": ATTRIBUTION_LABELS,
        "evidence_kind_labels": EVIDENCE_KIND_LABELS,
        "level_labels": LEVEL_LABELS,
        "scope_labels": SCOPE_LABELS,
        "severity_labels": SEVERITY_LABELS,
        "severity_tones": SEVERITY_TONES,
        "state_labels": STATE_LABELS,
        "several_state_labels": SEVERAL_STATE_LABELS,
        "state_tones": STATE_TONES,
        "kind_labels": KIND_LABELS,
        "text_for": text_for,
        "today": field_date(utc_now()),
        "chased": CHASED,
        "ended": ENDED,
        "days_in_state": days_in_state,
        "long_days": LONG_DAYS,
        "now": utc_now(),
        "may_edit": any(current_user.has_role(role) for role in EDITORS),
    }


def offers(session: Session, issue: Issue, bad: ActForm | None = None) -> tuple[Offer, ...]:
    """The actions that lead on from the issue's state; merging has a page of its own. `bad` is a form that was refused."""
    facts = facts_of(session, issue, utc_now())
    known = replace(facts, given=facts.given | _FROM_THE_FORM)
    found = []
    for action in actions_from(issue.state):
        if action.name == "merge":
            continue
        form = bad if bad is not None and bad.action.name == action.name else ActForm(action, issue, formdata=None, seen=issue.n_steps)
        missing = [NEEDS[need] for need in missing_for(action, known)]
        if action.name == "escalate" and not form.higher.choices:
            missing.append(NEEDS["higher"])
        found.append(Offer(action, form, tuple(missing)))
    return tuple(found)


def edit_form(issue: Issue, places: dict[str, str], proposed: str) -> EditForm:
    """The form filled with what the issue says; the proposed scope and the county are chosen where nobody has decided."""
    form = EditForm(obj=issue, seen=issue.n_steps, formdata=None)
    form.offer(places_above(issue, places))
    form.scope.data = issue.scope or proposed
    form.attribution.data = issue.attribution or ""
    form.responsible_code.data = issue.responsible_code or issue.county_code.ljust(12, "0")
    return form


def places_above(issue: Issue, places: dict[str, str]) -> list[tuple[str, str]]:
    """The place of the issue and those above it, the smallest first, as (code, name)."""
    return [(code, places.get(code, code)) for code in reversed((*ancestors_of(issue.place_code), issue.place_code))]


def render_issue(issue: Issue, *, number: int = 1, form: EditForm | None = None, **values: Any) -> str:
    """The page. `form`, `bad_act`, `bad_withdrawal` and `bad_note` are forms that were refused, `opened` the place of the refused one;
    `seen` is what their sender had seen, so that the page says which steps came in between."""
    session = current_session()
    steps = list_steps(session, issue)
    places = names_of_places(session, [*ancestors_of(issue.place_code), issue.place_code, issue.responsible_code, *places_in(steps)])
    basis, thresholds = count_basis(session, issue), thresholds_of(current_settings())
    proposed = propose_scope(basis, thresholds)
    page, evidence = list_evidence(session, issue, number)
    lines = step_lines(steps, places, numbers_of_households(session, households_in(steps)))
    seen = values.pop("seen", issue.n_steps)
    form = form or edit_form(issue, places, proposed)
    may_ask: dict[str, Any] = {"can_verify_anew": issue.state in VERIFIED, "formdata": None, "seen": issue.n_steps}
    bad = values.pop("bad_withdrawal", None)
    return render_template(
        "issues/issue.html",
        issue=issue,
        days=days_in_state(issue.state_since, utc_now()),
        is_ended=issue.state in ENDED,
        steps=lines,
        meanwhile=[line for line in lines if line.number > seen],
        place_line=[places.get(code, code) for code in (*ancestors_of(issue.place_code), issue.place_code)],
        places=places,
        basis=basis,
        kept_basis=read_basis(issue.basis),
        thresholds=thresholds,
        proposed=proposed,
        evidence=evidence,
        evidence_page=page,
        counts=count_evidence(session, issue),
        alike=list_alike(session, issue) if issue.state not in ENDED else (),
        offers=offers(session, issue, values.pop("bad_act", None)),
        form=form,
        shown_anew=shown_again(session, evidence),
        doubt_forms={"": bad or WithdrawalForm(**may_ask), "changed": bad or WithdrawalForm(**may_ask, is_changed=True)},
        note_form=values.pop("bad_note", None) or NoteForm(formdata=None),
        locale=str(get_locale()),
        **replies_context(session, issue, actor()),
        **verifications_context(session, issue, actor()),
        **look_back_context(session, issue, actor()),
        **values,
    )
