"""The timing log of an interview: what a form asks of it, and what is read from one."""

from datetime import UTC, datetime

from questionnaires.audit_log import (
    AnswerTime,
    AuditSettings,
    LocationWish,
    read_audit_log,
    read_audit_settings,
    read_course,
    split_node,
    time_answers,
)
from questionnaires.reader import read_questionnaire

FORM = """
| survey |
| | type | name | label | parameters |
{row}
| | text | village | Village | |
| settings |
| | form_title | form_id | version |
| | A form | a_form | 1 |
"""
LOG = b"""event,node,start,end,latitude,longitude,accuracy,old-value,new-value,user,change-reason
form start,,1524186000000,,,,,,,lead1,
question,/data/members[2]/age,1524186000000,1524186012500,33.3,106.1,8,,"1, or 2",lead1,
constraint error,/data/members[2]/age,1524186012500,,,,,,,lead1,
question,/data/members[2]/age,1524186020000,1524186021500,,,,40,41,lead1,
form exit,,1524186030000,,,,,,,lead1,
form resume,,1524187830000,,,,,,,lead1,
question,/data/home/roof,1524187830000,1524187890000,,,,,leaks,second1,"He said
otherwise before"
form finalize,,1524187890000,,,,,,,second1,
"""


def wanted(row: str) -> AuditSettings | None:
    """What a form with this row asks for."""
    return read_audit_settings(read_questionnaire(FORM.format(row=row).encode(), "a_form.md"))


def test_settings__by_the_audit_row__are_what_it_asks_for() -> None:
    assert wanted("| | text | other | Other | |") is None
    assert wanted("| | audit | audit | | |") == AuditSettings()
    asked = "track-changes=true track-changes-reasons=on-form-edit identify-user=true"
    assert wanted(f"| | audit | audit | | {asked} |") == AuditSettings(True, True, True)
    location = "location-min-interval=60 location-max-age=120"
    assert wanted(f"| | audit | audit | | location-priority=balanced {location} |") == AuditSettings(
        location=LocationWish("balanced", 60, 120)
    )
    assert wanted(f"| | audit | audit | | location-priority=no-power {location} |") == AuditSettings()


def test_log__read__gives_each_answer_its_time_and_its_changes() -> None:
    events = read_audit_log(LOG)
    assert [event.name for event in events][:3] == ["form start", "question", "constraint error"]
    assert events[1].new_value == "1, or 2"
    assert events[6].user == "second1"
    assert events[6].reason == "He said\notherwise before"
    assert time_answers(events) == {
        ("/data/members/age", (2,)): AnswerTime(14.0, 2, 1),
        ("/data/home/roof", ()): AnswerTime(60.0, 1, 0),
    }


def test_course__of_two_sittings__leaves_the_pause_out() -> None:
    course = read_course(read_audit_log(LOG))
    assert course is not None
    assert course.started_at == datetime(2018, 4, 20, 1, 0, tzinfo=UTC)
    assert (course.ended_at - course.started_at).total_seconds() == 1890
    assert course.seconds == 90
    assert course.pauses == ((datetime(2018, 4, 20, 1, 0, 30, tzinfo=UTC), 1800.0),)
    assert (course.n_sittings, course.n_changes, course.n_constraint_errors) == (2, 1, 1)
    assert read_course(()) is None


def test_log__that_makes_no_sense__is_read_as_far_as_it_goes() -> None:
    assert read_audit_log(b"") == ()
    assert read_audit_log(b"\x89PNG\r\n\x1a\n\0\0\xff") == ()
    assert read_audit_log(b"event,node,start,end\nquestion,/data/a,soon,\nquestion\n,,1524186000000,\n") == ()
    broken = read_audit_log(b'event,node,start,end\nquestion,/data/a,1524186000000,1524185000000\nquestion,"/data')
    assert [(event.path, event.seconds) for event in broken] == [("/data/a", 0.0)]


def test_node__with_positions__is_split_into_path_and_positions() -> None:
    assert split_node("/data/family/members[3]/jobs[1]/pay") == ("/data/family/members/jobs/pay", (3, 1))
    assert split_node("") == ("", ())


def test_log__with_digits_that_are_no_numbers__loses_those_rows_only() -> None:
    log = LOG.replace(b"1524186020000", "15241860²0000".encode())
    assert len(read_audit_log(log)) == len(read_audit_log(LOG)) - log.count("²".encode())
