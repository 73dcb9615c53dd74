"""Meetings with people, minutes and files, of a visit or of none."""

from datetime import date, datetime
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.events import Event
from survey.kept_files import KeptFile
from survey.liaison.meeting_forms import split_person
from survey.liaison.meeting_queries import MeetingFilter, list_all_meetings
from survey.visits.ledger import read_ledger
from survey.visits.meeting_operations import Attendee, attach_files, record_meeting, remove_meeting, update_meeting
from survey.visits.models import Meeting, MeetingFile, MeetingPerson, Visit
from tests import builders
from tests.conftest import SignIn
from tests.recorder import Statements

COUNTY, PROVINCE = "610727000000", "610000000000"
DAY = date(2018, 4, 19)


@pytest.fixture
def visit(session: Session) -> Visit:
    """A visit to one village."""
    return builders.add_visit(session)


def hold(session: Session, visit: Visit | None, now: datetime, **others: object) -> Meeting:
    """A meeting on 19 April."""
    facts = {"region_code": COUNTY, "kind": "feedback", "held_on": DAY, "title": "反馈会", **others}
    return record_meeting(session, None, visit, now=now, **facts)  # type: ignore[arg-type]


def test_record_meeting__without_a_visit__counts_in_the_ledger_and_is_logged_at_itself(
    visit: Visit, session: Session, now: datetime
) -> None:
    own = builders.add_person(session, "lead1", "interviewer")
    joint = hold(
        session, None, now, kind="joint_meeting", region_code=PROVINCE, people=[Attendee(own.id), Attendee(name=" 张某 ", post="主任")]
    )
    hold(session, visit, now)

    assert [(each.user_id, each.name, each.post) for each in joint.people] == [(own.id, "", ""), (None, "张某", "主任")]
    assert read_ledger(session).meetings == 2
    assert [row.meeting.id for row in list_all_meetings(session, MeetingFilter(visit="none"), 1)[1]] == [joint.id]
    subjects = session.execute(select(Event.action, Event.subject_type).where(Event.action.contains("meeting_recorded"))).all()
    assert [tuple(row) for row in subjects] == [("liaison.meeting_recorded", "meeting"), ("visit.meeting_recorded", "visit")]


WRONG = [
    ({"title": " "}, "title"),
    ({"kind": "party"}, "kind"),
    ({"held_on": date(2018, 4, 30)}, "held_on"),
    ({"region_code": "619999000000"}, "region_code"),
    ({"venue": "x" * 129}, "venue"),
    ({"people": [Attendee(name="")]}, "people"),
    ({"people": [Attendee(user_id="nobody")]}, "people"),
    ({"people": [Attendee(name="张某", post="x" * 129)]}, "people"),
]


def test_record_meeting__with_a_wrong_fact__names_the_field(visit: Visit, session: Session, now: datetime) -> None:
    for others, field in WRONG:
        with pytest.raises(SurveyError) as caught:
            hold(session, visit, now, **others)

        assert caught.value.values["field"] == field
        assert session.scalars(select(Meeting)).all() == []


def test_update_meeting__with_other_people__changes_them_and_logs_only_changes(visit: Visit, session: Session, now: datetime) -> None:
    meeting = hold(session, visit, now, people=[Attendee(name="张某"), Attendee(name="李某")])
    facts = {"region_code": COUNTY, "kind": "feedback", "held_on": DAY, "title": "反馈会", "now": now}

    update_meeting(session, None, meeting, visit, people=[Attendee(name="张某"), Attendee(name="李某")], **facts)  # type: ignore[arg-type]
    update_meeting(session, None, meeting, None, people=[Attendee(name="李某", post="村支书")], **facts)  # type: ignore[arg-type]

    assert [(each.position, each.name) for each in meeting.people] == [(1, "李某")]
    assert meeting.visit is None
    changes = session.scalars(select(Event.details).where(Event.action.contains("meeting_changed"))).all()
    assert [change["changed"] for change in changes] == [["visit_id", "people"]]


def test_remove_meeting__with_people_and_files__takes_them_along(visit: Visit, session: Session, now: datetime) -> None:
    meeting = hold(session, visit, now, people=[Attendee(name="张某")])
    file = KeptFile("纪要.docx", "a" * 64, 3, "application/zip")
    assert (attach_files(session, None, meeting, [file], now), attach_files(session, None, meeting, [file], now)) == (1, 0)

    remove_meeting(session, None, visit, meeting, now)

    for table in (Meeting, MeetingPerson, MeetingFile):
        assert session.scalars(select(table)).all() == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [("张某，县扶贫办主任", ("张某", "县扶贫办主任")), ("张某", ("张某", "")), (" 李某, 村支书, 组长 ", ("李某", "村支书, 组长"))],
)
def test_split_person__of_a_line__tells_name_from_post(line: str, expected: tuple[str, str]) -> None:
    assert split_person(line) == expected


def test_meeting_pages__from_recording_to_removal__keep_people_and_files(visit: Visit, session: Session, sign_in: SignIn) -> None:
    own = builders.find_or_add_person(session, "lead1")
    client = sign_in("coordinator")
    data = {
        "title": "四月反馈会",
        "kind": "feedback",
        "held_on": "2018-04-19",
        "visit_id": visit.id,
        "region_code": builders.VILLAGE,
        "venue": "村委会会议室",
        "own_people": [own.id],
        "others": "张某，村支书\n李某",
        "minutes": "一、饮水\n二、签约",
    }

    wrong = client.post("/liaison/meetings/new", data={**data, "others": "，没有姓名"})
    made = client.post("/liaison/meetings/new", data=data)
    path = made.location
    client.post(f"{path}/files", data={"files": [(BytesIO(b"%PDF-1.4"), "纪要.pdf")]}, content_type="multipart/form-data")
    page = client.get(path).text

    assert wrong.status_code == 200
    for text in ("四月反馈会", "村委会会议室", own.name, "张某", "村支书", "二、签约", "纪要.pdf"):
        assert text in page
    assert "纪要.pdf" in client.get(path).text
    meeting = session.scalars(select(Meeting)).one()
    assert client.get(f"{path}/files/{meeting.files[0].id}").data == b"%PDF-1.4"
    edited = client.get(f"{path}/edit").text
    assert "张某，村支书" in edited
    client.post(f"{path}/edit", data={**data, "visit_id": "", "region_code": COUNTY, "kind": "joint_meeting"})
    assert "四月反馈会" in client.get("/liaison/meetings?visit=none&since=2018-04-01&until=2018-04-30").text
    assert "四月反馈会" not in client.get("/liaison/meetings?kind=feedback").text
    assert "四月反馈会" not in client.get(f"/visits/{visit.id}/meetings").text
    client.post(f"{path}/files/{meeting.files[0].id}/remove")
    client.post(f"{path}/remove")
    assert session.scalars(select(Meeting)).all() == []
    assert client.get(path).status_code == 404


def test_meeting_pages__for_each_role__are_read_by_authors_only(visit: Visit, session: Session, now: datetime, sign_in: SignIn) -> None:
    meeting = hold(session, visit, now)
    paths = ("/liaison/meetings", f"/liaison/meetings/{meeting.id}", f"/liaison/meetings/{meeting.id}/edit", "/liaison/meetings/new")

    statuses = {name: [sign_in(name).get(path).status_code for path in paths] for name in ("author", "lead1", "county")}

    assert statuses == {"author": [200, 200, 403, 403], "lead1": [403] * 4, "county": [403] * 4}


def test_meeting_lists__with_more_meetings__send_no_more_statements(
    visit: Visit, session: Session, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("coordinator")
    counts = []
    for size in (1, 20):
        for number in range(size):
            hold(session, visit, now, title=f"{number}", people=[Attendee(name="张某")])
        session.commit()
        for path in ("/liaison/meetings", f"/visits/{visit.id}/meetings"):
            statements.reset()
            client.get(path)
            counts.append(len(statements))

    assert counts[:2] == counts[2:]
    assert max(counts) < 25
