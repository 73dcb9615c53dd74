"""The work ledger: what each number counts, by hand, and the command."""

import json
from datetime import date, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from survey.cli import main
from survey.config import Settings
from survey.reports.models import Report
from survey.visits import operations
from survey.visits.ledger import Ledger, read_ledger, read_ledger_rows
from tests import builders

HOUSEHOLD = builders.FORM.replace("test_form", "household")
ARCHIVE = builders.FORM.replace("test_form", "archive_check")
NAMES = [
    "visits",
    "cities",
    "counties",
    "villages",
    "households",
    "files_read",
    "meetings",
    "recommendations",
    "survey_reports",
    "theory_reports",
]


@pytest.fixture
def two_visits(session: Session, now: datetime) -> None:
    """A visit to three villages in two counties of two cities, its look-back to one of them, and one still in planning."""
    household, archive = builders.add_form(session, HOUSEHOLD), builders.add_form(session, ARCHIVE)
    villages = ("610727101201", "610727101202", "610902101201")
    first = builders.add_visit(session, "first", village_codes=villages, forms=[household, archive])
    again = builders.add_visit(session, "again", village_codes=villages[:1], forms=[household])
    again.starts_on = again.ends_on = date(2018, 8, 1)
    builders.add_visit(session, "later", village_codes=["610926101201"], forms=[household]).state = "planned"
    pair, pair_again = builders.add_pair(session, first), builders.add_pair(session, again)
    home = builders.add_household(session, village_code=villages[0])
    row = builders.add_assignment(session, pair, home, "household")
    builders.add_submission(session, household, "uuid:1", assignment=row, state="replaced")
    builders.add_submission(session, household, "uuid:2", assignment=row, state="returned")
    builders.add_submission(session, archive, "uuid:3", assignment=builders.add_assignment(session, pair, home, "archive_check"))
    builders.add_submission(session, household, "uuid:4", assignment=builders.add_assignment(session, pair_again, home, "household"))
    place = {"region_code": villages[0], "now": now}
    for number in range(3):
        operations.record_meeting(session, None, first, kind="discussion", held_on=date(2018, 4, 17), title=f"会{number}", **place)
    operations.record_recommendation(session, None, again, area="water", text="供水", handed_over_on=date(2018, 4, 18), **place)
    for kind in ("survey", "survey", "theory", "county"):
        session.add(
            Report(kind=kind, title=kind, visit_id="first" if kind == "county" else None, reported_on=date(2018, 5, 1), created_at=now)
        )
    session.flush()


@pytest.mark.usefixtures("two_visits")
def test_read_ledger__of_two_visits__counts_what_its_head_says(session: Session) -> None:
    assert read_ledger(session) == Ledger(
        visits=2,
        cities=2,
        counties=2,
        villages=3,
        households=2,
        files_read=1,
        meetings=3,
        recommendations=1,
        survey_reports=2,
        theory_reports=1,
    )


@pytest.mark.usefixtures("two_visits")
def test_read_ledger_rows__of_two_visits__are_by_date_with_a_row_for_the_rest(session: Session) -> None:
    rows = read_ledger_rows(session)

    assert [row.visit.id if row.visit else None for row in rows] == ["first", "again", None]
    assert [(row.numbers.villages, row.numbers.households, row.numbers.meetings) for row in rows] == [(3, 1, 3), (1, 1, 0), (0, 0, 0)]
    assert (rows[2].numbers.survey_reports, rows[2].numbers.theory_reports) == (2, 1)
    for name in ("households", "files_read", "meetings", "recommendations", "survey_reports", "theory_reports"):
        assert sum(getattr(row.numbers, name) for row in rows) == getattr(read_ledger(session), name)


def test_read_ledger__of_nothing__is_all_zero(session: Session) -> None:
    assert set(read_ledger(session).numbers().values()) == {0}
    assert read_ledger_rows(session) == ()


@pytest.mark.usefixtures("two_visits")
def test_ledger_command__with_json__prints_the_ten_keys(session: Session, settings: Settings) -> None:
    session.commit()
    environment = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": settings.secret_key}

    result = CliRunner().invoke(main, ["ledger", "--json"], env=environment)

    assert result.exit_code == 0, result.output
    numbers = json.loads(result.stdout)
    assert list(numbers) == NAMES
    assert numbers == read_ledger(session).numbers()
