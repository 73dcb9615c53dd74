"""A migration that is killed at every step: the database has the old schema with its rows, or the new one, and the next run goes on."""

from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.copying.tables import read_tables
from survey.intake.attachments import ReceivedFile
from survey.intake.receive import Received, receive_submission
from survey.revisions import newest_revision, schema_revision
from survey.schema import alembic_config, upgrade_schema
from survey.storage import Storage
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.faults.dying import in_child, spread
from tests.faults.installations import Installation, Tally, contents
from tests.issues import add_issue
from tests.survey.intake.interviews import FORM, FORM_ID, JPEG, interview_xml

pytestmark = pytest.mark.soak

N_POINTS = 4
OLD = "0030"
"""A schema of some weeks ago; so many migrations lead from it to today's that every kind of change is among them."""


def fill(session: Session, storage: Storage) -> None:
    """Interviews with a picture and an edit, candidates of issues, and an issue."""
    version = add_form(session, FORM, "visit_form.md")
    pair = add_pair(session, add_visit(session, forms=[version]))
    assignment = add_assignment(session, pair, add_household(session), FORM_ID)
    lead = find_or_add_person(session, "lead1")
    files = {"a.jpg": ReceivedFile("a.jpg", JPEG)}
    receive_submission(session, lead, Received(interview_xml("uuid:a", water_safe="no", well="a.jpg"), files, assignment.id), storage, NOW)
    receive_submission(session, lead, Received(interview_xml("uuid:b", replaces="uuid:a", water_safe="no")), storage, NOW)
    add_issue(session, find_or_add_person(session, "coordinator"), NOW)
    assert session.query(IssueCandidate).count()


def take_back(engine: Engine) -> dict[str, tuple[int, int]]:
    """What the database holds, once it has the old schema."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        with connection.begin():
            command.downgrade(alembic_config(connection=connection), OLD)
    engine.dispose()
    return contents(engine)


def test_migration__killed_at_every_step__leaves_one_schema_whole_and_goes_on(
    installation: Installation, tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    installation.fill(lambda session: fill(session, installation.storage))
    engine = installation.app.extensions["survey.engine"]
    old = take_back(engine)
    assert sum(n_rows for n_rows, _hash in old.values()) > 30
    installation.renew()

    def upgrade(_tell: object = None) -> None:
        upgrade_schema(installation.app.extensions["survey.engine"])
        installation.close()

    tally.n_steps = in_child(upgrade).n_steps
    new = contents(installation.app.extensions["survey.engine"])
    for step in spread(tally.n_steps, N_POINTS):
        installation.renew()
        engine = installation.app.extensions["survey.engine"]
        tally.killed += in_child(upgrade, step).was_killed
        found, revision = contents(engine), schema_revision(engine)
        assert revision in (OLD, newest_revision())
        tally.altered += found != (old if revision == OLD else new)
        upgrade()
        tally.tried += 1
        again = contents(engine)
        tally.lost += sum(again.get(name, (0, 0))[0] < n_rows for name, (n_rows, _hash) in new.items())
        tally.altered += again != new
        with engine.connect() as connection:
            assert set(read_tables(connection)) == set(new)
        engine.dispose()
    tally.record(record_property)
