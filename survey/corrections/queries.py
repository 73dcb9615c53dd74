"""Reading interviews with their corrections; a fixed number of statements however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.corrections.effect import Effect, Place, effect_of, places_of
from survey.corrections.models import Correction, CorrectionWithdrawal
from survey.intake.models import Submission
from survey.pages.paging import Page, page_of
from survey.places.models import Region
from survey.reconciling.counted import answers_that_count
from survey.visits.household_list import questionnaire_with_households

COUNTS, OVERRULED, WITHDRAWN, STALE, MOOT = "counts", "overruled", "withdrawn", "stale", "moot"
"""What becomes of a correction: it counts; a later one of the same answer does; it was withdrawn; the stored answer is another one by
now; the question does not apply to the other answers."""
STATES = (COUNTS, OVERRULED, WITHDRAWN, STALE, MOOT)
_ORDER = (Correction.corrected_at, Correction.id)
_OPTIONS = (
    joinedload(Correction.corrected_by).lazyload(User.roles),
    joinedload(Correction.withdrawal).joinedload(CorrectionWithdrawal.withdrawn_by).lazyload(User.roles),
)


@dataclass(frozen=True)
class Record:
    """An interview with the answers that are stored of it (of two records what they were reconciled to), and its corrections in order."""

    submission: Submission
    questionnaire: Questionnaire
    stored: Mapping[str, Any]
    corrections: tuple[Correction, ...]

    @cached_property
    def places(self) -> dict[str, Place]:
        """Every question with its stored answer, by node."""
        return places_of(self.questionnaire, self.stored)

    @cached_property
    def chosen(self) -> dict[str, Correction]:
        """The correction of each node that is the last one not withdrawn and made of the answer that is stored."""
        return {
            each.node: each
            for each in self.corrections
            if each.withdrawal is None and each.node in self.places and self.places[each.node].text == each.old
        }

    @property
    def values(self) -> dict[str, str]:
        """What counts instead of stored answers, by node."""
        return {node: each.new for node, each in self.chosen.items()}

    @cached_property
    def effect(self) -> Effect:
        """What the corrections make of the answers."""
        return effect_of(self.questionnaire, self.stored, self.values, now=self.submission.received_at)

    @cached_property
    def states(self) -> dict[str, str]:
        """What becomes of each correction, by its id."""
        moot = {change.node for change in self.effect.follows} if self.chosen else set()
        return {each.id: self._state(each, moot) for each in self.corrections}

    def _state(self, correction: Correction, moot: set[str]) -> str:
        if correction.withdrawal is not None:
            return WITHDRAWN
        if self.chosen.get(correction.node) is correction:
            return MOOT if correction.node in moot else COUNTS
        return OVERRULED if correction.node in self.chosen and self.chosen[correction.node].old == correction.old else STALE


@dataclass(frozen=True, slots=True)
class CorrectionFilter:
    """What is looked for in a visit's list; "" limits nothing. `state` is "standing" or "withdrawn"."""

    village: str = ""
    person: str = ""
    question: str = ""
    state: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The conditions on corrections joined with their submissions and, loosely, withdrawals."""
        wanted: list[ColumnElement[bool]] = []
        if self.village:
            wanted.append(Submission.village_code == self.village)
        if self.person:
            wanted.append(Correction.corrected_by_id == self.person)
        if self.question:
            wanted.append(Correction.question == self.question)
        if self.state in ("standing", WITHDRAWN):
            is_withdrawn = CorrectionWithdrawal.id.is_not(None)
            wanted.append(is_withdrawn if self.state == WITHDRAWN else ~is_withdrawn)
        return wanted

    def parameters(self) -> dict[str, Any]:
        """What of it limits something, as parameters of an address."""
        given = {"village": self.village, "person": self.person, "question": self.question, "state": self.state}
        return {name: value for name, value in given.items() if value}


def find_record(session: Session, submission: Submission) -> Record:
    """The interview with its corrections; two statements beside those of its questionnaire."""
    return _records(session, [submission], list_corrections(session, [submission.instance_id]))[submission.instance_id]


def list_corrections(session: Session, instance_ids: Sequence[str]) -> tuple[Correction, ...]:
    """The corrections of these interviews with who made and who withdrew them, oldest first."""
    statement = select(Correction).where(Correction.instance_id.in_(instance_ids)).order_by(*_ORDER).options(*_OPTIONS)
    return tuple(session.scalars(statement))


def find_correction(session: Session, instance_id: str, correction_id: str) -> Correction:
    """The correction of the interview; NOT_FOUND otherwise."""
    statement = select(Correction).where(Correction.id == correction_id, Correction.instance_id == instance_id).options(*_OPTIONS)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Correction", key=correction_id, remedy="Open it from the page of the interview.")
    return found


def list_of_visit(
    session: Session, visit_id: str, wanted: CorrectionFilter, number: int
) -> tuple[Page, tuple[tuple[Record, Correction], ...]]:
    """Page `number` of the visit's corrections that match, newest first, each with its interview."""
    matching = _of_visit(visit_id, *wanted.conditions())
    page = page_of(number, session.scalar(select(func.count()).select_from(matching.subquery())) or 0)
    newest = (Correction.corrected_at.desc(), Correction.id.desc())
    ids = [row.id for row in session.execute(matching.order_by(*newest).limit(page.size).offset(page.offset))]
    if not ids:
        return page, ()
    shown = {each.id: each for each in session.scalars(select(Correction).where(Correction.id.in_(ids)).options(*_OPTIONS))}
    records = load_records(session, {each.instance_id for each in shown.values()})
    return page, tuple((records[shown[key].instance_id], shown[key]) for key in ids)


def load_records(session: Session, instance_ids: set[str]) -> dict[str, Record]:
    """These interviews with place, people and corrections, by instance id."""
    statement = (
        select(Submission)
        .where(Submission.instance_id.in_(instance_ids))
        .options(joinedload(Submission.village), joinedload(Submission.household), joinedload(Submission.questionnaire))
    )
    return _records(session, tuple(session.scalars(statement)), list_corrections(session, sorted(instance_ids)))


def _records(session: Session, submissions: Sequence[Submission], corrections: Sequence[Correction]) -> dict[str, Record]:
    counted = answers_that_count(session, (each.instance_id for each in submissions))
    versions = {each.questionnaire_version_id: each.questionnaire for each in submissions}
    questionnaires = {key: questionnaire_with_households(session, version) for key, version in versions.items()}
    return {
        each.instance_id: Record(
            each,
            questionnaires[each.questionnaire_version_id],
            counted[each.instance_id].answers,
            tuple(correction for correction in corrections if correction.instance_id == each.instance_id),
        )
        for each in submissions
    }


def _of_visit(visit_id: str, *conditions: ColumnElement[bool]) -> Select[str]:
    return (
        select(Correction.id)
        .join(Submission, Submission.instance_id == Correction.instance_id)
        .outerjoin(CorrectionWithdrawal, CorrectionWithdrawal.correction_id == Correction.id)
        .where(Submission.visit_id == visit_id, *conditions)
    )


@dataclass(frozen=True, slots=True)
class FilterOptions:
    """What each filter of a visit's list offers: (value, label) pairs, and the names of questions."""

    villages: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]


def read_options(session: Session, visit_id: str) -> FilterOptions:
    """What occurs among the visit's corrections, from one statement."""
    statement = (
        select(Submission.village_code, Region.name.label("village"), Correction.corrected_by_id, User.name, Correction.question)
        .select_from(Correction)
        .join(Submission, Submission.instance_id == Correction.instance_id)
        .join(User, User.id == Correction.corrected_by_id)
        .outerjoin(Region, Region.code == Submission.village_code)
        .where(Submission.visit_id == visit_id)
        .distinct()
    )
    rows = session.execute(statement).all()
    return FilterOptions(
        villages=tuple(sorted({(row.village_code, row.village) for row in rows if row.village_code})),
        people=tuple(sorted({(row.corrected_by_id, row.name) for row in rows}, key=lambda pair: pair[1])),
        questions=tuple(sorted({row.question for row in rows})),
    )
