"""Drafts that the program keeps no longer name who was erased, and drafts that left the register leave no file."""

from datetime import date, datetime
from io import BytesIO

from docx import Document
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.events import Event, log_event
from survey.intake.models import Submission
from survey.places.models import Household
from survey.protection.answers import ERASED
from survey.protection.drafts import is_naming
from survey.protection.erasing import erase
from survey.protection.held import Found
from survey.protection.models import ErasureRequest
from survey.registry.models import HouseholdMember
from survey.reports.models import Report
from survey.storage import Storage
from survey.verify import verify
from tests.builders import find_or_add_person
from tests.conftest import SignIn
from tests.survey.protection.test_erasing import household

__all__ = ["household"]

NAMES = ("张大山", "李四妹")


def word_file(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    document = Document()
    for each in paragraphs:
        document.add_paragraph(each)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def add_draft(session: Session, storage: Storage, title: str, content: bytes, now: datetime, *, is_of_visit: bool = True) -> Report:
    """A draft in the register, of the only visit or of none."""
    visit_id = session.scalars(select(Submission.visit_id)).first() if is_of_visit else None
    told = {"reported_on": date(2018, 5, 1), "created_at": now, "sha256": storage.put(content), "subject": "county/visit=2018-04-test"}
    report = Report(kind="county", title=title, visit_id=visit_id, **told)
    session.add(report)
    session.commit()
    return report


def text_of(report: Report, storage: Storage) -> list[str]:
    """The paragraphs of a draft."""
    assert report.sha256 is not None
    return [each.text for each in Document(BytesIO(storage.get(report.sha256))).paragraphs]


def test_erase__household__takes_it_out_of_drafts_that_are_kept_and_leaves_others_as_they_are(
    app: Flask, session: Session, household: Household, now: datetime
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    quoting = add_draft(session, storage, "张大山户", word_file("张大山说：“张大山想要一口井”。", "全县3户。"), now)
    of_none = add_draft(session, storage, "年度报告", word_file("李四妹一户已走访。"), now, is_of_visit=False)
    other = add_draft(session, storage, "另一份", word_file("全县3户。"), now)
    removed = storage.put(word_file("张大山：早先移出登记册的报告稿"))
    log_event(session, None, "report.removed", "report", "x", now, kind="county", title="x", sha256=removed)
    session.commit()
    before = (quoting.sha256, of_none.sha256, other.sha256)
    erasure = erase(session, storage, None, Found(household, None), "asked in writing", now)
    session.commit()
    assert sorted(erasure.drafts.changed) == sorted([quoting.id, of_none.id])
    assert erasure.drafts.left == []
    assert (quoting.title, text_of(quoting, storage)) == (f"{ERASED}户", [f"{ERASED}说：“{ERASED}”。", "全县3户。"])
    assert text_of(of_none, storage) == [f"{ERASED}一户已走访。"]
    assert other.sha256 == before[2]
    assert [storage.exists(str(each)) for each in (before[0], before[1], removed)] == [False, False, False]
    assert [sha256 for sha256 in storage.sizes() if storage.get(sha256)[:2] == b"PK" and is_naming(storage.get(sha256), NAMES)] == []
    assert session.scalars(select(Event.details).where(Event.action == "person.erased")).one()["n_drafts"] == 2
    assert verify(session, storage, lambda _what, _done, _total: None).problems == ()


def test_erase__one_member__takes_that_name_alone_out_of_drafts(app: Flask, session: Session, household: Household, now: datetime) -> None:
    storage: Storage = app.extensions["survey.storage"]
    report = add_draft(session, storage, "稿", word_file("张大山和李四妹在家。", "张大山想要一口井"), now)
    member = session.scalars(select(HouseholdMember).where(HouseholdMember.name == "李四妹")).one()
    erase(session, storage, None, Found(household, member), "asked in writing", now)
    session.commit()
    assert text_of(report, storage) == [f"张大山和{ERASED}在家。", "张大山想要一口井"]


def test_page__after_an_erasure__tells_what_the_program_took_out_and_what_is_left(
    app: Flask, session: Session, household: Household, sign_in: SignIn, now: datetime
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    add_draft(session, storage, "可改的稿", word_file("张大山在家。"), now)
    unreadable = add_draft(session, storage, "读不出的稿", b"not a Word file", now)
    asked = ErasureRequest(
        household_id=household.id, reason="asked in writing", asked_at=now, asked_by_id=find_or_add_person(session, "coordinator").id
    )
    session.add(asked)
    session.commit()
    admin = sign_in("admin")
    assert admin.post(f"/protection/people/requests/{asked.id}").status_code == 302
    page = admin.get(f"/protection/people/requests/{asked.id}/after").get_data(as_text=True)
    assert page.count("程序已删去") == 1
    assert page.count(f"/reports/{unreadable.id}/remove") == 1
    old = str(unreadable.sha256)
    assert admin.post(f"/reports/{unreadable.id}/remove").status_code == 302
    assert not storage.exists(old), "what leaves the register leaves no file"
