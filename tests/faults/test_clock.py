"""A clock that goes back by a day, and forward again, while interviews arrive and people work."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import db
from survey.backup import sealing
from survey.events import Event
from survey.intake.authenticate import Gate
from survey.intake.models import Submission
from survey.signing_in.throttling import FIRST_COSTLY
from tests.builders import PASSWORD, find_or_add_person
from tests.faults.installations import Installation, Tally
from tests.faults.test_cut_network import compare, expected_of, fill, upload
from tests.faults.test_killed_copying import back_up
from tests.faults.test_pieces import Picture
from tests.signing_in import fill_cookie
from tests.survey.intake.interviews import basic, send

pytestmark = pytest.mark.soak

DAY = timedelta(days=1)
STEPS = (timedelta(0), -DAY, -DAY + timedelta(seconds=5), timedelta(0), timedelta(hours=1), timedelta(0))
PAGES = ("/", "/visits", "/review", "/issues")


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """A function that puts the program's clock so much before or after that of the machine."""
    true_clock = db.utc_now

    def set_clock(offset: timedelta) -> None:
        def told() -> datetime:
            return true_clock() + offset

        for module in list(sys.modules.values()):
            if getattr(module, "__name__", "").startswith("survey") and "utc_now" in vars(module):
                monkeypatch.setattr(module, "utc_now", told)

    return set_clock


def test_work__while_the_clock_is_set_back_and_forward__goes_on_and_nothing_is_lost(
    installation: Installation,
    tally: Tally,
    record_property: Callable[[str, object], None],
    set_clock: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(sealing, "SCRYPT_COST", 2**10)
    installation.fill(fill)
    installation.renew()
    app, sent, names = installation.app, [], []
    reader = app.test_client()
    with Session(app.extensions["survey.engine"]) as session, reader.session_transaction() as cookie:
        fill_cookie(cookie, session, find_or_add_person(session, "coordinator"))
        session.commit()
    for number, offset in enumerate(STEPS):
        set_clock(offset)
        sent.append(upload(number))
        _request, _name, xml, picture = sent[-1]
        assert [send(app.test_client(), xml, {"well.jpg": picture}).status_code for _ in range(2)] == [201, 201]
        assert {reader.get(page).status_code for page in PAGES} == {200}, offset
        names.append(back_up(installation, tmp_path / "place"))
    state = installation.state()
    tally.tried = tally.killed = tally.acknowledged = len(sent)
    tally.lost += len(expected_of(sent) - set(state.kept))
    tally.altered += len(set(state.kept) - expected_of(sent)) + len(state.problems)
    tally.doubled += state.kept.total() - len(state.kept)
    assert names == sorted(names), "backups follow one another whatever the clock says"
    with Session(app.extensions["survey.engine"].execution_options(writes=False)) as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == len(STEPS)
        assert session.scalar(select(func.max(Event.number))) == session.scalar(select(func.count()).select_from(Event))
    installation.close()
    tally.record(record_property)


def test_sign_in_and_pieces__across_a_clock_that_is_set_back__go_on(
    installation: Installation, tally: Tally, record_property: Callable[[str, object], None], set_clock: Callable[[timedelta], None]
) -> None:
    installation.fill(fill)
    installation.renew()
    sent, client = upload(0), installation.app.test_client()
    picture = Picture(sent[1], sent[3])
    assert send(client, sent[2]).status_code == 201
    for offset, start in zip((timedelta(0), -DAY, timedelta(hours=1)), [0, *picture.ends[:-1]], strict=True):
        set_clock(offset)
        assert client.patch(picture.address, data=picture.piece(start), headers={**basic(), **picture.headers(start)}).status_code == 204
        for _again in range(2):
            receipt = client.get(f"/tablet/receipts/{sent[1]}.json", headers=basic())
            assert receipt.json is not None
            assert receipt.json["missing"] == ([] if start == picture.ends[-2] else ["well.jpg"])
    set_clock(timedelta(0))
    wrong = [client.post("/sign-in", data={"username": "lead1", "password": f"wrong {number}"}).text for number in range(FIRST_COSTLY)]
    assert "后再试" in wrong[-1]
    for offset in (-DAY, -DAY + timedelta(seconds=5)):
        set_clock(offset)
        assert client.post("/sign-in", data={"username": "lead1", "password": PASSWORD}).status_code == 302, "no pause of a day"
    set_clock(timedelta(0))
    assert client.get("/account/security").status_code == 302, "a day without work ends a sign-in, as always"
    assert client.post("/sign-in", data={"username": "lead1", "password": PASSWORD}).status_code == 302
    assert client.get("/account/security").status_code == 200
    tally.tried = tally.killed = 1
    compare(installation, [sent], tally)
    tally.record(record_property)


def test_gate__after_the_clock_was_set_back__asks_for_the_password_again() -> None:
    gate, now = Gate(), db.utc_now()
    digest = gate.digest("right", "hash")
    gate.remember(digest, now)
    asked = [gate.remembers(digest, now + offset) for offset in (timedelta(0), timedelta(seconds=1), -timedelta(seconds=1), -DAY, DAY)]
    assert asked == [True, True, True, False, False]
