"""Opening an address changes nothing: every page of the demonstration is opened as everybody, and what it wrote is looked at.

An address that is opened can be sent by mail, shown as a picture, or fetched ahead by a browser; only what is pressed may change something
(OWASP ASVS 5.0, 3.5.3). What is written all the same is told in `KEPT`, table by table, with the reason why it may be. As every page is
here, the guide's words are looked for on them, too.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from survey.accounts.models import ROLES, User
from survey.models import Base
from tests.recorder import record_statements
from tests.signing_in import sign_in_as
from tests.survey.guide.places_of_words import misplaced_words, names_on
from tests.survey.rights.test_rights import address_of
from tests.walking import ENDS_SIGN_IN, follow_links, links_of, plain_addresses

pytestmark = pytest.mark.soak

WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.IGNORECASE)
KEPT = {
    "personal_reads": "who was shown whole names is on record, which has to be written when they are shown",
    "sign_ins": "when and from where a sign-in was last seen, which ends those that nobody uses",
}
"""The tables that opening a page may write to, with the reason. Files that are kept to be quick (bundles, figures, charts) are no rows."""
WITHOUT_SIGN_OUT = {
    "guide.file": "the guide tells of nobody, and is the same for everybody",
    "guide.tablet_file": "the same",
    "tablet.form_page": "a form being filled in leads back to the tablet's list, which has it; it locks with a PIN",
    "previews.draft_form": "the same form as a preview, in a frame of a page that has it",
    "previews.version_form": "the same",
}
"""Pages from which nobody signs out by one press, with the reason."""
READ_BY = {"admin": 190, "coordinator": 180, "author": 100, "responsible": 12, "interviewer": 15, None: 5}
"""So many pages at least each of them is shown, or the walk has lost its way."""


def written_tables(statements: list[str]) -> set[str]:
    """The tables that the statements write to."""
    return {found[1] for each in statements if (found := WRITES.match(each))}


def digests(engine: Engine) -> dict[str, str]:
    """What stands in each table, as a hash of its rows, without those that are kept by opening."""
    with engine.connect() as connection:
        return {name: _digest(connection, name) for name in sorted(Base.metadata.tables) if name not in KEPT}


def _digest(connection: Connection, table: str) -> str:
    rows = sorted(hashlib.sha256(repr(tuple(row)).encode()).digest() for row in connection.execute(text(f'SELECT * FROM "{table}"')))  # noqa: S608
    return hashlib.sha256(b"".join(rows)).hexdigest()


def person_of(session: Session, role: str) -> User:
    """Somebody of the demonstration who has this role alone, where there is one."""
    having = [each for each in session.scalars(select(User).order_by(User.username)) if role in {held.name for held in each.roles}]
    return min(having, key=lambda each: len(each.roles))


def addresses_with_invented_parts(app: Flask) -> Iterator[tuple[str, str]]:
    """Every view that is opened to read with an address of it, which may lead to nothing."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in ENDS_SIGN_IN:
            yield rule.endpoint, address_of(rule)


@pytest.mark.parametrize("role", [*ROLES, None])
def test_page__opened_by_anybody__changes_nothing_has_the_way_out_and_what_the_guide_names(demo_app: Flask, role: str | None) -> None:
    engine = demo_app.extensions["survey.engine"]
    client = demo_app.test_client()
    with Session(engine) as session:
        person = None if role is None else person_of(session, role)
        roles = frozenset(each.name for each in person.roles) if person else frozenset[str]()
    if person is not None:
        sign_in_as(client, person)
    written: dict[str, set[str]] = {}
    shown: set[str] = set()
    without_sign_out: dict[str, str] = {}
    names: dict[str, set[str]] = defaultdict(set)
    before = digests(engine)
    with record_statements(engine) as statements:

        def open_one(address: str, view: str) -> list[str]:
            statements.reset()
            answer = client.get(address, buffered=True)
            if tables := written_tables(statements) - KEPT.keys():
                written[f"{view} {address}"] = tables
            if answer.status_code != 200:
                return []
            shown.add(view)
            if answer.mimetype != "text/html":
                return []
            if role is not None and "</html>" in answer.text and "/sign-out" not in answer.text and view not in WITHOUT_SIGN_OUT:
                without_sign_out[view] = address
            names[view] |= names_on(answer.text)
            return list(links_of(answer.text, address))

        follow_links(demo_app, roles, open_one, 1, plain_addresses(demo_app))
        for view, address in addresses_with_invented_parts(demo_app):
            open_one(address, view)
    assert written == {}
    assert without_sign_out == {}
    assert misplaced_words(role or "", names) == []
    assert digests(engine) == before
    assert len(shown) >= READ_BY[role]
