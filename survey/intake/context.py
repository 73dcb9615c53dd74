"""What the database already knows of arriving submissions, read with one statement for all, so that intake stays fast and flat."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, RowMapping, ScalarSelect, Select, String, and_, exists, select
from sqlalchemy.orm import Session, aliased

from survey.given_rows import GIVEN, given_rows
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import COUNTED, RECORDING_ROLES, QuarantinedSubmission, Submission
from survey.places.models import Household, Region
from survey.visits.models import Assignment, Pair, Visit, VisitVillage

INDEPENDENT = "independent"
"""What `Visit.records` says when each of a pair fills in a form of their own."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What an instance says of itself before it is checked; "" where it says nothing."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str
    xml_sha256: str
    assignment_id: str
    village_code: str
    household_number: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a submission belongs: visit, assignment, household, village, and the two interviewers; None where unknown."""

    visit_id: str | None = None
    assignment_id: str | None = None
    household_id: str | None = None
    village_code: str | None = None
    lead_id: str | None = None
    second_id: str | None = None


PLACE_FIELDS = tuple(field.name for field in fields(Place))


@dataclass(frozen=True, slots=True)
class Original:
    """The submission that an edit says it replaces."""

    instance_id: str
    form_id: str
    review_state: str
    received_from_id: str | None
    place: Place
    recorded_as: str
    is_independent: bool
    """Whether its visit asks both of a pair for records of their own."""


@dataclass(frozen=True, slots=True)
class Context:
    """All that `read_contexts` found of one of them; `version_id` is None when no such questionnaire version is published."""

    version_id: str | None
    existing_sha256: str | None
    """The hash of the XML already stored under this instance id, or None."""
    original: Original | None
    quarantined_id: str | None
    """The quarantine row of this very XML, or None."""
    assigned: Place | None
    """The place of the named assignment, None when there is none of this id and form."""
    is_independent: bool
    """Whether the visit of the named assignment asks both of a pair for records of their own."""
    answered_as: frozenset[str]
    """As whose records ("lead", "second") other submissions that still count belong to the same assignment."""
    stated: Place
    """Village, household and visit as far as the answers name them."""


HINTS = tuple(field.name for field in fields(Hints))


def read_contexts(session: Session, hints: Sequence[Hints]) -> list[Context]:
    """What is known of each of the submissions that `hints` describe, in their order."""
    given = [{"position": position, **{name: _key(getattr(each, name)) for name in HINTS}} for position, each in enumerate(hints)]
    rows = session.connection().execute(_statement(session.get_bind().dialect.name), {GIVEN: given})
    by_position = {row["position"]: _context(row) for row in rows.mappings()}
    return [by_position[position] for position in range(len(hints))]


def _key(text: str) -> str:
    """The text as it may be asked for; no key holds the sign that databases cannot."""
    return "" if "\0" in text else text


def _context(row: RowMapping) -> Context:
    return Context(
        version_id=row["version_id"],
        existing_sha256=row["stored_sha256"],
        original=_original(row) if row["original_id"] else None,
        quarantined_id=row["quarantined_id"],
        assigned=_assigned(row) if row["assignment_id"] else None,
        is_independent=row["records"] == INDEPENDENT,
        answered_as=frozenset(role for role in RECORDING_ROLES if row[f"answered_as_{role}"]),
        stated=Place(visit_id=row["stated_visit_id"], household_id=row["stated_household_id"], village_code=row["stated_village_code"]),
    )


@cache
def _statement(dialect: str) -> Select[Any]:
    """The one statement, built once because building it takes longer than running it; its rows are given with the fields of `Hints`."""
    hints = given_rows(dialect, {"position": Integer(), **dict.fromkeys(HINTS, String())}).c
    stored, original, other = aliased(Submission), aliased(Submission), aliased(Submission)
    original_visit = aliased(Visit)
    return (
        select(
            hints.position,
            QuestionnaireVersion.id.label("version_id"),
            stored.xml_sha256.label("stored_sha256"),
            original.instance_id.label("original_id"),
            original.form_id.label("original_form_id"),
            original.review_state.label("original_state"),
            original.received_from_id.label("original_from_id"),
            *(getattr(original, name).label(f"original_{name}") for name in PLACE_FIELDS),
            QuarantinedSubmission.id.label("quarantined_id"),
            Assignment.id.label("assignment_id"),
            Assignment.visit_id,
            Assignment.household_id,
            Assignment.village_code,
            Pair.lead_id,
            Pair.second_id,
            *(
                exists()
                .where(
                    other.assignment_id == hints.assignment_id,
                    other.review_state.in_(COUNTED),
                    other.recorded_as == role,
                    other.instance_id.not_in((hints.instance_id, hints.deprecated_id)),
                )
                .label(f"answered_as_{role}")
                for role in RECORDING_ROLES
            ),
            Visit.records,
            original.recorded_as.label("original_recorded_as"),
            original_visit.records.label("original_records"),
            Region.code.label("stated_village_code"),
            Household.id.label("stated_household_id"),
            _open_visit(hints.village_code).label("stated_visit_id"),
        )
        .select_from(hints.position.table)
        .outerjoin(
            QuestionnaireVersion,
            and_(QuestionnaireVersion.form_id == hints.form_id, QuestionnaireVersion.version == hints.version),
        )
        .outerjoin(stored, stored.instance_id == hints.instance_id)
        .outerjoin(original, original.instance_id == hints.deprecated_id)
        .outerjoin(original_visit, original_visit.id == original.visit_id)
        .outerjoin(QuarantinedSubmission, QuarantinedSubmission.xml_sha256 == hints.xml_sha256)
        .outerjoin(Assignment, and_(Assignment.id == hints.assignment_id, Assignment.form_id == hints.form_id))
        .outerjoin(Pair, Pair.id == Assignment.pair_id)
        .outerjoin(Visit, Visit.id == Assignment.visit_id)
        .outerjoin(Region, and_(Region.code == hints.village_code, Region.level == "village"))
        .outerjoin(Household, and_(Household.village_code == Region.code, Household.number == hints.household_number))
    )


def _open_visit(village_code: ColumnElement[str]) -> ScalarSelect[str]:
    """The latest open visit to the village, for clients that name no assignment."""
    return (
        select(VisitVillage.visit_id)
        .join(Visit, Visit.id == VisitVillage.visit_id)
        .where(VisitVillage.village_code == village_code, Visit.state == "open")
        .order_by(Visit.starts_on.desc(), Visit.id)
        .limit(1)
        .scalar_subquery()
    )


def _original(row: RowMapping) -> Original:
    return Original(
        instance_id=row["original_id"],
        form_id=row["original_form_id"],
        review_state=row["original_state"],
        received_from_id=row["original_from_id"],
        place=Place(**{name: row[f"original_{name}"] for name in PLACE_FIELDS}),
        recorded_as=row["original_recorded_as"],
        is_independent=row["original_records"] == INDEPENDENT,
    )


def _assigned(row: RowMapping) -> Place:
    return Place(**{name: row[name] for name in PLACE_FIELDS})
