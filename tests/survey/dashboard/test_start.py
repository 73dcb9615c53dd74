"""The start page: each role sees what waits for it, in a fixed number of statements."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.dashboard.counting_ahead import count_ahead
from survey.dashboard.queries import read_field, read_office
from survey.intake.models import QuarantinedSubmission
from survey.responsible.handed_over import read_handed_over
from survey.visits.models import Meeting, Pair, Recommendation
from tests.builders import (
    NOW,
    VILLAGE,
    add_assignment,
    add_form,
    add_household,
    add_pair,
    add_person,
    add_region,
    add_submission,
    add_visit,
)
from tests.conftest import SignIn
from tests.recorder import Statements

COUNTY = "610727000000"


def add_day(session: Session, n_households: int) -> None:
    """An open visit of one pair: of every four households one is accepted, one waits with a doubt, one is returned, one is open."""
    version = add_form(session)
    pair = add_pair(session, add_visit(session, forms=[version]))
    for number in range(n_households):
        assignment = add_assignment(session, pair, add_household(session, f"{number:03}"))
        kind = number % 4
        if kind < 3:
            state = ("accepted", "received", "returned")[kind]
            flags = ["too_short"] if state == "received" else []
            submission = add_submission(session, version, f"uuid:{number}", assignment=assignment, state=state, flags=flags)
            submission.review_reason = "补充户主年龄" if kind == 2 else ""


def test_read_office__an_open_visit__counts_by_state(session: Session) -> None:
    add_day(session, 8)
    refused = {"instance_id": "uuid:q", "form_id": "x", "form_version": "1", "xml": b"", "xml_sha256": "0", "findings": []}
    session.add(QuarantinedSubmission(**refused, received_at=NOW))
    session.flush()
    office = read_office(session)
    assert (office.n_versions, office.n_households, office.n_visits) == (1, 8, 1)
    assert (office.n_waiting, office.n_doubtful, office.n_returned, office.n_accepted) == (2, 2, 2, 2)
    assert office.n_quarantined == 1
    [visit] = office.open_visits
    assert (visit.visit_id, visit.n_assigned, visit.n_answered, visit.n_accepted) == ("2018-04-test", 8, 4, 2)


def test_read_office__answer_that_was_replaced__counts_its_assignment_once(session: Session) -> None:
    version = add_form(session)
    pair = add_pair(session, add_visit(session, forms=[version]))
    assignment = add_assignment(session, pair, add_household(session))
    add_submission(session, version, "uuid:1", assignment=assignment, state="replaced")
    add_submission(session, version, "uuid:2", assignment=assignment, state="accepted")
    add_submission(session, version, "uuid:3", assignment=assignment, state="received")
    [visit] = read_office(session).open_visits
    assert (visit.n_assigned, visit.n_answered, visit.n_accepted) == (1, 1, 1)


def test_read_office__closed_visit__is_not_open(session: Session) -> None:
    add_visit(session).state = "closed"
    session.flush()
    assert read_office(session).open_visits == ()


def test_read_field__a_pairs_member__sees_what_is_returned_and_what_is_open(session: Session) -> None:
    add_day(session, 8)
    outsider = add_person(session, "elsewhere", "interviewer")
    assert read_field(session, outsider.id).counts == {}
    field = read_field(session, session.scalars(select(Pair)).one().second_id)
    assert field.counts == {"accepted": 2, "received": 2, "returned": 2, "open": 2}
    assert [task.number for task in field.returned] == ["002", "006"]
    assert [task.number for task in field.coming] == ["003", "007"]


def add_register(session: Session) -> None:
    """Two opinions and a meeting in one county, and an opinion in another."""
    visit = add_visit(session)
    other = add_region(session, "610925101201")
    for region_code, text in ((COUNTY, "加快饮水工程"), (VILLAGE, "落实签约医生"), (other.code, "别县的意见")):
        session.add(Recommendation(visit_id=visit.id, region_code=region_code, area="water", text=text, handed_over_on=date(2018, 4, 27)))
    session.add(Meeting(visit_id=visit.id, region_code=COUNTY, kind="feedback", held_on=date(2018, 4, 27), title="反馈会"))
    session.flush()


def test_read_handed_over__a_county__has_what_lies_in_it_only(session: Session) -> None:
    add_register(session)
    handed_over = read_handed_over(session, COUNTY)
    assert {each.text for each in handed_over.recommendations} == {"加快饮水工程", "落实签约医生"}
    assert [meeting.title for meeting in handed_over.meetings] == ["反馈会"]
    assert read_handed_over(session, None).region is None


def test_start__of_the_responsible_side__shows_opinions_and_no_interview(sign_in: SignIn, session: Session) -> None:
    add_day(session, 4)
    session.flush()
    add_person(session, "county", "responsible", region_code=COUNTY)
    session.add(
        Recommendation(visit_id="2018-04-test", region_code=COUNTY, area="water", text="加快饮水工程", handed_over_on=date(2018, 4, 27))
    )
    client = sign_in("county")
    assert client.get("/").location == "/responsible"
    page = client.get("/responsible/opinions").text
    assert "加快饮水工程" in page
    assert "/review" not in page
    assert "户主" not in page


def test_start__of_an_interviewer__leads_to_the_households_and_says_why_one_came_back(sign_in: SignIn, session: Session) -> None:
    add_day(session, 4)
    page = sign_in("lead1").get("/").text
    assert 'href="/tablet/"' in page
    assert "补充户主年龄" in page
    assert "/review" not in page


def test_start__of_somebody_with_two_roles__has_both_parts(sign_in: SignIn, session: Session) -> None:
    add_person(session, "both", "interviewer", "coordinator")
    page = sign_in("both").get("/").text
    assert 'href="/tablet/"' in page
    assert "/review?state=received" in page


@pytest.mark.parametrize("username", ["coordinator", "author"])
def test_start__empty_installation__says_how_to_begin(sign_in: SignIn, username: str) -> None:
    page = sign_in(username).get("/").text
    assert ('href="/instruments/check"' in page) is (username == "coordinator")


@pytest.mark.parametrize("username", ["coordinator", "lead1"])
def test_start__ten_times_as_much__needs_as_many_statements(
    sign_in: SignIn, session: Session, statements: Statements, username: str
) -> None:
    add_day(session, 4)
    client: FlaskClient = sign_in(username)
    client.get("/")
    statements.reset()
    client.get("/")
    with_few = len(statements)
    pair = session.scalars(select(Pair)).one()
    version = add_form(session)
    for number in range(100, 140):
        assignment = add_assignment(session, pair, add_household(session, str(number)))
        add_submission(session, version, f"uuid:{number}", assignment=assignment)
    client.get("/")
    statements.reset()
    assert client.get("/").status_code == 200
    assert len(statements) == with_few


def test_count_ahead__of_an_open_visit__leaves_its_pages_nothing_to_count(
    app: Flask, session: Session, sign_in: SignIn, statements: Statements
) -> None:
    add_day(session, 4)
    session.commit()
    client = sign_in("coordinator")
    count_ahead(app)
    statements.reset()
    for path in ("/", "/visits", "/visits/2018-04-test"):
        assert client.get(path).status_code == 200
    assert not [each for each in statements.touching("submissions") if "GROUP BY" in each or "EXISTS" in each.split("FROM submissions")[0]]
