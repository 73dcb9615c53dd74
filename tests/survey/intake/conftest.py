"""What most tests of intake begin with: the small form published, used by an open visit, and assigned to a pair."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.instruments.models import QuestionnaireVersion
from survey.visits.models import Assignment, Visit
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.survey.intake.interviews import FORM, FORM_ID


@dataclass(frozen=True, slots=True)
class Field:
    """One visit in the field."""

    version: QuestionnaireVersion
    visit: Visit
    assignment: Assignment
    lead: User
    second: User


@pytest.fixture
def field(session: Session) -> Field:
    """The small form, published and used by an open visit; lead1 and second1 are to fill it in at one household."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, forms=[version])
    pair = add_pair(session, visit)
    assignment = add_assignment(session, pair, add_household(session), FORM_ID)
    people = find_or_add_person(session, "lead1"), find_or_add_person(session, "second1")
    session.commit()
    return Field(version, visit, assignment, *people)
