"""Every target of every room, read so many times: nothing is raised but what it may refuse with, nothing takes long or much memory.

`SURVEY_FUZZ_TIMES=10 pytest -m soak tests/fuzzing` reads ten times as often. What was found lies in the folder that the failure names.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TIMES = os.environ.get("SURVEY_FUZZ_TIMES", "1")

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no build for this system or this version of Python"),
]


@pytest.mark.parametrize("room", ["forms", "files", "told", "uploads"])
def test_readers__given_what_a_fuzzer_makes__refuse_or_read_it(
    room: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    passing = tmp_path / "passing"
    passing.mkdir()
    environment = {**os.environ, "TMPDIR": str(passing)}
    command = [sys.executable, "-m", "tests.fuzzing.running", room, str(tmp_path), "--times", TIMES]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, errors="replace", check=False)
    found = {f"{each.parents[1].name} {each.stem}": each.read_text() for each in sorted(tmp_path.glob("*/found/*-*.txt"))}
    for told in sorted(tmp_path.glob("*/found/told.txt")):
        record_property(told.parents[1].name, told.read_text())
    assert (found, ended.returncode) == ({}, 0), ended.stderr[-2000:]
