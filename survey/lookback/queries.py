"""What the pages of a look-back read: the households of both visits, their answers, and what was raised; a fixed number of statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.stacking import rows_of
from survey.bundles.codebook import FormBook, make_form_book
from survey.candidates.raised_queries import raised_at
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire
from survey.intake.models import COUNTED, Submission
from survey.lookback.changes import Tables
from survey.lookback.fates import Fate, follow_candidates
from survey.lookback.models import LookBackAddition
from survey.outcomes.queries import standing_subquery
from survey.places.models import Household, Region
from survey.reconciling.counted import answers_that_count
from survey.visits.models import Assignment, Pair, Visit

HouseholdForm = tuple[str, str]
"""A household's id and a form's id."""


@dataclass(frozen=True, slots=True)
class HouseholdAgain:
    """A household of a look-back and what it came to.

    `again` is "met", an outcome, "open" (nothing known yet) or "left_out" (not part of the look-back). `before` and `after` are the
    instances that count by form id. `reason` is why a new household is visited, "" for one known before or of unstated reason.
    """

    id: str
    number: str
    head_name: str
    kind: str
    village_code: str
    village_name: str
    pair_name: str
    again: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    is_waiting: bool
    """Whether an interview of it still waits for review."""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """A look-back and what it looks back on: the households of the earlier visit, and those that are new, each as a pair walks."""

    visit: Visit
    earlier: Visit
    households: tuple[HouseholdAgain, ...]
    new: tuple[HouseholdAgain, ...]

    def find(self, household_id: str) -> HouseholdAgain:
        """One household of either kind; raises NOT_FOUND."""
        found = next((each for each in (*self.households, *self.new) if each.id == household_id), None)
        if found is None:
            raise SurveyError(ErrorCode.NOT_FOUND, what="Household", key=household_id, remedy="Choose one from the list of the look-back.")
        return found

    def asked(self, side: str) -> frozenset[HouseholdForm]:
        """Which households were asked with which forms, at the side "before" or "after"."""
        return frozenset((each.id, form_id) for each in self.households for form_id in getattr(each, side))

    def forms(self) -> tuple[str, ...]:
        """The forms with which any household was asked at both visits, the most often used first."""
        n_both: dict[str, int] = {}
        for each in self.households:
            for form_id in each.before.keys() & each.after.keys():
                n_both[form_id] = n_both.get(form_id, 0) + 1
        return tuple(sorted(n_both, key=lambda form_id: (form_id != "household", -n_both[form_id], form_id)))


def read_parts(session: Session, visit: Visit) -> Parts | None:
    """The households of the look-back and of the visit it looks back on; None for a visit that looks back on none. Five statements."""
    earlier = session.get(Visit, visit.look_back_of_id) if visit.look_back_of_id else None
    if earlier is None:
        return None
    assigned = _assigned(session, earlier, visit)
    received = _received(session, earlier, visit)
    households = _households(session, earlier, visit)
    additions = {
        row.household_id: row for row in session.scalars(select(LookBackAddition).where(LookBackAddition.visit_id == visit.id)).all()
    }
    outcomes = _outcomes(session, visit)
    known, new = list[HouseholdAgain](), list[HouseholdAgain]()
    for household, village_name in households:
        before, after = (received.get((each.id, household.id), {}) for each in (earlier, visit))
        addition = additions.get(household.id)
        row = HouseholdAgain(
            id=household.id,
            number=household.number,
            head_name=household.head_name,
            kind=household.kind,
            village_code=household.village_code,
            village_name=village_name,
            pair_name=assigned.get((visit.id, household.id), ""),
            again=_again(after, outcomes.get(household.id, {}), (visit.id, household.id) in assigned),
            before={form_id: instance_id for form_id, (instance_id, _state) in before.items()},
            after={form_id: instance_id for form_id, (instance_id, _state) in after.items()},
            is_waiting=any(state == "received" for _instance_id, state in after.values()),
            reason=addition.reason if addition else "",
            note=addition.note if addition else "",
        )
        is_known = (earlier.id, household.id) in assigned or bool(before)
        (known if is_known else new).append(row)
    return Parts(visit, earlier, tuple(known), tuple(new))


def _again(after: Mapping[str, Any], told: Mapping[str, str], is_assigned: bool) -> str:
    if after.keys() - told.keys():
        return "met"
    if told:
        return min(told.values())
    return "open" if is_assigned else "left_out"


def _assigned(session: Session, *visits: Visit) -> dict[tuple[str, str], str]:
    """The name of the pair by visit and household."""
    statement = (
        select(Assignment.visit_id, Assignment.household_id, Pair.name)
        .join(Pair, Pair.id == Assignment.pair_id)
        .where(Assignment.visit_id.in_([visit.id for visit in visits]), Assignment.household_id.is_not(None))
    )
    return {(visit_id, str(household_id)): name for visit_id, household_id, name in session.execute(statement)}


def _received(session: Session, *visits: Visit) -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    """The newest form that counts, as (instance, state), by visit, household and form; an accepted one before one that waits."""
    statement = (
        select(Submission.visit_id, Submission.household_id, Submission.form_id, Submission.instance_id, Submission.review_state)
        .where(Submission.visit_id.in_([visit.id for visit in visits]), Submission.household_id.is_not(None))
        .where(Submission.review_state.in_(COUNTED), Submission.recorded_as == "lead")
        .order_by(Submission.review_state.desc(), Submission.received_at, Submission.instance_id)
    )
    found: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for visit_id, household_id, form_id, instance_id, state in session.execute(statement):
        found.setdefault((str(visit_id), str(household_id)), {})[form_id] = (instance_id, state)
    return found


def _households(session: Session, *visits: Visit) -> list[tuple[Household, str]]:
    ids = [visit.id for visit in visits]
    is_assigned = exists().where(Assignment.household_id == Household.id, Assignment.visit_id.in_(ids))
    is_asked = exists().where(Submission.household_id == Household.id, Submission.visit_id.in_(ids))
    villages = {row.village_code for visit in visits for row in visit.villages}
    statement = (
        select(Household, Region.name)
        .join(Region, Region.code == Household.village_code)
        .where(Household.village_code.in_(sorted(villages)), is_assigned | is_asked)
        .order_by(Household.village_code, Household.group_name, func.length(Household.number), Household.number)
    )
    return [(household, name) for household, name in session.execute(statement)]


def _outcomes(session: Session, visit: Visit) -> dict[str, dict[str, str]]:
    """The outcomes that stand by household and form."""
    standing = standing_subquery(Assignment.visit_id == visit.id)
    statement = (
        select(Assignment.household_id, Assignment.form_id, standing.c.outcome)
        .join(standing, standing.c.assignment_id == Assignment.id)
        .where(Assignment.household_id.is_not(None))
    )
    found: dict[str, dict[str, str]] = {}
    for household_id, form_id, outcome in session.execute(statement):
        found.setdefault(household_id, {})[form_id] = outcome
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """One form over both visits: its columns, and each household's rows before and after, by household id."""

    book: FormBook
    title: Mapping[str, str]
    rows: Mapping[str, tuple[Tables, Tables]]


def read_compared(session: Session, households: Iterable[HouseholdAgain], form_id: str) -> Compared | None:
    """The answers of households that were asked with the form at both visits; None when there are none. Two statements per 500 forms."""
    both = {each.id: (each.before[form_id], each.after[form_id]) for each in households if form_id in each.before and form_id in each.after}
    if not both:
        return None
    counted = answers_that_count(session, (instance_id for pair in both.values() for instance_id in pair))
    statement = (
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.id.in_({each.questionnaire_version_id for each in counted.values()}))
        .order_by(QuestionnaireVersion.published_at, QuestionnaireVersion.version)
    )
    versions = session.scalars(statement).all()
    forms = {version.id: load_questionnaire(version) for version in versions}
    rows = {key: rows_of(forms[each.questionnaire_version_id], each.answers) for key, each in counted.items()}
    book = make_form_book(list(forms.values()))
    return Compared(book, versions[-1].titles, {key: (rows[before], rows[after]) for key, (before, after) in both.items()})


def read_fates(session: Session, parts: Parts) -> tuple[Fate, ...]:
    """What became of everything that either visit raised about the households known before; two statements."""
    raised = raised_at(session, [parts.earlier.id, parts.visit.id])
    used = select(Submission.questionnaire_version_id).where(Submission.visit_id == parts.visit.id).distinct()
    versions = session.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.id.in_(used))).all()
    rules: dict[str, set[str]] = {}
    for version in versions:
        rules.setdefault(version.form_id, set()).update(rule.name for rule in load_questionnaire(version).issue_rules)
    known = {each.id for each in parts.households}
    before, after = (
        [each for each in raised if each.visit_id == visit.id and each.household_id in known] for visit in (parts.earlier, parts.visit)
    )
    return follow_candidates(before, after, parts.asked("before"), parts.asked("after"), rules)


def count_raised_in_new(session: Session, parts: Parts) -> dict[str, int]:
    """How many candidates the look-back raised in each household that is new to it; one statement."""
    new = {each.id for each in parts.new}
    found: dict[str, int] = {}
    for each in raised_at(session, [parts.visit.id]) if new else ():
        if each.household_id in new:
            found[str(each.household_id)] = found.get(str(each.household_id), 0) + 1
    return found


def list_addable(session: Session, visit: Visit, village_code: str) -> tuple[Household, ...]:
    """The households of one village that neither the look-back nor the earlier visit was to visit, as a pair walks."""
    ids = [key for key in (visit.id, visit.look_back_of_id) if key]
    known = exists().where(Assignment.household_id == Household.id, Assignment.visit_id.in_(ids))
    statement = (
        select(Household)
        .where(Household.village_code == village_code, ~known)
        .order_by(Household.group_name, func.length(Household.number), Household.number)
    )
    return tuple(session.scalars(statement))


def list_numbers(session: Session, village_code: str) -> tuple[str, ...]:
    """The numbers that households of a village have."""
    return tuple(session.scalars(select(Household.number).where(Household.village_code == village_code)))
