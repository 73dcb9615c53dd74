"""The envelope of a draw that a version made which did not encrypt it: sealed by `init`, by later keys too, and opened with them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from survey.db import create_engine_for
from survey.draws.models import Draw, DrawEnvelope, DrawUnit
from survey.draws.operations import open_draw
from survey.protection.key_rotation import rotate_keys
from survey.schema import upgrade_schema
from survey.sealing.fields import MARK, Keyring, seal_fields_of
from tests import builders
from tests.conftest import SECRET_KEY
from tests.survey.draws.draws import SECRET, VILLAGES, add_frame, add_leader, sealed_draw

FIELD_KEY = "a key of fields that came later 0123456789"


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of either kind, of an installation that has its secret key alone."""
    is_file = request.param == "SQLite"
    found = create_engine_for(f"sqlite:///{tmp_path / 'survey.sqlite3'}" if is_file else request.getfixturevalue("postgres_url"))
    seal_fields_of(found, Keyring([SECRET_KEY]))
    upgrade_schema(found)
    yield found
    found.dispose()


def stored(session: Session) -> str:
    """The envelope as it lies in the database."""
    return json.dumps(session.scalar(text("SELECT content FROM draw_envelopes")))


def test_envelope__stored_in_the_clear_by_an_earlier_version__is_sealed_with_each_later_key_and_opened(engine: Engine) -> None:
    now = datetime.now(UTC)
    with Session(engine) as session:
        add_frame(session, dict(zip(VILLAGES, (9, 10, 11), strict=False)))
        visit = builders.add_visit(session, village_codes=())
        add_leader(session, visit)
        sealed_draw(session, visit, now)
        plain = json.dumps(session.scalars(select(DrawEnvelope.content)).one())
        kind = "" if engine.dialect.name == "sqlite" else "::json"
        session.execute(text(f"UPDATE draw_envelopes SET content = (:plain){kind}"), {"plain": plain})
        session.commit()
        assert SECRET in stored(session), "as that version stored it"
    for keys in ([SECRET_KEY], [FIELD_KEY, SECRET_KEY]):
        seal_fields_of(engine, Keyring(keys))
        assert rotate_keys(engine, lambda _done, _total: None) > 0
        assert rotate_keys(engine, lambda _done, _total: None) == 0
        with Session(engine.execution_options(writes=False)) as session:
            assert SECRET not in stored(session)
            assert Keyring(keys).prefix.removeprefix(MARK) in stored(session)
    seal_fields_of(engine, Keyring([FIELD_KEY]))
    with Session(engine) as session:
        opening = open_draw(session, builders.find_or_add_person(session, "lead1"), session.scalars(select(Draw)).one(), now)
        assert opening.seed == SECRET
        assert len(session.scalars(select(DrawUnit)).all()) == 10
