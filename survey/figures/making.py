"""Making a visit's figures: the bundle brought up to date, the estimates of all its domains, and the rows behind them.

It takes seconds, so pages have it done in a thread beside the request, one at a time for each visit.
"""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.indicators import compute_estimates
from analysis.lineage.behind import rows_behind
from survey.background import Work, begin_work, work_under
from survey.config import Settings
from survey.db import reading_scope, utc_now
from survey.events import GENESIS, Event
from survey.figures.keeping import Moment, keep, still_right
from survey.visit_bundles import fresh_bundle


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


def work_on(app: Flask, visit_id: str) -> Work | None:
    """What this process is making, or has failed to make, of the visit."""
    return work_under(_key(app, visit_id))


def begin(app: Flask, visit_id: str) -> Work:
    """The making of the visit's figures in a thread beside this one; one that is under way already is not begun twice."""

    def make(work: Work) -> None:
        with reading_scope(app) as session:
            make_figures(session, visit_id, utc_now(), work.tell)

    return begin_work(_key(app, visit_id), make)


def _key(app: Flask, visit_id: str) -> tuple[str, ...]:
    settings: Settings = app.extensions["survey.settings"]
    return "figures", str(settings.figures_path), visit_id
