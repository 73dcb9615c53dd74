"""`python -m survey places` and `python -m survey roster`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli import main
from survey.config import Settings
from survey.places.models import Household, Region
from tests import builders
from tests.survey.places.rosters import GOOD_ROWS, changed, text_file


@pytest.fixture(autouse=True)
def village(session: Session) -> None:
    """One village, so that rosters have a place."""
    builders.add_region(session, "610727101201", "甲村")
    session.commit()


def run(settings: Settings, *arguments: str) -> Result:
    """The result of a command on the test's installation."""
    environment = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": settings.secret_key}
    return CliRunner().invoke(main, arguments, env=environment)


def test_roster_import__of_good_rows_twice__adds_once(settings: Settings, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(text_file(*GOOD_ROWS, encoding="gb18030"))

    first, second = run(settings, "roster", "import", str(file)), run(settings, "roster", "import", str(file))

    assert first.stdout == "3 households added, 0 changed, 0 unchanged, 0 bad rows left out.\n"
    assert second.stdout == "0 households added, 0 changed, 3 unchanged, 0 bad rows left out.\n"
    assert len(session.scalars(select(Household)).all()) == 3


def test_roster_import__with_a_bad_row__lists_it_and_exits_with_1(settings: Settings, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(text_file(*GOOD_ROWS, changed(GOOD_ROWS[0], number="0009", members="四")))

    refused = run(settings, "roster", "import", str(file))
    tried = run(settings, "roster", "import", str(file), "--dry-run")
    tried_with_good = run(settings, "roster", "import", str(file), "--dry-run", "--keep-good")
    nothing_yet = session.scalars(select(Household)).all()
    kept = run(settings, "roster", "import", str(file), "--keep-good")

    assert refused.exit_code == 1
    assert ",5,人口数,四,This is not a whole number." in refused.stderr
    assert "Error: roster.csv has 1 rows that cannot be imported, the first at row 5." in refused.stderr
    assert "--keep-good" in refused.stderr
    assert tried.exit_code == 1
    assert tried.stdout == "It would add 3 households, change 0, leave 0 as they are; 1 bad row.\n"
    assert tried_with_good.exit_code == 0
    assert nothing_yet == []
    assert kept.stdout == "3 households added, 0 changed, 0 unchanged, 1 bad row left out.\n"


def test_roster_import__of_no_roster__is_one_line(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("姓名,电话\n张一,1\n", "utf-8")

    result = run(settings, "roster", "import", str(file))

    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "户编号" in result.stderr


def test_roster_sample__written__can_be_imported(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "sample.xlsx"

    run(settings, "roster", "sample", str(file))

    assert run(settings, "roster", "import", str(file)).stdout.startswith("3 households added")


def test_places_import__marked_as_invented__says_so_on_the_places(settings: Settings, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("代码,名称\n610728,虚构县\n", "utf-8")

    result = run(settings, "places", "import", str(file), "--invented")

    assert result.stdout == "1 place added, 0 renamed, 0 unchanged, 0 rows left out.\n"
    assert session.get_one(Region, "610728000000").is_invented
