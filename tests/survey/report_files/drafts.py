"""A county with one accepted interview, a draft on it, and another interview that makes the draft old."""

from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.report.kinds.records import About
from survey.instruments.models import QuestionnaireVersion
from survey.reports.operations import make_draft
from survey.visits.models import Pair
from tests.builders import add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.survey.intake.interviews import FORM, FORM_ID


def draft_of_one(session: Session, app: Flask) -> bytes:
    """The draft on a county with one accepted interview."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, forms=[version])
    _accept(session, version, add_pair(session, visit), 1, "yes")
    with app.test_request_context():
        about = About(visit_id=visit.id, county_code="610727")
        return make_draft(session, "county", about, language="zh", today=date(2018, 4, 28)).content


def accept_another(session: Session, number: int = 2) -> None:
    """Nothing; the county has one more accepted interview, its second if nothing else is said."""
    _accept(session, session.scalars(select(QuestionnaireVersion)).one(), session.scalars(select(Pair)).one(), number, "no")


def _accept(session: Session, version: QuestionnaireVersion, pair: Pair, number: int, water: str) -> None:
    household = add_household(session, f"00{number}")
    household.head_name = f"欧阳明{number}"
    task = add_assignment(session, pair, household, FORM_ID)
    add_submission(session, version, f"uuid:{number}", assignment=task, state="accepted", answers={"water_safe": water})
    session.commit()
