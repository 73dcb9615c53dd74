"""Drafts that come back: refreshed, traced and checked by commands, inward and outward."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli import main
from survey.config import Settings
from survey.intake.models import Submission
from tests.builders import VILLAGE, add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.survey.intake.interviews import FORM, FORM_ID
from tests.word_files import open_word

VISIT, COUNTY = "2018-04-test", VILLAGE[:6]


@pytest.fixture
def run(settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """A function that runs a command of reports on an installation with a visit of two accepted interviews and one that waits."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, VISIT, village_codes=(VILLAGE,), forms=[version])
    pair = add_pair(session, visit)
    for number in range(1, 4):
        household = add_household(session, f"00{number}", village_code=VILLAGE)
        answers: dict[str, Any] = {"water_safe": "yes" if number == 1 else "no", "family": {"n_members": 2}}
        state = "received" if number == 3 else "accepted"
        assignment = add_assignment(session, pair, household, FORM_ID)
        add_submission(session, version, f"uuid:{number}", assignment=assignment, state=state, answers=answers)
    session.commit()
    monkeypatch.setenv("SURVEY_DATA", settings.data)
    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key)
    return lambda *arguments: CliRunner().invoke(main, ["report", *map(str, arguments)])


def test_draft__whose_data_changed__is_traced_refreshed_and_traced_again(
    run: Callable[..., Result], session: Session, tmp_path: Path
) -> None:
    draft, fresh = tmp_path / "draft.docx", tmp_path / "fresh.docx"
    assert run("draft", "county", "--visit", VISIT, "--county", COUNTY, "--out", draft).exit_code == 0
    before = draft.read_bytes()
    traced = run("trace", draft)
    assert traced.exit_code == 0, traced.output
    assert "uuid:1 counted" in traced.stdout
    waiting = session.scalars(select(Submission).where(Submission.review_state == "received")).one()
    waiting.review_state = "accepted"
    session.commit()
    failed = run("trace", draft)
    assert failed.exit_code == 1
    assert "DIFFERS: the data say 3" in failed.stdout
    refreshed = run("refresh", draft, "--out", fresh, "--json")
    assert refreshed.exit_code == 0, refreshed.output
    changes = {(each["address"], each["old"], each["new"]) for each in json.loads(refreshed.stdout)["changes"]}
    assert (f"count:interviewed@{VISIT}/{COUNTY}", "2", "3") in changes
    assert "3户" in "".join(paragraph.text for paragraph in open_word(fresh).paragraphs)
    assert run("trace", fresh).exit_code == 0
    assert draft.read_bytes() == before
    assert run("refresh", draft, "--out", draft).exit_code == 2
    assert run("evidence", fresh, "--out", tmp_path / "told.docx", "--with-interviews").exit_code == 0
    comments = "\n".join(comment.text for comment in open_word(tmp_path / "told.docx").comments)
    assert "有效答复：3" in comments
    assert "uuid:1" in comments
    official = (
        "--native-charts",
        "--body",
        "某某省委员会",
        "--number",
        "〔2018〕5号",
        "--letterhead",
        "--copies",
        "省委;省政府",
        "--contents",
    )
    assert run("draft", "method", "--visit", VISIT, "--out", fresh, *official).exit_code == 0
    words = "".join(open_word(fresh).element.body.itertext())
    assert all(said in words for said in ("某某省委员会", "〔2018〕5号", "省委，省政府", "目　录"))
    assert run("draft", "method", "--visit", VISIT, "--out", fresh, "--letterhead").exit_code == 2
    unknown = run("draft", "method", "--visit", VISIT, "--out", fresh, "--house-style", "本会格式.docx")
    assert unknown.exit_code == 1
    assert "House style '本会格式.docx'" in unknown.output


def test_outward_draft__by_command__passes_the_check_that_the_inward_one_fails(run: Callable[..., Result], tmp_path: Path) -> None:
    inward, outward = tmp_path / "in.docx", tmp_path / "out.docx"
    for audience, out in (("inward", inward), ("outward", outward)):
        told = ("--visit", VISIT, "--county", COUNTY, "--audience", audience, "--out", out)
        assert run("draft", "county", *told).exit_code == 0
    found = run("check", inward)
    assert found.exit_code == 1
    assert VILLAGE in found.stdout
    passed = run("check", outward)
    assert passed.exit_code == 0, passed.output
    assert run("trace", outward).exit_code == 0
    assert run("refresh", outward, "--out", tmp_path / "again.docx").exit_code == 0
    assert run("check", tmp_path / "again.docx").exit_code == 0
