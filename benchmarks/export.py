"""Exporting household interviews to a bundle: how long a thousand take, and whether memory stays flat however many there are.

The promise is 100,000 interviews in 60 seconds, which is 0.6 seconds for every thousand.
"""

import resource
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.figure import Figure, print_figure
from benchmarks.questionnaire import fill
from questionnaires.instance import check_instance, parse_instance, write_instance
from questionnaires.reader import read_questionnaire
from survey.db import create_engine_for
from survey.export import export_bundle
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import publish_questionnaire
from survey.intake.models import Submission
from survey.models import Base
from survey.places.models import Region

FORM = Path(__file__).parents[1] / "questionnaires" / "household.md"
NOW = datetime(2018, 4, 20, 8, 30, tzinfo=UTC)
N_FEW, N_MANY = 2_000, 20_000
BATCH = 250
N_MEMBERS, N_COUNTIES = 4, 13
SECONDS_PER_THOUSAND = 0.6
FLAT_MB = 48


def typical_answers() -> dict[str, Any]:
    """The checked answers of a fully answered household interview."""
    questionnaire = read_questionnaire(FORM.read_bytes(), FORM.name)
    xml = write_instance(questionnaire, fill(questionnaire, questionnaire.children, N_MEMBERS), instance_id="uuid:1", now=NOW)
    return check_instance(questionnaire, parse_instance(xml), now=NOW).answers


def add_interviews(session: Session, version: QuestionnaireVersion, answers: dict[str, Any], numbers: range) -> None:
    """Accepted interviews with these numbers, spread over the counties."""
    rows = [
        {
            "instance_id": f"uuid:{number:08}",
            "form_id": version.form_id,
            "form_version": version.version,
            "questionnaire_version_id": version.id,
            "village_code": f"6107{number % N_COUNTIES:02}101201",
            "started_at": NOW,
            "ended_at": NOW + timedelta(minutes=40),
            "received_at": NOW + timedelta(hours=2),
            "review_state": "accepted",
            "answers": answers,
            "xml": b"<data/>",
            "xml_sha256": "0" * 64,
        }
        for number in numbers
    ]
    session.execute(insert(Submission), rows)
    session.commit()


def seconds_to_export(session: Session, folder: Path) -> float:
    """How long one export of everything takes."""
    start = perf_counter()
    export_bundle(session, folder / "bundle")
    return perf_counter() - start


def peak_mb() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = create_engine_for(f"sqlite:///{folder / 'survey.sqlite3'}")
        Base.metadata.create_all(engine)
        with Session(engine, expire_on_commit=False) as session:
            for number in range(N_COUNTIES):
                code = f"6107{number:02}101201"
                session.add(Region(code=code, name=code, level="village", is_invented=True))
            version = publish_questionnaire(session, None, FORM.read_bytes(), FORM.name, NOW)
            answers = typical_answers()
            # In small batches, so that the export and not the preparation holds the most memory.
            for first in range(0, N_FEW, BATCH):
                add_interviews(session, version, answers, range(first, first + BATCH))
            seconds_to_export(session, folder)
            for first in range(N_FEW, N_MANY, BATCH):
                add_interviews(session, version, answers, range(first, first + BATCH))
            before = peak_mb()
            seconds = seconds_to_export(session, folder)
            grown = peak_mb() - before
        engine.dispose()
    per_thousand = seconds / N_MANY * 1000
    told = f"{N_MANY:,} interviews in {seconds:.1f} s; at this rate 100,000 in {per_thousand * 100:.0f} s"
    print_figure(Figure("export 1,000 household interviews", SECONDS_PER_THOUSAND, per_thousand, "s", told))
    print_figure(Figure("memory that ten times the interviews add to an export", FLAT_MB, grown, "MB"))


if __name__ == "__main__":
    main()
