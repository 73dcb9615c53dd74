"""The search finds every kind of thing, for each reader what they may see, and leaves a record where it showed names."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.finding.queries import FINDERS, MOST
from survey.finding.wanted import read_wanted
from survey.liaison.models import Contact, Expert
from survey.places.models import Region
from survey.protection.models import PersonalRead
from survey.reports.models import Report
from tests.builders import NOW, add_household, add_person, add_region, add_visit, find_or_add_person
from tests.conftest import SignIn
from tests.issues import add_issue
from tests.recorder import Statements

HERE, THERE = "610727101201", "610926102203"


@pytest.fixture
def furnished(session: Session) -> Session:
    """Two counties with a household, an issue and a visit each; a report, people, a contact and an expert."""
    author = find_or_add_person(session, "coordinator")
    author.name = "何协调"
    for number, (code, village, head) in enumerate(((HERE, "青石村", "张大山"), (THERE, "白水村", "张小山")), 1):
        add_region(session, code, village)
        add_household(session, f"07{number}", village_code=code).head_name = head
        add_issue(session, author, NOW, title=f"{village}饮水困难", place_code=code)
        add_visit(session, f"2018-0{number}-test", village_codes=(code,)).title = f"{village}调研"
    session.add(Report(kind="survey", title="饮水安全调研报告", reported_on=date(2018, 5, 1), created_at=NOW, visit_id="2018-01-test"))
    session.add(Contact(region_code=HERE, name="周联络", post="主任", active_from=date(2018, 1, 1), phone="0916-4820001"))
    session.add(Expert(name="吴专家", organisation="水利学院"))
    find_or_add_person(session, "lead1").name = "郑访员"
    add_person(session, "county", "responsible", name="郑责任")
    session.commit()
    return session


def found(client: FlaskClient, text: str) -> dict[str, list[str]]:
    """What is suggested for a text, by address of the kind: the titles with their details."""
    response = client.get("/find/suggestions", query_string={"q": text})
    assert response.status_code == 200
    return {group["label"]: [f"{each['title']} | {each['details']}" for each in group["found"]] for group in response.json["groups"]}


def test_search__by_words_pinyin_and_numbers__finds_each_kind(furnished: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    assert found(client, "大山") == {"农户": ["071 张大山 | 青石村 · 建档立卡贫困户"]}
    assert found(client, "zds") == found(client, "zhangdas") == found(client, "大山")
    assert list(found(client, "饮水")) == ["问题", "报告"]
    assert list(found(client, "yinshui")) == ["问题", "报告"]
    assert [each.split(" | ")[0] for each in found(client, "2018-610727-")["问题"]] == ["青石村饮水困难"]
    add_household(furnished, "060", village_code=HERE).head_name = "李张氏"
    assert [each.split()[1] for each in found(client, "zhang")["农户"]] == ["张大山", "张小山", "李张氏"], "surnames come first"
    assert found(client, "青石") == found(client, "qingshi")
    assert set(found(client, "qsc")) == {"问题", "调研", "行政区划"}
    assert list(found(client, "2018-02-te")) == ["调研"]
    assert found(client, "610926102203") == {"行政区划": [f"白水村 | 村 · township 610926102 · {THERE}"]}
    assert found(client, "072")["农户"] == ["072 张小山 | 白水村 · 建档立卡贫困户"]
    assert list(found(client, "zhengfy")) == list(found(client, "lead1")) == ["人员"]
    assert list(found(client, "周联")) == ["联络人"]
    assert list(found(client, "wzj")) == ["专家"]
    assert found(client, "郑责任") == {}, "the responsible side is no part of a team"
    assert found(client, "4820001") == {}, "telephone numbers are not looked for"
    assert found(client, "z") == found(client, "") == found(client, "%%") == {}


def test_search__of_several_words__finds_what_has_each_of_them_somewhere(furnished: Session, sign_in: SignIn) -> None:
    furnished.get_one(Region, "610727000000").name = "略阳县"
    furnished.get_one(Region, "610926000000").name = "平利县"
    client = sign_in("coordinator")

    assert found(client, "略阳 饮水") == found(client, "饮水  略阳") == found(client, "luey yinshui") == found(client, "略阳 yinshui")
    assert [each.split(" | ")[0] for each in found(client, "略阳 饮水")["问题"]] == ["青石村饮水困难"]
    assert list(found(client, "饮水 报告")) == ["报告"]
    assert found(client, "平利 青石") == {}
    assert [each.split(" | ")[0] for each in found(client, "pingli")["问题"]] == ["白水村饮水困难"]
    assert found(client, "青石 张大")["农户"] == found(client, "071 青石村")["农户"] == ["071 张大山 | 青石村 · 建档立卡贫困户"]
    assert "农户" not in found(client, "青石 张小")
    assert list(found(client, "zhang da shan")) == ["农户"], "syllables of one name"


def test_page__of_the_search__leads_to_what_it_found(furnished: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    page = client.get("/find?q=zds").text
    assert "张大山" in page
    assert "/places/households/" in page
    assert "没有找到" in client.get("/find?q=无此一户").text
    assert "再多输入一些" in client.get("/find?q=z").text
    assert 'value="&lt;b&gt;x"' in client.get("/find?q=<b>x").text
    assert client.get("/find?q=zds&kind=nothing").status_code == 200
    assert all(
        client.get(each["url"]).status_code == 200 for text in ("青石", "zhengfy", "周联", "wzj") for each in addresses(client, text)
    )


def addresses(client: FlaskClient, text: str) -> list[dict[str, str]]:
    """The things suggested for a text, whatever their kind."""
    groups = client.get("/find/suggestions", query_string={"q": text}).json["groups"]
    return [each for group in groups for each in group["found"]]


def test_search__with_more_than_it_shows__says_how_many_and_leads_to_them(furnished: Session, sign_in: SignIn) -> None:
    for number in range(MOST + 1):
        add_household(furnished, f"9{number:03}", village_code=HERE).head_name = "钱多多"
    client = sign_in("coordinator")
    told = found(client, "钱多")["农户"]
    assert len(told) == 6
    assert told[-1] == f"全部 {MOST}+ 条 | "
    page = client.get("/find?q=qdd&kind=households").text
    assert page.count("钱多多") == MOST
    assert f"仅显示前 {MOST} 条" in page


def test_search__of_somebody_bound_to_a_county__finds_nothing_of_another(furnished: Session, sign_in: SignIn) -> None:
    bound = add_person(furnished, "bound", "coordinator")
    bound.place_codes = ["610727000000"]
    furnished.commit()
    client = sign_in("bound")
    assert found(client, "zhang") == {"农户": ["071 张大山 | 青石村 · 建档立卡贫困户"]}
    for text in ("山", "村", "shan", "cun", "2018", "饮水", "调研", "61", "07"):
        told = str(found(client, text)) + client.get("/find", query_string={"q": text}).text
        assert "白水" not in told
        assert "张小山" not in told
        assert THERE not in told
    assert "报告" not in found(client, "饮水"), "the register of reports tells of all places"
    assert found(client, "吴专") == {}, "so does the expert pool"


def test_search__of_an_author__finds_households_by_number_and_masks_their_names(furnished: Session, sign_in: SignIn) -> None:
    client = sign_in("author")
    assert found(client, "071") == {"农户": ["071 张* | 青石村 · 建档立卡贫困户"]}
    for text in ("张大山", "zds", "zhangdashan"):
        assert found(client, text) == {}, "who finds a masked household by a name knows the name"
    assert furnished.scalar(select(func.count()).select_from(PersonalRead)) == 0


def test_search__that_shows_names__is_on_record_without_what_was_typed(furnished: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    found(client, "张")
    client.get("/find?q=zds")
    found(client, "青石")
    reads = furnished.execute(select(PersonalRead.page, PersonalRead.address, PersonalRead.n_names).order_by(PersonalRead.read_at)).all()
    assert [tuple(each) for each in reads] == [("finding.suggestions", "/find/suggestions", 2), ("finding.index", "/find", 1)]


def test_search__of_others__is_not_there(furnished: Session, sign_in: SignIn) -> None:
    for username in ("lead1", "county"):
        client = sign_in(username)
        assert client.get("/find?q=071").status_code == 403
        assert client.get("/find/suggestions?q=071").status_code == 403
        assert 'class="find"' not in client.get("/responsible" if username == "county" else "/").text
    assert 'class="find"' in sign_in("author").get("/").text


def test_search__however_much_there_is__takes_one_statement_for_each_kind(
    furnished: Session, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("coordinator")
    found(client, "青石")
    statements.reset()
    found(client, "nothinglikethat")
    without = len(statements)
    for number in range(30):
        add_household(furnished, f"5{number:03}", village_code=HERE).head_name = "张大山"
        add_issue(furnished, find_or_add_person(furnished, "coordinator"), NOW, title=f"张大山{number}", place_code=HERE)
    furnished.commit()
    for text in ("张大山", "zds"):
        statements.reset()
        found(client, text)
        assert len(statements) <= without + 1, "one more for the record that names were shown"
    assert without <= len(FINDERS) + 4


def test_wanted__in_full_width__is_what_it_is_in_half_width_but_for_punctuation() -> None:
    wanted = read_wanted("２０１８－６１０７２７　ＬＹｘ（虚构）", is_by_name=True)

    assert wanted is not None
    assert wanted.text == "2018-610727 LYx（虚构）"


def test_wanted__of_too_long_a_text__is_its_beginning() -> None:
    wanted = read_wanted("字" * 500, is_by_name=True)
    assert wanted is not None
    assert len(wanted.text) == 64
