"""A laptop that hands everything over to the centre, of which either is killed in the middle; the same command goes on afterwards."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.token_operations import make_token
from survey.config import Settings
from survey.db import reading_scope, utc_now
from survey.handover.client import open_client
from survey.handover.push import Handover, hand_over
from tests.builders import add_person
from tests.conftest import opened
from tests.faults.dying import in_child, server_in_child, spread
from tests.faults.installations import Installation, Tally
from tests.faults.test_killed_intake import fill, send_all

pytestmark = pytest.mark.soak

N_POINTS = 4

Record = Callable[[str, object], None]


@pytest.fixture
def laptop(other_app: Flask, tmp_path: Path, settings: Settings, empty_database: Path) -> Iterator[Installation]:
    """A laptop that has received interviews with pictures, an edit, and one that it kept aside."""
    with opened(other_app, replace(settings, data=str(tmp_path / "laptop-app"))):
        laptop = Installation(other_app, tmp_path / "laptop", empty_database, None)
        uploads = laptop.fill(fill)
        laptop.renew()
        send_all(laptop, uploads, lambda _told: None)
        laptop.close()
        yield laptop


def add_administrator(session: Session) -> str:
    """The text of a token for handing over, of an administrator at the centre."""
    return make_token(session, None, add_person(session, "central.admin", "admin"), name="laptop", scope="handover", days=7, now=utc_now())[
        1
    ]


def push(laptop: Installation, url: str, token: str) -> Handover:
    """What one run did; no pause between attempts."""
    client = replace(open_client(url, token, None), pause=lambda _seconds: None)
    try:
        with laptop.app.app_context(), reading_scope(laptop.app) as session:
            return hand_over(session, laptop.storage, client, lambda *_told: None, lambda *_told: None, only_compare=False)
    finally:
        laptop.close()


def push_whole(laptop: Installation, centre: Installation, token: str) -> int:
    """How many steps the centre went until both sides agreed in everything."""
    with server_in_child(centre.app) as server:
        result = push(laptop, server.url, token)
        n_steps = server.n_steps
    assert result.problems == []
    assert all(each.here == each.equal and each.hash_here == each.hash_there for each in (*result.tables, result.files))
    return n_steps


def test_push__centre_killed_at_every_step__agrees_after_the_next_run(
    installation: Installation, laptop: Installation, tally: Tally, record_property: Record
) -> None:
    token = installation.fill(add_administrator)
    installation.renew()
    tally.n_steps = push_whole(laptop, installation, token)
    expected = installation.state()
    for step in spread(tally.n_steps, N_POINTS):
        installation.renew()
        with server_in_child(installation.app, step) as server, suppress(SurveyError):
            push(laptop, server.url, token)
        tally.killed += server.n_steps == step
        push_whole(laptop, installation, token)
        tally.compare(expected, installation.state())
    tally.record(record_property)


def test_push__laptop_killed_at_every_step__agrees_after_the_next_run(
    installation: Installation, laptop: Installation, tally: Tally, record_property: Record
) -> None:
    token = installation.fill(add_administrator)
    installation.renew()
    with server_in_child(installation.app) as server:
        tally.n_steps = in_child(lambda _tell: push(laptop, server.url, token)).n_steps
    expected = installation.state()
    for step in spread(tally.n_steps, N_POINTS // 2):
        installation.renew()
        with server_in_child(installation.app) as server:
            tally.killed += in_child(lambda _tell, url=server.url: push(laptop, url, token), step).was_killed
        push_whole(laptop, installation, token)
        tally.compare(expected, installation.state())
    tally.record(record_property)
