"""The ledger handed out, filled in and taken back."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.issue_ledger.ledger import COLUMNS, ledger_of, ledger_record, read_ledger
from survey.issue_ledger.operations import plan_replies
from survey.issues.models import Issue, IssueReply
from tests.conftest import SignIn
from tests.survey.responsible.reported import add_county_office, add_reported, add_verified

NAMES = tuple(COLUMNS)


@pytest.fixture
def issue(session: Session, now: datetime) -> Issue:
    add_county_office(session)
    return add_reported(session, now)


def table(client: FlaskClient, address: str = "/issues/ledger/issues.xlsx") -> openpyxl.Workbook:
    answer = client.get(address)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def filled(*rows: tuple[object, ...]) -> bytes:
    """A ledger with these rows of number, reply, finished, postponed to, date."""
    book = openpyxl.Workbook()
    book.active.append(["问题台账"])
    book.active.append(["问题编号", "整改进展或回复", "是否完成", "申请延期至", "回复日期"])
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def send(client: FlaskClient, data: bytes) -> str:
    answer = client.post("/issues/ledger", data={"file": (io.BytesIO(data), "台账.xlsx")})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_ledger__handed_out__has_the_reported_issues_and_told_places(
    session: Session, issue: Issue, sign_in: SignIn, now: datetime
) -> None:
    hidden = add_verified(session, now, title="=尚未反馈")
    client = sign_in("author")
    sheet = table(client).active
    assert len(list(sheet.rows)) == 2
    row = dict(zip(NAMES, (cell.value for cell in sheet[2]), strict=True))
    assert (row["position"], row["number"], row["title"]) == (1, issue.number, "饮水不安全")
    assert row["place"] == "610727101" or "township" in str(row["place"])
    assert row["due_on"] == datetime(2018, 6, 30)
    every = table(client, "/issues/ledger/issues.xlsx?all=yes").active
    assert [every.cell(line, 2).value for line in (2, 3)] == [issue.number, hidden.number]
    assert every.cell(3, NAMES.index("title") + 1).data_type == "s"
    assert len(list(table(client, "/issues/ledger/issues.xlsx?county=610728").active.rows)) == 1


def test_ledger__of_the_responsible_side__has_its_own_issues_only(session: Session, issue: Issue, sign_in: SignIn, now: datetime) -> None:
    add_reported(session, now, title="别县的问题", code="610728000000")
    sheet = table(sign_in("county"), "/responsible/ledger.xlsx").active
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [issue.number]


def test_filled_in_ledger__looked_at_first__enters_replies_once(session: Session, issue: Issue, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    data = filled((issue.number, "管网已修复", "是", None, date(2018, 6, 1)))
    preview = send(client, data)
    page = client.get(preview).text
    assert "管网已修复" in page
    assert session.scalars(select(IssueReply)).all() == []
    assert client.post(preview).status_code == 302
    reply = session.scalars(select(IssueReply)).one()
    assert (reply.kind, reply.way, reply.written_on, reply.body) == ("rectified", "ledger", date(2018, 6, 1), "管网已修复")
    again = send(client, data)
    assert "管网已修复" not in client.get(again).text
    book = table(client)
    row = dict(zip(NAMES, (cell.value for cell in book.active[2]), strict=True))
    assert (row["reply"], row["done"]) == ("管网已修复", "是")
    buffer = io.BytesIO()
    book.active.cell(2, NAMES.index("reply") + 1).value = "又修了一处"
    book.save(buffer)
    assert [each.reply for each in read_ledger(buffer.getvalue(), "台账.xlsx", 100).rows] == ["又修了一处"]
    assert read_ledger(client.get("/issues/ledger/issues.xlsx").data, "台账.xlsx", 100).rows[0].number == issue.number
    assert client.post(f"{again}/drop").status_code == 302
    assert client.get(again).status_code == 404


def test_filled_in_ledger__with_bad_rows__tells_each_and_enters_none(
    session: Session, issue: Issue, sign_in: SignIn, now: datetime
) -> None:
    hidden = add_verified(session, now, title="尚未反馈")
    client = sign_in("coordinator")
    data = filled(
        (issue.number, "已开工", "否", None, "2018年4月18日"),
        (issue.number, "又开工", None, None, None),
        (hidden.number, "已开工", None, None, None),
        ("2018-610727-999", "已开工", None, None, None),
        ("2018－610727－998", "已开工", "也许", None, None),
        ("2018-610727-997", "已开工", None, None, "04/05/2018"),
        ("2018-610727-996", None, "是", None, None),
        ("2018-610727-995", None, None, None, None),
    )
    preview = send(client, data)
    csv = client.get(f"{preview}/bad-rows.csv").get_data(as_text=True).splitlines()
    assert len(csv) == 7
    assert client.post(preview).status_code == 200
    assert session.scalars(select(IssueReply)).all() == []
    assert client.post(preview, data={"keep_good": "y"}).status_code == 302
    assert [reply.body for reply in session.scalars(select(IssueReply))] == ["已开工"]


def test_plan__of_days_asked_for__tells_what_contradicts_and_what_has_passed(session: Session, issue: Issue, now: datetime) -> None:
    others = [add_reported(session, now, title=f"问题{number}") for number in range(4)]
    read = read_ledger(
        filled(
            (issue.number, "雨季", "否", "2018.9.30", None),
            (others[0].number, "雨季", "是", "20180930", None),
            (others[1].number, "雨季", None, "2018-04-01", None),
            (others[2].number, "雨季", None, date(2018, 6, 30), None),
            (others[3].number, "不属实", "有异议", None, "2018-05-01"),
        ),
        "台账.xlsx",
        100,
    )
    plan = plan_replies(session, ledger_of(ledger_record(read)), date(2018, 4, 20))
    assert [(each.row.kind, each.row.postponed) for each in plan.replies] == [("date", "2018-09-30"), ("progress", "")]
    assert [(problem.row, problem.reason) for problem in plan.problems] == [(4, "contradiction"), (5, "passed"), (7, "future")]


@pytest.mark.parametrize(("data", "reason"), [(b"", "empty"), (filled(), "no_rows"), (b"a,b\n1,2\n", "no_headings")])
def test_read_ledger__of_what_is_none__says_why(data: bytes, reason: str) -> None:
    with pytest.raises(SurveyError) as refused:
        read_ledger(data, "x.xlsx", 100)
    assert (refused.value.code, refused.value.values["reason"]) == (ErrorCode.UNREADABLE_LEDGER, reason)


@pytest.mark.parametrize("username", ["author", "lead1", "county"])
def test_import__by_anybody_but_coordinators__is_refused(issue: Issue, sign_in: SignIn, username: str) -> None:
    client = sign_in(username)
    assert client.post("/issues/ledger", data={"file": (io.BytesIO(filled()), "x.xlsx")}).status_code == 403
    assert client.get("/issues/ledger/some").status_code == 403
    if username != "author":
        assert client.get("/issues/ledger").status_code == 403
        assert client.get("/issues/ledger/issues.xlsx").status_code == 403
