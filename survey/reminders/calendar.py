"""The days on which something is due as a calendar (iCalendar, RFC 5545) that people subscribe to. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from survey.reminders.due import HEADINGS, DueItem

ALARM_BEFORE = timedelta(days=1)
REFRESHED_EVERY = timedelta(hours=6)


def calendar_of(items: Iterable[DueItem], name: str, host: str, now: datetime) -> bytes:
    """The calendar of these items; each is a whole day, and keeps its identifier so that a changed date moves it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Supervision Survey//Issues//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESHED_EVERY, parameters={"value": "DURATION"})
    for item in items:
        if item.due_on is not None:
            calendar.add_component(_event(item, host, now))
    return bytes(calendar.to_ical())


def _event(item: DueItem, host: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{item.kind}-{item.number}@{host}")
    event.add("dtstamp", now)
    event.add("dtstart", item.due_on)
    event.add("summary", f"{item.number} {item.title}")
    event.add("description", str(HEADINGS[item.kind]))
    if item.place:
        event.add("location", item.place)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", item.title)
    alarm.add("trigger", -ALARM_BEFORE)
    event.add_component(alarm)
    return event
