"""Previewing and printing questionnaires: who may, what is kept, and that nothing can be sent."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli import main
from survey.config import Settings
from survey.instruments.draft_operations import keep_draft
from survey.instruments.models import QuestionnaireDraft, QuestionnaireVersion
from survey.intake.models import Submission
from survey.storage import Storage
from tests.builders import FORM, add_form, find_or_add_person
from tests.conftest import SignIn

PICTURE = b"\x89PNG\r\n\x1a\n"
WITH_PICTURE = FORM.replace("label::English (en) | required |", "label::English (en) | required | image |", 1).replace(
    "How many members?   | yes      |", "How many members?   | yes      | house.png |"
)


def check(client: FlaskClient, source: str = FORM, **files: bytes) -> str:
    """The page about a checked file."""
    data = {"file": (BytesIO(source.encode()), "form.md"), "files": [(BytesIO(data), name) for name, data in files.items()]}
    return client.post("/instruments/check", data=data).text


def only_draft(session: Session) -> QuestionnaireDraft:
    """The one draft there is."""
    return session.scalars(select(QuestionnaireDraft)).one()


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """A storage of its own."""
    return Storage(str(tmp_path / "files"))


def test_check__good_file__offers_a_preview_of_what_is_not_published(sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    page = check(client)
    address = f"/instruments/check/{only_draft(session).id}/preview"
    assert f'href="{address}"' in page
    frame = client.get(address)
    assert f'src="{address}/form"' in frame.text
    form = client.get(f"{address}/form")
    assert "您家有几口人？" in form.text
    assert "data-preview" in form.text
    assert "frame-ancestors 'self'" in form.headers["Content-Security-Policy"]
    assert client.get(f"{address}/plan.json").get_json()["form"]["id"] == "test_form"
    assert session.scalars(select(QuestionnaireVersion)).all() == []


def test_preview__of_any_form__knows_no_address_to_send_to(sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    add_form(session)
    check(client)
    for address in (f"/instruments/check/{only_draft(session).id}/preview/form", "/instruments/test_form/2018.1/preview/form"):
        page = client.get(address).text
        assert "data-submission" not in page
        assert "data-assignments" not in page
    assert "csrf_token" not in client.get("/instruments/preview/session.json").get_json()
    assert session.scalars(select(Submission)).all() == []


def test_draft__of_somebody_else__is_not_found(sign_in: SignIn, session: Session) -> None:
    check(sign_in("coordinator"))
    draft = only_draft(session)
    client = sign_in("admin")
    for view in ("preview", "preview/form", "preview/plan.json", "paper.docx"):
        assert client.get(f"/instruments/check/{draft.id}/{view}").status_code == 404
    assert sign_in("author").get(f"/instruments/check/{draft.id}/preview").status_code == 403


def test_draft__checked_again__replaces_the_one_before(sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    check(client)
    first = only_draft(session).id
    check(client, FORM.replace("2018.1", "2018.2"))
    assert only_draft(session).id != first


def test_draft__of_yesterday__is_removed(session: Session, storage: Storage, now: datetime) -> None:
    coordinator, other = find_or_add_person(session, "coordinator"), find_or_add_person(session, "admin")
    keep_draft(session, coordinator, FORM.encode(), "old.md", {}, storage, now - timedelta(days=1, minutes=1))
    keep_draft(session, coordinator, FORM.encode(), "young.md", {}, storage, now - timedelta(hours=1))
    keep_draft(session, other, FORM.encode(), "new.md", {}, storage, now)
    assert sorted(session.scalars(select(QuestionnaireDraft.source_name))) == ["new.md", "young.md"]


def test_check__file_with_errors__keeps_no_draft(sign_in: SignIn, session: Session) -> None:
    check(sign_in("coordinator"), FORM.replace("| text       | wish ", "| texxt      | wish "))
    assert session.scalars(select(QuestionnaireDraft)).all() == []


def test_preview__with_a_picture__shows_the_one_that_was_checked(sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    check(client, WITH_PICTURE, **{"house.png": PICTURE})
    address = f"/instruments/check/{only_draft(session).id}/preview/form"
    assert f'data-files="{address}/files/"' in client.get(address).text
    assert client.get(f"{address}/files/house.png").data == PICTURE
    assert client.get(f"{address}/files/other.png").status_code == 404


def test_version__for_an_author__is_previewed_and_printed(sign_in: SignIn, session: Session) -> None:
    add_form(session)
    client = sign_in("author")
    page = client.get("/instruments/test_form/2018.1").text
    assert 'href="/instruments/test_form/2018.1/preview"' in page
    assert client.get("/instruments/test_form/2018.1/preview").status_code == 200
    assert client.get("/instruments/test_form/2018.1/preview/form").status_code == 200
    assert client.get("/instruments/preview/session.json").get_json()["username"] == "author"
    answer = client.get("/instruments/test_form/2018.1/paper.docx?language=en")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "How many members?*" in "\n".join(each.text for each in Document(BytesIO(answer.data)).paragraphs)
    assert client.get("/instruments/test_form/2018.1/paper.docx?language=fr").status_code == 422


def test_version__for_an_interviewer__is_for_practice_only(sign_in: SignIn, session: Session) -> None:
    add_form(session)
    client = sign_in("lead1")
    assert client.get("/instruments/test_form/2018.1/preview").status_code == 403
    assert client.get("/instruments/test_form/2018.1/paper.docx").status_code == 403


def run(settings: Settings, *words: str) -> tuple[int, str]:
    """The exit status and the output of a command of this installation."""
    environment = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": settings.secret_key}
    result = CliRunner().invoke(main, list(words), env=environment)
    return result.exit_code, result.output


def test_paper_command__of_a_file__needs_no_installation(settings: Settings, tmp_path: Path) -> None:
    source, out = tmp_path / "form.md", tmp_path / "paper.docx"
    source.write_text(FORM, encoding="utf-8")
    status, output = run(settings, "questionnaire", "paper", str(source), "--language", "zh", "--out", str(out))
    assert (status, "test_form version 2018.1" in output) == (0, True)
    assert "您家有几口人？*" in "\n".join(each.text for each in Document(str(out)).paragraphs)


def test_paper_command__of_a_published_form__prints_the_newest(settings: Settings, session: Session, tmp_path: Path) -> None:
    add_form(session)
    session.commit()
    out = tmp_path / "paper.docx"
    assert run(settings, "questionnaire", "paper", "test_form", "--out", str(out))[0] == 0
    assert out.exists()


def test_paper_command__unknown__says_so_in_one_line(settings: Settings, tmp_path: Path) -> None:
    status, output = run(settings, "questionnaire", "paper", "nothing", "--out", str(tmp_path / "paper.docx"))
    assert status == 1
    assert "'nothing'" in output
    assert list(tmp_path.glob("*.docx")) == []
