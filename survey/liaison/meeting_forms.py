"""The forms of meetings. Visits, places and people are offered through arguments."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from survey.liaison.forms import refuse_future, trimmed
from survey.liaison.meeting_queries import NO_VISIT, MeetingFilter
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.places.codes import full_code
from survey.visits.meeting_operations import MAX_MEETING_TITLE_LENGTH, MAX_NAME_LENGTH, MAX_POST_LENGTH, MAX_VENUE_LENGTH, Attendee
from survey.visits.models import Meeting
from survey.visits.words import MEETING_KIND_LABELS

SEPARATORS = ("，", ",", "\t", "：", ":")
"""What may stand between somebody's name and post."""


class MeetingFilterForm(PlainForm):
    """Which meetings are shown; sent with GET."""

    visit = SelectField(_l("Visit"), validate_choice=False)
    kind = SelectField(_l("Kind of meeting"), choices=choices_of(MEETING_KIND_LABELS, none=_l("All")), validate_choice=False)
    place = SelectField(_l("Place"), validate_choice=False)
    search = StringField(_l("Subject or minutes"), filters=[trimmed])
    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To"), [Optional()])

    def offer(self, visits: Iterable[tuple[str, str]], places: Iterable[tuple[str, str]]) -> None:
        """Let one of these visits and places be chosen, given as (id, name)."""
        self.visit.choices = choices_of([(NO_VISIT, _l("Without a visit")), *visits], none=_l("All"))
        self.place.choices = choices_of(places, none=_l("All"))

    def wanted(self) -> MeetingFilter:
        """What is looked for; a day that cannot be read limits nothing."""
        self.validate()
        return MeetingFilter(
            visit=self.visit.data or "",
            kind=self.kind.data or "",
            place=full_code(self.place.data or "") or "",
            search=self.search.data or "",
            since=self.since.data,
            until=self.until.data,
        )


class FullMeetingForm(FlaskForm):
    """A meeting with all that belongs to it but its files."""

    title = StringField(_l("Subject"), [DataRequired(_l("Write a subject.")), Length(max=MAX_MEETING_TITLE_LENGTH)], filters=[trimmed])
    kind = SelectField(_l("Kind of meeting"), choices=choices_of(MEETING_KIND_LABELS))
    held_on = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])
    visit_id = SelectField(_l("Visit"))
    region_code = SelectField(_l("Place"), [DataRequired(_l("Choose a place."))])
    venue = StringField(_l("Venue"), [Length(max=MAX_VENUE_LENGTH)], filters=[trimmed])
    own_people = SelectMultipleField(_l("Our own people"))
    others = TextAreaField(
        _l("Others who were there"),
        filters=[trimmed],
        description=_l("One a line: name, then a comma, then the post. 张某某，县扶贫办主任"),
    )
    minutes = TextAreaField(_l("Minutes"), filters=[trimmed])

    def offer(
        self, visits: Iterable[tuple[str, str]], places: Iterable[tuple[str, str]], people: Iterable[tuple[str, str]], today: date
    ) -> None:
        """Let one of these visits and places, and several of these people, be chosen."""
        self.visit_id.choices = choices_of(visits, none=_l("Without a visit"))
        self.region_code.choices = choices_of(places, none=_l("Choose a place"))
        self.own_people.choices = choices_of(people)
        self._today = today

    def validate_held_on(self, field: Field) -> None:
        """Refuse a day that has not come."""
        refuse_future(field.data, self._today)

    def validate_others(self, field: Field) -> None:
        """Refuse a line whose name or post is too long, or that has a post without a name."""
        for number, line in enumerate((field.data or "").splitlines(), start=1):
            name, post = split_person(line)
            if line.strip() and not name:
                raise ValidationError(_("Line %(number)s has no name.", number=number))
            if len(name) > MAX_NAME_LENGTH or len(post) > MAX_POST_LENGTH:
                raise ValidationError(_("Line %(number)s is too long. Write one person a line.", number=number))

    def attendees(self) -> tuple[Attendee, ...]:
        """Everybody who was there: our own people, then the others in the order of the lines."""
        lines = [split_person(line) for line in (self.others.data or "").splitlines() if line.strip()]
        own = [Attendee(user_id=key) for key in self.own_people.data or ()]
        return (*own, *(Attendee(name=name, post=post) for name, post in lines))

    @classmethod
    def of(cls, meeting: Meeting) -> "FullMeetingForm":
        """The form, filled with the meeting."""
        others = "\n".join("，".join(filter(None, (each.name, each.post))) for each in meeting.people if each.user_id is None)
        return cls(obj=meeting, data={"own_people": [each.user_id for each in meeting.people if each.user_id], "others": others})


def split_person(line: str) -> tuple[str, str]:
    """The name and post that a line writes; the post is "" without one."""
    places = [line.find(sign) for sign in SEPARATORS if sign in line]
    if not places:
        return line.strip(), ""
    first = min(places)
    return line[:first].strip(), line[first + 1 :].strip()
