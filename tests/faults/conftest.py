"""An installation on either database, of which every trial gets a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import opened
from tests.faults.installations import Installation, Tally


@pytest.fixture
def tally() -> Tally:
    """What becomes of the trials of one test."""
    return Tally()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def installation(
    request: pytest.FixtureRequest, one_app: Flask, tmp_path: Path, settings: object, empty_database: Path
) -> Iterator[Installation]:
    """An installation on SQLite, and then one on PostgreSQL where that is installed."""
    cluster = request.getfixturevalue("postgres_cluster") if request.param == "PostgreSQL" else None
    with opened(one_app, settings):
        one_app.extensions["survey.storage"].waits_for_disk = True
        yield Installation(one_app, tmp_path / "copies", empty_database, cluster)
