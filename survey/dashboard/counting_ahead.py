"""The counts of progress made once when the server begins, so that the first page that shows them need not wait for them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from sqlalchemy import select

from survey.dashboard.queries import read_office
from survey.db import reading_scope
from survey.visits.models import Visit
from survey.visits.progress import read_all_progress, read_progress

log = logging.getLogger(__name__)


def count_ahead(app: Flask) -> None:
    """Count what the start page, the list of visits and the progress of every open visit show, and keep it for them."""
    with reading_scope(app) as session:
        read_all_progress(session)
        read_office(session)
        open_visits = tuple(session.scalars(select(Visit.id).where(Visit.state == "open").order_by(Visit.starts_on.desc())))
    for visit_id in open_visits:
        with reading_scope(app) as session:
            read_progress(session, visit_id)


@contextmanager
def counting_ahead(app: Flask) -> Iterator[None]:
    """While the block runs, the counts are made in a thread beside it; pages that are opened before it is done count for themselves."""

    def count() -> None:
        try:
            count_ahead(app)
        except Exception:
            log.exception("counting ahead failed")

    Thread(target=count, name="counting ahead", daemon=True).start()
    yield
