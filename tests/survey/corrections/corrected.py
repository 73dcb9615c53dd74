"""An interview to correct for tests, with a form that has something of every kind; people and places are invented."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.corrections.models import Correction
from survey.corrections.operations import correct_answer
from survey.corrections.queries import Record, find_record
from survey.intake.models import Submission
from survey.visits.models import Visit
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person

FORM = (Path(__file__).parent / "corrected.md").read_text(encoding="utf-8")
ANSWERS: dict[str, Any] = {
    "consent": "yes",
    "n_rooms": 4,
    "money": {"wage_cny": 10_000.0, "crop_cny": 3_000.0, "income_cny": 13_000.0},
    "water_safe": "no",
    "water_problem": "取水远",
    "needs": ["road"],
    "moved_on": "2017-06-01",
    "place": {"latitude": 33.33, "longitude": 106.15},
    "members": [{"age": 60}, {"age": 8}],
}
WAGE, INCOME, AGE = "/data/money/wage_cny", "/data/money/income_cny", "/data/members[2]/age"
REASON = "录音里说的是另一个数"


def add_interviews(session: Session, n: int = 1, *, state: str = "accepted") -> Visit:
    """An open visit with so many interviews, uuid:001 the first."""
    version = add_form(session, FORM, "corrected.md")
    visit = add_visit(session, forms=[version])
    pair = add_pair(session, visit)
    for number in range(1, n + 1):
        assignment = add_assignment(session, pair, add_household(session, f"{number:03}"), "corrected")
        add_submission(session, version, f"uuid:{number:03}", assignment=assignment, state=state, answers=ANSWERS)
    session.commit()
    return visit


def record_of(session: Session, number: int = 1) -> Record:
    """The interview as it is now."""
    return find_record(session, session.get_one(Submission, f"uuid:{number:03}"))


def coordinator_of(session: Session) -> User:
    """The coordinator, who corrects."""
    return find_or_add_person(session, "coordinator")


def correct(session: Session, node: str, new: str, number: int = 1) -> Correction:
    """The answer at the node corrected, a minute after the correction before it."""
    record = record_of(session, number)
    made = correct_answer(session, coordinator_of(session), record, node, new, REASON, NOW + timedelta(minutes=len(record.corrections)))
    session.commit()
    return made
