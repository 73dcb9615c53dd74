"""A backup that fails is told and noted, the first as well as a later one, until one is made."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.errors import SurveyError
from survey.backup.failing import back_up_once
from survey.backup.place import open_place
from survey.backup.taking import take_backup
from survey.cli import main
from survey.config import Settings
from survey.db import utc_now
from survey.health.checks import check_readiness
from tests.conftest import SignIn
from tests.survey.backup.conftest import PASSPHRASE, nothing

PLACE = "disk/backups"


@pytest.fixture
def back_up(filled: Flask, tmp_path: Path) -> Callable[[datetime], None]:
    """A backup of the filled installation to a folder of a disk, which cannot be used while something else lies under the disk's name."""

    def back_up(now: datetime) -> None:
        take_backup(filled, open_place(str(tmp_path / PLACE), PASSPHRASE, may_begin=True), now, nothing, nothing)

    return back_up


def warnings_of(app: Flask) -> list[str]:
    """What `/readyz` warns of that has to do with a backup that failed."""
    return [each for each in check_readiness(app, utc_now()).warnings if "failed" in each]


def test_backup__place_away_at_first_and_back_later__is_told_and_made_the_next_time(
    filled: Flask, back_up: Callable[[datetime], None], tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(b"no disk")
    for _time in range(2):
        with pytest.raises(SurveyError, match="the place of backups cannot be used") as caught:
            back_up_once(filled, back_up)
        assert [str(caught.value) in each for each in warnings_of(filled)] == [True]
    disk.unlink()
    back_up_once(filled, back_up)
    assert warnings_of(filled) == []
    assert len(open_place(str(tmp_path / PLACE), PASSPHRASE, may_begin=False).lists()) == 1


def test_backup__fails_once__is_refused_and_warned_of_on_the_start_page_until_one_is_made(
    filled: Flask, back_up: Callable[[datetime], None], tmp_path: Path, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in("coordinator")
    (tmp_path / "disk").write_bytes(b"no disk")
    with pytest.raises(SurveyError, match="the place of backups cannot be used"):
        back_up_once(filled, back_up)
    assert "原因见服务器日志" in client.get("/").text
    (tmp_path / "disk").unlink()
    back_up_once(filled, back_up)
    assert "原因见服务器日志" not in client.get("/").text


@pytest.mark.parametrize("every", [[], ["--every", "24"]])
def test_backup__without_a_passphrase__ends_at_once_and_says_so(every: list[str], settings: Settings, tmp_path: Path) -> None:
    environment = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": settings.secret_key, "SURVEY_BACKUP_KEY": ""}
    answer = CliRunner().invoke(main, ["backup", str(tmp_path / "backups"), *every], env=environment)
    assert (answer.exit_code, "SURVEY_BACKUP_KEY" in answer.output) == (1, True)


def test_backup__of_no_database__says_how_one_is_made_and_makes_none(settings: Settings, tmp_path: Path) -> None:
    data = tmp_path / "nothing"
    environment = {"SURVEY_DATA": str(data), "SURVEY_SECRET_KEY": settings.secret_key, "SURVEY_BACKUP_KEY": PASSPHRASE}
    answer = CliRunner().invoke(main, ["backup", str(tmp_path / "backups")], env=environment)
    assert (answer.exit_code, "python -m survey init" in answer.output) == (1, True)
    assert not list(data.glob("*.sqlite3"))
