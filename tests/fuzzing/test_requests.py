"""Broken requests of every kind to the server that people use, on either database; `make fuzz` sends a hundred thousand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import needed_postgres
from tests.fuzzing.requests.running import run

pytestmark = pytest.mark.soak

N_REQUESTS = 500


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_requests__broken_in_every_way__are_answered_as_such_and_leave_nothing(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    if database == "PostgreSQL":
        needed_postgres()
    is_clean = run(tmp_path, database, N_REQUESTS, seed=2018)
    told = capsys.readouterr().out
    record_property("requests", N_REQUESTS)
    assert is_clean, told
