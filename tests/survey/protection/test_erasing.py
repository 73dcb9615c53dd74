"""Erasing one household or one of its members, everywhere it is held, so that the log stays whole and the figures stay."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from survey.corrections.models import Correction
from survey.db import Base
from survey.intake.attachments import ReceivedFile
from survey.intake.models import AnswerNote, Attachment, Submission
from survey.intake.partials import PartialKey, Partials
from survey.intake.receive import Received, receive_submission
from survey.places.models import Household, Region
from survey.places.roster import read_roster
from survey.places.roster_plan import plan_roster
from survey.protection.answers import ERASED
from survey.protection.erased import lift_erased
from survey.protection.erasing import erase
from survey.protection.held import Found, find_people, read_held
from survey.protection.reapplying import erase_what_came_back
from survey.registry.models import HouseholdMember
from survey.registry.sealing import Vault
from survey.storage import Storage
from survey.verify import verify
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.conftest import SECRET_KEY
from tests.survey.intake.interviews import JPEG

FORM = """
| survey |               |               |         |
|        | type          | name          | label   |
|        | end           | end           |         |
|        | hidden        | assignment_id | Task    |
|        | integer       | n_members     | How many |
|        | geopoint      | place         | Where   |
|        | image         | house         | House   |
|        | text          | wish          | Wish    |
|        | begin_repeat  | members       | Who     |
|        | text          | member_name   | Name    |
|        | integer       | age           | Age     |
|        | end_repeat    |               |         |
| settings |             |               |         |
|          | form_id     | version       |         |
|          | people      | 1             |         |
"""
XML = """<data id="people" version="1"><assignment_id>{assignment}</assignment_id><n_members>2</n_members><place>33.1 106.1 0 5</place>
<house>house.jpg</house><wish>张大山想要一口井</wish>
<members><member_name>张大山</member_name><age>60</age></members><members><member_name>李四妹</member_name><age>58</age></members>
<meta><instanceID>uuid:p1</instanceID></meta></data>"""


@pytest.fixture
def household(session: Session, app: Flask, now: datetime) -> Household:
    """A household of two with an interview, a picture, a note and a correction."""
    add_form(session, FORM)
    household = add_household(session)
    household.head_name = "张大山"
    for position, name in enumerate(("张大山", "李四妹"), start=1):
        session.add(HouseholdMember(household_id=household.id, position=position, name=name, birth_year=1958))
    assignment = add_assignment(session, add_pair(session, add_visit(session)), household, "people")
    xml = XML.format(assignment=assignment.id).encode()
    storage = app.extensions["survey.storage"]
    files = {"house.jpg": ReceivedFile("house.jpg", JPEG)}
    assert receive_submission(session, assignment.pair.lead, Received(xml, files, assignment.id), storage, now).outcome == "stored"
    session.add(AnswerNote(instance_id="uuid:p1", node="/data/wish", question="wish", text="张大山的儿子在外打工"))
    coordinator = find_or_add_person(session, "coordinator")
    said = {"instance_id": "uuid:p1", "reason": "张大山更正", "corrected_at": now, "corrected_by_id": coordinator.id}
    session.add(Correction(question="wish", node="/data/wish", old="张大山想要一口井", new="一口井", **said))
    session.add(Correction(question="n_members", node="/data/n_members", old="2", new="3", **said))
    session.commit()
    return household


def dump(session: Session) -> str:
    """Everything in the database as text, opened."""
    session.flush()
    return "\n".join(str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table)))


def problems(session: Session, storage: Storage) -> tuple[str, ...]:
    """What `verify` finds."""
    session.expire_all()
    return verify(session, storage, lambda _what, _done, _total: None).problems


def test_erase__household__leaves_nothing_of_its_people_and_the_figures(
    app: Flask, session: Session, household: Household, now: datetime
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    sha256 = session.scalars(select(Attachment.sha256)).one()
    visit_id = session.scalars(select(Submission.visit_id)).one()
    bundle = app.extensions["survey.settings"].figures_path / str(visit_id) / "bundle"
    bundle.mkdir(parents=True)
    (bundle / "households.parquet").write_bytes("张大山".encode())
    pieces = Partials(app.extensions["survey.settings"].uploads_path)
    keys = [PartialKey(instance_id, "door.jpg", sha256) for instance_id in ("uuid:p1", "uuid:of-others")]
    for key in keys:
        pieces.write(key, 0, b"a picture that is on its way")
    erasure = erase(session, storage, find_or_add_person(session, "coordinator"), Found(household, None), "asked in writing", now)
    assert storage.exists(sha256), "files go with the commit and not before"
    session.commit()
    assert (erasure.n_submissions, erasure.n_files) == (1, 1)
    assert not storage.exists(sha256)
    assert not bundle.exists()
    assert [pieces.n_bytes(key) for key in keys] == [0, 28], "pieces go, too, and those of other interviews stay"
    assert "张大山" not in dump(session)
    assert "李四妹" not in dump(session)
    submission = session.get_one(Submission, "uuid:p1")
    assert submission.answers["n_members"] == 2
    assert [each["age"] for each in submission.answers["members"]] == [60, 58]
    assert (submission.answers["wish"], submission.answers["place"], submission.latitude) == (ERASED, None, None)
    assert b"<age>58</age>" in submission.xml
    assert [each.new for each in session.scalars(select(Correction).order_by(Correction.question))] == ["3", ""]
    assert problems(session, storage) == ()
    session.execute(text("UPDATE submissions SET answers = '{}'"))
    assert "its answers were changed" in problems(session, storage)[0]


def test_erase__one_member__leaves_the_others_and_the_files(app: Flask, session: Session, household: Household, now: datetime) -> None:
    storage: Storage = app.extensions["survey.storage"]
    [found] = find_people(session, "李四妹", Vault(SECRET_KEY))
    assert found.member is not None
    erase(session, storage, None, found, "asked in writing", now)
    session.commit()
    assert "李四妹" not in dump(session)
    members = session.get_one(Submission, "uuid:p1").answers["members"]
    assert [(each["member_name"], each["age"]) for each in members] == [("张大山", 60), (ERASED, 58)]
    assert session.scalar(select(func.count()).select_from(Attachment)) == 1
    assert problems(session, storage) == ()


def test_find_people__by_part_of_a_name__names_household_and_member(session: Session, household: Household) -> None:
    found = find_people(session, "张大", Vault(SECRET_KEY))
    assert [(each.household.id, each.member and each.member.name) for each in found] == [(household.id, None), (household.id, "张大山")]
    held = read_held(session, household)
    assert held.counts()["submissions"] == held.counts()["attachments"] == 1
    assert held.counts()["corrections"] == 2


def test_roster__with_somebody_erased__leaves_the_row_out_until_they_agree_anew(
    app: Flask, session: Session, household: Household, now: datetime
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    region, number = session.get_one(Region, household.village_code), household.number
    erase(session, storage, None, Found(household, None), "asked in writing", now)
    people = ((number, "张大山"), ("777", "李四妹"), ("778", "王老五"))
    lines = "\n".join(f"{region.code},{number},{name},一般户,3" for number, name in people)
    roster = read_roster(f"村代码,户编号,户主姓名,农户类型,家庭人口\n{lines}\n".encode(), "roster.csv")
    plan = plan_roster(session, roster)
    assert [(each.value, each.reason) for each in plan.roster.problems] == [("张大山", "erased"), ("李四妹", "erased")]
    assert [row.head_name for row in plan.comparison.new] == ["王老五"]
    assert lift_erased(session, find_or_add_person(session, "coordinator"), household.id, now) == 3
    assert plan_roster(session, roster).roster.problems == ()
    assert "张大山" not in dump(session)


def test_erase_what_came_back__list_of_a_later_backup__erases_again_and_once(
    app: Flask, session: Session, household: Household, now: datetime
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    rows = [
        {"id": "1", "household_id": household.id, "village_code": household.village_code, "erased_at": now},
        {"id": "2", "household_id": household.id, "member_id": "another", "village_code": household.village_code, "erased_at": now},
        {"id": "3", "household_id": "of another database", "erased_at": now},
    ]
    assert erase_what_came_back(session, storage, rows, now) == 1
    assert "张大山" not in dump(session)
    assert problems(session, storage) == ()
    assert erase_what_came_back(session, storage, rows, now) == 0
