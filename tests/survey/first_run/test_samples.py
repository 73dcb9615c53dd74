"""Every import offers a sample file, in the language of the page, and an empty installation accepts every sample."""

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.coding.sheets import code_book_sample, read_code_book
from survey.issue_ledger.ledger import SAMPLE, read_ledger
from survey.liaison.models import Assistance
from survey.places.models import Household, Region
from survey.registry.models import HouseholdMember, Identification
from survey.responsible.answering import MAX_BODY_LENGTH
from survey.sample_sheets import write_sample
from tests.conftest import SignIn

TEMPLATES = Path(__file__).parents[3] / "templates"
SPREADSHEETS = re.compile(r"accept='[^']*\.(?:xlsx|csv)")
UPLOADS = {"instruments/check.html"}
"""Pages that take a spreadsheet and whose form names the endings itself."""
IN_ORDER = ("/places/import", "/places/roster", "/places/lists/members", "/places/lists/identification", "/liaison/assistance/import")


def choose(client: FlaskClient, path: str, data: bytes) -> str:
    """Where choosing the file leads."""
    answer = client.post(path, data={"file": (io.BytesIO(data), "sample.xlsx")})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_samples__imported_one_after_the_other__have_no_bad_row(language: str, sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    client.post(f"/language/{language}")
    for path in IN_ORDER:
        page = client.get(path).text
        found = re.search(r'href="([^"]+sample\.xlsx)"', page)
        assert found, path
        preview = choose(client, path, client.get(found[1]).data)
        shown = client.get(preview).text
        actions = re.findall(r'action="([^"]+)"', shown)
        confirm = next((action for action in actions if preview in action and "drop" not in action), preview)
        assert 'name="keep_good"' not in shown, path
        assert client.post(confirm).status_code == 302, path
    counts = [
        session.scalar(select(func.count()).select_from(table))
        for table in (Region, Household, HouseholdMember, Identification, Assistance)
    ]
    assert counts == [5, 3, 2, 2, 2]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_samples__of_imports_that_need_a_visit__are_read_without_a_problem(language: str, app: Flask) -> None:
    ledger = read_ledger(write_sample(SAMPLE, language), "sample.xlsx", MAX_BODY_LENGTH)

    assert [row.kind for row in ledger.rows] == ["rectified", "progress"]
    assert ledger.problems == ()
    assert [code.name for code in read_code_book(code_book_sample(language))] == ["road", "water"]


def test_template_of_a_questionnaire__checked__has_no_error(sign_in: SignIn) -> None:
    client = sign_in("admin")
    data = client.get("/instruments/template.xlsx").data

    page = client.post("/instruments/check", data={"file": (io.BytesIO(data), "template.xlsx")}).text

    assert "template.xlsx" in page
    assert "badge bad" not in page


def test_sample__in_english__has_english_headings_and_says_that_it_is_invented(sign_in: SignIn) -> None:
    client = sign_in("admin")
    client.post("/language/en")

    sheet = load_workbook(io.BytesIO(client.get("/places/roster/sample.xlsx").data)).worksheets[0]

    rows = list(sheet.iter_rows(values_only=True))
    assert all(str(value).isascii() for row in rows for value in row if value is not None)
    assert rows[0][:2] == ("village code", "township")
    assert "Example Village (invented)" in rows[1]


def test_pages__that_take_a_spreadsheet__offer_a_sample() -> None:
    takers = {path for path in TEMPLATES.rglob("*.html") if SPREADSHEETS.search(path.read_text("utf-8"))}
    takers |= {TEMPLATES / name for name in UPLOADS}

    assert len(takers) >= 7
    for path in sorted(takers):
        assert re.search(r"\.sample(_book)?\b", path.read_text("utf-8")), path.relative_to(TEMPLATES)
