"""The search finds the same on PostgreSQL, whose texts are longer and whose LIKE is its own."""

import pytest
from sqlalchemy.orm import Session

from survey.db import create_engine_for
from survey.finding.queries import FINDERS
from survey.finding.wanted import read_wanted
from survey.registry.models import HouseholdMember
from survey.schema import upgrade_schema
from survey.sealing.fields import Keyring, seal_fields_of
from tests.builders import NOW, VILLAGE, add_household, add_region, add_visit, find_or_add_person
from tests.conftest import SECRET_KEY
from tests.issues import add_issue

pytestmark = pytest.mark.soak


def test_search__on_postgresql__finds_what_it_finds_on_sqlite(postgres_url: str) -> None:
    engine = create_engine_for(postgres_url)
    seal_fields_of(engine, Keyring([SECRET_KEY]))
    upgrade_schema(engine)
    with Session(engine, expire_on_commit=False) as session:
        add_region(session, VILLAGE, "青石村")
        household = add_household(session, "071")
        household.head_name = "张大山"
        for position, (name, relation) in enumerate((("张大山", "head"), ("张铁头", "child")), start=1):
            session.add(HouseholdMember(household_id=household.id, position=position, name=name, relation=relation))
        author = find_or_add_person(session, "coordinator")
        author.name = "何协调"
        add_issue(session, author, NOW, title="青石村饮水困难", place_code=VILLAGE)
        add_visit(session).title = "青石村调研"
        session.commit()

        def kinds(text: str) -> dict[str, int]:
            wanted = read_wanted(text, is_by_name=True)
            assert wanted is not None
            found = {kind: len(find(session, wanted)) for kind, (_endpoint, find) in FINDERS.items()}
            return {kind: n for kind, n in found.items() if n}

        for text in ("大山", "zds", "zhangda", "071"):
            assert kinds(text) == {"households": 1}, text
        for text in ("铁头", "ztt", "tietou"):
            assert kinds(text) == {"members": 1}, text
        for text in ("青石", "qsc"):
            assert kinds(text) == {"issues": 1, "visits": 1, "places": 1}, text
        assert kinds("610727") == {"issues": 1, "places": 3}
        assert kinds("HXT") == kinds("何协") == {"people": 1}
        assert kinds("100%") == {}
    engine.dispose()
