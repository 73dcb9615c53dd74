"""The demo command: what is there is kept, strangers are kept out, and everybody's sign-in is printed."""

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner
from flask import Flask

from survey.cli import main
from survey.config import Settings
from survey.demo.commands import sign_ins
from survey.revisions import MIGRATIONS, newest_revision, schema_revision


@pytest.fixture
def folder(small_demo_settings: Settings) -> Path:
    return Path(small_demo_settings.data)


@pytest.fixture
def runner(folder: Path) -> CliRunner:
    return CliRunner(env={"SURVEY_DATA": str(folder), "SURVEY_SECRET_KEY": None, "SURVEY_DEMO": None, "SURVEY_DATABASE_URL": None})


def test_demo__data_are_there__are_kept(runner: CliRunner) -> None:
    result = runner.invoke(main, ["demo", "--build-only"])

    assert result.exit_code == 0, result.output
    assert "kept as it is" in result.output


@pytest.mark.soak
def test_demo__data_of_an_earlier_version_of_the_program__are_brought_up_to_date(runner: CliRunner, small_demo_app: Flask) -> None:
    engine = small_demo_app.extensions["survey.engine"]
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.downgrade(config, "0005")

    result = runner.invoke(main, ["demo", "--build-only"])

    assert result.exit_code == 0, result.output
    assert "brought up to date" in result.output
    assert schema_revision(engine) == newest_revision()


def test_ledger__folder_of_the_demonstration__counts_without_further_settings(runner: CliRunner) -> None:
    runner.invoke(main, ["demo", "--build-only"])
    result = runner.invoke(main, ["ledger", "--json"])

    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["visits"] == 12


def test_demo__any_host_but_loopback__is_refused_in_one_line(runner: CliRunner) -> None:
    result = runner.invoke(main, ["demo", "--host", "0.0.0.0"])

    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "--allow-network" in result.output


def test_serve__demonstration_on_the_network__is_refused_as_well(runner: CliRunner) -> None:
    runner.invoke(main, ["demo", "--build-only"])
    result = runner.invoke(main, ["serve", "--host", "0.0.0.0"])

    assert result.exit_code == 1
    assert "--allow-network" in result.output


def test_sign_ins__every_role__is_printed_with_the_password() -> None:
    printed = sign_ins()

    for word in ("admin", "coordinator", "author", "county", "lead1", "second1", "lead6", "demo-visit-2018", "虚构"):
        assert word in printed
