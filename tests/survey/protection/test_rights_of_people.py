"""One person's rights on pages and by commands: a file of everything, erasure by two people, and visits that are kept until a day."""

import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.cli import main
from survey.intake.media import kept_type
from survey.intake.models import Attachment, Submission
from survey.issues.models import HouseholdOutcome
from survey.outcomes.models import AssignmentOutcome
from survey.places.models import Household
from survey.protection.answers import ERASED
from survey.protection.models import ErasureRequest, VisitRetention
from survey.protection.retention import list_kept, months_after
from survey.registry.models import HouseholdMember
from survey.verify import verify
from tests.builders import add_household, find_or_add_person
from tests.conftest import SECRET_KEY, SignIn
from tests.issues import add_issue
from tests.survey.protection.test_erasing import household

__all__ = ["household"]


def test_pages__asked_by_one_and_confirmed_by_another__erase(sign_in: SignIn, session: Session, household: Household) -> None:
    coordinator = sign_in("coordinator")
    assert household.id in coordinator.get("/protection/people?q=张大").text
    page = f"/protection/people/{household.id}"
    assert "张大山" in coordinator.get(page).text
    given = coordinator.post(f"{page}/file")
    with zipfile.ZipFile(io.BytesIO(given.data)) as archive:
        told = json.loads(archive.read("data.json"))
        assert [each["name"] for each in told["members"]] == ["张大山", "李四妹"]
        first = told["interviews"][0]["files"][0]
        assert archive.read(first["place"])
    session.get_one(Attachment, first["id"]).media_type = kept_type(b"", "Invented.Harmless-1")
    given = coordinator.post(f"{page}/file")
    with zipfile.ZipFile(io.BytesIO(given.data)) as archive:
        told = json.loads(archive.read("data.json"))
        assert (told["interviews"][0]["files"][0]["place"], first["place"] in archive.namelist()) == (None, False), "a virus is in it"
    assert coordinator.post(page, data={"reason": ""}).status_code == 422
    assert coordinator.post(page, data={"reason": "asked in writing"}).status_code == 302
    request = session.scalars(select(ErasureRequest)).one()
    confirm = f"/protection/people/requests/{request.id}"
    assert "You asked for it yourself" in coordinator.get(confirm, headers={"Accept-Language": "en"}).text or "由您提出" in (
        coordinator.get(confirm).text
    )
    assert coordinator.post(confirm).status_code == 403
    assert session.get_one(Household, household.id).head_name == "张大山"
    assert sign_in("author").get(page).status_code == 403
    assert sign_in("admin").post(confirm).status_code == 302
    assert session.get_one(Household, household.id).head_name == ERASED
    after = sign_in("admin").get(f"{confirm}/after").get_data(as_text=True)
    assert "没有报告稿提到此人" in after
    assert "请立即备份一次" in after
    listed = sign_in("admin").get("/protection/people/erased").get_data(as_text=True)
    assert "本人重新同意" in listed
    sign_in("admin").post(f"/protection/people/erased/{household.id}/lift")
    assert "可重新登记" in sign_in("admin").get("/protection/people/erased").get_data(as_text=True)
    assert sign_in("admin").post(f"{confirm}/decline").status_code == 409


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [(date(2018, 4, 30), 60, date(2023, 4, 30)), (date(2016, 2, 29), 12, date(2017, 2, 28)), (date(2018, 12, 31), 2, date(2019, 2, 28))],
)
def test_months_after__any_day__is_a_day_of_that_month(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_visit_page__day_set_by_a_coordinator__is_kept_and_bad_ones_refused(
    sign_in: SignIn, session: Session, household: Household
) -> None:
    visit_id = session.scalars(select(Submission.visit_id)).one()
    page = f"/visits/{visit_id}/personal-data"
    coordinator = sign_in("coordinator")
    assert coordinator.get(page).status_code == 200
    assert coordinator.post(page, data={"purpose": "监督", "keep_until": "2010-01-01"}).status_code == 422
    assert coordinator.post(page, data={"purpose": "监督", "keep_until": "2030-12-31"}).status_code == 302
    assert session.get_one(VisitRetention, visit_id).keep_until == date(2030, 12, 31)
    assert sign_in("author").post(page, data={}).status_code == 403
    assert "2030" in sign_in("admin").get("/protection/retention").text
    [kept] = list_kept(session, date(2030, 12, 1), 60)
    assert (kept.state, kept.n_submissions, kept.purpose) == ("soon", 1, "监督")
    assert [list_kept(session, day, 60)[0].state for day in (date(2030, 12, 31), date(2031, 1, 1))] == ["soon", "due"]


def test_commands__find_export_erase_and_retention__do_what_they_say(
    app: Flask, session: Session, household: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    data = app.extensions["survey.settings"].data
    monkeypatch.setenv("SURVEY_DATA", data)
    monkeypatch.setenv("SURVEY_SECRET_KEY", SECRET_KEY)

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, words)
        return result.exit_code, result.output

    member = session.scalars(select(HouseholdMember).where(HouseholdMember.position == 2)).one()
    submission = session.get_one(Submission, "uuid:p1")
    issue = add_issue(session, find_or_add_person(session, "coordinator"), now)
    # Of a household that nobody was interviewed in there are notes only.
    other = add_household(session, "0999")
    met = HouseholdOutcome(issue_id=issue.id, household_id=other.id, visit_id=submission.visit_id, outcome="fixed", note="张大山在家")
    met.found_at = now
    unmet = AssignmentOutcome(assignment_id=submission.assignment_id, outcome="absent", note="李四妹说他出门了", recorded_at=now)
    session.add_all((met, unmet))
    session.commit()
    assert f"--member {member.id}" in run("person", "find", "李四")[1]
    assert run("person", "find", "nobody")[0] == 1
    assert run("person", "export", household.id, str(tmp_path / "person.zip"))[0] == 0
    assert zipfile.is_zipfile(tmp_path / "person.zip")
    assert "Nothing was erased" in run("person", "erase", household.id, "--reason", "asked")[1]
    assert "1 interview" in run("person", "erase", household.id, "--member", member.id, "--reason", "asked", "--yes")[1]
    code, told = run("retention")
    assert (code, "due" in told) == (1, True)
    assert "1 interview and 1 file erased" in run("retention", "--apply")[1]
    assert run("retention")[0] == 0
    session.commit()  # what the commands wrote is seen by a transaction that begins after them
    session.expire_all()
    assert session.get_one(Submission, "uuid:p1").answers["members"][0]["member_name"] == ERASED
    assert (met.note, unmet.note) == (ERASED, ERASED)
    assert session.get_one(Household, household.id).head_name == "张大山"
    assert verify(session, app.extensions["survey.storage"], lambda _what, _done, _total: None).problems == ()
