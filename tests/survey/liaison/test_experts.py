"""The expert pool: skills with free additions, search by skill and place, visits taken part in; and places by name."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.events import Event
from survey.liaison.expert_operations import ExpertFacts, add_expert, remove_expert, update_expert
from survey.liaison.expert_queries import ExpertFilter, find_expert, list_experts, list_visits_of
from survey.liaison.models import Expert, ExpertSkill
from survey.liaison.places import FoundPlace, read_gazetteer
from survey.visits.models import VisitMember
from tests import builders
from tests.conftest import SignIn
from tests.recorder import Statements

PROVINCE, CITY, COUNTY, OTHER = "610000000000", "610700000000", "610727000000", "610902000000"


@pytest.fixture(autouse=True)
def places(session: Session) -> None:
    """Two counties with names."""
    names = {PROVINCE: "陕西省", CITY: "汉中市", COUNTY: "略阳县", OTHER: "汉滨区", "610727101201": "云雾村", "610902101201": "云雾村"}
    for code in ("610727101201", "610902101201"):
        builders.add_region(session, code)
    for code, name in names.items():
        builders.add_region(session, code).name = name
    session.flush()


def found(session: Session, **wanted: str) -> list[str]:
    """The names of the experts that a search finds."""
    return [row.expert.name for row in list_experts(session, ExpertFilter(**wanted), 1)[1]]


def test_list_experts__by_skill_and_place__finds_those_for_it_above_it_and_inside_it(session: Session, now: datetime) -> None:
    for name, skills, codes in (
        ("county", ("law",), (COUNTY,)),
        ("city", ("law", "茶叶加工"), (CITY,)),
        ("elsewhere", ("law",), (OTHER,)),
        ("village", ("statistics",), ("610727101201",)),
    ):
        add_expert(session, None, ExpertFacts(name, skills=skills, places=codes, areas=("health",)), now)

    assert found(session, skill="law") == ["city", "county", "elsewhere"]
    assert found(session, skill="law", place=COUNTY) == ["city", "county"]
    assert found(session, place=COUNTY) == ["city", "county", "village"]
    assert found(session, search="茶叶") == ["city"]
    assert found(session, area="housing") == []
    assert found(session, availability="unavailable") == []


def test_list_visits_of__team_pair_and_by_hand__names_each_visit_once(session: Session, now: datetime) -> None:
    first, second, third = (builders.add_visit(session, key) for key in ("first", "second", "third"))
    person = builders.find_or_add_person(session, "lead1")
    builders.add_pair(session, first)
    session.add_all([VisitMember(visit_id=key, user_id=person.id, role="leader") for key in ("first", "second")])
    own = add_expert(session, None, ExpertFacts("own", user_id=person.id, visits=("second", "third")), now)
    outside = add_expert(session, None, ExpertFacts("outside", visits=("third",)), now)
    second.starts_on, third.starts_on = first.starts_on.replace(day=17), first.starts_on.replace(day=18)
    session.flush()

    assert [visit.id for visit in list_visits_of(session, own)] == ["third", "second", "first"]
    assert [visit.id for visit in list_visits_of(session, outside)] == ["third"]
    assert {row.expert.name: row.n_visits for row in list_experts(session, ExpertFilter(), 1)[1]} == {"own": 3, "outside": 1}


WRONG = [
    (ExpertFacts(" "), "name"),
    (ExpertFacts("a", level="moon"), "level"),
    (ExpertFacts("a", availability="never"), "availability"),
    (ExpertFacts("a", areas=("water",)), "areas"),
    (ExpertFacts("a", skills=("x" * 33,)), "skills"),
    (ExpertFacts("a", places=("619999000000",)), "region_code"),
    (ExpertFacts("a", visits=("nowhere",)), "visits"),
    (ExpertFacts("a", user_id="nobody"), "user_id"),
]


def test_add_expert__with_a_wrong_fact__names_the_field(session: Session, now: datetime) -> None:
    for wrong, field in WRONG:
        with pytest.raises(SurveyError) as caught:
            add_expert(session, None, wrong, now)

        assert caught.value.values["field"] == field
        assert session.scalars(select(Expert)).all() == []


def test_update_expert__with_other_lists__changes_only_what_differs(session: Session, now: datetime) -> None:
    person = builders.find_or_add_person(session, "lead1")
    expert = add_expert(session, None, ExpertFacts("a", user_id=person.id, skills=("law", "statistics"), areas=("health",)), now)

    update_expert(session, None, expert, ExpertFacts("a", user_id=person.id, skills=("statistics", "law"), areas=("health",)), now)
    update_expert(session, None, expert, ExpertFacts("a", user_id=person.id, skills=("law", "茶叶"), areas=()), now)
    with pytest.raises(SurveyError, match="already"):
        add_expert(session, None, ExpertFacts("b", user_id=person.id), now)

    assert {row.skill for row in expert.skills} == {"law", "茶叶"}
    assert session.scalars(select(Event.details).where(Event.action == "expert.changed")).all() == [{"changed": ["areas", "skills"]}]
    remove_expert(session, None, expert, now)
    assert session.scalars(select(ExpertSkill)).all() == []


TEXTS = [
    ("略阳县", FoundPlace(COUNTY)),
    ("610727", FoundPlace(COUNTY)),
    ("陕西省 汉中市 略阳县", FoundPlace(COUNTY)),
    ("汉中市略阳县", FoundPlace(COUNTY)),
    ("云雾村", FoundPlace(is_ambiguous=True)),
    ("略阳县云雾村", FoundPlace("610727101201")),
    ("汉滨区略阳县", FoundPlace()),
    ("镇巴县", FoundPlace()),
    ("610728", FoundPlace()),
    ("", FoundPlace()),
]


def test_gazetteer__of_a_text__finds_the_place_by_code_name_or_path(session: Session) -> None:
    for text, expected in TEXTS:
        assert read_gazetteer(session).find(text) == expected


def test_expert_pages__from_adding_to_removal__keep_skills_places_and_numbers(session: Session, sign_in: SignIn) -> None:
    visit = builders.add_visit(session)
    client = sign_in("coordinator")
    data = {
        "name": "陈某",
        "user_id": "",
        "organisation": "省农科院",
        "level": "province",
        "phone": "029-1234",
        "availability": "limited",
        "availability_note": "暑期两周",
        "skills": ["agronomy"],
        "further_skills": "茶叶加工、法律",
        "areas": ["industry"],
        "places": "略阳县，云雾村",
        "visits": [visit.id],
    }

    refused = client.post("/liaison/experts/new", data=data)
    made = client.post("/liaison/experts/new", data={**data, "places": "略阳县，610902101201"})
    path = made.location
    page, form = client.get(path).text, client.get(f"{path}/edit").text

    assert refused.status_code == 200
    assert "云雾村" in refused.text
    for text in ("陈某", "省农科院", "茶叶加工", "略阳县", "暑期两周", "029-1234", visit.title):
        assert text in page
    assert "略阳县、610902101201" in form
    assert {row.skill for row in session.scalars(select(ExpertSkill))} >= {"agronomy", "茶叶加工"}
    assert "029-1234" not in sign_in("author").get(path).text
    assert [sign_in(name).get(path).status_code for name in ("lead1", "county")] == [403, 403]
    client = sign_in("coordinator")
    client.post(f"{path}/edit", data={**data, "places": "", "further_skills": "", "visits": []})
    expert = find_expert(session, path.rpartition("/")[2])
    assert ([row.skill for row in expert.skills], expert.places, expert.visits) == (["agronomy"], [], [])
    client.post(f"{path}/remove")
    assert session.scalars(select(Expert)).all() == []


def test_expert_list__with_more_experts__sends_no_more_statements(
    session: Session, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("coordinator")
    counts = []
    for size in (1, 20):
        for number in range(size):
            add_expert(session, None, ExpertFacts(f"{size} {number}", skills=("law",), places=(COUNTY,), areas=("health",)), now)
        session.commit()
        statements.reset()
        client.get("/liaison/experts")
        counts.append(len(statements))

    assert counts[0] == counts[1] < 15
