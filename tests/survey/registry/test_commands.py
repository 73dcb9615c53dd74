"""`python -m survey members` and `python -m survey register`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli import main
from survey.config import Settings
from survey.events import Event
from survey.places.models import Household
from survey.registry.models import HouseholdMember, Identification
from tests import builders
from tests.survey.registry.lists import HAPPENED, IDENTIFICATION_HEADINGS, MEMBERS, VILLAGE, ZHANG, changed, members_file, text_file


@pytest.fixture(autouse=True)
def household(session: Session) -> Household:
    """The household of the lists, on the roster."""
    found = builders.add_household(session, "001", village_code=VILLAGE)
    session.commit()
    return found


def run(settings: Settings, *arguments: str) -> Result:
    """The result of a command on the test's installation."""
    environment = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": settings.secret_key}
    return CliRunner().invoke(main, arguments, env=environment)


def test_members_import__twice__adds_once_and_keeps_numbers_sealed(settings: Settings, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "persons.csv"
    file.write_bytes(members_file(*MEMBERS))

    tried = run(settings, "members", "import", str(file), "--dry-run")
    nothing_yet = session.scalars(select(HouseholdMember)).all()
    session.rollback()
    first, second = run(settings, "members", "import", str(file)), run(settings, "members", "import", str(file), "--json")

    assert tried.stdout == "It would add 3 persons, change 0, leave 0 and make 0 households; 0 bad rows.\n"
    assert nothing_yet == []
    assert first.stdout == "3 persons added, 0 changed, 0 unchanged, 0 households made, 0 bad rows left out.\n"
    assert json.loads(second.stdout) == {
        "dry_run": False,
        "added": 0,
        "changed": 0,
        "unchanged": 3,
        "households_made": 0,
        "bad_rows": 0,
    }
    stored = session.scalars(select(HouseholdMember)).all()
    assert len(stored) == 3
    assert all(ZHANG.encode() not in each.id_number.data for each in stored)
    assert [event.details["n_new"] for event in session.scalars(select(Event).order_by(Event.number))] == [3, 0]


def test_members_import__with_a_bad_row__lists_it_with_stars_and_imports_nothing(
    settings: Settings, session: Session, tmp_path: Path
) -> None:
    wrong = ZHANG[:-1] + ("0" if ZHANG[-1] != "0" else "1")
    file = tmp_path / "persons.csv"
    file.write_bytes(members_file(changed(MEMBERS[0], id_number=wrong), *MEMBERS[1:]))

    refused = run(settings, "members", "import", str(file))
    tried = run(settings, "members", "import", str(file), "--dry-run", "--json")
    nothing_yet = session.scalars(select(HouseholdMember)).all()
    kept = run(settings, "members", "import", str(file), "--keep-good")

    assert refused.exit_code == 1
    assert ",2,身份证号,619999" in refused.stderr
    assert wrong not in refused.stderr
    assert "--keep-good" in refused.stderr
    assert tried.exit_code == 1
    assert json.loads(tried.stdout)["bad_rows"] == 1
    assert nothing_yet == []
    assert kept.stdout == "2 persons added, 0 changed, 0 unchanged, 0 households made, 1 bad row left out.\n"


def test_register_import__in_disorder_then_right__adds_once_and_changes_the_kind(
    settings: Settings, session: Session, household: Household, tmp_path: Path
) -> None:
    file, early = tmp_path / "register.csv", tmp_path / "early.csv"
    file.write_bytes(text_file(IDENTIFICATION_HEADINGS, *HAPPENED, encoding="gb18030"))
    early.write_bytes(text_file(IDENTIFICATION_HEADINGS, (VILLAGE, "001", "验收", "2014-01-05", "")))

    refused = run(settings, "register", "import", str(early))
    nothing_yet = session.scalars(select(Identification)).all()
    session.rollback()
    tried = run(settings, "register", "import", str(file), "--dry-run")
    done, again = run(settings, "register", "import", str(file)), run(settings, "register", "import", str(file), "--json")

    assert refused.exit_code == 1
    assert "A household's register begins with" in refused.stderr
    assert nothing_yet == []
    assert tried.stdout == "It would add 3 rows; 0 known already; 0 bad rows.\n"
    assert done.stdout.startswith("3 rows added, 0 known already, ")
    assert json.loads(again.stdout) == {"dry_run": False, "added": 0, "known": 3, "bad_rows": 0, "kinds_changed": 0}
    session.refresh(household)
    assert household.kind == "lifted_out"


def test_import__of_something_else__is_one_line(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("姓名,电话\n张一,1\n", "utf-8")

    for group in ("members", "register"):
        result = run(settings, group, "import", str(file))
        assert result.exit_code == 1
        assert len(result.stderr.strip().splitlines()) == 1
        assert "户编号" in result.stderr


def test_samples__written__are_accepted(settings: Settings, tmp_path: Path) -> None:
    for group in ("members", "register"):
        file = tmp_path / f"{group}.xlsx"
        assert run(settings, group, "sample", str(file)).exit_code == 0
        assert run(settings, group, "import", str(file), "--dry-run", "--keep-good").exit_code == 0
