"""Reading pairs of records and what is decided about them; a fixed number of statements per page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import batches
from survey.intake.models import COUNTED, Countersignature, Submission
from survey.pages.paging import Page, page_of
from survey.reconciling.merging import Decision
from survey.reconciling.models import ReconciledAnswer, Reconciliation, VisitTolerances
from survey.reconciling.tolerances import Tolerances
from survey.visits.models import Visit

PAIR_STATES = ("new", "open", "finished")


@dataclass(frozen=True, slots=True)
class PairKey:
    """Two records of one assignment by their instance ids, with the state of their reconciliation ("new" before anything is decided)."""

    assignment_id: str
    form_id: str
    lead_instance_id: str
    second_instance_id: str
    state: str
    n_decided: int


@dataclass(frozen=True, slots=True)
class Records:
    """Both records of an interview, and their reconciliation once something is decided."""

    lead: Submission
    second: Submission
    reconciliation: Reconciliation | None

    @property
    def decisions(self) -> dict[str, Decision]:
        """What is decided, by node."""
        return {each.node: Decision(each.choice, each.value) for each in (self.reconciliation.decided if self.reconciliation else ())}


@dataclass(frozen=True, slots=True)
class AmendedInterview:
    """One interview that the second signed: its answers, and the nodes that the second amended before that."""

    submission: Submission
    nodes: tuple[str, ...]


def read_tolerances(session: Session, visit: Visit) -> Tolerances:
    """What the visit lets pass as the same."""
    row = session.get(VisitTolerances, visit.id)
    return Tolerances(**{item.name: getattr(row, item.name) for item in fields(Tolerances)}) if row else Tolerances()


def list_pairs(session: Session, visit_id: str) -> tuple[PairKey, ...]:
    """Every interview of the visit of which both records are here, by place and household; two statements.

    Of several records of one person the newest counts.
    """
    columns = select(Submission.assignment_id, Submission.recorded_as, Submission.form_id, Submission.instance_id)
    wanted = (
        Submission.visit_id == visit_id,
        Submission.assignment_id.is_not(None),
        Submission.review_state.in_(COUNTED),
    )
    order = (Submission.village_code, Submission.form_id.desc(), Submission.household_id, Submission.received_at, Submission.instance_id)
    newest: dict[str, dict[str, str]] = {}
    forms: dict[str, str] = {}
    for row in session.execute(columns.where(*wanted).order_by(*order)):
        newest.setdefault(row.assignment_id, {})[row.recorded_as] = row.instance_id
        forms[row.assignment_id] = row.form_id
    begun = _begun(session, visit_id)
    found = []
    for assignment_id, records in newest.items():
        if len(records) == 2:
            state, n_decided = begun.get((records["lead"], records["second"]), ("new", 0))
            found.append(PairKey(assignment_id, forms[assignment_id], records["lead"], records["second"], state, n_decided))
    return tuple(found)


def _begun(session: Session, visit_id: str) -> Mapping[tuple[str, str], tuple[str, int]]:
    statement = (
        select(Reconciliation.lead_instance_id, Reconciliation.second_instance_id, Reconciliation.state, func.count(ReconciledAnswer.id))
        .outerjoin(ReconciledAnswer, ReconciledAnswer.reconciliation_id == Reconciliation.id)
        .where(Reconciliation.visit_id == visit_id)
        .group_by(Reconciliation.lead_instance_id, Reconciliation.second_instance_id, Reconciliation.state)
    )
    return {(lead, second): (state, n) for lead, second, state, n in session.execute(statement)}


def page_of_pairs(session: Session, keys: Sequence[PairKey], number: int) -> tuple[Page, tuple[Records, ...]]:
    """Page `number` of these pairs with everything that a list shows."""
    page = page_of(number, len(keys))
    return page, load_pairs(session, keys[page.offset : page.offset + page.size])


def load_pairs(session: Session, keys: Sequence[PairKey]) -> tuple[Records, ...]:
    """The records of these pairs with their answers, in the same order; a few statements for each batch."""
    submissions: dict[str, Submission] = {}
    for ids in batches(each for key in keys for each in (key.lead_instance_id, key.second_instance_id)):
        statement = select(Submission).where(Submission.instance_id.in_(ids)).options(*_LIST_OPTIONS, undefer(Submission.answers))
        submissions |= {each.instance_id: each for each in session.scalars(statement)}
    begun: dict[tuple[str, str], Reconciliation] = {}
    for ids in batches(key.lead_instance_id for key in keys if key.state != "new"):
        of_keys = select(Reconciliation).where(Reconciliation.lead_instance_id.in_(ids)).options(selectinload(Reconciliation.decided))
        begun |= {(each.lead_instance_id, each.second_instance_id): each for each in session.scalars(of_keys)}
    return tuple(
        Records(
            submissions[key.lead_instance_id],
            submissions[key.second_instance_id],
            begun.get((key.lead_instance_id, key.second_instance_id)),
        )
        for key in keys
    )


_LIST_OPTIONS = (
    joinedload(Submission.village),
    joinedload(Submission.household),
    joinedload(Submission.questionnaire),
    joinedload(Submission.assignment),
    joinedload(Submission.lead).lazyload(User.roles),
    joinedload(Submission.second).lazyload(User.roles),
)


def find_records(session: Session, visit: Visit, assignment_id: str) -> Records:
    """Both records of an assignment's interview with answers and files; NOT_FOUND while one is missing, returned or replaced."""
    statement = (
        select(Submission)
        .where(
            Submission.visit_id == visit.id,
            Submission.assignment_id == assignment_id,
            Submission.review_state.in_(COUNTED),
        )
        .order_by(Submission.received_at, Submission.instance_id)
        .options(*_LIST_OPTIONS, undefer(Submission.answers), selectinload(Submission.attachments), selectinload(Submission.notes))
    )
    newest = {each.recorded_as: each for each in session.scalars(statement)}
    if visit.records != "independent" or len(newest) < 2:
        raise SurveyError(
            ErrorCode.NOT_FOUND,
            what="Pair of records",
            key=assignment_id,
            remedy="Both people's records must have arrived, and neither may be returned.",
        )
    lead, second = newest["lead"], newest["second"]
    return Records(lead, second, find_reconciliation(session, lead.instance_id, second.instance_id))


def find_reconciliation(session: Session, lead_instance_id: str, second_instance_id: str) -> Reconciliation | None:
    """The reconciliation of these two records with what is decided and by whom; None before the first decision."""
    statement = (
        select(Reconciliation)
        .where(Reconciliation.lead_instance_id == lead_instance_id, Reconciliation.second_instance_id == second_instance_id)
        .options(
            joinedload(Reconciliation.finished_by).lazyload(User.roles),
            selectinload(Reconciliation.decided).joinedload(ReconciledAnswer.decided_by).lazyload(User.roles),
        )
    )
    return session.scalars(statement).one_or_none()


def list_signed(session: Session, visit_id: str) -> tuple[AmendedInterview, ...]:
    """The interviews of the visit on one form together that the second signed, with what they amended; two statements."""
    statement = (
        select(Submission, Countersignature.changes)
        .join(Countersignature, Countersignature.instance_id == Submission.instance_id)
        .where(and_(Submission.visit_id == visit_id, Submission.review_state.in_(COUNTED), Countersignature.signed_at.is_not(None)))
        .order_by(Submission.received_at, Submission.instance_id)
        .options(undefer(Submission.answers), joinedload(Submission.questionnaire), joinedload(Submission.assignment))
    )
    return tuple(
        AmendedInterview(submission, tuple(dict.fromkeys(each["node"] for each in changes)))
        for submission, changes in session.execute(statement)
    )
