"""A database server that is killed at every step of a picture's pieces, the last among them: what was acknowledged is there afterwards."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine.default import DefaultDialect

from survey.config import Settings
from tests.conftest import needed_postgres, opened
from tests.faults.dying import spread
from tests.faults.installations import Installation, Tally
from tests.faults.test_cut_network import compare, fill, upload
from tests.faults.test_pieces import Record, kept_pictures, left_over, offset_of, push_all
from tests.postgres import Cluster, killable_cluster

pytestmark = pytest.mark.soak

N_POINTS = 10


class Steps:
    """The statements and commits (before and after each) of this process; at the chosen one the database server is killed."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.n = self.kills_at = 0

    def expect(self, kills_at: int) -> int:
        """How many steps there were; from now on they are counted anew, and the server is killed at this one, 0 for none."""
        n, self.n, self.kills_at = self.n, 0, kills_at
        return n

    def step(self, *_told: Any, **_more: Any) -> None:
        self.n += 1
        if self.n == self.kills_at:
            self._cluster.kill()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server of the test's own that can be killed; skips where PostgreSQL is not installed."""
    with killable_cluster(needed_postgres()) as cluster:
        yield cluster


@pytest.fixture
def steps(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Steps:
    """What counts the steps of every connection that commits."""
    steps, commits = Steps(cluster), DefaultDialect.do_commit

    def do_commit(dialect: DefaultDialect, connection: Any) -> None:
        steps.step()
        commits(dialect, connection)
        steps.step()

    monkeypatch.setattr(DefaultDialect, "do_commit", do_commit)
    return steps


def test_pieces__database_killed_at_every_step__are_refused_for_now_and_are_the_picture_once(
    one_app: Flask,
    settings: Settings,
    cluster: Cluster,
    steps: Steps,
    tally: Tally,
    record_property: Record,
    tmp_path: Path,
    empty_database: Path,
) -> None:
    with opened(one_app, settings):
        installation = Installation(one_app, tmp_path / "copies", empty_database, cluster.url)
        # Not a copy: PostgreSQL 15 forgets what sequences of a copied database gave out when it is killed before a checkpoint.
        installation.fill(fill)
        event.listen(one_app.extensions["survey.engine"], "before_cursor_execute", steps.step)
        client, sent = one_app.test_client(), [upload(0), upload(1)]
        for each in sent:  # the first reads what stays in memory
            steps.expect(0)
            assert push_all(client, [each], [])
        tally.n_steps = steps.expect(0)
        for number, step in enumerate(spread(tally.n_steps, N_POINTS), start=2):
            sent.append(upload(number))
            told: list[Any] = []
            steps.expect(step)
            is_whole = push_all(client, sent[-1:], [], told.append)
            was_killed = steps.expect(0) >= step
            if was_killed:
                cluster.start()
            tally.tried += 1
            tally.killed += was_killed
            tally.miss((name for name, offset in told if offset == "whole"), kept_pictures(installation, sent[-1:]))
            if told and not is_whole:
                tally.lost += offset_of(installation, sent[-1][1], sent[-1][3]) < told[-1][1]
            assert push_all(client, sent[-1:], [])
        n_acknowledged = tally.acknowledged
        compare(installation, sent, tally)
        tally.acknowledged = n_acknowledged
        assert left_over(installation) == 0
        tally.record(record_property)
