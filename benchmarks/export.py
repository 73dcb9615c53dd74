"""Exporting household interviews to a bundle: all of them, then after 500 changed; and whether memory stays flat however many there are.

The promise is 100,000 interviews in 60 seconds, and 500 changed ones of them in 2. Those that change are newly accepted ones of the last
two days, and some that count no longer. `python -m benchmarks.export 20000` takes fewer interviews.
"""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, peak_mb, print_figure
from benchmarks.questionnaire import fill
from questionnaires.instance import check_instance, parse_instance, write_instance
from questionnaires.reader import read_questionnaire
from survey.bundles.export import export_bundle
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import publish_questionnaire
from survey.intake.models import Submission
from survey.models import Base
from survey.places.models import Region

FORM = Path(__file__).parents[1] / "questionnaires" / "household.md"
NOW = datetime(2018, 4, 20, 8, 30, tzinfo=UTC)
N_FEW, N_MANY = 2_000, 100_000
N_CHANGED, N_TAKEN_BACK = 500, 10
BATCH = 250
N_MEMBERS, N_COUNTIES, N_DAYS = 4, 13, 100
SECONDS, SECONDS_CHANGED = 60.0, 2.0
FLAT_MB = 48


def typical_answers() -> dict[str, Any]:
    """The checked answers of a fully answered household interview."""
    questionnaire = read_questionnaire(FORM.read_bytes(), FORM.name)
    xml = write_instance(questionnaire, fill(questionnaire, questionnaire.children, N_MEMBERS), instance_id="uuid:1", now=NOW)
    return check_instance(questionnaire, parse_instance(xml), now=NOW).answers


def add_interviews(
    session: Session, version: QuestionnaireVersion, answers: dict[str, Any], numbers: range, n_all: int, state: str = "accepted"
) -> None:
    """Interviews with these numbers, spread over the counties and, in the order of their numbers, over the days."""
    rows = [
        {
            "instance_id": f"uuid:{number:08}",
            "form_id": version.form_id,
            "form_version": version.version,
            "questionnaire_version_id": version.id,
            "village_code": f"6107{number % N_COUNTIES:02}101201",
            "started_at": NOW,
            "ended_at": NOW + timedelta(minutes=40),
            "received_at": NOW + timedelta(days=number * N_DAYS // n_all),
            "review_state": state,
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


def measure(session: Session, folder: Path, n_many: int) -> tuple[float, float, float]:
    """Seconds for everything, seconds after some changed, and how many megabytes everything took more than few."""
    version = publish_questionnaire(session, None, FORM.read_bytes(), FORM.name, NOW)
    answers = typical_answers()
    # In small batches, so that the export and not the preparation holds the most memory.
    for first in range(0, N_FEW, BATCH):
        add_interviews(session, version, answers, range(first, first + BATCH), n_many)
    seconds_to_export(session, folder / "few")
    for first in range(N_FEW, n_many - N_CHANGED, BATCH):
        add_interviews(session, version, answers, range(first, first + BATCH), n_many)
    add_interviews(session, version, answers, range(n_many - N_CHANGED, n_many), n_many, "received")
    before = peak_mb()
    seconds = seconds_to_export(session, folder / "many")
    grown = peak_mb() - before
    session.execute(update(Submission).where(Submission.review_state == "received").values(review_state="accepted"))
    last = [f"uuid:{number:08}" for number in range(n_many - N_CHANGED - N_TAKEN_BACK, n_many - N_CHANGED)]
    session.execute(update(Submission).where(Submission.instance_id.in_(last)).values(review_state="returned"))
    session.commit()
    return seconds, seconds_to_export(session, folder / "many"), grown


def main() -> None:
    """Print the figures."""
    n_many = int(sys.argv[1]) if len(sys.argv) > 1 else N_MANY
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = keyed_engine(f"sqlite:///{folder / 'survey.sqlite3'}")
        Base.metadata.create_all(engine)
        with Session(engine, expire_on_commit=False) as session:
            for number in range(N_COUNTIES):
                code = f"6107{number:02}101201"
                session.add(Region(code=code, name=code, level="village", is_invented=True))
            seconds, changed, grown = measure(session, folder, n_many)
        engine.dispose()
    share = n_many / N_MANY
    print_figure(Figure("export household interviews", SECONDS * share, seconds, "s", f"{n_many:,} interviews"))
    print_figure(Figure("export again after 500 changed", SECONDS_CHANGED, changed, "s", f"of {n_many:,} interviews"))
    print_figure(Figure("memory that many more interviews add to an export", FLAT_MB, grown, "MB", f"{n_many:,} after {N_FEW:,}"))


if __name__ == "__main__":
    main()
