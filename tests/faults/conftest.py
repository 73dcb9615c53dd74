"""An installation on either database, of which every trial gets a copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from survey import storage as storage_module
from tests.conftest import PATIENCE_SECONDS, opened
from tests.faults.installations import Installation, Tally
from tests.survey.test_storage import Server, hurried, patience, s3

__all__ = ["hurried", "s3"]


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
    store = request.getfixturevalue("patient_s3") if "S3" in request.param else ""
    with opened(one_app, settings):
        one_app.extensions["survey.storage"].waits_for_disk = True
        yield Installation(one_app, tmp_path / "copies", empty_database, cluster, store)


@pytest.fixture
def patient_s3(s3: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a bucket whose server may be as slow as the machine is."""
    monkeypatch.setattr(storage_module, "PATIENCE", patience(PATIENCE_SECONDS))
    return "s3://survey"
