"""What the pages of comparisons read: a fixed number of statements for a visit, however many households it has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.comparison.cases import WAITING_TOO, Case, Correction, HouseholdOf
from survey.comparison.join import Comparison, Item, Record, compare_household, merge_items
from survey.comparison.models import DiscrepancyCorrection
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Attachment, Submission
from survey.places.models import Household, Region
from survey.reconciling.counted import is_counted
from survey.reconciling.models import Reconciliation
from survey.visits.models import Visit, VisitForm

RULE_PREFIX = "compared:"
"""What the rule of a candidate begins with that was made of a discrepancy; the item's code follows."""


@dataclass(frozen=True, slots=True)
class VisitComparison:
    """Everything compared in a visit, by village, household and item; `items` also holds those that only one source is asked for."""

    items: Mapping[str, Item]
    cases: tuple[Case, ...]
    n_households: int
    """Households with a submission that tells of an item, compared or not."""

    @property
    def lonely_items(self) -> tuple[Item, ...]:
        """The items of which the visit's questionnaires ask one source only, so that nothing can be compared."""
        return tuple(item for item in self.items.values() if item.n_sources < 2)


def read_comparison(session: Session, visit: Visit, scope: str = "") -> VisitComparison:
    """What the visit's accepted submissions tell, with `scope` "received" also those that wait for review. Four statements."""
    return _read(session, visit, scope, [])


def read_household(session: Session, visit: Visit, household_id: str, scope: str = "") -> VisitComparison:
    """The same of one household; raises NOT_FOUND where nothing of it can be compared in this visit."""
    found = _read(session, visit, scope, [Submission.household_id == household_id])
    if not found.cases:
        raise SurveyError(
            ErrorCode.NOT_FOUND,
            what="Household",
            key=household_id,
            remedy="Nothing of it is compared in this visit: its file or its interview is missing, or waits for review.",
        )
    return found


def find_case(session: Session, visit: Visit, household_id: str, item: str, scope: str = "") -> tuple[Item, Case]:
    """One item of one household; raises NOT_FOUND."""
    found = read_household(session, visit, household_id, scope)
    case = next((each for each in found.cases if each.item == item), None)
    if case is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Item", key=item, remedy="Choose one of those on the page of the household.")
    return found.items[item], case


def list_files(session: Session, cases: Sequence[Case]) -> dict[tuple[str, str], Attachment]:
    """The files that have arrived of the submissions of these cases, by instance id and name."""
    instance_ids = {picture.instance_id for case in cases for picture in case.comparison.pictures}
    rows = session.scalars(select(Attachment).where(Attachment.instance_id.in_(sorted(instance_ids))))
    return {(attachment.instance_id, attachment.name): attachment for attachment in rows}


def find_candidate(session: Session, candidate_id: str) -> IssueCandidate | None:
    """The candidate that was made of a discrepancy."""
    return session.get(IssueCandidate, candidate_id) if candidate_id else None


def find_correction(session: Session, visit: Visit, household_id: str, item: str) -> DiscrepancyCorrection | None:
    """The coordinator's correction of an item of a household, whether it still applies or not."""
    table = DiscrepancyCorrection
    statement = select(table).where(table.visit_id == visit.id, table.household_id == household_id, table.item == item)
    return session.scalars(statement).one_or_none()


def _read(session: Session, visit: Visit, scope: str, more: Sequence[ColumnElement[bool]]) -> VisitComparison:
    states = ("accepted", "received") if scope == WAITING_TOO else ("accepted",)
    counting = [
        Submission.visit_id == visit.id,
        Submission.recorded_as == "lead",
        Submission.review_state.in_(states),
        Submission.household_id.is_not(None),
        *more,
    ]
    questionnaires = _questionnaires(session, visit, counting)
    items = merge_items(tuple(questionnaires.values()))
    rows = _newest(session, [*counting, Submission.questionnaire_version_id.in_(sorted(questionnaires))])
    corrections = _corrections(session, visit)
    candidates = _candidates(session, visit)
    cases: list[Case] = []
    for household, found in rows.items():
        records = [_record(row, questionnaires) for row in found]
        for comparison in compare_household(records, items):
            correction = corrections.get((household.id, comparison.item))
            instance_ids = {record.instance_id for record in records}
            cases.append(
                Case(
                    household=household,
                    comparison=comparison,
                    correction=_correction(correction, comparison) if correction else None,
                    candidate_id=next(
                        (candidates[key, comparison.item] for key in instance_ids if (key, comparison.item) in candidates), ""
                    ),
                )
            )
    return VisitComparison(items, tuple(cases), len(rows))


def _questionnaires(session: Session, visit: Visit, counting: Sequence[ColumnElement[bool]]) -> dict[str, Questionnaire]:
    """The visit's questionnaires that tell of any item, answered yet or not, by the id of their version, in the order of publication."""
    used = select(Submission.questionnaire_version_id).where(*counting)
    of_visit = select(VisitForm.questionnaire_version_id).where(VisitForm.visit_id == visit.id)
    statement = select(QuestionnaireVersion).where(or_(QuestionnaireVersion.id.in_(used), QuestionnaireVersion.id.in_(of_visit)))
    versions = session.scalars(statement.order_by(QuestionnaireVersion.published_at.desc(), QuestionnaireVersion.version.desc()))
    loaded = {version.id: load_questionnaire(version) for version in versions}
    return {key: questionnaire for key, questionnaire in loaded.items() if questionnaire.compared}


def _newest(session: Session, conditions: Sequence[ColumnElement[bool]]) -> dict[HouseholdOf, list[Row[Any]]]:
    """The newest submission of each form by household, households by village and number; of two records what they were reconciled to."""
    statement = (
        select(
            Submission.instance_id,
            Submission.form_id,
            Submission.questionnaire_version_id,
            Submission.answers,
            Reconciliation.answers.label("reconciled_answers"),
            Household.id.label("household_id"),
            Household.number,
            Household.head_name,
            Household.kind,
            Household.village_code,
            Region.name.label("village_name"),
        )
        .join(Household, Household.id == Submission.household_id)
        .join(Region, Region.code == Household.village_code)
        .outerjoin(Reconciliation, is_counted())
        .where(*conditions)
        .order_by(Submission.received_at, Submission.instance_id, Reconciliation.finished_at)
    )
    newest: dict[HouseholdOf, dict[str, Row[Any]]] = {}
    for row in session.execute(statement):
        household = HouseholdOf(row.household_id, row.number, row.head_name, row.kind, row.village_code, row.village_name)
        newest.setdefault(household, {})[row.form_id] = row
    ordered = sorted(newest, key=lambda household: (household.village_code, household.number.zfill(32)))
    return {household: [newest[household][form_id] for form_id in sorted(newest[household])] for household in ordered}


def _record(row: Row[Any], questionnaires: Mapping[str, Questionnaire]) -> Record:
    return Record(row.instance_id, row.form_id, questionnaires[row.questionnaire_version_id], row.reconciled_answers or row.answers)


def _corrections(session: Session, visit: Visit) -> dict[tuple[str, str], Row[Any]]:
    table = DiscrepancyCorrection
    columns = (table.household_id, table.item, table.kind, table.found_kind, table.told, table.reason, table.corrected_at, User.name)
    statement = select(*columns).join(User, User.id == table.corrected_by_id).where(table.visit_id == visit.id)
    return {(row.household_id, row.item): row for row in session.execute(statement)}


def _correction(row: Row[Any], comparison: Comparison) -> Correction:
    applies = row.told == comparison.told
    return Correction(row.kind, row.found_kind, row.reason, row.name, row.corrected_at, applies)


def _candidates(session: Session, visit: Visit) -> dict[tuple[str, str], str]:
    """The ids of the candidates made of discrepancies, by submission and item."""
    columns = (IssueCandidate.id, IssueCandidate.instance_id, IssueCandidate.rule)
    statement = select(*columns).where(IssueCandidate.visit_id == visit.id, IssueCandidate.rule.startswith(RULE_PREFIX, autoescape=True))
    return {(row.instance_id, row.rule.removeprefix(RULE_PREFIX)): row.id for row in session.execute(statement)}


def neighbours_of(cases: Iterable[Case], household_id: str) -> tuple[str, str]:
    """The ids of the households before and after one in a list of cases, "" at its ends."""
    ids = list(dict.fromkeys(case.household.id for case in cases))
    if household_id not in ids:
        return "", ""
    place = ids.index(household_id)
    return (ids[place - 1] if place else "", ids[place + 1] if place + 1 < len(ids) else "")
