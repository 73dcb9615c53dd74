"""Questionnaires of villages: added by form several at a time, with conflicts said first, taken back unless answered."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.events import Event
from survey.visits.models import Assignment
from tests import builders
from tests.recorder import Statements
from tests.survey.draws.test_pages import SignIn

URL = "/visits/2018-04-test/village-forms"
NEAR, FAR = "610727101201", "610727201202"
DAY = date(2018, 4, 18)


def planned(session: Session) -> Assignment:
    """A visit whose pair is in the one village on a day; the other lies in another township."""
    visit = builders.add_visit(session, village_codes=(NEAR, FAR), forms=[builders.add_form(session)])
    task = builders.add_assignment(session, builders.add_pair(session, visit), builders.add_household(session, "001", village_code=NEAR))
    task.planned_on = DAY
    session.flush()
    return task


def in_villages(session: Session) -> list[Assignment]:
    return list(session.scalars(select(Assignment).where(Assignment.household_id.is_(None)).order_by(Assignment.village_code)))


def test_adding__for_several_cadres_of_a_village__makes_one_each_and_shows_them(session: Session, sign_in: SignIn) -> None:
    task = planned(session)
    client = sign_in("coordinator")
    values = {"village": NEAR, "form_id": "test_form", "pair_id": task.pair_id, "day": DAY.isoformat(), "n": "2"}

    assert client.post(f"{URL}/add", data={**values, "n": "0"}).status_code == 200
    assert in_villages(session) == []
    assert client.post(f"{URL}/add", data=values).status_code == 302

    assert [(each.village_code, each.planned_on) for each in in_villages(session)] == [(NEAR, DAY)] * 2
    assert client.get(URL).text.count(f"{URL}/") == 3
    assert session.scalars(select(Event.action).order_by(Event.number.desc())).first() == "visit.assigned"


def test_adding__where_the_pair_is_far_away_on_that_day__is_said_and_done_on_a_second_word(session: Session, sign_in: SignIn) -> None:
    task = planned(session)
    client = sign_in("coordinator")
    values = {"village": FAR, "form_id": "test_form", "pair_id": task.pair_id, "day": DAY.isoformat(), "n": "1"}

    first = client.post(f"{URL}/add", data=values)
    assert first.status_code == 200
    assert 'name="is_sure"' in first.text
    assert in_villages(session) == []

    assert client.post(f"{URL}/add", data={**values, "is_sure": "y"}).status_code == 302
    assert len(in_villages(session)) == 1


def test_adding__for_a_pair_that_is_in_another_visit_on_that_day__is_refused(session: Session, sign_in: SignIn) -> None:
    task = planned(session)
    other = builders.add_visit(session, "2018-04-other", village_codes=(FAR,), forms=task.visit.forms)
    elsewhere = builders.add_assignment(
        session, builders.add_pair(session, other), builders.add_household(session, "009", village_code=FAR)
    )
    elsewhere.planned_on = DAY
    session.flush()
    values = {"village": NEAR, "form_id": "test_form", "pair_id": task.pair_id, "day": DAY.isoformat(), "n": "1", "is_sure": "y"}

    assert "调研 2018-04-other" in sign_in("coordinator").post(f"{URL}/add", data=values).text
    assert in_villages(session) == []


def test_taking_back__of_an_answered_one__leaves_it(session: Session, sign_in: SignIn) -> None:
    task = planned(session)
    client = sign_in("coordinator")
    client.post(f"{URL}/add", data={"village": NEAR, "form_id": "test_form", "pair_id": task.pair_id, "day": "", "n": "2"})
    answered, waiting = in_villages(session)
    builders.add_submission(session, task.visit.forms[0], "uuid:1", assignment=answered)

    for each in (answered, waiting):
        client.post(f"{URL}/{each.id}/remove")

    assert [each.id for each in in_villages(session)] == [answered.id]
    assert sign_in("author").post(f"{URL}/{answered.id}/remove").status_code == 403


def test_page__with_more_villages_and_tasks__sends_no_more_statements(session: Session, sign_in: SignIn, statements: Statements) -> None:
    planned(session)
    client = sign_in("author")
    client.get(URL)
    statements.reset()
    client.get(URL)
    n_before = len(statements)
    visit = session.get_one(Assignment, session.scalars(select(Assignment.id)).first()).visit
    for number in range(5):
        session.add(Assignment(visit_id=visit.id, pair_id=visit.pairs[0].id, form_id="test_form", village_code=(NEAR, FAR)[number % 2]))
    session.flush()
    statements.reset()
    client.get(URL)

    assert len(statements) == n_before
