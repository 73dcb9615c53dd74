"""Whoever waits to write into SQLite goes before what tablets send, in whichever process both are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from survey.accounts.models import Role
from survey.db import current_session
from survey.turns import going_first, one_at_a_time

PATIENCE_SECONDS = 60


def until(is_so: Callable[[], bool]) -> None:
    """Nothing; it is so by now."""
    give_up_at = monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert monotonic() < give_up_at
        sleep(0.001)


def locks_on(engine: Engine, name: str) -> list[str]:
    """The locks on the file of this name beside the database, held and waited for, as Linux tells."""
    path = Path(f"{engine.url.database}-{name}")
    inode = path.stat().st_ino if path.exists() else -1
    return [line for line in Path("/proc/locks").read_text(encoding="ascii").splitlines() if f":{inode} " in line]


def is_waited_for(engine: Engine, name: str) -> bool:
    """Whether somebody waits for the lock on this file."""
    return any(" -> " in line for line in locks_on(engine, name))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines that run tests are slow: what tablets send lets pages go first for longer than it would."""
    monkeypatch.setattr("survey.turns.LONGEST_WAIT_S", PATIENCE_SECONDS)


def test_turns__a_page_waits_to_write__goes_before_the_next_tablet_and_waits_for_no_tablet_itself(app: Flask) -> None:
    engine, order, is_open, may_end = app.extensions["survey.engine"], list[str](), Event(), Event()

    def send(name: str) -> None:
        with one_at_a_time(engine):
            order.append(name)
            is_open.set()
            assert may_end.wait(PATIENCE_SECONDS)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(send, "first tablet")
        assert is_open.wait(PATIENCE_SECONDS)
        with going_first(engine):
            second = pool.submit(send, "second tablet")
            until(lambda: is_waited_for(engine, "writer"))
            may_end.set()
            first.result(PATIENCE_SECONDS)
            until(lambda: bool(locks_on(engine, "writer")) and not is_waited_for(engine, "writer"))
            order.append("page")
        second.result(PATIENCE_SECONDS)
    assert order == ["first tablet", "page", "second tablet"]


def test_turns__pages_without_end__let_a_tablet_write_after_a_while(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.turns.LONGEST_WAIT_S", 0.01)
    engine, entered = app.extensions["survey.engine"], False
    with going_first(engine), one_at_a_time(engine):
        entered = True
    assert entered


def test_request__that_writes_while_tablets_send__goes_first(own_app: Flask) -> None:
    engine, order = own_app.extensions["survey.engine"], list[str]()

    @own_app.post("/writes")
    def writes() -> str:
        current_session().add(Role(name="interviewer"))
        current_session().flush()
        order.append("page")
        return "done"

    def send() -> None:
        with one_at_a_time(engine), Session(engine) as own, own.begin():
            own.add(Role(name="author"))
            own.flush()
            order.append("tablet")

    with ThreadPoolExecutor(2) as pool:
        with one_at_a_time(engine), Session(engine) as own, own.begin():
            own.add(Role(name="admin"))
            own.flush()
            page = pool.submit(own_app.test_client().post, "/writes")
            until(lambda: any("READ" in line for line in locks_on(engine, "pages")))
            tablet = pool.submit(send)
            until(lambda: is_waited_for(engine, "writer"))
        assert page.result(PATIENCE_SECONDS).status_code == 200
        tablet.result(PATIENCE_SECONDS)
    assert order == ["page", "tablet"]
    with Session(engine) as own:
        assert set(own.scalars(select(Role.name))) >= {"interviewer", "author", "admin"}
