"""Making a visit's figures: the bundle brought up to date, the estimates of all its domains, and the rows behind them.

It takes seconds, so pages have it done in a thread beside the request, one at a time for each visit.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.indicators import compute_estimates
from analysis.lineage.behind import rows_behind
from survey.config import Settings
from survey.db import reading_scope, utc_now
from survey.events import GENESIS, Event
from survey.figures.keeping import Moment, keep, still_right
from survey.visit_bundles import fresh_bundle

log = logging.getLogger(__name__)


def make_figures(session: Session, visit_id: str, now: datetime, told: Callable[[int, int], None] | None = None) -> None:
    """Nothing; the visit's figures are kept as `session` sees the data. `told` hears how many interviews of how many are exported.

    NOT_FOUND for an unknown visit.
    """
    newest = session.execute(select(Event.number, Event.digest).order_by(Event.number.desc()).limit(1)).first()
    moment = Moment(now, newest.number if newest else 0, newest.digest if newest else GENESIS)
    with fresh_bundle(session, visit_id, told) as (path, exported):
        # The bundle's hash also covers how many interviews wait for review; figures that say so would be old otherwise.
        if still_right(path.parent, moment, exported.manifest["hash"]):
            return
        bundle = read_bundle(path)
        keep(path.parent, moment, bundle, compute_estimates(bundle, visit_ids=[visit_id]), tuple(rows_behind(bundle)))


@dataclass(slots=True)
class Work:
    """The making of one visit's figures: how far it is, and why it ended if it failed."""

    thread: Thread
    n_done: int = 0
    n_all: int = 0
    failure: Exception | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it is still going on."""
        return self.thread.is_alive()


@dataclass(slots=True)
class _Works:
    """What is being made, or ended last, by installation and visit."""

    by_visit: dict[tuple[str, str], Work] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


_works = _Works()


def work_on(app: Flask, visit_id: str) -> Work | None:
    """What this process is making, or has failed to make, of the visit."""
    return _works.by_visit.get(_key(app, visit_id))


def begin(app: Flask, visit_id: str) -> Work:
    """The making of the visit's figures in a thread beside this one; one that is under way already is not begun twice."""
    with _works.lock:
        known = _works.by_visit.get(_key(app, visit_id))
        if known is not None and known.is_under_way:
            return known
        work = Work(Thread(target=lambda: _make(app, visit_id, work), name=f"figures of {visit_id}", daemon=True))
        _works.by_visit[_key(app, visit_id)] = work
        work.thread.start()
    return work


def _key(app: Flask, visit_id: str) -> tuple[str, str]:
    settings: Settings = app.extensions["survey.settings"]
    return str(settings.figures_path), visit_id


def _make(app: Flask, visit_id: str, work: Work) -> None:
    def tell(n_done: int, n_all: int) -> None:
        work.n_done, work.n_all = n_done, n_all

    try:
        with reading_scope(app) as session:
            make_figures(session, visit_id, utc_now(), tell)
    except Exception as error:
        log.exception("making the figures of %s failed", visit_id)
        work.failure = error
