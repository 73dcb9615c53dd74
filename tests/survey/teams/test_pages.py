"""The pages of teams over HTTP: who may open them, the team, people, pairs proposed, the board, and plans of days."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.liaison.models import Contact
from survey.teams.models import DayNote, LocalLanguage, PersonProfile
from survey.visits.models import Assignment, Pair, Visit, VisitMember
from tests import builders
from tests.recorder import Statements

SignIn = Callable[[str], FlaskClient]
VISIT = "/visits/2018-04-test"
DAY, NEXT_DAY = date(2018, 4, 17), date(2018, 4, 18)
PAGES = (
    "/team",
    "/team/pairs",
    "/board",
    "/board/propose",
    "/board/propose?forms=test_form&days=2018-04-17&per_day=6&minutes=60&near_km=5&speed_kmh=20",
)


@pytest.fixture
def visit(session: Session) -> Visit:
    """An open visit with one pair, eight households (six with a position), two of them assigned to the pair's first day."""
    form = builders.add_form(session)
    visit = builders.add_visit(session, forms=[form])
    pair = builders.add_pair(session, visit, "第一组")
    for number in range(1, 9):
        household = builders.add_household(session, f"{number:03}")
        if number <= 6:
            household.latitude, household.longitude = 33.33 + number / 1000, 106.15
        if number <= 2:
            builders.add_assignment(session, pair, household).planned_on = DAY
    session.flush()
    return visit


def assignments(session: Session) -> dict[str, tuple[str, date | None]]:
    """Pair name and day of every assignment by household number."""
    rows = session.scalars(select(Assignment))
    return {row.household.number: (row.pair.name, row.planned_on) for row in rows if row.household}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages__for_a_coordinator__open(language: str, visit: Visit, session: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    client.post(f"/language/{language}")
    person = builders.find_or_add_person(session, "lead1")
    pair = session.scalars(select(Pair)).one()
    paths = [f"{VISIT}{page}" for page in PAGES]
    paths += ["/people", f"/people/{person.id}", f"{VISIT}/pairs/{pair.id}/plan", f"{VISIT}/pairs/{pair.id}/plan?day=2018-04-17"]
    paths += [f"{VISIT}/days/2018-04-17/plans", f"{VISIT}/days/2018-04-25/plans", "/visits/mine"]

    assert [path for path in paths if client.get(path).status_code != 200] == []
    assert client.get(f"{VISIT}/days/yesterday/plans").status_code == 404


def test_pages__by_role__are_read_by_authors_and_refused_to_others(visit: Visit, session: Session, sign_in: SignIn) -> None:
    read = (f"{VISIT}/team", f"{VISIT}/board", "/people", f"{VISIT}/days/2018-04-17/plans")
    written = (f"{VISIT}/team/pairs", f"{VISIT}/board/propose")
    author = sign_in("author")
    assert {author.get(path).status_code for path in read} == {200}
    assert {author.get(path).status_code for path in written} == {403}
    for username in ("county", "lead1"):
        client = sign_in(username)
        assert {client.get(path).status_code for path in (*read, *written)} == {403}
    assert sign_in("lead1").get("/visits/mine").status_code == 200
    assert sign_in("county").get("/visits/mine").status_code == 403


def test_team__leader_members_and_trainees__has_exactly_one_leader(visit: Visit, session: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    coordinator, lead, second = (builders.find_or_add_person(session, name) for name in ("coordinator", "lead1", "second1"))
    client.post(f"{VISIT}/team/add", data={"user_id": coordinator.id, "role": "leader"})
    client.post(f"{VISIT}/team/add-paired")
    client.post(f"{VISIT}/team/{second.id}/role", data={"role": "trainee"})

    refused = client.post(f"{VISIT}/team/{coordinator.id}/role", data={"role": "member"}, follow_redirects=True)
    moved = client.post(f"{VISIT}/team/{lead.id}/role", data={"role": "leader"}, follow_redirects=True)
    kept = client.post(f"{VISIT}/team/{second.id}/remove", follow_redirects=True)
    client.post(f"{VISIT}/team/{coordinator.id}/remove")

    assert "先指定其他人为组长" in refused.text
    assert "coordinator" in moved.text
    assert "不能" in kept.text
    roles = {member.user.username: member.role for member in session.scalars(select(VisitMember))}
    assert roles == {"lead1": "leader", "second1": "trainee"}


def test_team__closed_visit_or_responsible_side__is_not_changed(visit: Visit, session: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    county, lead = builders.find_or_add_person(session, "county"), builders.find_or_add_person(session, "lead1")
    page = client.post(f"{VISIT}/team/add", data={"user_id": county.id, "role": "member"})
    assert page.status_code == 422
    visit.state = "closed"
    assert client.post(f"{VISIT}/team/add", data={"user_id": lead.id, "role": "member"}).status_code == 409
    assert session.scalars(select(VisitMember)).all() == []


def test_team__experience_and_ties__are_shown_in_a_fixed_number_of_statements(
    visit: Visit, session: Session, sign_in: SignIn, statements: Statements
) -> None:
    lead = builders.find_or_add_person(session, "lead1")
    earlier = builders.add_visit(session, "2017-04-test", forms=visit.forms)
    earlier.title, earlier.starts_on, earlier.ends_on = "去年的调研", date(2017, 4, 10), date(2017, 4, 20)
    pair = builders.add_pair(session, earlier, "旧组")
    for number in range(3):
        assignment = builders.add_assignment(session, pair, builders.add_household(session, f"9{number}"))
        builders.add_submission(session, visit.forms[0], f"uuid:{number}", assignment=assignment)
    session.add(PersonProfile(user_id=lead.id, languages=["陕南话"], home_region_code=builders.VILLAGE, tie_codes=[], experience=""))
    client = sign_in("coordinator")
    client.post(f"{VISIT}/team/add-paired")
    client.get(f"{VISIT}/team")

    statements.reset()
    page = client.get(f"{VISIT}/team")
    n_two = len(statements)
    for number in range(6):
        session.add(VisitMember(visit_id=visit.id, user_id=builders.find_or_add_person(session, f"more{number}").id, role="member"))
    session.flush()
    client.get(f"{VISIT}/team")
    statements.reset()
    client.get(f"{VISIT}/team")

    assert "去年的调研" in page.text
    assert "3 份答卷" in page.text
    assert "陕南话" in page.text
    assert "county 610727" in page.text
    assert len(statements) == n_two


def test_profile__saved__is_kept_and_bad_words_are_told_at_the_field(visit: Visit, session: Session, sign_in: SignIn) -> None:
    lead = builders.find_or_add_person(session, "lead1")
    client = sign_in("coordinator")
    values = {
        "languages": "陕南话，四川话、陕南话",
        "home_region_code": "610727000000",
        "tie_codes": ["610700000000"],
        "experience": "十年",
    }

    client.post(f"/people/{lead.id}", data=values)
    refused = client.post(f"/people/{lead.id}", data=values | {"languages": "很" * 40})

    profile = session.get_one(PersonProfile, lead.id)
    assert (profile.languages, profile.home_region_code, profile.tie_codes) == (["陕南话", "四川话"], "610727000000", ["610700000000"])
    assert refused.status_code == 422
    assert "lead1" in client.get("/people?language=陕南话").text
    assert "lead1" not in client.get("/people?language=粤语").text


def test_local_languages__noted__stand_on_the_team_page(visit: Visit, session: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    page = client.post(f"{VISIT}/team/languages/610727", data={"languages": "陕南话、四川话"}, follow_redirects=True)
    assert "陕南话" in page.text
    assert session.get_one(LocalLanguage, "610727000000").languages == ["陕南话", "四川话"]


def team_of(session: Session, visit: Visit, **roles: str) -> dict[str, str]:
    """Ids of people who are in the visit's team with these roles, by user name."""
    ids = {}
    for username, role in roles.items():
        ids[username] = builders.find_or_add_person(session, username).id
        session.add(VisitMember(visit_id=visit.id, user_id=ids[username], role=role))
    session.flush()
    return ids


def test_pairs__proposed_and_accepted__stand_beside_those_that_exist(visit: Visit, session: Session, sign_in: SignIn) -> None:
    ids = team_of(session, visit, lead1="member", second1="member", lead2="member", pupil="trainee", spare="leader")
    session.add(PersonProfile(user_id=ids["lead2"], languages=[], tie_codes=[], is_experienced=True, experience=""))
    client = sign_in("coordinator")

    page = client.get(f"{VISIT}/team/pairs")
    rows = {"pair_id": [""], "name": ["第二组"], "lead_id": [ids["lead2"]], "second_id": [ids["pupil"]], "action": "accept"}
    accepted = client.post(f"{VISIT}/team/pairs", data=rows)

    assert "以调代训" in page.text
    assert "spare" in page.text
    assert accepted.location == f"{VISIT}/pairs"
    pairs = {pair.name: {pair.lead.username, pair.second.username} for pair in session.scalars(select(Pair))}
    assert pairs == {"第一组": {"lead1", "second1"}, "第二组": {"lead2", "pupil"}}


def test_pairs__put_together_anew__exchange_people_and_keep_their_assignments(visit: Visit, session: Session, sign_in: SignIn) -> None:
    other = builders.add_pair(session, visit, "第二组", lead="lead2", second="second2")
    first = session.scalars(select(Pair).where(Pair.name == "第一组")).one()
    ids = team_of(session, visit, lead1="member", second1="member", lead2="member", second2="member")
    client = sign_in("coordinator")
    rows = {
        "again": [first.id, other.id],
        "pair_id": [first.id, other.id],
        "name": ["第二组", "第一组"],
        "lead_id": [ids["lead1"], ids["lead2"]],
        "second_id": [ids["second2"], ids["second1"]],
    }

    assert client.get(f"{VISIT}/team/pairs", query_string={"again": rows["again"]}).status_code == 200
    client.post(f"{VISIT}/team/pairs", data=rows | {"action": "accept"})

    pairs = {pair.name: (pair.id, pair.lead.username, pair.second.username) for pair in session.scalars(select(Pair))}
    assert pairs == {"第二组": (first.id, "lead1", "second2"), "第一组": (other.id, "lead2", "second1")}
    assert session.scalars(select(Assignment.pair_id).distinct()).all() == [first.id]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"second_id": "lead2"}, "two different people"),
        ({"second_id": "lead1"}, "would be in two pairs"),
        ({"name": "第一组"}, "another name"),
        ({"second_id": "stranger"}, "who are in the team"),
    ],
)
def test_pairs__that_cannot_be__are_refused_with_name_and_pair(
    change: dict[str, str], said: str, visit: Visit, session: Session, sign_in: SignIn
) -> None:
    ids = team_of(session, visit, lead1="member", second1="member", lead2="member", pupil="trainee")
    client = sign_in("coordinator")
    client.post("/language/en")
    row = {"pair_id": "", "name": "New pair", "lead_id": "lead2", "second_id": "pupil"} | change
    sent = {key: [ids.get(value, value)] for key, value in row.items()}

    page = client.post(f"{VISIT}/team/pairs", data=sent | {"action": "accept"})

    assert page.status_code == 422
    assert said in page.text
    assert len(session.scalars(select(Pair)).all()) == 1


QUERY = {"forms": "test_form", "days": ["2018-04-17", "2018-04-18"], "per_day": "4", "minutes": "60", "near_km": "5", "speed_kmh": "20"}


def fingerprint(page: str) -> str:
    """What the preview carries along."""
    return page.split('name="fingerprint" value="')[1].split('"')[0]


def test_proposal__looked_at_and_applied__gives_out_what_nobody_has_and_can_be_taken_back(
    visit: Visit, session: Session, sign_in: SignIn
) -> None:
    builders.add_pair(session, visit, "第二组", lead="lead2", second="second2")
    client = sign_in("coordinator")

    page = client.get(f"{VISIT}/board/propose", query_string=QUERY)
    applied = client.post(f"{VISIT}/board/propose", query_string=QUERY, data={"fingerprint": fingerprint(page.text)})

    assert applied.location == f"{VISIT}/board"
    given = assignments(session)
    assert len(given) == 8
    assert {given["001"], given["002"]} == {("第一组", DAY)}
    assert {day for _, day in given.values()} <= {DAY, NEXT_DAY}
    client.post(f"{VISIT}/board/undo")
    assert set(assignments(session)) == {"001", "002"}
    assert client.post(f"{VISIT}/board/undo").status_code == 404


def test_proposal__plan_changed_meanwhile__is_shown_anew_and_not_applied(visit: Visit, session: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    page = client.get(f"{VISIT}/board/propose", query_string=QUERY)
    builders.add_household(session, "100")

    again = client.post(f"{VISIT}/board/propose", query_string=QUERY, data={"fingerprint": fingerprint(page.text)})

    assert again.status_code == 409
    assert len(assignments(session)) == 2


@pytest.mark.parametrize("change", [{"days": "2018-05-01"}, {"per_day": "0"}, {"forms": "other"}, {"speed_kmh": "fast"}, {"days": []}])
def test_proposal__wrong_choice__is_told_at_the_field(change: dict[str, object], visit: Visit, sign_in: SignIn) -> None:
    page = sign_in("coordinator").get(f"{VISIT}/board/propose", query_string=QUERY | change)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text or "errors" in page.text


def test_board__bundle_moved__goes_with_its_open_assignments_and_comes_back(visit: Visit, session: Session, sign_in: SignIn) -> None:
    other = builders.add_pair(session, visit, "第二组", lead="lead2", second="second2")
    first = session.scalars(select(Pair).where(Pair.name == "第一组")).one()
    answered = session.scalars(select(Assignment).join(Assignment.household).order_by(Assignment.id)).first()
    assert answered is not None
    builders.add_submission(session, visit.forms[0], "uuid:done", assignment=answered)
    number = answered.household.number if answered.household else ""
    client = sign_in("coordinator")
    bundle = {"from_pair": first.id, "from_day": "2018-04-17", "village": builders.VILLAGE}

    page = client.post(f"{VISIT}/board/move", data=bundle | {"to_pair": other.id, "to_day": "2018-04-18"}, follow_redirects=True)

    given = assignments(session)
    assert given.pop(number) == ("第一组", DAY)
    assert set(given.values()) == {("第二组", NEXT_DAY)}
    assert "board/undo" in page.text
    client.post(f"{VISIT}/board/undo")
    assert set(assignments(session).values()) == {("第一组", DAY)}


def test_board__pair_in_another_visit_on_that_day__is_refused_with_the_place(visit: Visit, session: Session, sign_in: SignIn) -> None:
    elsewhere = builders.add_visit(session, "2018-04-else", village_codes=["610728101201"], forms=visit.forms)
    busy = builders.add_pair(session, elsewhere, "另一组")
    builders.add_assignment(session, busy, builders.add_household(session, "500", village_code="610728101201")).planned_on = NEXT_DAY
    first = session.scalars(select(Pair).where(Pair.name == "第一组")).one()
    client = sign_in("coordinator")
    bundle = {"from_pair": first.id, "from_day": "2018-04-17", "village": builders.VILLAGE, "to_pair": first.id}

    refused = client.post(f"{VISIT}/board/move", data=bundle | {"to_day": "2018-04-18"}, follow_redirects=True)

    assert "village 610728101201" in refused.text
    assert assignments(session)["001"] == ("第一组", DAY)
    client.post(f"{VISIT}/board/move", data=bundle | {"to_day": "2018-04-19"})
    assert assignments(session)["001"] == ("第一组", date(2018, 4, 19))


def test_board__two_villages_on_one_day__tells_how_far_they_are_apart(visit: Visit, session: Session, sign_in: SignIn) -> None:
    far = builders.add_household(session, "300", village_code="610727101202")
    far.village.latitude, far.village.longitude = 33.60, 106.60
    builders.add_region(session).latitude, builders.add_region(session).longitude = 33.33, 106.15
    pair = session.scalars(select(Pair)).one()
    visit.villages.append(type(visit.villages[0])(village_code="610727101202"))
    builders.add_assignment(session, pair, far).planned_on = DAY

    page = sign_in("coordinator").get(f"{VISIT}/board")

    assert "51" in page.text
    assert 'class="conflict' in page.text


def test_board__wrong_day_or_pair__moves_nothing(visit: Visit, session: Session, sign_in: SignIn) -> None:
    pair = session.scalars(select(Pair)).one()
    client = sign_in("coordinator")
    bundle = {"from_pair": pair.id, "from_day": "2018-04-17", "village": builders.VILLAGE, "to_pair": pair.id, "to_day": "2018-04-18"}
    for change in ({"to_day": "2018-05-30"}, {"to_pair": "nobody"}, {"from_day": "someday"}):
        client.post(f"{VISIT}/board/move", data=bundle | change)
    assert set(assignments(session).values()) == {("第一组", DAY)}


def test_day_plan__printed__holds_way_households_marks_forms_note_and_contacts(
    visit: Visit, session: Session, sign_in: SignIn, now: datetime, statements: Statements
) -> None:
    pair = session.scalars(select(Pair)).one()
    household = session.scalars(select(Assignment)).first().household
    household.markers = ["sick"]
    session.execute(
        Contact.__table__.insert().values(
            id="c1",
            region_code="610727000000",
            name="联络员甲",
            phone="0916-1234567",
            post="",
            organisation="",
            email="",
            note="",
            active_from=date(2018, 1, 1),
        )
    )
    client = sign_in("coordinator")
    client.post(f"{VISIT}/pairs/{pair.id}/days/2018-04-17/note", data={"text": "八点出发"})

    page = client.get(f"{VISIT}/pairs/{pair.id}/plan?day=2018-04-17").text
    statements.reset()
    client.get(f"{VISIT}/days/2018-04-17/plans")
    n_statements = len(statements)

    assert page.index("001 户主001") < page.index("002 户主002")
    for text in ("<svg", "八点出发", "联络员甲", "0916-1234567", "测试问卷", "患病者"):
        assert text in page
    author = sign_in("author").get(f"{VISIT}/days/2018-04-17/plans").text
    assert "0916-1234567" not in author
    assert "八点出发" in sign_in("lead1").get("/visits/mine").text
    client = sign_in("coordinator")
    client.post(f"{VISIT}/pairs/{pair.id}/days/2018-04-17/note", data={"text": ""})
    assert session.scalars(select(DayNote)).all() == []
    assert n_statements <= 20


def test_start_page__of_an_interviewer__leads_to_their_plans(visit: Visit, sign_in: SignIn) -> None:
    client = sign_in("lead1")
    assert 'href="/visits/mine"' in client.get("/").text
    assert "001 户主001" in client.get("/visits/mine").text


def test_visit_in_planning__with_a_team_and_notes__can_be_taken_back(visit: Visit, session: Session, sign_in: SignIn) -> None:
    team_of(session, visit, lead1="leader", second1="member")
    pair = session.scalars(select(Pair)).one()
    client = sign_in("coordinator")
    client.post(f"{VISIT}/pairs/{pair.id}/days/2018-04-17/note", data={"text": "八点出发"})
    visit.state = "planned"

    assert client.post(f"{VISIT}/remove").location == "/visits"
    assert session.scalars(select(VisitMember)).all() == []
    assert session.scalars(select(DayNote)).all() == []
