"""An export to where a bundle lies gives what an export to an empty folder gives, whatever happened in between."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.bundles import files, parts
from survey.bundles.export import export_changes
from survey.intake.models import AnswerTimes, Submission
from survey.places.models import Household
from survey.visits.models import Assignment
from tests.builders import NOW
from tests.survey.reconciling.pairs import LEFT, add_both, add_independent_visit, reconcile


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def change(session: Session, rng: Random, number: int, unreconciled: list[Assignment]) -> None:
    """One of the things that may happen to interviews, with or without an event."""
    rows = list(session.scalars(select(Submission).order_by(Submission.instance_id)))
    row = rng.choice(rows)
    match rng.randrange(8):
        case 0:
            row.review_state = rng.choice(("received", "returned", "accepted"))
        case 1:
            session.add(Submission(**_copied(row, f"uuid:new-{number}"), received_at=NOW + timedelta(days=rng.randrange(-3, 9))))
        case 2:
            row.second_id = row.lead_id if row.second_id is None else None
        case 3:
            household = session.get_one(Household, row.household_id)
            household.kind = "marginal" if household.kind != "marginal" else "ordinary"
        case 4:
            if session.get(AnswerTimes, row.instance_id) is None:
                session.add(AnswerTimes(instance_id=row.instance_id, seconds={"/data/water_safe": [float(number)]}))
        case 5 if unreconciled:
            # One whose records were returned or taken from their pair meanwhile cannot be reconciled.
            with suppress(SurveyError):
                reconcile(session, unreconciled.pop())
        case 6:
            row.assignment_id = None
        case _:
            row.village_code = None if row.village_code else session.get_one(Household, row.household_id).village_code
    session.flush()


def _copied(row: Submission, instance_id: str) -> dict[str, object]:
    kept = ("form_id", "form_version", "questionnaire_version_id", "visit_id", "household_id", "village_code", "xml", "xml_sha256")
    return {name: getattr(row, name) for name in kept} | {"instance_id": instance_id, "review_state": "accepted", "answers": LEFT}


@pytest.mark.parametrize("seed", [1, 2])
def test_export__after_anything_that_happens__is_what_a_full_one_gives(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(parts, "PART_AT_LEAST", 4)
    monkeypatch.setattr(files, "CHUNK", 2)
    rng = Random(seed)
    visit, version = add_independent_visit(session)
    waiting = [add_both(session, visit, version, f"{number:03}") for number in range(1, 5)]
    for number, row in enumerate(session.scalars(select(Submission).order_by(Submission.instance_id))):
        row.received_at = NOW + timedelta(days=number // 3)
    session.flush()
    kept = 0
    for number in range(5):
        kept += export_changes(session, tmp_path / "kept").n_kept
        for step in range(rng.randrange(1, 3)):
            change(session, rng, number * 10 + step, waiting)
        export_changes(session, tmp_path / "kept", visits=[visit.id] if number % 4 == 3 else ())
        export_changes(session, tmp_path / f"full-{number}", visits=[visit.id] if number % 4 == 3 else ())
        assert files_of(tmp_path / "kept") == files_of(tmp_path / f"full-{number}")
    assert kept > 0
