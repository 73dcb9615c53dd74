"""A visit's interviews as a .zip of csv, from the database and nothing kept: 20,600 of sixty questions, with 103,000 rows of a repeat.

`python -m benchmarks.csv_zip 2000` takes fewer interviews.
"""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import insert
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.exports.archive import ExportRequest, make_archive
from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, print_figure
from benchmarks.sending import BEGAN, N_MEMBERS, form, instance
from questionnaires.instance import check_instance, parse_instance
from survey.bundles.export import export_bundle
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Submission
from survey.models import Base
from tests.builders import NOW, VILLAGE, add_form, add_region, add_visit

N, BATCH = 20_600, 500
SECONDS = 5.0
N_DAYS = 20


def fill(session: Session, n: int) -> str:
    """The visit to which so many accepted interviews then belong."""
    version = add_form(session, form(), "form.md")
    add_region(session)
    visit = add_visit(session, forms=[version])
    answers = check_instance(load_questionnaire(version), parse_instance(instance()), now=NOW).answers
    form_of = {"form_id": version.form_id, "form_version": version.version, "questionnaire_version_id": version.id}
    held = {"village_code": VILLAGE, "visit_id": visit.id, "started_at": BEGAN, "ended_at": BEGAN + timedelta(minutes=40)}
    kept = {"review_state": "accepted", "answers": answers, "xml": b"<data/>", "xml_sha256": "0" * 64}
    for first in range(0, n, BATCH):
        rows = [
            {"instance_id": f"uuid:{number:08}", "received_at": NOW + timedelta(days=number * N_DAYS // n), **form_of, **held, **kept}
            for number in range(first, min(first + BATCH, n))
        ]
        session.execute(insert(Submission), rows)
    session.commit()
    return visit.id


def main() -> None:
    """Print the figure."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else N
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = keyed_engine(f"sqlite:///{folder / 'survey.sqlite3'}")
        Base.metadata.create_all(engine)
        with Session(engine, expire_on_commit=False) as session:
            visit_id = fill(session, n)
            start, start_cpu = perf_counter(), process_time()
            export_bundle(session, folder / "bundle", visits=[visit_id])
            exported = perf_counter() - start
            request = ExportRequest(visit_id, formats=("csv",), is_full=True)
            archive = make_archive(read_bundle(folder / "bundle"), request)
            seconds, cpu = perf_counter() - start, process_time() - start_cpu
        engine.dispose()
    if sorted(archive.n_rows.values()) != [n, n * N_MEMBERS]:
        raise SystemExit(f"not all rows are there: {archive.n_rows}")
    detail = f"{n:,} interviews, {n * N_MEMBERS:,} rows; {exported:.1f} s of it to the bundle, {cpu:.1f} s of processor time in all"
    print_figure(Figure("interviews as a zip of csv, from nothing", SECONDS * n / N, seconds, "s", detail))


if __name__ == "__main__":
    main()
