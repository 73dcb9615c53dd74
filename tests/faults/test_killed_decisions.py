"""A web process that is killed while somebody decides: accepts, corrects, reconciles a pair's two records, merges two issues."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import session_scope
from survey.intake.models import Submission
from survey.issues.models import Issue
from survey.issues.stepping import Change, act
from survey.review.operations import accept_clean
from survey.visits.models import Assignment
from tests.builders import NOW, find_or_add_person
from tests.faults.dying import Tell
from tests.faults.installations import Installation, Tally, digest, walk
from tests.issues import add_issue
from tests.survey.reconciling.pairs import add_both, add_independent_visit, reconcile

pytestmark = pytest.mark.soak

N_POINTS = 8
DONE_BEFORE = {ErrorCode.STALE, ErrorCode.INVALID_TRANSITION}
"""So somebody is answered who does once more what was done already."""


def fill(session: Session) -> None:
    """Two records of an interview that wait, and two issues of a county."""
    coordinator = find_or_add_person(session, "coordinator")
    add_both(session, *add_independent_visit(session), state="received")
    for record in session.scalars(select(Submission)):
        record.xml_sha256 = digest(record.xml)
    add_issue(session, coordinator, NOW, "饮水不安全")
    add_issue(session, coordinator, NOW, "饮水水质不安全")


def accept(session: Session, coordinator: User) -> None:
    """Accept both records."""
    accept_clean(session, coordinator, ["uuid:001-lead", "uuid:001-second"], NOW)


def settle(session: Session, _coordinator: User) -> None:
    """Decide every difference between the records and finish."""
    reconcile(session, session.scalars(select(Assignment)).one())


def merge(session: Session, coordinator: User) -> None:
    """Give one issue up into the other."""
    kept, other = session.scalars(select(Issue).order_by(Issue.number))
    act(session, coordinator, other, "merge", NOW, seen=1, change=Change(merged_into=kept))


DECISIONS: tuple[Callable[[Session, User], Any], ...] = (accept, settle, merge)


def decide_all(installation: Installation, tell: Tell) -> None:
    """Nothing; every decision is taken, each in a transaction of its own as a request has it."""
    for decide in DECISIONS:
        try:
            with installation.app.app_context(), session_scope(installation.app) as session:
                decide(session, find_or_add_person(session, "coordinator"))
        except SurveyError as error:
            if error.code not in DONE_BEFORE:
                raise
        tell(decide.__name__)


def test_decisions__killed_at_every_step__are_taken_whole_and_once(
    installation: Installation, tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    installation.fill(fill)

    def again() -> None:
        decide_all(installation, lambda _told: None)

    for ended in walk(installation, tally, lambda tell: decide_all(installation, tell), again, N_POINTS):
        with session_scope(installation.app) as session:
            merged = session.scalars(select(Issue.state).order_by(Issue.number)).all()[1] == "merged"
        tally.miss({"merge"} & set(ended.told), {"merge"} if merged else ())
        installation.close()
    tally.record(record_property)
