"""A web process or worker that is killed while it exports a bundle and makes figures of it, or drafts a batch of reports."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.bundles.of_visits import BUNDLE, place_of_visit
from survey.db import reading_scope
from survey.figures.making import make_figures
from survey.intake.models import Submission
from survey.report_batches.drafting import draft_batch
from survey.report_batches.models import ReportBatch
from survey.report_batches.operations import begin_batch
from survey.visits.models import Visit
from tests.builders import NOW, VILLAGE, add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.faults.dying import in_child, spread
from tests.faults.installations import Installation, Tally, digest, leftovers, walk
from tests.survey.intake.interviews import FORM, FORM_ID

pytestmark = pytest.mark.soak

N_POINTS, N_DRAFTING_POINTS = 6, 2
OTHER_COUNTY = "610728101201"
VISIT = "2018-04-test"


def fill(session: Session) -> None:
    """A visit with an accepted interview in each of two counties."""
    version = add_form(session, FORM, "visit_form.md")
    pair = add_pair(session, add_visit(session, VISIT, village_codes=(VILLAGE, OTHER_COUNTY), forms=[version]))
    for number, village in ((1, VILLAGE), (2, OTHER_COUNTY), (3, VILLAGE)):
        task = add_assignment(session, pair, add_household(session, f"00{number}", village_code=village), FORM_ID)
        answers: dict[str, Any] = {"water_safe": "yes", "family": {"n_members": 2}}
        made = add_submission(
            session, version, f"uuid:{number}", assignment=task, state="accepted" if number < 3 else "received", answers=answers
        )
        made.xml_sha256 = digest(made.xml)


def accept_third(session: Session) -> None:
    """One interview more counts than when the bundle was made."""
    session.get_one(Submission, "uuid:3").review_state = "accepted"


def make(installation: Installation) -> None:
    """Nothing; the visit's bundle and figures are up to date."""
    with installation.app.app_context(), reading_scope(installation.app) as session:
        make_figures(session, VISIT, NOW)
    installation.close()


def hash_of(folder: Path) -> str:
    """The hash of the bundle in the folder; "" where none is."""
    manifest = folder / BUNDLE / "manifest.json"
    return str(json.loads(manifest.read_bytes())["hash"]) if manifest.exists() else ""


def test_export__killed_at_every_step__leaves_the_old_bundle_or_the_new_one_or_none(
    installation: Installation, tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    installation.fill(fill)
    make(installation)
    installation.fill(accept_third)

    def folder() -> Path:
        return place_of_visit(installation.settings.figures_path, VISIT)

    installation.renew()
    old = hash_of(folder())
    tally.n_steps = in_child(lambda _tell: make(installation)).n_steps
    new, before_fault = hash_of(folder()), set(installation.state().problems)
    assert len({old, new, ""}) == 3
    for step in spread(tally.n_steps, N_POINTS):
        installation.renew()
        tally.killed += in_child(lambda _tell: make(installation), step).was_killed
        assert hash_of(folder()) in ("", old, new)
        tally.altered += len(set(installation.state().problems) - before_fault)
        make(installation)
        tally.tried += 1
        tally.altered += hash_of(folder()) != new
        tally.doubled += len(leftovers(folder(), f".{BUNDLE}.*"))
    tally.record(record_property)


def test_batch_of_reports__killed_at_every_step__is_drafted_once_by_whoever_goes_on(
    installation: Installation, tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    installation.fill(fill)
    codes = [village[:6].ljust(12, "0") for village in (VILLAGE, OTHER_COUNTY)]
    how = {"kind": "county", "language": "en", "audience": "inward"}
    batch: ReportBatch = installation.fill(lambda session: begin_batch(session, None, session.get_one(Visit, VISIT), codes, now=NOW, **how))

    def draft(_tell: object = None) -> None:
        with installation.app.app_context():
            draft_batch(installation.app, batch.id)
        installation.close()

    for _ended in walk(installation, tally, draft, draft, N_DRAFTING_POINTS):
        pass
    with Session(installation.app.extensions["survey.engine"]) as session:
        assert [each.failure for each in session.scalars(select(ReportBatch)).one().drafts] == ["", ""]
    installation.close()
    tally.record(record_property)
