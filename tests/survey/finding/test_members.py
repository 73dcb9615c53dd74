"""People of households are found by name and in pinyin, under the same rules as heads: once, where they live, for those who see names."""

from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from survey.finding.queries import find_households, find_members
from survey.finding.wanted import read_wanted
from survey.protection.models import PersonalRead
from survey.registry.models import HouseholdMember
from tests.builders import add_household, add_person, add_region
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.finding.test_finding import HERE, THERE, found

FAMILY = (("张大山", "head"), ("李小花", "spouse"), ("张石头", "child"))
"""Of the household 071; the names are invented."""


@pytest.fixture
def housed(session: Session) -> Session:
    """A household of three here, one of whom has left, and in another county one with a son of the same name."""
    for code, village, number, people in (
        (HERE, "青石村", "071", FAMILY),
        (THERE, "白水村", "072", (("王水生", "head"), ("张石头", "child"))),
    ):
        add_region(session, code, village)
        household = add_household(session, number, village_code=code)
        household.head_name = people[0][0]
        for position, (name, relation) in enumerate(people, start=1):
            session.add(HouseholdMember(household_id=household.id, position=position, name=name, relation=relation))
    spouse = session.scalars(select(HouseholdMember).where(HouseholdMember.relation == "spouse")).one()
    spouse.left_on, spouse.left_reason = date(2018, 3, 1), "moved_out"
    session.commit()
    return session


def names(session: Session, typed: str, *, is_by_name: bool = True) -> list[str]:
    """The number and name of everybody found."""
    wanted = read_wanted(typed, is_by_name=is_by_name)
    assert wanted is not None
    return [f"{each.title} {each.name}" for each in find_members(session, wanted)]


def test_members__by_name_and_in_pinyin__are_found_with_their_household(housed: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    both = ["071 张石头 | 青石村 · 子女", "072 张石头 | 白水村 · 子女"]
    for typed in ("张石头", "石头", "zst", "zhangshit", "shitou"):
        assert found(client, typed) == {"家庭成员": both}, typed
    assert found(client, "lxh") == {"家庭成员": ["071 李小花 | 青石村 · 配偶 · 2018-03-01 离开"]}
    page = client.get("/find?q=lxh&kind=members").text
    household_id = housed.scalars(select(HouseholdMember.household_id).where(HouseholdMember.relation == "spouse")).one()
    assert f'href="/places/households/{household_id}"' in page
    assert client.get(f"/places/households/{household_id}").status_code == 200


def test_head__who_is_a_member_too__is_found_once(housed: Session, sign_in: SignIn) -> None:
    assert found(sign_in("coordinator"), "zds") == {"农户": ["071 张大山 | 青石村 · 建档立卡贫困户"]}
    head = housed.scalars(select(HouseholdMember).where(HouseholdMember.name == "张大山")).one()
    head.name = "赵新主"
    housed.commit()
    assert names(housed, "赵新主") == ["071 赵新主"], "the list of persons knows a head whom the roster does not know yet"


def test_members__of_somebody_bound_to_a_county__are_those_of_it(housed: Session, sign_in: SignIn) -> None:
    add_person(housed, "bound", "coordinator").place_codes = ["610727000000"]
    housed.commit()
    client = sign_in("bound")
    assert found(client, "zst") == {"家庭成员": ["071 张石头 | 青石村 · 子女"]}
    assert found(client, "王水") == {}


def test_members__for_an_author__are_not_looked_for(housed: Session, sign_in: SignIn) -> None:
    client = sign_in("author")
    for typed in ("张石头", "zst", "shitou"):
        assert found(client, typed) == {}
        assert "071" not in client.get("/find", query_string={"q": typed, "kind": "members"}).text
    assert names(housed, "张石头", is_by_name=False) == []


def test_members__that_were_shown__are_on_record(housed: Session, sign_in: SignIn) -> None:
    found(sign_in("coordinator"), "shitou")
    assert [row.n_names for row in housed.scalars(select(PersonalRead))] == [1], "one name, of two people"


def test_members__however_many__take_one_statement_and_show_so_many(housed: Session, statements: Statements) -> None:
    household_id = housed.scalars(select(HouseholdMember.household_id).where(HouseholdMember.relation == "spouse")).one()
    rows = [HouseholdMember(household_id=household_id, position=10 + n, name="钱多多", relation="other") for n in range(250)]
    housed.add_all(rows)
    housed.commit()
    statements.reset()
    assert len(names(housed, "qdd")) == 201
    assert len(statements) == 1


def test_members__as_stored__tell_no_name(housed: Session) -> None:
    stored = housed.scalars(text("SELECT name FROM household_members")).all()
    assert len(stored) == 5
    assert all(value.startswith("$sealed1$") for value in stored)
    assert not any(sign in value for value in stored for sign in "张李王石")
    assert housed.scalar(select(func.count()).select_from(HouseholdMember)) == 5
    wanted = read_wanted("张大山", is_by_name=True)
    assert wanted is not None
    assert len(find_households(housed, wanted)) == 1
