"""Two records of one interview for tests; the people and places are invented."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire
from survey.reconciling.operations import decide_answer, finish_reconciliation
from survey.reconciling.queries import find_records
from survey.visits.models import Assignment, Visit
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_submission, add_visit

FORM_ID = "two_records"
FORM = (Path(__file__).parent / "two_records.md").read_text(encoding="utf-8")

LEFT: dict[str, Any] = {
    "home": {
        "n_members": 2,
        "members": [
            {"member_name": "王大", "birth_year": 1950, "insured": "yes"},
            {"member_name": "李二", "birth_year": 1955, "insured": "yes"},
        ],
    },
    "money": {"wage_cny": 10_000.0, "crop_cny": 3_000.0, "income_cny": 13_000.0},
    "water_safe": "no",
    "water_problem": "取水远",
    "needs": ["road", "doctor"],
    "moved_on": "2017-06-01",
    "place": {"latitude": 33.33, "longitude": 106.15},
    "well": "left.jpg",
}
RIGHT: dict[str, Any] = {
    "home": {
        "n_members": 3,
        "members": [
            {"member_name": "李二", "birth_year": 1955, "insured": "no"},
            {"member_name": "王 大", "birth_year": 1951, "insured": "yes"},
            {"member_name": "王小", "birth_year": 1980, "insured": "yes"},
        ],
    },
    "money": {"wage_cny": 10_200.0, "crop_cny": 5_000.0, "income_cny": 15_200.0},
    "water_safe": "yes",
    "needs": ["doctor", "road"],
    "moved_on": "2017-06-01",
    "place": {"latitude": 33.3301, "longitude": 106.1501},
    "well": "right.jpg",
}
DIFFERING = (
    "/data/home/n_members",
    "/data/home/members[1]/birth_year",
    "/data/home/members[2]/insured",
    "/data/home/members[3]",
    "/data/money/crop_cny",
    "/data/water_safe",
    "/data/water_problem",
)
"""Where `LEFT` and `RIGHT` differ beyond the usual tolerances."""


def add_independent_visit(session: Session) -> tuple[Visit, QuestionnaireVersion]:
    """An open visit whose pairs keep two records, with its form."""
    version = add_form(session, FORM, "two_records.md")
    visit = add_visit(session, forms=[version])
    visit.records = "independent"
    session.flush()
    return visit, version


def add_both(
    session: Session,
    visit: Visit,
    version: QuestionnaireVersion,
    number: str = "001",
    *,
    left: dict[str, Any] = LEFT,
    right: dict[str, Any] = RIGHT,
    state: str = "accepted",
) -> Assignment:
    """The assignment of one household, of which both of the visit's pair have a record."""
    pair = visit.pairs[0] if visit.pairs else add_pair(session, visit)
    session.refresh(visit, ["pairs"])
    assignment = add_assignment(session, pair, add_household(session, number), FORM_ID)
    for role, answers in (("lead", left), ("second", right)):
        made = add_submission(session, version, f"uuid:{number}-{role}", assignment=assignment, state=state, answers=answers)
        made.recorded_as = role
    session.commit()
    return assignment


def reconcile(session: Session, assignment: Assignment, choice: str = "right") -> None:
    """Every difference decided alike, and finished."""
    visit = session.get_one(Visit, assignment.visit_id)
    for node in DIFFERING:
        records = find_records(session, visit, assignment.id)
        form = load_questionnaire(records.lead.questionnaire)
        decide_answer(session, None, form, records, node, choice, NOW)
    finish_reconciliation(session, None, form, find_records(session, visit, assignment.id), NOW)
