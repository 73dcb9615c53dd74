"""The whole program as a server runs it. To import this module is to import everything, which takes seconds: servers do so while they
listen already."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from survey.application import create_app
from survey.config import Settings
from survey.dashboard.counting_ahead import counting_ahead
from survey.first_run.announcing import announce_first_run
from survey.guide.kept import building_guide
from survey.protection.sweeping import sweeping
from survey.reminders.rounds import reminding
from survey.revisions import check_schema
from survey.serving.heap import return_libraries
from survey.serving.rehearsal import rehearse

__all__ = ["beside", "open_installation", "rehearse"]


def open_installation(settings: Settings) -> Flask:
    """The application of this installation; raises NOT_INITIALISED or OUTDATED_SCHEMA when its database is not ready."""
    app = create_app(settings)
    check_schema(app.extensions["survey.engine"])
    return app


@contextmanager
def beside(app: Flask) -> Iterator[None]:
    """What a server does by itself while it serves; first it says where the first account is made, if there is none, and gives back what
    only loading needed."""
    announce_first_run(app)
    return_libraries()
    with reminding(app), counting_ahead(app), building_guide(app.extensions["survey.settings"].guide), sweeping(app):
        yield
