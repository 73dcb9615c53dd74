"""Making a visit's figures: the bundle brought up to date, the estimates of all its domains, and the rows behind them.

It takes seconds, so pages have it done beside the request, one at a time for each visit.
"""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.indicators import compute_estimates
from analysis.lineage.behind import rows_behind
from survey.background import Key, Telling, Work, begin_work, find_work, work_called
from survey.bundles.of_visits import fresh_bundle
from survey.db import reading_scope, utc_now
from survey.events import GENESIS, Event
from survey.figures.keeping import Moment, keep, still_right

WORK = "figures"


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
    """What is being made of the visit, or failed to be made."""
    return find_work(app, WORK, (visit_id,))


def begin(app: Flask, visit_id: str) -> Work:
    """The making of the visit's figures beside this thread; one that is under way already is not begun twice."""
    return begin_work(app, WORK, visit_id)


@work_called(WORK)
def _make(app: Flask, arguments: Key, telling: Telling) -> None:
    with reading_scope(app) as session:
        make_figures(session, arguments[0], utc_now(), telling.tell)
