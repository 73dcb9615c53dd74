"""Edited drafts handed in on a page, and drafts in an organisation's own style."""

from collections.abc import Callable
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.measures import LEAST_OF_SHARE
from survey.house_styles.models import HouseStyle
from survey.reports.models import Report
from tests.survey.report_files.drafts import accept_another, draft_of_one
from tests.word_files import open_word

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def draft(session: Session, app: Flask) -> bytes:
    """The draft on a county with one accepted interview."""
    return draft_of_one(session, app)


def _hand_in(client: FlaskClient, content: bytes, action: str, name: str = "改过的稿.docx") -> str:
    response = client.post("/reports/files", data={"file": (BytesIO(content), name), "action": action})
    assert response.status_code == 200, response.text
    return response.text


def test_refresh__after_another_interview__gives_a_new_version_and_lists_what_changed(
    draft: bytes, sign_in: SignIn, session: Session
) -> None:
    accept_another(session)
    page = _hand_in(sign_in("author"), draft, "refresh")
    assert "<del>1</del> <ins>2</ins>" in page
    report = session.scalars(select(Report)).one()
    assert (report.kind, report.title, report.visit_id) == ("county", "改过的稿", "2018-04-test")
    assert f"/reports/{report.id}/file" in page
    fresh = sign_in("author").get(f"/reports/{report.id}/file").data
    assert _hand_in(sign_in("author"), fresh, "trace").count("<tr>") == 0
    again = _hand_in(sign_in("author"), fresh, "refresh")
    assert '<ul class="differences">' not in again
    assert f"/reports/{report.id}/file" not in again
    assert session.scalars(select(func.count()).select_from(Report)).one() == 1


def test_trace__of_a_figure_typed_over__shows_both_numbers(draft: bytes, sign_in: SignIn) -> None:
    document = Document(BytesIO(draft))
    texts = [next(each.iter(qn("w:t"))) for each in document.element.body.iter(qn("w:sdt")) if not list(each.iter(qn("w:p")))]
    figure = next(each for each in texts if each.text.isdigit())
    known, figure.text = figure.text, "77"
    content = BytesIO()
    document.save(content)
    page = _hand_in(sign_in("author"), content.getvalue(), "trace")
    assert f"<td>77</td><td>{known}</td>" in page


def test_names_and_format__of_a_file__are_told(draft: bytes, sign_in: SignIn) -> None:
    document = Document(BytesIO(draft))
    document.add_paragraph("欧阳明1说水不够。")
    content = BytesIO()
    document.save(content)
    assert "欧阳明1" in _hand_in(sign_in("author"), content.getvalue(), "names")
    assert "failure" not in _hand_in(sign_in("author"), draft, "format")


def test_evidence__in_comments__names_interviews_to_reviewers_only(draft: bytes, sign_in: SignIn, session: Session) -> None:
    accept_another(session)
    _hand_in(sign_in("author"), draft, "refresh")
    report = session.scalars(select(Report)).one()
    told = {}
    for role in ("coordinator", "author"):
        written = open_word(sign_in(role).get(f"/reports/files/{report.id}/evidence").data)
        told[role] = "\n".join(comment.text for comment in written.comments)
    assert "uuid:1" in told["coordinator"]
    assert told["author"]
    assert "uuid:1" not in told["author"]


def test_file__that_is_none_of_ours_or_none_at_all__is_refused_with_a_reason(draft: bytes, sign_in: SignIn) -> None:
    client = sign_in("author")
    plain = BytesIO()
    Document().save(plain)
    for content in (plain.getvalue(), b"%PDF-1.4"):
        response = client.post("/reports/files", data={"file": (BytesIO(content), "a.docx"), "action": "refresh"})
        assert response.status_code == 422
        assert "a.docx" in response.text
    assert client.post("/reports/files", data={"action": "refresh"}).status_code == 422
    for role in ("lead1", "county"):
        assert sign_in(role).get("/reports/files").status_code == 403


def test_house_style__handed_in__is_what_drafts_are_written_in(draft: bytes, sign_in: SignIn, session: Session) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "某某省委员会"
    document.add_paragraph("范文", "Title")
    own = BytesIO()
    document.save(own)
    for number in range(2, LEAST_OF_SHARE + 1):
        accept_another(session, number)
    coordinator = sign_in("coordinator")
    told = {"file": (BytesIO(own.getvalue()), "本会格式.docx"), "language": "zh"}
    assert coordinator.post("/reports/styles", data=told).status_code == 302
    page = coordinator.get("/reports/styles").text
    assert "本会格式.docx" in page
    how = {
        "language": "zh",
        "audience": "inward",
        "house_style": "used",
        "body": "某某省委员会",
        "number": "〔2018〕5号",
        "has_letterhead": "y",
    }
    response = coordinator.post("/reports/draft/county?visit=2018-04-test&county=610727", data=how)
    assert response.status_code == 302, response.text
    report = session.scalars(select(Report)).one()
    written = open_word(coordinator.get(f"/reports/{report.id}/file").data)
    assert written.sections[0].header.paragraphs[0].text == "某某省委员会"
    assert "〔2018〕5号" in "\n".join(paragraph.text for paragraph in written.paragraphs)
    assert "范文" not in "\n".join(paragraph.text for paragraph in written.paragraphs)
    own = {**how, "house_style": "none", "has_native_charts": "y"}
    assert coordinator.post("/reports/draft/county?visit=2018-04-test&county=610727", data=own).status_code == 302
    latest = session.scalars(select(Report).where(Report.version == 2)).one()
    plain = open_word(coordinator.get(f"/reports/{latest.id}/file").data)
    assert plain.sections[0].header.paragraphs[0].text != "某某省委员会"
    assert any("/charts/" in str(part.partname) for part in plain.part.package.iter_parts())
    style = session.scalars(select(HouseStyle)).one()
    wrong = {**how, "language": "en", "house_style": style.id}
    assert coordinator.post("/reports/draft/county?visit=2018-04-test&county=610727", data=wrong).status_code == 422
    assert coordinator.post("/reports/styles/zh/aside").status_code == 302
    assert "本会格式.docx" not in coordinator.get("/reports/styles").text
    assert sign_in("author").post("/reports/styles", data={}).status_code == 403
