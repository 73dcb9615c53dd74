"""An installation on either database, of which every trial gets a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import opened
from tests.faults.installations import Installation, Tally
from tests.survey.test_storage import known, s3

__all__ = ["known", "s3"]


@pytest.fixture
def tally() -> Tally:
    """What becomes of the trials of one test."""
    return Tally()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def installation(
    request: pytest.FixtureRequest, one_app: Flask, tmp_path: Path, settings: object, empty_database: Path
) -> Iterator[Installation]:
    """An installation on SQLite, and then one on PostgreSQL where that is installed; or, where a test asks for it, with an object store."""
    cluster = request.getfixturevalue("postgres_cluster") if "PostgreSQL" in request.param else None
    store = "s3://survey" if "S3" in request.param else ""
    if store:
        request.getfixturevalue("s3")
    with opened(one_app, settings):
        one_app.extensions["survey.storage"].waits_for_disk = True
        yield Installation(one_app, tmp_path / "copies", empty_database, cluster, store)
