"""Everything that is held of one household or of one of its members: found by name, number or identifier, and read for a person's file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from questionnaires.errors import ErrorCode, SurveyError
from survey.corrections.models import Correction
from survey.events import Event
from survey.intake.models import AnswerNote, Attachment, QuarantinedSubmission, RecoveredInterview, Submission
from survey.issues.models import HouseholdOutcome, IssueEvidence
from survey.outcomes.models import AssignmentOutcome
from survey.places.models import Household
from survey.proof.received import AT_ONCE
from survey.reconciling.models import Reconciliation
from survey.registry.models import HouseholdMember, Identification
from survey.registry.sealing import Vault
from survey.reports.models import Report
from survey.visits.models import Assignment

MOST_FOUND = 50
AT_A_TIME = 50
"""So many interviews of a visit are held in memory at once."""
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Found:
    """One household that was found, and the member of it that was asked for; None where the household itself was."""

    household: Household
    member: HouseholdMember | None


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a household: rows of the register, interviews with all that hangs on them, and what only people can look through."""

    household: Household | None
    members: tuple[HouseholdMember, ...]
    identifications: tuple[Identification, ...]
    submissions: tuple[Submission, ...]
    notes: tuple[AnswerNote, ...]
    corrections: tuple[Correction, ...]
    reconciliations: tuple[Reconciliation, ...]
    outcomes: tuple[AssignmentOutcome, ...]
    found_by_issues: tuple[HouseholdOutcome, ...]
    evidence: tuple[IssueEvidence, ...]
    quarantined: tuple[QuarantinedSubmission, ...]
    recovered: tuple[RecoveredInterview, ...]
    reports: tuple[Report, ...]
    datasets: tuple[Event, ...]

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files of all its interviews."""
        return tuple(each for submission in self.submissions for each in submission.attachments)

    @property
    def visit_ids(self) -> tuple[str, ...]:
        """The visits that interviewed it."""
        return tuple(sorted({each.visit_id for each in self.submissions if each.visit_id}))

    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind, in the order to show."""
        names = ("members", "identifications", "submissions", "attachments", "notes", "corrections", "reconciliations", "outcomes")
        further = ("found_by_issues", "evidence", "quarantined", "recovered", "reports", "datasets")
        return {name: len(getattr(self, name)) for name in (*names, *further)}


def find_people(session: Session, wanted: str, vault: Vault, *, village_code: str = "") -> tuple[Found, ...]:
    """Households and members with this name (or a part of it), number or identity number, by village; at most `MOST_FOUND` of each."""
    text = wanted.strip()
    if not text:
        return ()
    within = [Household.village_code.startswith(village_code, autoescape=True)] if village_code else []
    heads = select(Household).where(
        *within,
        or_(Household.id == text, Household.number == text, Household.head_name.contains(text, autoescape=True)),
    )
    is_wanted = [HouseholdMember.name.contains(text, autoescape=True), HouseholdMember.id == text]
    if len(text) == LONGEST_NUMBER:
        is_wanted.append(HouseholdMember.id_number_hash == vault.fingerprint(text.upper()))
    members = select(HouseholdMember).join(HouseholdMember.household).where(*within, or_(*is_wanted))
    order = (Household.village_code, Household.number)
    loaded = joinedload(HouseholdMember.household).joinedload(Household.village)
    found = [Found(each, None) for each in session.scalars(heads.options(joinedload(Household.village)).order_by(*order).limit(MOST_FOUND))]
    rows = session.scalars(members.options(loaded).order_by(*order, HouseholdMember.position).limit(MOST_FOUND))
    return (*found, *(Found(each.household, each) for each in rows))


def find_subject(session: Session, household_id: str, member_id: str | None = None) -> Found:
    """The household with this id, or its member; raises NOT_FOUND."""
    household = session.get(Household, household_id, options=(joinedload(Household.village),))
    member = session.get(HouseholdMember, member_id) if member_id else None
    if household is None or (member_id and (member is None or member.household_id != household_id)):
        raise SurveyError(
            ErrorCode.NOT_FOUND, what="Household or person", key=member_id or household_id, remedy="Look for the person by name first."
        )
    return Found(household, member)


def read_held(session: Session, household: Household) -> Held:
    """Everything of the household; a fixed number of statements however much there is."""
    submissions = _submissions(session, Submission.household_id == household.id)
    assignments = list(session.scalars(select(Assignment.id).where(Assignment.household_id == household.id)))
    of_household = {"household_id": household.id}
    return _read(
        session,
        submissions,
        assignments,
        IssueEvidence.household_id == household.id,
        HouseholdOutcome.household_id == household.id,
        household=household,
        members=read_members(session, household),
        identifications=tuple(session.scalars(select(Identification).filter_by(**of_household).order_by(Identification.position))),
    )


def read_members(session: Session, household: Household) -> tuple[HouseholdMember, ...]:
    """Everybody who lives or lived in the household."""
    of_household = select(HouseholdMember).where(HouseholdMember.household_id == household.id)
    return tuple(session.scalars(of_household.order_by(HouseholdMember.position)))


def read_part_of_visit(session: Session, visit_id: str, after: str) -> Held | None:
    """The next interviews of the visit by instance id, with what hangs on them, or None when there are none; nothing of the register."""
    ids = select(Submission.instance_id).where(Submission.visit_id == visit_id, Submission.instance_id > after)
    part = list(session.scalars(ids.order_by(Submission.instance_id).limit(AT_A_TIME)))
    if not part:
        return None
    held = read_interviews(session, part)
    households = sorted({each.household_id for each in held.submissions if each.household_id})
    found = select(HouseholdOutcome).where(HouseholdOutcome.visit_id == visit_id, HouseholdOutcome.household_id.in_(households))
    return replace(held, found_by_issues=tuple(session.scalars(found.order_by(HouseholdOutcome.found_at))))


def read_interviews(session: Session, instance_ids: Sequence[str]) -> Held:
    """These interviews with what hangs on them, and nothing of the register."""
    submissions = _submissions(session, Submission.instance_id.in_(instance_ids))
    assignments = sorted({each.assignment_id for each in submissions if each.assignment_id})
    return _read(session, submissions, assignments, false(), false())


def _submissions(session: Session, condition: ColumnElement[bool]) -> tuple[Submission, ...]:
    statement = (
        select(Submission)
        .where(condition)
        .order_by(Submission.received_at)
        .options(undefer(Submission.answers), undefer(Submission.xml), joinedload(Submission.questionnaire))
        .options(selectinload(Submission.attachments), joinedload(Submission.countersignature), selectinload(Submission.flags))
    )
    return tuple(session.scalars(statement))


def _read(
    session: Session,
    submissions: tuple[Submission, ...],
    assignments: Sequence[str],
    is_evidence: ColumnElement[bool],
    is_found: ColumnElement[bool],
    *,
    household: Household | None = None,
    members: tuple[HouseholdMember, ...] = (),
    identifications: tuple[Identification, ...] = (),
) -> Held:
    ids = [each.instance_id for each in submissions]
    visits = sorted({each.visit_id for each in submissions if each.visit_id})

    def all_of(model: Any, *conditions: Any, order: Any) -> tuple[Any, ...]:
        return tuple(session.scalars(select(model).where(*conditions).order_by(order)))

    quarantined = or_(QuarantinedSubmission.instance_id.in_(ids), QuarantinedSubmission.assignment_id.in_(assignments))
    reconciliations = (
        select(Reconciliation)
        .where(or_(Reconciliation.lead_instance_id.in_(ids), Reconciliation.second_instance_id.in_(ids)))
        .order_by(Reconciliation.begun_at)
        .options(undefer(Reconciliation.answers), selectinload(Reconciliation.decided))
    )
    return Held(
        household=household,
        members=members,
        identifications=identifications,
        submissions=submissions,
        notes=all_of(AnswerNote, AnswerNote.instance_id.in_(ids), order=AnswerNote.node),
        corrections=all_of(Correction, Correction.instance_id.in_(ids), order=Correction.corrected_at),
        reconciliations=tuple(session.scalars(reconciliations)),
        outcomes=all_of(AssignmentOutcome, AssignmentOutcome.assignment_id.in_(assignments), order=AssignmentOutcome.recorded_at),
        found_by_issues=all_of(HouseholdOutcome, is_found, order=HouseholdOutcome.found_at),
        evidence=all_of(IssueEvidence, or_(is_evidence, IssueEvidence.instance_id.in_(ids)), order=IssueEvidence.added_at),
        quarantined=all_of(QuarantinedSubmission, quarantined, order=QuarantinedSubmission.received_at),
        recovered=_recovered(session, assignments),
        reports=all_of(Report, Report.visit_id.in_(visits), Report.sha256.is_not(None), order=Report.created_at),
        datasets=all_of(Event, Event.action == "dataset.exported", Event.subject_id.in_(visits), order=Event.number),
    )


def _recovered(session: Session, assignments: Sequence[str]) -> tuple[RecoveredInterview, ...]:
    """Unfinished interviews of tablets for these assignments; few of them ever wait, and what they hold is only known by reading it."""
    if not assignments:
        return ()
    rows = session.scalars(select(RecoveredInterview).options(undefer(RecoveredInterview.interview)).limit(AT_ONCE))
    return tuple(each for each in rows if any(assignment in str(each.interview) for assignment in assignments))
