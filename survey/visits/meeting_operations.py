"""Every write to meetings: what was held, who sat there, and the files that belong to the minutes. A meeting may belong to no visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.events import log_event
from survey.issues.models import IssueEvidence
from survey.joint_meetings.models import MeetingDecision
from survey.kept_files import KeptFile, not_kept_yet
from survey.places.models import Region
from survey.visits.models import MEETING_KINDS, Meeting, MeetingFile, MeetingPerson, Visit
from survey.visits.planning import invalid, log_change

MAX_MEETING_TITLE_LENGTH, MAX_VENUE_LENGTH, MAX_NAME_LENGTH, MAX_POST_LENGTH = 128, 128, 64, 128
FURTHEST_AHEAD = timedelta(hours=14)
"""No place on earth is further ahead of UTC, so a day beyond it has begun nowhere."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who sat in a meeting: a person with an account, or a name from outside with a post."""

    user_id: str | None = None
    name: str = ""
    post: str = ""


def record_meeting(
    session: Session,
    actor: User | None,
    visit: Visit | None,
    *,
    region_code: str,
    kind: str,
    held_on: date,
    title: str,
    minutes: str = "",
    venue: str = "",
    people: Iterable[Attendee] = (),
    now: datetime,
) -> Meeting:
    """The new meeting; raises INVALID_VALUE for an unknown place, kind or person, an empty title, or a day that has not come."""
    values = _checked(session, region_code, kind, held_on, title, minutes, venue, now)
    meeting = Meeting(visit_id=visit.id if visit else None, **values)
    meeting.people = _people(session, people)
    session.add(meeting)
    session.flush()
    _log(session, actor, "meeting_recorded", meeting, visit, now, kind=kind, place=region_code)
    return meeting


def update_meeting(
    session: Session,
    actor: User | None,
    meeting: Meeting,
    visit: Visit | None,
    *,
    region_code: str,
    kind: str,
    held_on: date,
    title: str,
    minutes: str = "",
    venue: str = "",
    people: Iterable[Attendee] = (),
    now: datetime,
) -> None:
    """Change the meeting; raises INVALID_VALUE as `record_meeting` does. Nothing happens when nothing changes."""
    values = {
        **_checked(session, region_code, kind, held_on, title, minutes, venue, now),
        "visit_id": visit.id if visit else None,
    }
    changed = sorted(name for name, value in values.items() if getattr(meeting, name) != value)
    wanted = _people(session, people)
    if [_facts(person) for person in wanted] != [_facts(person) for person in meeting.people]:
        changed.append("people")
        meeting.people = []
        session.flush()
        meeting.people = wanted
    if not changed:
        return
    for name, value in values.items():
        setattr(meeting, name, value)
    session.flush()
    session.expire(meeting, ["region", "visit"])
    _log(session, actor, "meeting_changed", meeting, visit, now, changed=changed)


def remove_meeting(session: Session, actor: User | None, visit: Visit | None, meeting: Meeting, now: datetime) -> None:
    """Take back a meeting that was entered by mistake; the event keeps what it was. INVALID_TRANSITION when issues rest on it."""
    for rests in (IssueEvidence.meeting_id == meeting.id, MeetingDecision.meeting_id == meeting.id):
        if session.scalar(select(select(1).where(rests).exists())):
            raise SurveyError(ErrorCode.INVALID_TRANSITION, what=meeting.title, state="one that issues rest on", action="removed")
    facts = {"kind": meeting.kind, "place": meeting.region_code, "held_on": meeting.held_on.isoformat()}
    files = [file.sha256 for file in meeting.files]
    session.delete(meeting)
    _log(session, actor, "meeting_removed", meeting, visit, now, **facts, files=files)


def attach_files(session: Session, actor: User | None, meeting: Meeting, files: Iterable[KeptFile], now: datetime) -> int:
    """How many of the files are new to the meeting; one that it has already is not kept twice."""
    new = not_kept_yet(files, meeting.files)
    for file in new:
        meeting.files.append(
            MeetingFile(
                name=file.name,
                sha256=file.sha256,
                size_bytes=file.size_bytes,
                media_type=file.media_type,
                added_at=now,
                added_by_id=actor.id if actor else None,
            )
        )
    if new:
        session.flush()
        _log(session, actor, "meeting_files_added", meeting, meeting.visit, now, files=[file.sha256 for file in new])
    return len(new)


def detach_file(session: Session, actor: User | None, meeting: Meeting, file: MeetingFile, now: datetime) -> None:
    """Take back a file that was added by mistake; the event keeps its hash."""
    sha256 = file.sha256
    meeting.files.remove(file)
    session.flush()
    _log(session, actor, "meeting_file_removed", meeting, meeting.visit, now, sha256=sha256)


def check_place_and_day(session: Session, region_code: str, field: str, day: date, now: datetime) -> None:
    """Raise INVALID_VALUE for a place that is not here, or a day that has not come."""
    if session.get(Region, region_code) is None:
        raise invalid("region_code", "'{region_code}' is not among the places here; add it there first", region_code=region_code)
    if day > (now + FURTHEST_AHEAD).date():
        raise invalid(field, "{day} has not come yet", day=day)


def _checked(
    session: Session, region_code: str, kind: str, held_on: date, title: str, minutes: str, venue: str, now: datetime
) -> dict[str, Any]:
    if kind not in MEETING_KINDS:
        raise not_one_of("kind", kind, MEETING_KINDS)
    title, venue = title.strip(), venue.strip()
    if not 0 < len(title) <= MAX_MEETING_TITLE_LENGTH:
        raise invalid("title", "write a title of at most {most} characters", most=MAX_MEETING_TITLE_LENGTH)
    if len(venue) > MAX_VENUE_LENGTH:
        raise invalid("venue", "write at most {most} characters", most=MAX_VENUE_LENGTH)
    check_place_and_day(session, region_code, "held_on", held_on, now)
    return {
        "region_code": region_code,
        "kind": kind,
        "held_on": held_on,
        "title": title,
        "venue": venue,
        "minutes": minutes.strip(),
    }


def _people(session: Session, people: Iterable[Attendee]) -> list[MeetingPerson]:
    """The rows of those who sat there, each once, in the order given."""
    wanted = tuple(dict.fromkeys(Attendee(person.user_id, person.name.strip(), person.post.strip()) for person in people))
    user_ids = {person.user_id for person in wanted if person.user_id}
    known = set(session.scalars(select(User.id).where(User.id.in_(sorted(user_ids))))) if user_ids else set()
    for person in wanted:
        if person.user_id and person.user_id not in known:
            raise invalid("people", "'{user_id}' is nobody's account here", user_id=person.user_id)
        if not person.user_id and not 0 < len(person.name) <= MAX_NAME_LENGTH:
            raise invalid(
                "people", "'{person}' is no name; write one of at most {most} characters", person=person.name, most=MAX_NAME_LENGTH
            )
        if len(person.post) > MAX_POST_LENGTH:
            raise invalid(
                "people", "the post of {person} is longer than {most} characters; shorten it", person=person.name, most=MAX_POST_LENGTH
            )
    return [
        MeetingPerson(position=number, user_id=person.user_id, name="" if person.user_id else person.name, post=person.post)
        for number, person in enumerate(wanted, start=1)
    ]


def _facts(person: MeetingPerson) -> tuple[str | None, str, str]:
    return person.user_id, person.name, person.post


def _log(session: Session, actor: User | None, action: str, meeting: Meeting, visit: Visit | None, now: datetime, **details: Any) -> None:
    """Log at the visit that the meeting belongs to, else at the meeting itself; neither names nor minutes."""
    if visit is not None:
        log_change(session, actor, f"visit.{action}", visit, now, meeting=meeting.id, **details)
    else:
        log_event(session, actor.id if actor else None, f"liaison.{action}", "meeting", meeting.id, now, **details)
