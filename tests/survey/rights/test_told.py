"""Somebody who is bound to places is told nothing of others by what is no page of theirs: calendars, messages, previews and drafts."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.report.kinds.names import KIND_OF_NAME
from survey.accounts.models import User
from survey.issues.stepping import Change, act
from survey.protection.operations import set_retention
from survey.reminders.models import Reminder
from survey.reminders.operations import make_digests, renew_calendar
from survey.reports.within import is_within
from survey.rights.cutting import is_cut
from survey.rights.guard import shown_to
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_person, add_submission, add_visit
from tests.conftest import SignIn
from tests.issues import REPORT, add_issue, verify_issue
from tests.signing_in import sign_in_as

HERE, THERE = "610727101201", "610926102203"
DUE_SOON = date(2018, 4, 25)


@pytest.fixture
def coordinator(session: Session) -> User:
    """A coordinator who sees everything, and who reported an issue in each of two counties."""
    person = add_person(session, "coordinator", "coordinator")
    for code, title in ((HERE, "水管冻裂"), (THERE, "道路塌方")):
        issue = add_issue(session, person, NOW, title=title, place_code=code)
        verify_issue(session, issue, person, NOW)
        act(session, person, issue, "verify", NOW, seen=issue.n_steps)
        act(session, person, issue, "report", NOW, seen=issue.n_steps, change=Change(values={**REPORT, "due_on": DUE_SOON}))
    return person


@pytest.fixture
def bound(session: Session, coordinator: User) -> User:
    """A coordinator of one of the two counties."""
    person = add_person(session, "bound", "coordinator")
    person.place_codes, person.contact_email = ["610727000000"], "bound@example.org"
    return person


def test_calendar__of_somebody_bound_to_places__tells_of_nothing_else(app: Flask, session: Session, coordinator: User, bound: User) -> None:
    keys = [renew_calendar(session, person, NOW) for person in (bound, coordinator)]
    session.commit()
    own, everything = (app.test_client().get(f"/reminders/calendar/{key}.ics").text for key in keys)
    assert ("水管冻裂" in own, "道路塌方" in own) == (True, False)
    assert ("水管冻裂" in everything, "道路塌方" in everything) == (True, True), "whoever is bound to nothing is told everything"


def test_digest__of_somebody_bound_to_places__tells_of_nothing_else_and_hides_nothing_of_the_next(
    app: Flask, session: Session, coordinator: User, bound: User
) -> None:
    coordinator.contact_email = "coordinator@example.org"
    for name, code in (("own", HERE), ("elsewhere", THERE)):
        visit = add_visit(session, name, village_codes=(code,), forms=(add_form(session),))
        visit.title = f"到{name}的调研"
        assignment = add_assignment(session, add_pair(session, visit), add_household(session, village_code=code))
        add_submission(session, add_form(session), f"uuid:{name}", assignment=assignment)
        set_retention(session, coordinator, visit, purpose="", keep_until=NOW.date() + timedelta(days=30), now=NOW)
    monday = NOW + timedelta(days=(7 - NOW.weekday()) % 7)
    with app.app_context():
        assert make_digests(session, monday, "", with_mail=True, retention_months=60) == 2
    bodies = {each.user_id: each.body for each in session.scalars(select(Reminder))}
    marks = ("水管冻裂", "道路塌方", "到own的调研", "到elsewhere的调研")
    assert [mark in bodies[bound.id] for mark in marks] == [True, False, True, False]
    assert [mark in bodies[coordinator.id] for mark in marks] == [True, True, True, True]


def test_session__shown_to_somebody__shows_everything_again_afterwards(session: Session, bound: User) -> None:
    with shown_to(session, bound):
        assert is_cut(session)
    assert not is_cut(session)
    with pytest.raises(ZeroDivisionError), shown_to(session, bound):
        raise ZeroDivisionError
    assert not is_cut(session)


def test_look_back__on_a_visit_that_went_elsewhere_too__is_drafted_for_nobody_bound_to_its_places(
    session: Session, bound: User, coordinator: User, sign_in: SignIn
) -> None:
    version = add_form(session)
    household = add_household(session, village_code=HERE)
    earlier = add_visit(session, "earlier", village_codes=(HERE, THERE), forms=(version,))
    later = add_visit(session, "later", village_codes=(HERE,), forms=(version,))
    later.look_back_of_id = earlier.id
    for number, visit in enumerate((earlier, later)):
        pair = add_pair(session, visit, lead=f"lead{number + 7}", second=f"second{number + 7}")
        assignment = add_assignment(session, pair, household)
        add_submission(session, version, f"uuid:{visit.id}", assignment=assignment, state="accepted")
    session.commit()
    client, data = sign_in("bound"), {"language": "zh", "audience": "inward"}
    for about in ("visit=later", "visit=later&county=610727"):
        assert client.get(f"/reports/draft/look_back?{about}").status_code == 403
        refused = client.post(f"/reports/draft/look_back?{about}", data=data)
        assert (refused.status_code, "您的账号" in refused.text) == (403, True)
    assert 'value="look_back"' not in client.get("/reports/batches/visits/later").text
    batch = client.post("/reports/batches/visits/later", data={**data, "kind": "look_back", "places": ["610727000000"]})
    assert batch.status_code == 422
    assert client.post("/reports/draft/method?visit=later", data=data).status_code == 200
    assert sign_in("coordinator").get("/reports/draft/look_back?visit=later").status_code == 200
    assert 'value="look_back"' in sign_in("coordinator").get("/reports/batches/visits/later").text
    assert is_within(session, KIND_OF_NAME["quarter"], "")


def test_preview_of_a_text__for_somebody_bound_to_places__offers_and_tells_nothing_of_other_visits(
    small_demo_app: Flask, small_demo_session: Session
) -> None:
    author = small_demo_session.scalars(select(User).where(User.username == "author")).one()
    with Session(small_demo_app.extensions["survey.engine"]) as session:
        session.get_one(User, author.id).place_codes = ["110101000000"]
        session.commit()
    client = small_demo_app.test_client()
    sign_in_as(client, author)
    address = "/reports/texts/feedback.closing/zh?visit=2017-04-lueyang&county=610727"
    assert "略阳" not in client.get(address).text
    shown = client.post(address, data={"body": "请{county}回复{n_households}户的情况。", "action": "preview"})
    assert "还涉及您的账号范围以外的地方" in shown.text
    assert ("请略阳县" in shown.text, "23户" in shown.text) == (False, False)
