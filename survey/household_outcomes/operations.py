"""Looking back on issues: what a later visit finds of each at each household, what that amounts to, and the decision made from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.intake.models import COUNTED, Submission
from survey.issues.files import attach_files
from survey.issues.life import EDITORS, HANDED_OVER, HOUSEHOLD_OUTCOMES
from survey.issues.models import HouseholdOutcome, Issue, IssueEvidence, IssueStep
from survey.issues.stepping import Change, act, check_editor, check_seen, hold_issue, take_step
from survey.kept_files import KeptFile, not_kept_yet
from survey.places.codes import bounds_of
from survey.places.models import Household
from survey.visits.models import Pair, Visit, VisitMember, VisitVillage

MAX_FILES = 20
"""The most files that lie beside what was found at one household."""
_PATHS: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("fixed", "reported"): ("rectify", "close"),
        ("fixed", "rectifying"): ("rectify", "close"),
        ("fixed", "rectified"): ("close",),
        ("fixed", "not_fixed"): ("start", "rectify", "close"),
        ("fixed", "reopened"): ("start", "rectify", "close"),
        ("not_fixed", "reported"): ("not_fix",),
        ("not_fixed", "rectifying"): ("not_fix",),
        ("not_fixed", "rectified"): ("not_fix",),
        ("not_fixed", "closed"): ("reopen",),
    }
)
"""The actions that bring an issue from a state to what was found of it, in the order in which they are taken."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the outcomes at the households amount to: a verdict, and how many say what. `n_told` leaves out those that cannot tell."""

    verdict: str
    counts: Mapping[str, int]

    @property
    def n(self) -> int:
        """How many households were asked."""
        return sum(self.counts.values())

    @property
    def n_told(self) -> int:
        """How many could tell."""
        return self.n - self.counts.get("unknown", 0)


@dataclass(frozen=True, slots=True)
class Noted:
    """What a tablet noted without a network: under which id, and when by its clock."""

    id: str
    found_at: datetime


def propose(counts: Mapping[str, int]) -> Proposal:
    """What the households' outcomes amount to. Pure.

    Fixed only where all that can tell say so; one that does not is followed too, so that small faults do not grow. Where fewer than half
    of the households can tell, nothing is proposed, unless one of them says that it is worse or not fixed.
    """
    known = {name: counts.get(name, 0) for name in HOUSEHOLD_OUTCOMES if counts.get(name, 0)}
    n_told = sum(n for name, n in known.items() if name != "unknown")
    if known.keys() & {"worse", "not", "partly"}:
        return Proposal("not_fixed", known)
    return Proposal("fixed" if n_told and n_told * 2 >= sum(known.values()) else "unclear", known)


def steps_to(verdict: str, state: str) -> tuple[str, ...]:
    """The actions that the verdict asks for in a state; () where the issue is there already, or where there is no verdict. Pure."""
    return _PATHS.get((verdict, state), ())


def record_outcome(
    session: Session,
    actor: User,
    issue: Issue,
    household: Household,
    visit: Visit,
    outcome: str,
    now: datetime,
    *,
    note: str = "",
    was: str | None = None,
    files: Iterable[KeptFile] = (),
    noted: Noted | None = None,
) -> HouseholdOutcome | None:
    """What the visit found of the issue at the household; None when that is what is recorded already.

    `was` is the outcome that the person saw; `files` come beside those that lie there. `noted` tells of what a tablet noted earlier. Raises
    NOT_ALLOWED for people who are not of the visit, INVALID_TRANSITION for an issue that was not reported, INVALID_VALUE for a household
    outside of the issue's place or of the visit, or too many files, and STALE when somebody was faster.
    """
    check_looks_back(session, actor, visit)
    hold_issue(session, issue)
    if issue.state not in HANDED_OVER:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=issue.number, state=issue.state.replace("_", " "), action="looked back on")
    if outcome not in HOUSEHOLD_OUTCOMES:
        detail = "'{value}' is not one of {choices}"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="outcome", detail=detail, value=outcome, choices=", ".join(HOUSEHOLD_OUTCOMES))
    _check_place(session, issue, household, visit)
    found = find_outcome(session, issue, household, visit)
    before = found.outcome if found else None
    fresh = not_kept_yet(files, found.files if found else ())
    is_said = found is not None and (found.outcome, found.note) == (outcome, note.strip())
    if is_said and not fresh:
        return None
    if before != was and not is_said:
        raise SurveyError(ErrorCode.STALE, what=f"{issue.number}, {household.number}", n_steps=1)
    if found is None:
        found = HouseholdOutcome(issue_id=issue.id, household_id=household.id, visit_id=visit.id)
        session.add(found)
    if not is_said:
        found.outcome, found.note, found.found_by_id = outcome, note.strip(), actor.id
        found.found_at, found.known_at = (min(noted.found_at, now), now) if noted else (now, None)
    found.instance_id = _newest_interview(session, household, visit)
    session.flush()
    n_files = _attach(session, actor, issue, found, fresh, now)
    told: dict[str, Any] = {"household": household.id, "visit": visit.id, "outcome": outcome}
    told |= {"n_files": n_files} if n_files else {}
    told |= {"noted": noted.id} if noted else {}
    take_step(session, actor, issue, "look_back", now, changes={} if is_said else {"outcome": [before, outcome]}, **told)
    return found


def add_files(
    session: Session, actor: User, issue: Issue, household: Household, visit: Visit, files: Iterable[KeptFile], now: datetime
) -> int:
    """How many files came beside what the visit found at the household; those that lie there already are not counted.

    Raises as `record_outcome` does, and NOT_FOUND where nothing is recorded yet.
    """
    check_looks_back(session, actor, visit)
    hold_issue(session, issue)
    found = find_outcome(session, issue, household, visit)
    if found is None:
        remedy = "Say first what was found there."
        raise SurveyError(ErrorCode.NOT_FOUND, what="Outcome", key=f"{issue.number}, {household.number}", remedy=remedy)
    fresh = not_kept_yet(files, found.files)
    if not fresh:
        return 0
    n_files = _attach(session, actor, issue, found, fresh, now)
    told: dict[str, Any] = {"household": household.id, "visit": visit.id, "outcome": found.outcome, "n_files": n_files}
    take_step(session, actor, issue, "look_back", now, **told)
    return n_files


def find_outcome(session: Session, issue: Issue, household: Household, visit: Visit) -> HouseholdOutcome | None:
    """What the visit found of the issue at the household, if anything is recorded."""
    statement = select(HouseholdOutcome).where(
        HouseholdOutcome.issue_id == issue.id, HouseholdOutcome.household_id == household.id, HouseholdOutcome.visit_id == visit.id
    )
    return session.scalars(statement).one_or_none()


def decide(session: Session, actor: User, issue: Issue, verdict: str, now: datetime, *, seen: int, reason: str) -> tuple[IssueStep, ...]:
    """The steps that the verdict came to, each with the reason; raises as `act` does, and INVALID_TRANSITION where it asks for none."""
    check_seen(session, issue, seen)
    check_editor(actor, "decide about an issue")
    names = steps_to(verdict, issue.state)
    if not names:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=issue.number, state=issue.state.replace("_", " "), action="decided about")
    with session.begin_nested():
        return tuple(act(session, actor, issue, name, now, seen=issue.n_steps, change=Change(reason=reason)) for name in names)


def check_looks_back(session: Session, actor: User, visit: Visit) -> None:
    """Raise NOT_ALLOWED unless the person is an editor, or an interviewer who goes along on the visit."""
    if any(actor.has_role(role) for role in EDITORS) or (actor.has_role("interviewer") and goes_along(session, actor, visit)):
        return
    raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.name, action="look back on issues", remedy="The people of the visit do that.")


def goes_along(session: Session, person: User, visit: Visit) -> bool:
    """Whether the person is in the team or in a pair of the visit."""
    is_member = select(VisitMember.user_id).where(VisitMember.visit_id == visit.id, VisitMember.user_id == person.id)
    in_pair = select(Pair.id).where(Pair.visit_id == visit.id, or_(Pair.lead_id == person.id, Pair.second_id == person.id))
    return bool(session.scalar(select(or_(is_member.exists(), in_pair.exists()))))


def _attach(session: Session, actor: User, issue: Issue, found: HouseholdOutcome, fresh: Sequence[KeptFile], now: datetime) -> int:
    if len(found.files) + len(fresh) > MAX_FILES:
        detail = f"at most {MAX_FILES} files lie beside what was found at a household"
        detail_zh = f"每户的回访记录最多附{MAX_FILES}个文件"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="files", field_zh="附件", detail=detail, detail_zh=detail_zh)
    n_files = attach_files(session, actor, issue, fresh, now, outcome_id=found.id)
    session.expire(found, ["files"])
    return n_files


def _check_place(session: Session, issue: Issue, household: Household, visit: Visit) -> None:
    if visit.id == issue.visit_id:
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="visit", detail="the visit that found the issue cannot look back on it; choose a later one"
        )
    if session.get(VisitVillage, (visit.id, household.village_code)) is None:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="household", detail="the visit does not go to its village")
    lowest, highest = bounds_of(issue.place_code)
    is_evidence = select(IssueEvidence.id).where(IssueEvidence.issue_id == issue.id, IssueEvidence.household_id == household.id)
    if not lowest <= household.village_code <= highest and session.scalar(is_evidence.limit(1)) is None:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="household", detail="it lies outside of the issue's place")


def _newest_interview(session: Session, household: Household, visit: Visit) -> str | None:
    """The interview at the visit that shows the outcome."""
    statement = (
        select(Submission.instance_id)
        .where(Submission.household_id == household.id, Submission.visit_id == visit.id, Submission.recorded_as == "lead")
        .where(Submission.review_state.in_(COUNTED))
        .order_by(Submission.received_at.desc())
        .limit(1)
    )
    return session.scalar(statement)
