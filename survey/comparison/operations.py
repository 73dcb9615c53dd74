"""Every write about discrepancies: the kind that a coordinator gives one, and offering one as evidence of an issue."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from questionnaires.compared import JUDGED, KINDS, SOURCES
from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.candidates.operations import raise_candidate, withdraw_candidate
from survey.comparison.cases import Case
from survey.comparison.join import Item
from survey.comparison.models import DiscrepancyCorrection
from survey.comparison.queries import RULE_PREFIX, find_candidate, find_correction
from survey.intake.models import Submission
from survey.visits.models import Visit
from survey.visits.planning import invalid, log_change

MAX_REASON_LENGTH = 1000


def correct_kind(
    session: Session, actor: User, visit: Visit, case: Case, *, kind: str, reason: str, now: datetime
) -> DiscrepancyCorrection:
    """The correction; what was found stays beside it. A second correction takes the place of the first, which the log keeps.

    Raises INVALID_VALUE for an unknown kind, the one that it has already, or without a reason.
    """
    if kind not in KINDS:
        raise not_one_of("kind", kind, KINDS)
    if kind == case.kind:
        raise invalid("kind", "it is of this kind already; choose another one")
    reason = reason.strip()
    if not 0 < len(reason) <= MAX_REASON_LENGTH:
        raise invalid("reason", "say in at most {most} characters why the kind is another one; the reason is kept", most=MAX_REASON_LENGTH)
    correction = find_correction(session, visit, case.household.id, case.item)
    if correction is None:
        correction = DiscrepancyCorrection(visit_id=visit.id, household_id=case.household.id, item=case.item)
        session.add(correction)
    before = case.kind
    correction.kind, correction.reason, correction.found_kind = kind, reason, case.comparison.kind
    correction.told, correction.corrected_at, correction.corrected_by_id = case.comparison.told, now, actor.id
    session.flush()
    details = {"household": case.household.id, "item": case.item, "before": before, "after": kind, "reason": reason}
    log_change(session, actor, "visit.discrepancy_corrected", visit, now, **details)
    return correction


def take_back_correction(session: Session, actor: User, visit: Visit, case: Case, now: datetime) -> None:
    """Let what was found count again; raises INVALID_VALUE where nothing was corrected."""
    correction = find_correction(session, visit, case.household.id, case.item)
    if correction is None:
        raise invalid("kind", "nobody has corrected it")
    details = {"household": case.household.id, "item": case.item, "before": case.kind, "after": case.comparison.kind}
    session.delete(correction)
    session.flush()
    log_change(session, actor, "visit.discrepancy_restored", visit, now, **details)


def offer_as_evidence(
    session: Session, actor: User, item: Item, case: Case, *, area: str, level: str, severity: str, note: str, now: datetime
) -> IssueCandidate:
    """The candidate for an issue that carries what was said, filed and seen, and the pictures.

    Raises INVALID_VALUE for an item that agrees, or that was offered already.
    """
    if not case.is_discrepancy:
        raise invalid(case.item, "said, filed and seen agree; there is nothing to offer")
    submission = session.get_one(Submission, case.comparison.instance_id)
    return raise_candidate(
        session,
        actor,
        submission,
        rule=f"{RULE_PREFIX}{case.item}",
        title=_titles(item),
        area=area,
        level=level,
        severity=severity,
        evidence=_evidence(case),
        comparison=_evidence_record(case, note.strip()),
        now=now,
    )


def withdraw_evidence(session: Session, actor: User, case: Case, now: datetime) -> None:
    """Take back an offer made by mistake; raises NOT_FOUND where none was made."""
    candidate = find_candidate(session, case.candidate_id)
    if candidate is None:
        raise SurveyError(
            ErrorCode.NOT_FOUND, what="Issue candidate", key=case.item, remedy="It was not offered, or is taken back already."
        )
    withdraw_candidate(session, actor, candidate, now)


def _titles(item: Item) -> dict[str, str]:
    """The title by language code; the same for every household, so that they are counted together."""
    chinese = item.label.get("zh") or item.label.get("default") or item.name
    english = item.label.get("en") or item.label.get("default") or item.name
    return {"zh": f"说写看不符：{chinese}", "en": f"Said, filed and seen do not agree: {english}"}


def _evidence(case: Case) -> dict[str, Any]:
    """The answers of the submission that the candidate belongs to, by question."""
    own = case.comparison.instance_id
    answers = {
        each.question.name: each.raw for found in case.comparison.readings.values() for each in found if each.record.instance_id == own
    }
    pictures = {picture.question: picture.name for picture in case.comparison.pictures if picture.instance_id == own}
    return {name: raw for name, raw in {**answers, **pictures}.items() if raw is not None}


def _evidence_record(case: Case, note: str) -> Mapping[str, Any]:
    """What `IssueCandidate.comparison` holds."""
    comparison = case.comparison
    told = {
        source: [
            {"instance_id": each.record.instance_id, "question": each.question.name, "value": each.raw}
            for each in comparison.readings.get(source, ())
            if each.raw is not None
        ]
        for source in SOURCES
    }
    pictures = [
        {"instance_id": each.instance_id, "source": each.source, "question": each.question, "name": each.name}
        for each in comparison.pictures
    ]
    return {"item": case.item, "kind": case.kind, JUDGED: comparison.judged, "note": note, **told, "pictures": pictures}
