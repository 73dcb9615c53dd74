"""Names in answers that are shown otherwise than as an interview: before and after on pages and in files, and as they were corrected."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.corrections.operations import correct_answer
from survey.corrections.queries import find_record
from survey.intake.models import Submission
from survey.issues.carrying import read_pieces
from survey.places.models import Household
from survey.protection.models import PersonalRead
from survey.visits.models import Assignment, Visit
from tests import builders
from tests.conftest import SignIn
from tests.issues import add_issue
from tests.survey.lookback import forms

OLD, NEW, CORRECTED = "石福来", "石福莱", "时福来"
MEMBER = "/data/members[1]/member_name"


@pytest.fixture
def look_back(session: Session) -> Visit:
    """A look-back at a household of one member, whose name was written in three ways, the last as a correction."""
    version = builders.add_form(session, forms.FIRST)
    household = builders.add_household(session)
    visits = [builders.add_visit(session, name, forms=[version]) for name in ("before", "after")]
    visits[1].look_back_of_id, visits[1].starts_on, visits[1].ends_on = "before", date(2018, 8, 13), date(2018, 8, 24)
    for visit, name, insured in zip(visits, (OLD, NEW), ("no", "yes"), strict=True):
        assignment = builders.add_assignment(session, builders.add_pair(session, visit), household)
        answers = {"water_safe": "yes", "members": [{"member_name": name, "insured": insured}]}
        builders.add_submission(session, version, f"uuid:{visit.id}", assignment=assignment, state="accepted", answers=answers)
    record = find_record(session, session.get_one(Submission, "uuid:after"))
    person = builders.find_or_add_person(session, "coordinator")
    correct_answer(session, person, record, MEMBER, CORRECTED, "户口本上如此", builders.NOW)
    session.add(
        IssueCandidate(
            rule="water_unsafe",
            title={"zh": "饮水不安全"},
            area="water",
            level="village",
            severity="high",
            instance_id="uuid:after",
            visit_id="after",
            household_id=household.id,
            village_code=household.village_code,
            evidence={"member_name": [NEW]},
            raised_at=builders.NOW,
        )
    )
    session.commit()
    return visits[1]


def cells_of(content: bytes) -> str:
    book = load_workbook(BytesIO(content))
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def test_names_in_answers__before_and_after_and_as_corrected__are_masked_for_those_who_are_shown_none(
    session: Session, look_back: Visit, sign_in: SignIn
) -> None:
    household_id = session.scalars(select(Assignment.household_id)).first()
    pages = (
        f"/visits/{look_back.id}/look-back/households/{household_id}?show=all",
        "/review/uuid:after",
        "/review/uuid:after/corrections",
        f"/visits/{look_back.id}/corrections",
        "/issues/candidates/test_form/water_unsafe",
    )
    export = f"/visits/{look_back.id}/look-back/export.xlsx"
    author = sign_in("author")
    told = {page: author.get(page).text for page in pages} | {export: cells_of(author.get(export).data)}
    assert {page: [name for name in (OLD, NEW, CORRECTED) if name in text] for page, text in told.items()} == dict.fromkeys(told, [])
    assert all("石*" in text for page, text in told.items())
    assert session.scalar(select(func.count()).select_from(PersonalRead)) == 0
    coordinator = sign_in("coordinator")
    told = {page: coordinator.get(page).text for page in pages}
    assert all(NEW in text for text in told.values())
    assert [CORRECTED in told[page] for page in pages[1:4]] == [True] * 3
    assert session.scalar(select(func.count()).select_from(PersonalRead)) == len(pages)


def test_names_in_files_of_answers__are_taken_along_by_nobody_alone(
    app: Flask, session: Session, look_back: Visit, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.scalars(select(Household)).one().head_name = "石户主"
    session.commit()
    settings = app.extensions["survey.settings"]
    for four_eyes in (True, False):
        monkeypatch.setitem(app.extensions, "survey.settings", replace(settings, four_eyes=four_eyes))
        told = cells_of(sign_in("coordinator").get(f"/visits/{look_back.id}/look-back/export.xlsx").data)
        assert [name in told for name in ("石户主", OLD, NEW)] == [not four_eyes] * 3
        assert "石*" in told or not four_eyes
    assert session.scalar(select(func.count()).select_from(PersonalRead)) == 1, "what is masked was read by nobody"


def test_names_in_evidence__of_an_issue_and_as_it_is_told_now__are_masked_for_those_who_are_shown_none(
    app: Flask, session: Session, look_back: Visit, sign_in: SignIn
) -> None:
    coordinator = builders.find_or_add_person(session, "coordinator")
    candidate = session.scalars(select(IssueCandidate)).one()
    with app.app_context():
        pieces = read_pieces(session, (f"candidate|{candidate.id}", f"answer|uuid:after|{MEMBER}", "answer|uuid:after|/data/water_safe"))
    raised: Any = [piece.row for piece in pieces]
    raised[0].told_now, raised[0].changed_at = raised[0].told, builders.NOW
    issue = add_issue(session, coordinator, builders.NOW, evidence=raised)
    session.commit()
    page = sign_in("author").get(f"/issues/{issue.number}").text
    assert NEW not in page
    assert CORRECTED not in page
    assert (page.count("石*"), page.count("时*")) == (2, 1), "the candidate when it was added and now; the answer, which was corrected"
    assert "饮水" in page
    page = sign_in("coordinator").get(f"/issues/{issue.number}").text
    assert (page.count(NEW) >= 2, CORRECTED in page) == (True, True)
