"""`backup --every`: one small process waits, and each backup is made by another one, which may fail or be cut off."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from survey.backup.place import open_place
from survey.backup.waiting import HOUR_S, MADE_BEFORE
from survey.cli import main
from survey.config import Settings
from tests.conftest import PATIENCE_SECONDS
from tests.survey.backup.conftest import PASSPHRASE

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks at /proc")

BACKUP = """
import os, sys
with open(sys.argv[1], "a") as file:
    file.write("begun " + " ".join(sys.argv[2:]) + "\\n")
    n_begun = open(sys.argv[1]).read().count("begun") + 1
sys.exit(n_begun < 3)
"""
"""Writes a line, and fails the first two times."""
ENDLESS = "import sys, time; open(sys.argv[1], 'a').write('begun\\n'); time.sleep(3600)"


@contextmanager
def waiting(pause_s: float, program: str, journal: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that waits between runs of a program, which writes into this file."""
    command = [sys.executable, "-m", "survey.backup.waiting", str(pause_s), "It failed.", sys.executable, "-c", program, str(journal)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for_lines(journal: Path, n_lines: int) -> list[str]:
    """The lines of the file, once there are so many."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not journal.exists() or journal.read_text(encoding="utf-8").count("\n") < n_lines:
        assert time.monotonic() < until
        time.sleep(0.02)
    return journal.read_text(encoding="utf-8").splitlines()


def test_waiting__backups_that_fail_at_first__are_told_and_made_the_next_time(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with waiting(0.1, BACKUP, journal) as process:
        lines = wait_for_lines(journal, 5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
        assert process.stderr is not None
        told = process.stderr.read().splitlines()
    assert lines[:5] == ["begun ", "begun ", "begun ", f"begun {MADE_BEFORE}", f"begun {MADE_BEFORE}"]
    assert told == ["It failed."] * 2


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_waiting__asked_to_end_while_a_backup_is_made__ends_it_and_itself(asked: signal.Signals, tmp_path: Path) -> None:
    with waiting(3600, ENDLESS, tmp_path / "journal") as process:
        wait_for_lines(tmp_path / "journal", 1)
        [making] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        process.send_signal(asked)
        assert process.wait(PATIENCE_SECONDS) == 0
        assert not Path(f"/proc/{making}").exists()


def test_waiting__imported__brings_nothing_but_the_standard_library() -> None:
    program = "import sys, survey.backup.waiting as _; print(*{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) - set(sys.stdlib_module_names) == {"survey", "__main__"}
    assert {"threading", "subprocess", "json", "logging"}.isdisjoint(run.stdout.split()), "it stays for months, and small"


def test_backup__every_day__is_made_by_a_process_of_its_own_while_a_small_one_waits(
    filled: Flask, settings: Settings, tmp_path: Path
) -> None:
    place = tmp_path / "backups"
    told = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": settings.secret_key, "SURVEY_BACKUP_KEY": PASSPHRASE}
    command = [sys.executable, "-m", "survey", "backup", str(place), "--every", "24", "--keep", "3"]
    with subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert "is complete" in process.stdout.readline()
            words = Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8").split("\0")
            assert words[1:4] == ["-m", "survey.backup.waiting", str(24 * HOUR_S)]
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_SECONDS) == 0
        finally:
            process.kill()
    assert len(open_place(str(place), PASSPHRASE, may_begin=False).lists()) == 1


def test_backup__after_one_that_was_made__goes_on_around_an_upgrade(filled: Flask, settings: Settings, tmp_path: Path) -> None:
    with filled.extensions["survey.engine"].begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    told = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": settings.secret_key, "SURVEY_BACKUP_KEY": PASSPHRASE}
    place = str(tmp_path / "backups")
    first, later = (CliRunner().invoke(main, ["backup", place, *more], env=told) for more in ([], [MADE_BEFORE]))
    assert (first.exit_code, later.exit_code, "is complete" in later.output) == (1, 0, True), (first.output, later.output)
