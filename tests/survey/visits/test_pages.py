"""The pages of visits over HTTP: who may open them, planning from nothing to an open visit, progress in a fixed number of statements."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.events import log_event
from survey.visits.models import Assignment, Meeting, Pair, Recommendation, Visit, VisitVillage
from tests import builders
from tests.recorder import Statements

SignIn = Callable[[str], FlaskClient]
SECOND_VILLAGE = "610727101202"


@pytest.fixture
def planned(session: Session, now: datetime) -> Visit:
    """A visit in planning to one village with a form, two pairs and six households, none assigned."""
    visit = builders.add_visit(session, forms=[builders.add_form(session)])
    visit.state = "planned"
    builders.add_pair(session, visit, "第1组")
    builders.add_pair(session, visit, "第2组", lead="lead2", second="second2")
    for number in range(1, 7):
        builders.add_household(session, f"{number:03}", kind="registered" if number % 2 else "marginal")
    session.flush()
    return visit


TABS = ("", "/villages", "/villages?county=610727", "/forms", "/pairs", "/assignments", "/assign", "/meetings", "/recommendations", "/edit")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages__for_a_coordinator__open(language: str, planned: Visit, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    client.post(f"/language/{language}")
    paths = ("/visits", "/visits/new", "/visits/mine", "/ledger", *(f"/visits/2018-04-test{tab}" for tab in TABS))

    assert [path for path in paths if client.get(path).status_code != 200] == []


@pytest.mark.parametrize("username", ["county", "lead1"])
def test_pages__for_the_responsible_side_and_interviewers__are_refused(username: str, planned: Visit, sign_in: SignIn) -> None:
    client = sign_in(username)
    paths = ("/visits", "/visits/new", "/ledger", *(f"/visits/2018-04-test{tab}" for tab in TABS))

    assert {client.get(path).status_code for path in paths} == {403}


def test_planning_pages__for_an_author__are_refused(planned: Visit, sign_in: SignIn) -> None:
    client = sign_in("author")

    for path in ("/visits/2018-04-test/edit", "/visits/2018-04-test/assign", "/visits/new", "/visits/2018-04-test/state/open"):
        assert client.get(path).status_code == 403
    assert client.get("/visits/2018-04-test").status_code == 200


def test_unknown_visit__opened__is_404(sign_in: SignIn) -> None:
    assert sign_in("coordinator").get("/visits/1999-01-nowhere").status_code == 404


@pytest.mark.parametrize("county", ["x@y", "61", "9", "61072\uff17", "000000", "6" * 40])
def test_villages__of_what_is_no_county__are_none_or_those_of_the_place(county: str, planned: Visit, sign_in: SignIn) -> None:
    assert sign_in("coordinator").get("/visits/2018-04-test/villages", query_string={"county": county}).status_code == 200


def test_new_visit__without_an_id__gets_one_from_month_and_county(session: Session, sign_in: SignIn) -> None:
    builders.add_region(session)
    client = sign_in("coordinator")
    facts = {"title": "春季调研", "starts_on": "2018-04-16", "ends_on": "2018-04-20", "county": "610727", "look_back_of_id": ""}

    first = client.post("/visits/new", data=facts)
    second = client.post("/visits/new", data=facts)

    assert first.location == "/visits/2018-04-610727/villages?county=610727"
    assert second.location == "/visits/2018-04-610727-2/villages?county=610727"
    assert session.get_one(Visit, "2018-04-610727").state == "planned"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ends_on": "2018-04-01"}, "cannot end before it begins"),
        ({"id": "Spring 2018"}, "small letters"),
        ({"id": "2018-04-test"}, "exists already"),
        ({"id": "new"}, "cannot be an id"),
        ({"title": "  "}, "Write a title"),
        ({"starts_on": "2018-04-01", "look_back_of_id": "2018-04-test"}, "did not begin before"),
    ],
)
def test_new_visit__with_a_wrong_fact__says_so_at_the_field(
    change: dict[str, str], said: str, planned: Visit, session: Session, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    client.post("/language/en")
    facts = {
        "title": "春季调研",
        "starts_on": "2018-04-16",
        "ends_on": "2018-04-20",
        "county": "",
        "look_back_of_id": "",
        "id": "2018-04-x",
    }

    page = client.post("/visits/new", data=facts | change)

    assert page.status_code == 200
    assert said in page.text
    assert session.scalars(select(Visit.id)).all() == ["2018-04-test"]


def test_planning__step_by_step__leads_to_households_on_the_field_list(session: Session, sign_in: SignIn) -> None:
    version = builders.add_form(session)
    for number in range(1, 6):
        builders.add_household(session, f"{number:03}")
    people = [builders.find_or_add_person(session, name) for name in ("lead1", "second1", "lead2", "second2")]
    client = sign_in("coordinator")
    facts = {"title": "春季调研", "starts_on": "2018-04-16", "ends_on": "2018-04-20", "county": "", "look_back_of_id": "", "id": "spring"}
    client.post("/visits/new", data=facts)

    refused = client.post("/visits/spring/state/open")
    client.post("/visits/spring/villages/add", data={"codes": [builders.VILLAGE], "basis": "census", "planned_on": "2018-04-17"})
    client.post("/visits/spring/forms/add", data={"version_id": version.id})
    for lead, second, name in ((0, 1, "第1组"), (2, 3, "第2组")):
        client.post("/visits/spring/pairs/add", data={"name": name, "lead_id": people[lead].id, "second_id": people[second].id})
    keys = [household.id for household in session.scalars(select(builders.Household))]
    client.post("/visits/spring/assign?per=household", data={"form_id": "test_form", "keys": keys, "pair_id": "evenly"})
    client.post("/visits/spring/state/open")

    assert refused.status_code == 200
    assert session.get_one(Visit, "spring").state == "open"
    loads = [len(session.scalars(select(Assignment).where(Assignment.pair_id == pair.id)).all()) for pair in session.scalars(select(Pair))]
    assert sorted(loads) == [2, 3]
    assert set(session.scalars(select(Assignment.planned_on))) == {date(2018, 4, 17)}
    assert "002" in sign_in("lead1").get("/visits/mine").text


def test_assign__by_kind__offers_only_those_households(planned: Visit, sign_in: SignIn) -> None:
    page = sign_in("coordinator").get("/visits/2018-04-test/assign?form=test_form&kind=marginal").text

    assert page.count('name="keys"') == 3


def test_assign__once_per_village__makes_one_assignment(planned: Visit, session: Session, sign_in: SignIn) -> None:
    pair = planned.pairs[0].id
    data = {"form_id": "test_form", "keys": [builders.VILLAGE], "pair_id": pair}

    sign_in("coordinator").post("/visits/2018-04-test/assign?per=village", data=data)

    assert [(row.village_code, row.household_id) for row in session.scalars(select(Assignment))] == [(builders.VILLAGE, None)]


def test_change__of_marked_assignments__leaves_answered_ones_alone(planned: Visit, session: Session, sign_in: SignIn) -> None:
    first, second = planned.pairs
    households = session.scalars(select(builders.Household).order_by(builders.Household.number)).all()
    rows = [builders.add_assignment(session, first, household) for household in households[:3]]
    builders.add_submission(session, planned.forms[0], "uuid:1", assignment=rows[0])
    keys = [row.id for row in rows]
    client = sign_in("coordinator")

    client.post("/visits/2018-04-test/assignments/change", data={"keys": keys, "action": "move", "pair_id": second.id})
    moved = dict(session.execute(select(Assignment.id, Assignment.pair_id)).all())
    client.post("/visits/2018-04-test/assignments/change", data={"keys": keys, "action": "plan", "planned_on": "2018-04-18"})
    planned_days = dict(session.execute(select(Assignment.id, Assignment.planned_on)).all())
    # An address that somebody was sent may name anything; only what the list shows goes along.
    address = f"/visits/2018-04-test/assignments/change?pair={second.id}&visit_id=other&_external=1&_scheme=elsewhere"
    removed = client.post(address, data={"keys": keys, "action": "remove"})

    assert removed.location == f"/visits/2018-04-test/assignments?pair={second.id}"
    assert moved == {keys[0]: first.id, keys[1]: second.id, keys[2]: second.id}
    assert planned_days == {keys[0]: None, keys[1]: date(2018, 4, 18), keys[2]: date(2018, 4, 18)}
    assert session.scalars(select(Assignment.id)).all() == keys[:1]


def test_closed_visit__changed__says_that_it_is_closed(planned: Visit, session: Session, sign_in: SignIn) -> None:
    planned.state = "closed"

    answer = sign_in("coordinator").post("/visits/2018-04-test/villages/add", data={"codes": [builders.VILLAGE], "basis": "census"})

    assert answer.status_code == 409
    assert "已结束" in answer.text


def test_pair__of_one_person__is_refused_at_the_field(planned: Visit, session: Session, sign_in: SignIn) -> None:
    person = builders.find_or_add_person(session, "lead9")
    client = sign_in("coordinator")
    client.post("/language/en")

    page = client.post("/visits/2018-04-test/pairs/add", data={"name": "x", "lead_id": person.id, "second_id": person.id})

    assert "two different people" in page.text
    assert len(session.scalars(select(Pair)).all()) == 2


def test_pair__with_somebody_of_another_pair__is_refused(planned: Visit, session: Session, sign_in: SignIn) -> None:
    free = builders.find_or_add_person(session, "lead9")

    page = sign_in("coordinator").post(
        "/visits/2018-04-test/pairs/add", data={"name": "x", "lead_id": free.id, "second_id": planned.pairs[0].lead_id}
    )

    assert page.status_code == 200
    assert len(session.scalars(select(Pair)).all()) == 2


def test_village__with_a_day_outside_the_visit__is_not_changed(planned: Visit, session: Session, sign_in: SignIn) -> None:
    path = f"/visits/2018-04-test/villages/{builders.VILLAGE}/change"

    sign_in("coordinator").post(path, data={"basis": "census", "planned_on": "2019-01-01"})

    assert session.get_one(VisitVillage, ("2018-04-test", builders.VILLAGE)).basis == "purposive"


def test_records__added_and_removed__are_listed_in_between(planned: Visit, session: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    place = {"region_code": "610727000000"}
    meeting = {**place, "kind": "feedback", "held_on": "2018-04-19", "title": "反馈会", "minutes": "第一点\n第二点"}
    advice = {**place, "area": "water", "handed_over_on": "2018-04-19", "text": "加快供水工程"}

    client.post("/visits/2018-04-test/meetings", data=meeting)
    client.post("/visits/2018-04-test/recommendations", data=advice)

    assert "反馈会" in client.get("/visits/2018-04-test/meetings").text
    assert "加快供水工程" in client.get("/visits/2018-04-test/recommendations").text
    client.post(f"/visits/2018-04-test/meetings/{session.scalars(select(Meeting.id)).one()}/remove")
    client.post(f"/visits/2018-04-test/recommendations/{session.scalars(select(Recommendation.id)).one()}/remove")
    assert session.scalars(select(Meeting)).all() == session.scalars(select(Recommendation)).all() == []


def test_record__of_a_day_to_come__is_refused_at_the_field(planned: Visit, session: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    client.post("/language/en")
    data = {"region_code": "610727000000", "kind": "feedback", "held_on": "2999-01-01", "title": "反馈会"}

    assert "has not come yet" in client.post("/visits/2018-04-test/meetings", data=data).text
    assert session.scalars(select(Meeting)).all() == []


@pytest.mark.parametrize("path", ["/visits/2018-04-test", "/visits/2018-04-test/assignments", "/visits", "/visits/2018-04-test/villages"])
def test_page__with_more_assignments_and_interviews__sends_no_more_statements(
    path: str, planned: Visit, session: Session, sign_in: SignIn, statements: Statements, now: datetime
) -> None:
    client = sign_in("coordinator")
    households = session.scalars(select(builders.Household).order_by(builders.Household.number)).all()
    rows = [builders.add_assignment(session, planned.pairs[0], households[0])]
    builders.add_submission(session, planned.forms[0], "uuid:0", assignment=rows[0], flags=["no_position"])
    session.commit()
    client.get(path)
    # Figures are kept for as long as nothing happens; as intake would, say that something has.
    log_event(session, None, "submission.received", "submission", "uuid:0", now)
    session.commit()
    statements.reset()
    client.get(path)
    few = len(statements)
    for number, household in enumerate(households[1:], start=1):
        row = builders.add_assignment(session, planned.pairs[number % 2], household)
        builders.add_submission(session, planned.forms[0], f"uuid:{number}", assignment=row, flags=["no_position"], state="accepted")
    log_event(session, None, "submission.received", "submission", "uuid:1", now)
    session.commit()
    statements.reset()
    client.get(path)

    assert len(statements) == few < 30
