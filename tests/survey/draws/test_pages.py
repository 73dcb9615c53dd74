"""The pages of draws over HTTP: drawing, what a sealed one shows, opening by its leader, replacing, publishing."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.draws.models import Draw, DrawEnvelope, DrawReplacement, DrawUnit
from survey.draws.operations import open_draw
from survey.draws.published import check_published
from survey.draws.queries import read_sample
from survey.visits.models import Assignment, Visit, VisitVillage
from tests import builders
from tests.recorder import Statements
from tests.survey.draws.draws import COUNTY, VILLAGES, add_frame, add_leader, sealed_draw

SignIn = Callable[[str], FlaskClient]
FILLED = {
    "village_method": "simple",
    "n_villages": "2",
    "household_method": "simple",
    "n_households": "3",
    "reserves": "2",
    "seed_source": "program",
    "departs_at": "2018-04-16T08:00",
}


@pytest.fixture
def visit(session: Session) -> Visit:
    """An open visit with a leader who is an interviewer, a form and a pair; three villages on the roster."""
    add_frame(session, dict(zip(VILLAGES, (9, 10, 11), strict=False)))
    visit = builders.add_visit(session, village_codes=(), forms=[builders.add_form(session)])
    builders.add_pair(session, visit)
    add_leader(session, visit)
    return visit


@pytest.fixture
def opened(session: Session, visit: Visit, now: datetime) -> Draw:
    """The visit's opened draw."""
    made = sealed_draw(session, visit, now)
    open_draw(session, builders.find_or_add_person(session, "lead1"), made, now)
    return made


def test_drawing__from_county_to_sealed__shows_no_household_and_no_seed(session: Session, visit: Visit, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    assert f'value="{COUNTY}"' in client.get("/visits/2018-04-test/draw/new").text
    assert "n_villages" in client.get(f"/visits/2018-04-test/draw/new?county={COUNTY}").text
    response = client.post(f"/visits/2018-04-test/draw/new?county={COUNTY}", data=FILLED)
    assert response.status_code == 302

    page = client.get("/visits/2018-04-test/draw").text
    made = session.scalars(select(Draw)).one()
    content = session.get_one(DrawEnvelope, made.id).content
    assert made.commitment in page
    assert content["seed"] not in page
    assert "户主" not in page
    assert all(code not in page for code in VILLAGES)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_villages": "4"}, "要在610727抽4个村"),
        ({"n_villages": ""}, "村数必须不少于1"),
        ({"n_households": "10"}, "有1个村的农户少于配额"),
        ({"seed_source": "public", "public_seed": "123"}, "至少要有20位"),
        ({"household_method": "stratified"}, "请至少给一类农户设定配额"),
        ({"household_method": "named", "named_households": "张三家"}, "第1行（“张三家”）不是12位村代码加户编号"),
        ({"departs_at": ""}, "出发"),
        ({"reserves": "500"}, "100"),
    ],
)
def test_drawing__filled_in_wrongly__says_so_in_the_form_and_draws_nothing(
    change: dict[str, str], said: str, session: Session, visit: Visit, sign_in: SignIn
) -> None:
    response = sign_in("coordinator").post(f"/visits/2018-04-test/draw/new?county={COUNTY}", data={**FILLED, **change})

    assert response.status_code == 200
    assert said in response.text
    assert session.scalars(select(Draw)).all() == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages__of_every_state__open_for_readers_in_both_languages(language: str, session: Session, opened: Draw, sign_in: SignIn) -> None:
    client = sign_in("author")
    client.post(f"/language/{language}")
    assert client.get("/visits/2018-04-test/draw?state=reserve").status_code == 200
    assert client.get("/visits/2018-04-test/draw/new").status_code == 403
    client = sign_in("coordinator")
    unit = next(each.unit for each in read_sample(session, opened) if each.state == "drawn")
    assert client.get(f"/draws/{opened.id}/units/{unit.id}/replace").status_code == 200
    client.post(f"/visits/2018-04-test/draw/{opened.id}/void", data={"reason": "名册有误"})
    assert "名册有误" in client.get("/visits/2018-04-test/draw").text


def test_opening__by_a_leader_who_is_an_interviewer__shows_the_households(
    session: Session, visit: Visit, now: datetime, sign_in: SignIn
) -> None:
    made = sealed_draw(session, visit, now)
    client = sign_in("lead1")
    assert f"/draws/{made.id}/open" in client.get("/").text
    assert client.get(f"/draws/{made.id}").location.endswith("/open")
    assert client.post(f"/draws/{made.id}/open").status_code == 200
    assert session.get(DrawEnvelope, made.id) is not None

    response = client.post(f"/draws/{made.id}/open", data={"is_sure": "y"}, follow_redirects=True)

    assert response.status_code == 200
    assert "户主" in response.text
    assert session.get(DrawEnvelope, made.id) is None


@pytest.mark.parametrize("username", ["admin", "coordinator", "lead2", "county"])
def test_opening__by_others__is_refused(username: str, session: Session, visit: Visit, now: datetime, sign_in: SignIn) -> None:
    made = sealed_draw(session, visit, now)
    client = sign_in(username)

    assert client.get(f"/draws/{made.id}/open").status_code == 403
    assert client.post(f"/draws/{made.id}/open", data={"is_sure": "y"}).status_code == 403
    assert session.scalars(select(VisitVillage)).all() == []


def test_opening__before_the_departure__asks_for_a_reason_and_shows_it(
    session: Session, visit: Visit, now: datetime, sign_in: SignIn
) -> None:
    made = sealed_draw(session, visit, now)
    made.departs_at = datetime(2100, 1, 1, tzinfo=now.tzinfo)
    client = sign_in("lead1")
    assert client.post(f"/draws/{made.id}/open", data={"is_sure": "y"}).status_code == 200
    assert client.post(f"/draws/{made.id}/open", data={"is_sure": "y", "reason": "提前封路"}).status_code == 302

    assert "提前封路" in sign_in("coordinator").get("/visits/2018-04-test/draw").text


def test_arranging__another_departure__is_kept(session: Session, visit: Visit, now: datetime, sign_in: SignIn) -> None:
    made = sealed_draw(session, visit, now)
    sign_in("coordinator").post(f"/visits/2018-04-test/draw/{made.id}/arrange", data={"departs_at": "2018-04-17T06:30"})

    assert made.departs_at.isoformat() == "2018-04-16T22:30:00+00:00"


def test_replacing_and_taking_back__by_the_leader__stay_visible(session: Session, opened: Draw, sign_in: SignIn) -> None:
    unit = next(each.unit for each in read_sample(session, opened) if each.state == "drawn")
    client = sign_in("lead1")
    address = f"/draws/{opened.id}/units/{unit.id}/replace"
    assert client.post(address, data={"reason": "other"}).status_code == 200
    assert client.post(address, data={"reason": "other", "note": "全家外出务工"}).status_code == 302
    done = session.scalars(select(DrawReplacement)).one()
    client.post(f"/draws/{opened.id}/replacements/{done.id}/take-back", data={"reason": "已联系上"})

    page = client.get(f"/draws/{opened.id}").text
    assert "全家外出务工" in page
    assert "已联系上" in page
    assert sign_in("lead2").post(address, data={"reason": "moved"}).status_code == 403


def test_assign_page__of_a_drawn_visit__offers_the_sample_first_and_the_reserves_on_demand(
    session: Session, opened: Draw, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    ids = {role: set(session.scalars(select(DrawUnit.household_id).where(DrawUnit.role == role))) for role in ("drawn", "reserve")}

    def offered(query: str) -> set[str]:
        text = client.get(f"/visits/2018-04-test/assign{query}").text
        return {key for key in ids["drawn"] | ids["reserve"] if f'value="{key}"' in text}

    assert offered("") == ids["drawn"]
    assert offered("?part=reserve") == ids["reserve"]
    assert offered("?part=") == ids["drawn"] | ids["reserve"]
    pair = visit_pair(session)
    client.post("/visits/2018-04-test/assign?part=drawn", data={"form_id": "test_form", "keys": sorted(ids["drawn"]), "pair_id": pair})
    assert set(session.scalars(select(Assignment.household_id))) == ids["drawn"]


def visit_pair(session: Session) -> str:
    """The id of the visit's pair."""
    visit = session.get_one(Visit, "2018-04-test")
    return visit.pairs[0].id


def test_public_page__only_once_published__is_open_to_everybody_and_its_file_is_true(
    session: Session, opened: Draw, sign_in: SignIn, client: FlaskClient
) -> None:
    address = f"/public/draws/{opened.id}"
    assert client.get(address).status_code == 404
    assert client.get(f"{address}.json").status_code == 404
    sign_in("coordinator").post(f"/visits/2018-04-test/draw/{opened.id}/publish", data={"public": "yes"})
    with client.session_transaction() as cookie:
        cookie.clear()

    page = client.get(address)
    assert page.status_code == 200
    assert "户主" not in page.text
    assert check_published(json.loads(client.get(f"{address}.json").data)) == ()
    sign_in("coordinator").post(f"/visits/2018-04-test/draw/{opened.id}/publish", data={"public": "no"})
    assert client.get(address).status_code == 404


def test_draw_page__with_more_villages_and_households__sends_no_more_statements(
    session: Session, opened: Draw, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("coordinator")
    client.get("/visits/2018-04-test/draw")
    statements.reset()
    client.get("/visits/2018-04-test/draw")
    n_small = len(statements)
    session.add_all(
        DrawUnit(draw_id=opened.id, village_code=VILLAGES[0], number=f"X{number}", stratum="all", role="drawn", rank=number)
        for number in range(60)
    )
    session.commit()
    statements.reset()
    client.get("/visits/2018-04-test/draw")

    assert len(statements) == n_small
