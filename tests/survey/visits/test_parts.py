"""Counts kept village by village: after every kind of write they are what the rows say, and only touched villages are counted again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from survey.dashboard.queries import read_office
from survey.events import Event, log_event
from survey.intake.countersign import Judged
from survey.intake.countersign_operations import keep_countersignature
from survey.intake.flags import RaisedFlag
from survey.intake.models import AwaitedFile, Submission
from survey.intake.operations import Interview, insert_rows, store_submissions
from survey.outcomes.operations import record_outcome
from survey.places.operations import HouseholdFacts, update_household
from survey.protocol.operations import raise_doubts
from survey.protocol.relations import Doubt
from survey.review.operations import accept_submission, reopen_submission, return_submission
from survey.visits.assignment_operations import assign, move_assignments, remove_assignments
from survey.visits.models import Assignment, Visit
from survey.visits.parts import FOLLOWED_AT_MOST, Scope, touched_since
from survey.visits.progress import read_all_progress, read_progress, work_out_all_progress, work_out_progress
from survey.visits.quota_operations import set_quotas
from tests import builders
from tests.recorder import Statements

VILLAGES = ("610727101201", "610727101202", "610727101203")


@pytest.fixture
def visits(session: Session, now: datetime) -> tuple[Visit, Visit]:
    """Two visits of the same pairs to three villages with three households each, of which two were interviewed in each village."""
    version = builders.add_form(session)
    made = []
    for key in ("one", "two"):
        visit = builders.add_visit(session, key, village_codes=VILLAGES, forms=[version])
        pairs = [builders.add_pair(session, visit, "第1组"), builders.add_pair(session, visit, "第2组", lead="lead2", second="second2")]
        for place, code in enumerate(VILLAGES):
            for number in range(3):
                household = builders.add_household(
                    session, f"{key}-{number}", village_code=code, kind="marginal" if number else "registered"
                )
                row = builders.add_assignment(session, pairs[(place + number) % 2], household)
                if number < 2:
                    held = builders.add_submission(session, version, f"uuid:{key}-{place}-{number}", assignment=row)
                    held.started_at, held.ended_at = now - timedelta(minutes=20 + 10 * place), now
        made.append(visit)
    log_event(session, None, "visit.changed", "visit", "one", now)
    session.commit()
    return made[0], made[1]


def same_as_the_rows(session: Session) -> None:
    """What is kept and what the rows say are the same for every visit."""
    session.expire_all()
    for visit_id in ("one", "two"):
        assert read_progress(session, visit_id) == work_out_progress(session, visit_id)
    progress = work_out_all_progress(session)
    assert read_all_progress(session) == progress
    answered = select(Submission.visit_id, Submission.assignment_id, Submission.review_state).where(Submission.assignment_id.is_not(None))
    rows = session.execute(answered).all()
    for each in read_office(session).open_visits:
        of_visit = [row for row in rows if row.visit_id == each.visit_id]
        assert each.n_answered == len({row.assignment_id for row in of_visit if row.review_state in ("received", "accepted")})
        assert each.n_accepted == len({row.assignment_id for row in of_visit if row.review_state == "accepted"})
        assert each.n_assigned == progress[each.visit_id].n_assigned, "here each assignment is one form"


def found(session: Session, key: str) -> Submission:
    """One interview."""
    return session.get_one(Submission, f"uuid:{key}")


def store(session: Session, key: str, now: datetime, *, assignment: Assignment | None = None, edits: str | None = None) -> None:
    """An interview arrives as intake stores it."""
    version = builders.add_form(session)
    like = found(session, "one-0-0")
    values = {
        "instance_id": f"uuid:{key}",
        "deprecated_id": edits,
        "form_id": version.form_id,
        "form_version": version.version,
        "questionnaire_version_id": version.id,
        "visit_id": assignment.visit_id if assignment else "one",
        "assignment_id": assignment.id if assignment else None,
        "household_id": assignment.household_id if assignment else None,
        "village_code": assignment.village_code if assignment else None,
        "lead_id": like.lead_id,
        "recorded_as": "lead",
        "started_at": now - timedelta(minutes=33),
        "ended_at": now,
        "received_at": now,
        "review_state": "received",
        "answers": {},
        "xml": b"",
        "xml_sha256": "1" * 64,
    }
    flags = (RaisedFlag("no_position", "notice"),)
    assert store_submissions(session, [Interview(None, values, (), flags, (), frozenset(), now)])


def open_assignment(session: Session, place: int) -> Assignment:
    """The assignment of visit one that nothing was received for, in one of the villages."""
    answered = select(Submission.assignment_id).where(Submission.assignment_id.is_not(None))
    wanted = (Assignment.visit_id == "one", Assignment.village_code == VILLAGES[place], Assignment.id.not_in(answered))
    return session.scalars(select(Assignment).where(*wanted).order_by(Assignment.id)).first()


def test_kept_counts__after_each_kind_of_write__are_what_the_rows_say(session: Session, visits: tuple[Visit, Visit], now: datetime) -> None:
    visit, _other = visits
    coordinator = builders.find_or_add_person(session, "coordinator")
    raised = RaisedFlag("same_picture", "notice", other_id="uuid:one-0-0")
    writes: tuple[Callable[[], object], ...] = (
        lambda: accept_submission(session, coordinator, found(session, "one-0-0"), "", now),
        lambda: return_submission(session, coordinator, found(session, "one-1-0"), "重填", now),
        lambda: reopen_submission(session, coordinator, found(session, "one-1-0"), "误退", now),
        lambda: store(session, "new", now, assignment=open_assignment(session, 1)),
        lambda: store(session, "nowhere", now),
        lambda: store(session, "edit", now, assignment=open_assignment(session, 2), edits="uuid:one-0-1"),
        lambda: (
            insert_rows(session, AwaitedFile, [{"instance_id": "uuid:edit", "name": "a.jpg"}])
            or log_event(session, None, "submission.received", "submission", "uuid:edit", now)
        ),
        lambda: raise_doubts(session, [Doubt("uuid:two-0-0", raised)], now),
        lambda: keep_countersignature(session, "uuid:two-1-0", Judged({"signed_at": now, "is_verified": True, "changes": []}, ()), now),
        lambda: record_outcome(session, None, visit, [open_assignment(session, 0)], "absent", "", now),
        lambda: record_outcome(session, None, visit, [open_assignment(session, 0)], "taken_back", "", now),
        lambda: move_assignments(session, None, visit, [open_assignment(session, 0).id], visit.pairs[1], now),
        lambda: remove_assignments(session, None, visit, [open_assignment(session, 0).id], now),
        lambda: assign(
            session, None, visit, pair=visit.pairs[0], form_id="test_form", households=[builders.add_household(session, "late")], now=now
        ),
        lambda: update_household(session, None, found(session, "one-0-0").household, facts_of(session, "ordinary"), now),
        lambda: set_quotas(session, None, visit, {"registered": 4}, now),
        lambda: log_event(session, None, "handover.received", "table", "submissions", now),
        lambda: log_event(session, None, "pin.changed", "user", "lead1", now),
    )
    same_as_the_rows(session)
    for write in writes:
        write()
        session.commit()
        same_as_the_rows(session)
    assert read_progress(session, "one").total.n_accepted == 1


def facts_of(session: Session, kind: str) -> HouseholdFacts:
    """The facts of an interviewed household, which is of another kind now."""
    household = found(session, "one-0-0").household
    return HouseholdFacts(number=household.number, head_name=household.head_name, kind=kind, n_members=household.n_members)


def test_read_progress__one_interview_decided__counts_one_village_with_as_many_statements_as_before(
    session: Session, visits: tuple[Visit, Visit], now: datetime, statements: Statements
) -> None:
    coordinator = builders.find_or_add_person(session, "coordinator")
    counts = []
    for key in ("one-0-0", "one-2-1"):
        read_progress(session, "one")
        read_all_progress(session)
        accept_submission(session, coordinator, found(session, key), "", now)
        session.commit()
        statements.reset()
        read_progress(session, "one")
        n_one = len(statements)
        assert all("village_code IN (?)" in each or "village_code = ?" in each for each in statements.touching("assignments")[1:])
        read_all_progress(session)
        counts.append((n_one, len(statements) - n_one))
        for number in range(10):
            builders.add_household(session, f"more-{key}-{number}")
    assert counts == [(14, 9)] * 2


def test_touched_since__what_happened__names_parts_or_everything(session: Session, visits: tuple[Visit, Visit], now: datetime) -> None:
    def newest() -> Row[tuple[int, str]]:
        return session.execute(select(Event.number, Event.digest).order_by(Event.number.desc()).limit(1)).one()

    before = newest()
    assert touched_since(session, *before) == Scope()
    log_event(session, None, "user.changed", "user", "lead1", now)
    assert touched_since(session, *before) == Scope()
    log_event(session, None, "submission.accepted", "submission", "uuid:one-1-0", now)
    log_event(session, None, "visit.changed", "visit", "two", now)
    touched = touched_since(session, *before)
    assert touched == Scope(frozenset({("one", VILLAGES[1])}), frozenset({"two"}))
    assert touched.within("one") == Scope(frozenset({("one", VILLAGES[1])}))
    assert ("two", VILLAGES[2]) in touched
    assert ("one", VILLAGES[2]) not in touched
    assert touched_since(session, before[0], "0" * 64) is None, "another history"
    after = newest()
    log_event(session, None, "roster.imported", "roster", "名册.xlsx", now)
    assert touched_since(session, *before) is None, "what is not known touches everything"
    assert touched_since(session, *after) is None
    after = newest()
    shared = {"happened_at": now, "action": "pin.changed", "subject_type": "user", "subject_id": "lead1", "details": {}}
    session.add_all(Event(digest=f"{number:064}", **shared) for number in range(FOLLOWED_AT_MOST + 1))
    session.flush()
    assert touched_since(session, *after) is None, "too many to follow"
