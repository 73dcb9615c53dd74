"""The pages of quality: what they show of interviews that were received, that every number leads to them, and who may look."""

import io

import openpyxl
import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.quality.checks import CHECKS
from questionnaires.audit_log import AUDIT_FILE
from survey.bundles.queries import read_times
from survey.corrections.operations import correct_answer
from survey.corrections.queries import find_record
from survey.intake.companions import take_companions
from survey.intake.models import AnswerTimes, Attachment, Submission
from survey.quality.operations import read_older_logs
from survey.storage import Storage
from survey.visits.models import Visit
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.conftest import SignIn
from tests.recorder import Statements

FORM = """
| survey |            |              |                     |                     |          |
|        | type       | name         | label::中文 (zh)    | label::English (en) | required |
|        | integer    | income_cny   | 全年收入多少？      | What income in the year? | yes |
|        | select_one yes_no | water_safe | 饮水安全吗？    | Is the water safe?  |          |
|        | text       | worry        | 最发愁什么？        | What worries you?   |          |
| choices |           |              |                     |                     |          |
|        | list_name  | name         | label::中文 (zh)    | label::English (en) |          |
|        | yes_no     | yes          | 是                  | Yes                 |          |
|        | yes_no     | no           | 否                  | No                  |          |
|        | yes_no     | dont_know    | 不知道              | Don't know          |          |
| settings |          |              |                     |                     |          |
|        | form_title | form_id      | version             | default_language    |          |
|        | 测试问卷   | test_form    | 2018.1              | 中文 (zh)           |          |
"""
LOG = b"event,node,start,end\nform start,,1000,\nquestion,/data/income_cny,1000,2500\nquestion,/data/worry,2500,9500\n"
QUALITY = "/visits/2018-04-test/quality"


@pytest.fixture
def visit(session: Session) -> Visit:
    """A visit of two pairs with fifteen interviews each; the first leaves a question blank, and one of its incomes is out of all bounds."""
    version = add_form(session, FORM)
    visit = add_visit(session, forms=[version])
    pairs = add_pair(session, visit), add_pair(session, visit, "第二组", lead="lead2", second="second2")
    for number in range(30):
        assignment = add_assignment(session, pairs[number % 2], add_household(session, f"{number:03}"))
        answers = {
            "income_cny": 900_000 if number == 4 else 2000 + 100 * (number % 7),
            "water_safe": "dont_know" if number % 2 else "yes",
            "worry": "下雨" if number % 2 else None,
        }
        add_submission(
            session, version, f"uuid:{number}", assignment=assignment, answers=answers, state="accepted" if number else "received"
        )
    return visit


def test_overview__of_a_visit__counts_what_every_check_marks_and_leads_to_the_interviews(
    sign_in: SignIn, visit: Visit, statements: Statements
) -> None:
    client = sign_in("coordinator")
    page = client.get(QUALITY).get_data(as_text=True)
    assert "30 份" in page
    assert all(f'href="{QUALITY}/{check.name}?form=test_form"' in page for check in CHECKS)
    statements.reset()
    assert client.get(QUALITY).status_code == 200
    assert len(statements) <= 16, "what was found is kept until something happens"
    table = client.get(f"{QUALITY}/outliers").get_data(as_text=True)
    assert "900,000" in table
    assert "全年收入多少？" in table
    address = table.split(f'href="{QUALITY}/outliers/interviews?')[1].split('"')[0].replace("&amp;", "&")
    concerned = client.get(f"{QUALITY}/outliers/interviews?{address}").get_data(as_text=True)
    assert "/review/uuid:4" in concerned
    assert "/review/uuid:5" not in concerned
    assert "已不存在" in client.get(f"{QUALITY}/outliers/interviews?row=0123456789ab").get_data(as_text=True)


def test_pair__asked__sees_its_own_points_on_the_page_and_in_word(sign_in: SignIn, visit: Visit) -> None:
    client = sign_in("author")
    first, second = (f"{QUALITY}/pairs/{pair.lead_id}/{pair.second_id}" for pair in visit.pairs)
    page = client.get(first).get_data(as_text=True)
    assert "在 15 份访谈中，有 1 份“全年收入多少？”" in page
    assert "“最发愁什么？”：15 次中有 15 次没有答案（100.0%），其他访谈员是 0.0%。" in page
    assert "900,000" not in client.get(second).get_data(as_text=True)
    assert "“不知道”：15 个答案中有 15 个" in client.get(second).get_data(as_text=True)
    document = Document(io.BytesIO(client.get(f"{first}/sheet.docx").data))
    assert any("在 15 份访谈中，有 1 份“全年收入多少？”" in paragraph.text for paragraph in document.paragraphs)
    filtered = client.get(f"{QUALITY}/outliers?rows=all&pair={visit.pairs[1].lead_id}/{visit.pairs[1].second_id}").get_data(as_text=True)
    assert "900,000" not in filtered


def test_figures__after_an_interview_is_returned__are_without_it(sign_in: SignIn, visit: Visit) -> None:
    client = sign_in("coordinator")
    assert "900,000" in client.get(f"{QUALITY}/outliers").get_data(as_text=True)
    assert client.post("/review/uuid:4/reopen", data={"reason": "再看"}).status_code == 302
    assert client.post("/review/uuid:4/return", data={"reason": "请核对收入"}).status_code == 302
    assert "900,000" not in client.get(f"{QUALITY}/outliers").get_data(as_text=True)


def test_figures__after_an_answer_is_corrected__take_what_counts(sign_in: SignIn, session: Session, visit: Visit) -> None:
    client = sign_in("coordinator")
    assert "900,000" in client.get(f"{QUALITY}/outliers").get_data(as_text=True)
    record = find_record(session, session.get_one(Submission, "uuid:4"))
    correct_answer(session, find_or_add_person(session, "coordinator"), record, "/data/income_cny", "2100", "多写了零", NOW)
    page = client.get(f"{QUALITY}/outliers").get_data(as_text=True)
    assert "900,000" not in page
    assert "没有标出的内容" in page


def test_workbook__of_a_visit__has_a_sheet_for_each_check_with_rows(sign_in: SignIn, visit: Visit) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sign_in("admin").get(f"{QUALITY}/quality.xlsx").data))
    assert {"概览", "离群数值", "各访谈员未答"} <= set(book.sheetnames)


def test_pages__by_role__open_for_those_who_read_interviews(sign_in: SignIn, visit: Visit) -> None:
    pair = visit.pairs[0]
    addresses = ("", "/missing", "/missing/interviews", f"/pairs/{pair.lead_id}/{pair.second_id}", "/quality.xlsx")
    for username, status in {"admin": 200, "coordinator": 200, "author": 200, "lead1": 403, "county": 403}.items():
        client = sign_in(username)
        assert {address: client.get(QUALITY + address).status_code for address in addresses} == dict.fromkeys(addresses, status)


def test_pages__nothing_received_or_nothing_so_named__say_so(sign_in: SignIn, session: Session, client: FlaskClient) -> None:
    add_visit(session)
    assert client.get(QUALITY).status_code == 302, "nobody is signed in"
    client = sign_in("coordinator")
    assert "还没有" in client.get(QUALITY).get_data(as_text=True)
    assert client.get(f"{QUALITY}/nonsense").status_code == 404
    assert client.get(f"{QUALITY}/pairs/a/b").status_code == 404


def test_times__of_a_log__are_kept_once_when_it_comes_exported_and_shown(sign_in: SignIn, session: Session, visit: Visit) -> None:
    take_companions(session, "uuid:1", {AUDIT_FILE: LOG})
    take_companions(session, "uuid:1", {AUDIT_FILE: LOG})
    assert session.get_one(AnswerTimes, "uuid:1").seconds == {"/data/income_cny": [1.5], "/data/worry": [7.0]}
    assert read_times(session, ["uuid:1", "uuid:2"]) == [("uuid:1", {"/data/income_cny": [1.5], "/data/worry": [7.0]})]
    page = sign_in("coordinator").get(f"{QUALITY}/speed_by_question").get_data(as_text=True)
    assert "7.0" in page


def test_older_logs__in_storage__are_read_once(session: Session, visit: Visit, client: FlaskClient) -> None:
    storage: Storage = client.application.extensions["survey.storage"]
    log = {"name": AUDIT_FILE, "sha256": storage.put(LOG), "size_bytes": len(LOG), "media_type": "text/csv"}
    session.add(Attachment(instance_id="uuid:2", **log))
    session.flush()
    assert read_older_logs(session, storage, NOW) == 1
    assert session.get_one(AnswerTimes, "uuid:2").seconds["/data/worry"] == [7.0]
    assert read_older_logs(session, storage, NOW) == 0
