"""Lists of people: every bad row with its reason, accounts with first passwords, and nothing twice."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.accounts.operations import verify
from survey.accounts.passwords import weakness
from survey.accounts.people_import import first_password
from survey.accounts.people_sheet import people_of, people_record, read_people
from survey.places.models import RosterDraft
from tests.builders import add_region
from tests.conftest import SignIn

HEADINGS = "用户名,姓名,角色,单位,电话,电子邮箱,地区代码"
LIST = "/first-run/lists/people"


def sheet(*rows: str) -> bytes:
    """A list with these rows."""
    return "\n".join((HEADINGS, *rows)).encode()


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",张三,访谈员,,,,", "用户名", "missing"),
        ("zhang san,张三,访谈员,,,,", "用户名", "bad_username"),
        ("zhang,,访谈员,,,,", "姓名", "missing"),
        ("zhang,张三,司机,,,,", "角色", "unknown_role"),
        ("zhang,张三,访谈员,,abc,,", "电话", "bad_phone"),
        ("zhang,张三,访谈员,,,没有,", "电子邮箱", "bad_email"),
        ("zhang,张三,访谈员,,,,610727", "地区代码", "place_not_for_role"),
        ("zhang,张三,被监督方,,,,6107", "地区代码", "one_county"),
        ("zhang,张三,协调员,,,,123", "地区代码", "bad_place"),
        (f"zhang,{'张' * 65},访谈员,,,,", "姓名", "too_long"),
    ],
)
def test_row__with_a_fault__is_told_by_row_column_and_reason(row: str, column: str, reason: str) -> None:
    people = read_people(sheet("li,李四,interviewer,,,,", row), "people.csv")

    assert [person.username for person in people.rows] == ["li"]
    assert [(each.row, each.column, each.reason) for each in people.problems] == [(3, column, reason)]


def test_rows__with_several_roles_and_places__are_read_in_either_language() -> None:
    people = read_people(
        sheet("a,甲,访谈员、执笔人,某单位,0916-123,a@example.org,", "b,乙,Responsible side,,,,610727", "A,丙,访谈员,,,,"), "p.csv"
    )

    assert [(each.roles, each.region_code) for each in people.rows] == [(("interviewer", "author"), ""), (("responsible",), "610727000000")]
    assert [(each.row, each.reason, each.detail) for each in people.problems] == [(4, "duplicate", "2")]
    assert people_of(people_record(people)) == people


@pytest.mark.parametrize(("data", "reason"), [(b"", "empty"), ("姓名,单位\n甲,乙".encode(), "no_headings"), (HEADINGS.encode(), "no_rows")])
def test_file__that_is_no_list__is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(SurveyError) as caught:
        read_people(data, "people.csv")
    assert (caught.value.code, caught.value.values["reason"]) == (ErrorCode.UNREADABLE_PEOPLE, reason)


def test_first_passwords__are_strong_and_each_another() -> None:
    made = {first_password() for _each in range(50)}

    assert len(made) == 50
    assert not any(weakness(password) for password in made)


def choose(client: FlaskClient, data: bytes) -> str:
    """The page after the file was chosen."""
    answer = client.post(LIST, data={"file": (io.BytesIO(data), "people.csv")}, follow_redirects=True)
    return answer.text


def test_import__twice__makes_each_account_once_and_shows_its_password_once(app: Flask, sign_in: SignIn, session: Session) -> None:
    add_region(session)
    client = sign_in("admin")
    rows = ("li,李四,访谈员,某单位,,,", "wang,王五,协调员,,,,610727", "bad,坏,无,,,,")
    page = choose(client, sheet(*rows))
    [draft_id] = session.scalars(select(RosterDraft.id)).all()
    assert "未知角色：无" in page
    assert client.post(f"{LIST}/{draft_id}").status_code == 422
    assert session.scalars(select(User.username)).all() == ["admin"]

    printed = client.post(f"{LIST}/{draft_id}", data={"keep_good": "y"}).text

    passwords = re.findall(r"<code>((?:[a-z2-9]{5}-){2}[a-z2-9]{5})</code>", printed)
    li, wang = session.scalars(select(User).where(User.username.in_(("li", "wang"))).order_by(User.username)).all()
    assert len(passwords) == 2
    with app.app_context():
        assert verify(li, passwords[0])
    assert li.must_change_password
    assert (li.organisation, wang.place_codes) == ("某单位", ["610727000000"])
    assert passwords[0] not in client.get("/first-run/people").text
    for again in (client.get, client.post):
        # The strips loaded once more, by their address or by sending the form again.
        told = again(f"{LIST}/{draft_id}", follow_redirects=True)
        assert told.status_code == 200
        assert "初始密码只显示一次" in told.text
        assert passwords[0] not in told.text
    again = choose(client, sheet(*rows[:2]))
    assert "已有账号" in again
    [draft_id] = session.scalars(select(RosterDraft.id)).all()
    client.post(f"{LIST}/{draft_id}")
    assert session.scalars(select(User.username).order_by(User.username)).all() == ["admin", "li", "wang"]


def test_import__places_that_are_not_here__are_bad_rows(sign_in: SignIn, session: Session) -> None:
    page = choose(sign_in("admin"), sheet("li,李四,协调员,,,,610728"))

    assert "610728000000" in page
    assert session.scalars(select(User.username)).all() == ["admin"]


def test_file__of_somebody_else__is_not_to_be_found(sign_in: SignIn, session: Session) -> None:
    choose(sign_in("admin"), sheet("li,李四,访谈员,,,,"))
    [draft_id] = session.scalars(select(RosterDraft.id)).all()

    assert sign_in("coordinator").post(f"{LIST}/{draft_id}").status_code == 403
    assert sign_in("admin").post(f"{LIST}/{draft_id}/drop").status_code == 302
    assert session.scalars(select(RosterDraft.id)).all() == []


def test_import__user_name_that_somebody_else_has__is_a_bad_row_and_their_own_row_is_none(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    [admin] = session.scalars(select(User)).all()
    admin.name = "王协调"
    session.commit()

    page = choose(client, sheet("Admin,王重名,访谈员,,,,", "li,李四,访谈员,,,,"))

    assert "王协调已使用此用户名" in page
    [draft_id] = session.scalars(select(RosterDraft.id)).all()
    assert client.post(f"{LIST}/{draft_id}").status_code == 422
    page = choose(client, sheet("admin,王　协调,管理员,,,,"))
    assert "已使用此用户名" not in page


def test_signs_of_full_width__in_user_names_and_numbers__are_read_as_ordinary_ones() -> None:
    [person] = read_people(sheet("ｌｉ０１,李四,访谈员,,（０９１６）１２３４５６７,ｌｉ＠example.org,"), "people.csv").rows

    assert (person.username, person.phone, person.contact_email) == ("li01", "(0916)1234567", "li@example.org")
