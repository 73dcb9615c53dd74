"""Progress of a visit: quotas, outcomes and shares, minutes, countersignatures and doubts by pair, and the part that renews itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.db import create_engine_for
from survey.events import log_event
from survey.intake.models import Countersignature, Submission
from survey.outcomes.models import AssignmentOutcome
from survey.outcomes.operations import record_outcome
from survey.schema import upgrade_schema
from survey.sealing.fields import Keyring, seal_fields_of
from survey.visits.models import Visit
from survey.visits.progress import Quota, Shares, read_progress, work_out_all_progress, work_out_progress
from survey.visits.quota_operations import set_quotas
from tests import builders
from tests.conftest import SECRET_KEY
from tests.recorder import Statements

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def visit(session: Session, now: datetime) -> Visit:
    """A visit of two pairs to six households: three interviewed, one absent, one that refuses on the form, one still open."""
    version = builders.add_form(session)
    visit = builders.add_visit(session, forms=[version])
    pairs = [builders.add_pair(session, visit, "第1组"), builders.add_pair(session, visit, "第2组", lead="lead2", second="second2")]
    rows = []
    for number in range(6):
        household = builders.add_household(session, f"{number:03}", kind="registered" if number < 4 else "marginal")
        rows.append(builders.add_assignment(session, pairs[number % 2], household))
    states = ("accepted", "accepted", "received", "received")
    for number, (row, state, minutes) in enumerate(zip(rows, states, (30, 50, 40, 2), strict=False)):
        flags = ["short_interview"] if minutes < 15 else []
        held = builders.add_submission(session, version, f"uuid:{number}", assignment=row, state=state, flags=flags)
        held.started_at = now - timedelta(minutes=minutes)
        held.ended_at = now
        if number < 2:
            session.add(Countersignature(instance_id=held.instance_id, signed_at=now, is_verified=True, changes=[]))
    record_outcome(session, None, visit, [rows[4]], "absent", "", now)
    session.flush()
    return visit


def test_work_out_progress__some_met_and_some_not__adds_up(session: Session, visit: Visit) -> None:
    progress = work_out_progress(session, visit.id)

    total = progress.total
    assert (total.n_assigned, total.n_received, total.n_open, total.n_unmet, total.n_flagged) == (6, 4, 2, 1, 1)
    assert total.done_share == pytest.approx(5 / 6)
    assert sum(part.n_assigned for part in progress.by_pair.values()) == 6
    assert progress.shares == Shares(4, {"absent": 1})
    assert progress.shares.share("absent") == pytest.approx(1 / 5)
    assert progress.interview_form == "test_form"


def test_work_out_progress__by_pair__tells_minutes_signatures_and_doubts(session: Session, visit: Visit) -> None:
    progress = work_out_progress(session, visit.id)

    by_name = {pair.name: progress.measures_by_pair[pair.id] for pair in visit.pairs}
    first, second = by_name["第1组"], by_name["第2组"]
    assert first.minutes is not None
    assert (first.minutes.median, first.n_to_sign, first.n_signed, dict(first.flags)) == (35, 2, 1, {})
    assert second.flags == {"short_interview": 1}
    assert progress.measures.signed_share == 0.5


def test_work_out_progress__refusal_told_by_a_form__is_no_interview_met(session: Session, visit: Visit, now: datetime) -> None:
    assignment = session.get_one(Submission, "uuid:3").assignment
    assert assignment is not None
    session.add(AssignmentOutcome(assignment_id=assignment.id, outcome="refused", recorded_at=now, instance_id="uuid:3"))
    session.flush()

    progress = work_out_progress(session, visit.id)

    assert progress.shares == Shares(3, {"absent": 1, "refused": 1})
    assert progress.total.n_unmet == 1


def test_quotas__set__are_shown_with_what_counts(session: Session, visit: Visit, now: datetime) -> None:
    set_quotas(session, None, visit, {"registered": 8, "cadre": 2}, now)

    quotas = work_out_progress(session, visit.id).quotas

    assert quotas == (
        Quota("registered", 8, 4, 4, 2),
        Quota("marginal", None, 2, 0, 0),
        Quota("cadre", 2, 0, 0, 0),
    )
    assert quotas[0].met_share == 0.5


@pytest.mark.parametrize("wanted", [{"nobody": 3}, {"registered": 0}, {"registered": -1}])
def test_set_quotas__wrong__is_refused(wanted: dict[str, int], session: Session, visit: Visit, now: datetime) -> None:
    with pytest.raises(SurveyError):
        set_quotas(session, None, visit, wanted, now)


def test_quota_page__numbers__are_kept_and_emptied(session: Session, visit: Visit, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    path = f"/visits/{visit.id}/quotas"

    client.post(path, data={"registered": "8", "marginal": ""})
    kept = {quota.kind: quota.n_wanted for quota in work_out_progress(session, visit.id).quotas}
    refused = client.post(path, data={"registered": "-4"})
    client.post(path, data={"registered": ""})

    assert kept == {"registered": 8, "marginal": None}
    assert refused.status_code == 200
    assert all(quota.n_wanted is None for quota in work_out_progress(session, visit.id).quotas)


def test_read_progress__nothing_happened__is_kept_and_anew_after_an_event(
    session: Session, visit: Visit, now: datetime, statements: Statements
) -> None:
    first = read_progress(session, visit.id)
    statements.reset()

    again = read_progress(session, visit.id)
    n_kept = len(statements)
    log_event(session, None, "submission.received", "submission", "uuid:9", now)

    assert again is first
    assert n_kept == 1
    assert read_progress(session, visit.id) is not first


def test_work_out_all_progress__several_visits__are_told_apart(session: Session, visit: Visit) -> None:
    other = builders.add_visit(session, "2018-05-test", forms=visit.forms)
    pair = builders.add_pair(session, other, lead="lead3", second="second3")
    builders.add_assignment(session, pair, builders.add_household(session, "900"))

    found = work_out_all_progress(session)

    assert {key: (each.n_assigned, each.n_received, each.n_unmet) for key, each in found.items()} == {
        visit.id: (6, 4, 1),
        other.id: (1, 0, 0),
    }


def test_part__asked_again__is_304_with_three_statements_until_something_happens(
    session: Session, visit: Visit, sign_in: SignIn, statements: Statements, now: datetime
) -> None:
    client = sign_in("author")
    path = f"/visits/{visit.id}/progress"
    first = client.get(path)
    tag = first.headers["ETag"]
    statements.reset()

    unchanged = client.get(path, headers={"If-None-Match": tag})
    n_asked = len(statements)
    log_event(session, None, "submission.received", "submission", "uuid:9", now)
    changed = client.get(path, headers={"If-None-Match": tag})

    assert "第1组" in first.text
    assert "<html" not in first.text
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert n_asked <= 3
    assert changed.status_code == 200


@pytest.mark.parametrize(("username", "expected"), [("author", (200, 403)), ("lead1", (403, 403)), ("county", (403, 403))])
def test_pages__by_role__open_or_are_refused(username: str, expected: tuple[int, int], visit: Visit, sign_in: SignIn) -> None:
    client = sign_in(username)

    assert tuple(client.get(f"/visits/{visit.id}/{page}").status_code for page in ("progress", "quotas")) == expected


def test_work_out_progress__on_postgresql__counts_the_same(postgres_url: str, now: datetime) -> None:
    engine = create_engine_for(postgres_url)
    seal_fields_of(engine, Keyring([SECRET_KEY]))
    upgrade_schema(engine)
    with Session(engine, expire_on_commit=False) as session:
        version = builders.add_form(session)
        visit = builders.add_visit(session, forms=[version])
        pair = builders.add_pair(session, visit)
        rows = [builders.add_assignment(session, pair, builders.add_household(session, f"{number:03}")) for number in range(3)]
        for number, row in enumerate(rows[:2]):
            held = builders.add_submission(session, version, f"uuid:{number}", assignment=row, state="accepted", flags=["no_position"])
            held.started_at, held.ended_at = now - timedelta(minutes=30 + number), now
        record_outcome(session, None, visit, [rows[2]], "moved", "", now)

        progress = work_out_progress(session, visit.id)

        assert (progress.total.n_assigned, progress.total.n_accepted, progress.total.n_unmet) == (3, 2, 1)
        assert progress.shares == Shares(2, {"moved": 1})
        assert progress.measures.minutes is not None
        assert progress.measures.minutes.median == 30.5
        session.rollback()
    engine.dispose()
