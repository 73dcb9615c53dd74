"""What tablets noted of issues at households: each counts once however often it is sent, and nobody's finding covers another's unseen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.household_outcomes.operations import Noted, add_files, find_outcome, record_outcome
from survey.household_outcomes.told import ToldFinding
from survey.issues.models import HouseholdOutcome, Issue, IssueStep
from survey.issues.stepping import hold_issue
from survey.kept_files import GivenFile, keep_files
from survey.places.models import Household
from survey.storage import Storage
from survey.visits.models import Visit

RECORDED, CHANGED, NOT_FOLLOWED, OUTSIDE, NOT_YOURS, GONE = "recorded", "changed", "not_followed", "outside", "not_yours", "gone"
"""What becomes of what a tablet told: it stands; somebody recorded something else there meanwhile; the issue is followed no more; the
household is not one of the issue's or of the visit's; the person is not of the visit any more; the server knows one of them no more."""
Row = TypeVar("Row", Issue, Household, Visit)
_REFUSALS = {ErrorCode.INVALID_TRANSITION: NOT_FOLLOWED, ErrorCode.INVALID_VALUE: OUTSIDE, ErrorCode.NOT_ALLOWED: NOT_YOURS}


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one: a word, what it was about as (number of the issue, household), and what stands there instead, if anything."""

    word: str
    issue: str = ""
    household: str = ""
    standing: HouseholdOutcome | None = None


def receive_findings(session: Session, actor: User, told: Sequence[ToldFinding], now: datetime) -> dict[str, Fate]:
    """What became of each that was told, by its id; one that is refused keeps none of the others from being recorded.

    What arrived before is answered as recorded and not written again. Of the same person what was found later stands; what another person
    recorded meanwhile is left for the pair to look at.
    """
    issues = _by_id(session, Issue, {each.issue_id for each in told})
    households = _by_id(session, Household, {each.household_id for each in told})
    visits = _by_id(session, Visit, {each.visit_id for each in told})
    fates = {}
    for each in sorted(told, key=lambda one: one.found_at):
        issue, household, visit = issues.get(each.issue_id), households.get(each.household_id), visits.get(each.visit_id)
        if issue is None or household is None or visit is None:
            fates[each.id] = Fate(GONE, issue.number if issue else "", _named(household) if household else "")
            continue
        word, standing = _receive(session, actor, each, issue, household, visit, now)
        fates[each.id] = Fate(word, issue.number, _named(household), standing)
    return fates


def receive_picture(
    session: Session,
    actor: User,
    about: tuple[str, str, str],
    file: GivenFile,
    sha256: str,
    storage: Storage,
    now: datetime,
) -> int:
    """How many pictures came beside what was found, given as ids of (issue, household, visit): 0 for one that lies there already.

    Raises DAMAGED_UPLOAD for other bytes than were announced, NOT_FOUND where nothing is recorded that it could lie beside, and as
    `add_files` does.
    """
    issue, household, visit = (session.get(kind, key) for kind, key in zip((Issue, Household, Visit), about, strict=True))
    if not (isinstance(issue, Issue) and isinstance(household, Household) and isinstance(visit, Visit)):
        raise SurveyError(ErrorCode.NOT_FOUND, what="Outcome", key=file.name, remedy="Say first what was found there.")
    if hashlib.sha256(file.data).hexdigest() != sha256:
        raise SurveyError(ErrorCode.DAMAGED_UPLOAD, name=file.name)
    return add_files(session, actor, issue, household, visit, keep_files(storage, [file]), now)


def _receive(
    session: Session, actor: User, told: ToldFinding, issue: Issue, household: Household, visit: Visit, now: datetime
) -> tuple[str, HouseholdOutcome | None]:
    noted = Noted(told.id, told.found_at)
    try:
        with session.begin_nested():
            hold_issue(session, issue)
            if _is_known(session, issue, told.id):
                return RECORDED, None
            standing = find_outcome(session, issue, household, visit)
            was = told.was
            # Whoever finds something else at the same household later knows what they found before, whether or not the tablet does.
            if standing is not None and standing.found_by_id == actor.id and standing.found_at <= told.found_at:
                was = standing.outcome
            record_outcome(session, actor, issue, household, visit, told.outcome, now, note=told.note, was=was, noted=noted)
    except SurveyError as error:
        if error.code is ErrorCode.STALE:
            return CHANGED, find_outcome(session, issue, household, visit)
        if error.code not in _REFUSALS:
            raise
        return _REFUSALS[error.code], None
    return RECORDED, None


def _named(household: Household) -> str:
    return f"{household.number} {household.head_name}".strip()


def _is_known(session: Session, issue: Issue, noted_id: str) -> bool:
    """Whether what was noted under this id is in the issue's history already."""
    statement = select(IssueStep.number).where(
        IssueStep.issue_id == issue.id, IssueStep.action == "look_back", IssueStep.details["noted"].as_string() == noted_id
    )
    return session.scalar(statement.limit(1)) is not None


def _by_id(session: Session, kind: type[Row], ids: set[str]) -> dict[str, Row]:
    return {each.id: each for each in session.scalars(select(kind).where(kind.id.in_(sorted(ids))))}
