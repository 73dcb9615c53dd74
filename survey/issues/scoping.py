"""How far an issue reaches: counted from its evidence and from who was asked, proposed, and set by a coordinator."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings
from survey.intake.models import Submission
from survey.issues.models import Issue, IssueEvidence
from survey.issues.scope import Basis, Thresholds, propose_scope, read_basis
from survey.review.filters import within

_HOUSEHOLD = func.coalesce(IssueEvidence.household_id, IssueEvidence.instance_id, IssueEvidence.id)
_ASKED = func.coalesce(Submission.household_id, Submission.instance_id)


def thresholds_of(settings: Settings) -> Thresholds:
    """Where this installation draws the lines."""
    return Thresholds(settings.single_households, settings.general_household_percent, settings.general_village_percent)


def count_basis(session: Session, issue: Issue) -> Basis:
    """How many households and villages the evidence that stands is of, of those asked with the same form in the county (at its visit).

    An estimate among it tells how many stand on the wrong side of those who answered, whoever of them is evidence besides.
    """
    standing = IssueEvidence.issue_id == issue.id, IssueEvidence.withdrawn_at.is_(None)
    shown = select(func.count(_HOUSEHOLD.distinct()), func.count(IssueEvidence.village_code.distinct())).where(*standing)
    of_people = shown.where(IssueEvidence.kind.not_in(("meeting", "estimate", "note")))
    n_households, n_villages = session.execute(of_people).one()
    told = told_basis(session.scalars(select(IssueEvidence).where(*standing, IssueEvidence.kind == "estimate")))
    if told is not None and told.households >= n_households:
        return told
    asked = count_asked(session, issue.form_id, issue.county_code, issue.visit_id)
    # Evidence may lie in interviews that still wait for review, which nobody counts as asked: then there is no share.
    is_known = asked is not None and asked[0] >= n_households and asked[1] >= n_villages
    return Basis(n_households, asked[0] if asked and is_known else None, n_villages, asked[1] if asked and is_known else None)


def told_basis(evidence: Iterable[IssueEvidence]) -> Basis | None:
    """What the estimates among some evidence say of households and villages, the one that asked most; None without one that does."""
    told = (read_basis((row.told.get("estimate") or {}).get("shown") or {}) for row in evidence)
    return max((basis for basis in told if basis is not None), key=lambda basis: basis.households_asked or 0, default=None)


def count_asked(session: Session, form_id: str | None, county_code: str, visit_id: str | None) -> tuple[int, int] | None:
    """Households and villages with an accepted interview of this form in the county; None where there is no form to ask for."""
    if form_id is None:
        return None
    statement = select(func.count(_ASKED.distinct()), func.count(Submission.village_code.distinct())).where(
        Submission.review_state == "accepted", Submission.recorded_as == "lead", Submission.form_id == form_id, within(county_code)
    )
    if visit_id:
        statement = statement.where(Submission.visit_id == visit_id)
    n_households, n_villages = session.execute(statement).one()
    return n_households, n_villages


def with_basis(basis: Basis, thresholds: Thresholds, issue: Issue, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an edit, with what the scope rests on beside it; another scope than the proposed one needs a reason (INVALID_VALUE).

    A scope that stays as it was is left with the basis that it was given on.
    """
    told = dict(values)
    scope, reason = told.get("scope", issue.scope), str(told.get("scope_reason", issue.scope_reason) or "").strip()
    if scope is None or (scope == issue.scope and reason == issue.scope_reason):
        told.pop("scope_reason", None)
        return told
    if scope == propose_scope(basis, thresholds):
        reason = ""
    elif not reason:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="scope_reason", detail="say why another scope than the proposed one is right")
    return {**told, "scope_reason": reason, "basis": basis.record()}
