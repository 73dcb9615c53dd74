"""Text blocks of reports: saved as versions, checked, taken back, and shown as a report would have them."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.report.kinds.blocks import BLOCKS, find_block
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.events import Event
from survey.report_texts.operations import save_text, use_default
from survey.report_texts.queries import current_texts, list_versions
from tests.builders import NOW, add_person
from tests.conftest import SignIn
from tests.signing_in import sign_in_as

BLOCK = "feedback.closing"


def test_text__saved_again_and_taken_back__is_a_version_each_time_and_the_newest_counts(session: Session) -> None:
    author = add_person(session, "author", "author")
    save_text(session, author, BLOCK, "zh", " 请研究。\r\n\r\n并请回复。  ", NOW)
    save_text(session, author, BLOCK, "zh", "请研究。\n\n并请回复。", NOW)
    save_text(session, author, BLOCK, "zh", "请{county}研究。", NOW)
    assert current_texts(session, "zh") == {BLOCK: "请{county}研究。"}
    assert current_texts(session, "en") == {}
    use_default(session, author, BLOCK, "zh", NOW)
    assert use_default(session, author, BLOCK, "zh", NOW) is None
    assert current_texts(session, "zh") == {}
    assert [version.body for version in list_versions(session, BLOCK, "zh")] == [None, "请{county}研究。", "请研究。\n\n并请回复。"]
    events = session.scalars(select(Event.action).where(Event.subject_type == "report_text").order_by(Event.number)).all()
    assert events == ["report_text.saved", "report_text.saved", "report_text.reset"]


@pytest.mark.parametrize(
    ("body", "named"), [("{contry}", "{contry}"), ("{county.name}", "{county.name}"), ("a } b", "brace"), (" \n ", "empty")]
)
def test_text__that_its_block_does_not_take__is_refused_by_what_is_wrong(session: Session, body: str, named: str) -> None:
    author = add_person(session, "author", "author")
    with pytest.raises(SurveyError) as caught:
        save_text(session, author, BLOCK, "zh", body, NOW)
    assert caught.value.code is ErrorCode.INVALID_VALUE
    assert named in str(caught.value)
    assert list_versions(session, BLOCK, "zh") == ()


def test_pages__of_texts__list_all_refuse_in_the_readers_language_and_show_how_a_text_reads(
    small_demo_app: Flask, small_demo_session: Session
) -> None:
    client = small_demo_app.test_client()
    sign_in_as(client, small_demo_session.scalars(select(User).where(User.username == "author")).one())
    page = client.get("/reports/texts")
    assert page.status_code == 200
    assert page.text.count("/zh") >= len(BLOCKS)
    address = f"/reports/texts/{BLOCK}/zh?visit=2017-04-lueyang&county=610727"
    refused = client.post(address, data={"body": "请{contry}回复", "action": "save"})
    assert refused.status_code == 422
    assert "没有占位符{contry}" in refused.text
    shown = client.post(address, data={"body": "请{county}回复{n_households}户的情况。", "action": "preview"})
    assert "请略阳县回复23户的情况。" in shown.text
    assert find_block(BLOCK).default("zh") in client.get(f"/reports/texts/{BLOCK}/zh/default").text
    assert client.get("/reports/texts/feedback.middle/zh").status_code == 404


@pytest.mark.parametrize("role", ["interviewer", "responsible"])
def test_pages__of_texts__are_closed_to_those_who_write_no_reports(sign_in: SignIn, role: str) -> None:
    client = sign_in({"interviewer": "interviewer", "responsible": "county"}[role])
    assert client.get("/reports/texts").status_code == 403
    assert client.post(f"/reports/texts/{BLOCK}/zh", data={"body": "改", "action": "save"}).status_code == 403
