"""The work ledger by period, the rows behind each number, and both as files."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from docx import Document
from sqlalchemy.orm import Session

from survey.reports.models import Report
from survey.visits import operations
from survey.visits.ledger import NO_VISIT, read_ledger, read_work_ledger
from survey.visits.ledger_rows import Chosen, read_items
from survey.visits.periods import EVER, NamedPeriod, Period, named_periods
from survey.visits.words import LEDGER_LABELS
from tests import builders
from tests.conftest import SignIn
from tests.recorder import Statements

HOUSEHOLD = builders.FORM.replace("test_form", "household")
VILLAGES = ("610727101201", "610727101202", "610902101201")
PERIODS = (
    EVER,
    Period(date(2018, 4, 1), date(2018, 6, 30)),
    Period(date(2018, 7, 1)),
    Period(None, date(2018, 4, 19)),
    Period(date(2019, 1, 1)),
)


@pytest.fixture
def work(session: Session, now: datetime) -> None:
    """A visit of April and its look-back of August, interviews with edits and without a visit, meetings, advice and reports."""
    form = builders.add_form(session, HOUSEHOLD)
    first = builders.add_visit(session, "first", village_codes=VILLAGES, forms=[form])
    again = builders.add_visit(session, "again", village_codes=VILLAGES[:1], forms=[form])
    again.starts_on = again.ends_on = date(2018, 8, 1)
    planned = builders.add_visit(session, "later", village_codes=["610926101201"], forms=[form])
    planned.state = "planned"
    homes = [builders.add_household(session, f"{number}", village_code=VILLAGES[0]) for number in range(3)]
    for visit in (first, again):
        pair = builders.add_pair(session, visit)
        for number in range(3):
            home = homes[number]
            row = builders.add_assignment(session, pair, home, "household")
            builders.add_submission(session, form, f"uuid:{visit.id}-{number}-old", assignment=row, state="replaced")
            builders.add_submission(session, form, f"uuid:{visit.id}-{number}", assignment=row)
    for number, day in enumerate((20, 25)):
        loose = builders.add_submission(session, form, f"uuid:loose-{number}")
        loose.received_at = now.replace(day=day)
    place = {"region_code": VILLAGES[0], "now": now + timedelta(days=400)}
    for visit, day in ((first, date(2018, 4, 17)), (first, date(2018, 7, 2)), (planned, date(2018, 4, 19)), (None, date(2018, 8, 2))):
        operations.record_meeting(session, None, visit, kind="discussion", held_on=day, title=f"会{day}", **place)
    operations.record_recommendation(session, None, again, area="water", text="供水", handed_over_on=date(2018, 8, 2), **place)
    for kind, visit_id in (("survey", None), ("survey", "first"), ("theory", None), ("county", "first")):
        session.add(Report(kind=kind, title=kind, visit_id=visit_id, reported_on=date(2018, 8, 20), created_at=now))
    session.flush()


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("period", PERIODS)
def test_read_items__of_every_number_period_and_visit__are_as_many_as_the_number_says(period: Period, session: Session) -> None:
    ledger = read_work_ledger(session, period)
    chosen = [(Chosen(period), ledger.total)]
    chosen += [(Chosen(period, row.visit.id if row.visit else NO_VISIT), row.numbers) for row in ledger.rows]
    for wanted, numbers in chosen:
        for name, number in numbers.numbers().items():
            found = read_items(session, name, wanted)
            assert found.page.total == number == len(found.items), (name, wanted)


@pytest.mark.usefixtures("work")
def test_read_ledger__by_period__adds_up_over_quarters(session: Session) -> None:
    ledger = read_work_ledger(session, by_quarter=True)

    assert [(row.named.year, row.named.quarter) for row in ledger.periods] == [(2018, 2), (2018, 3)]
    assert ledger.total.households == 3 + 3 + 2
    assert (ledger.total.visits, ledger.total.meetings) == (2, 4)
    for name in ("visits", "households", "files_read", "meetings", "recommendations", "survey_reports", "theory_reports"):
        assert sum(getattr(row.numbers, name) for row in ledger.periods) == getattr(ledger.total, name)
    assert read_ledger(session, Period(date(2018, 4, 21), date(2018, 4, 30))).households == 1
    assert [row.visit.id if row.visit else None for row in ledger.rows] == ["first", "again", None]


@pytest.mark.usefixtures("work")
def test_read_items__page_by_page__name_each_row_once(session: Session) -> None:
    pages = [read_items(session, "households", Chosen(), number, size=3) for number in (1, 2, 3)]
    keys = [item.key for page in pages for item in page.items]

    assert len(set(keys)) == len(keys) == 8
    assert not any(key.endswith("old") for key in keys)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (NamedPeriod(2017), Period(date(2017, 1, 1), date(2017, 12, 31))),
        (NamedPeriod(2017, 1), Period(date(2017, 1, 1), date(2017, 3, 31))),
        (NamedPeriod(2017, 4), Period(date(2017, 10, 1), date(2017, 12, 31))),
    ],
)
def test_named_period__of_a_year_or_quarter__has_its_days(named: NamedPeriod, expected: Period) -> None:
    assert named.period == expected
    assert [each.quarter for each in named_periods(date(2017, 11, 1), date(2018, 4, 1), by_quarter=True)] == [4, 1, 2]
    assert [each.year for each in named_periods(date(2017, 11, 1), date(2018, 4, 1), by_quarter=False)] == [2017, 2018]


@pytest.mark.usefixtures("work")
def test_ledger_pages__for_each_number__open_in_a_fixed_number_of_statements(sign_in: SignIn, statements: Statements) -> None:
    client = sign_in("author")
    for path in ("/ledger", "/ledger?since=2018-07-01&until=2018-12-31&by=quarter", "/ledger?since=2018-07-01&until=2018-01-01"):
        statements.reset()
        assert client.get(path).status_code == 200
        assert len(statements) < 14
    for name in LEDGER_LABELS:
        statements.reset()
        page = client.get(f"/ledger/{name}?since=2018-01-01&visit=first")
        assert page.status_code == 200
        assert len(statements) < 12
    assert client.get("/ledger/counties.xlsx").status_code == 200
    assert client.get("/ledger/nothing").status_code == 404
    assert {sign_in(name).get("/ledger/meetings").status_code for name in ("lead1", "county")} == {403}


@pytest.mark.usefixtures("work")
def test_ledger_files__read_again__hold_the_numbers_of_the_page(sign_in: SignIn) -> None:
    client = sign_in("author")
    client.post("/language/en")

    document = Document(io.BytesIO(client.get("/ledger/ledger.docx").data))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/ledger/ledger.xlsx?by=quarter").data))
    rows = openpyxl.load_workbook(io.BytesIO(client.get("/ledger/households.xlsx").data)).active

    totals = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows[1:]}
    assert (totals["Household interviews"], totals["Meetings"]) == ("8", "4")
    assert [cell.text for cell in document.tables[2].rows[-1].cells][:2] == ["Total", "2"]
    assert [cell.value for cell in book.worksheets[1][4]][:2] == ["Total", 2]
    assert rows.max_row == 1 + 8
