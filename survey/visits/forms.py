"""The forms of the pages of visits. What needs the database (free ids, free people) is offered or checked through arguments."""

from collections.abc import Collection, Iterable
from datetime import date

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from survey.issues.words import AREA_LABELS
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.places.words import KIND_LABELS, MARKER_LABELS
from survey.visits.meeting_operations import MAX_MEETING_TITLE_LENGTH
from survey.visits.models import Pair, Visit
from survey.visits.operations import MAX_ID_LENGTH, MAX_PAIR_NAME_LENGTH, MAX_TITLE_LENGTH, RESERVED_IDS, SLUG
from survey.visits.ordering import pairs_in_order
from survey.visits.plan_queries import HouseholdChoice
from survey.visits.words import ASSIGNMENT_STATE_LABELS, BASIS_LABELS, MEETING_KIND_LABELS, RECORDS_LABELS

EVENLY = "evenly"
"""The choice of sharing households out over all pairs instead of giving them to one."""


def trimmed(value: str | None) -> str | None:
    """The text without blanks around it, for a field's filters."""
    return value.strip() if value else value


class VisitForm(FlaskForm):
    """The facts of a visit."""

    title = StringField(_l("Title"), [DataRequired(_l("Write a title.")), Length(max=MAX_TITLE_LENGTH)], filters=[trimmed])
    starts_on = DateField(_l("First day"), [InputRequired(_l("Choose a day."))])
    ends_on = DateField(_l("Last day"), [InputRequired(_l("Choose a day."))])
    look_back_of_id = SelectField(_l("Looks back on"), description=_l("An earlier visit whose households are visited again."))
    records = RadioField(_l("Records of a pair"), choices=choices_of(RECORDS_LABELS), default="paired")
    purpose = TextAreaField(_l("Purpose"), filters=[trimmed])

    def offer(self, earlier: Iterable[tuple[str, str]]) -> None:
        """Let the visit look back on one of these, given as (id, title), or on none."""
        self.look_back_of_id.choices = choices_of(earlier, none=_l("No earlier visit"))

    def validate_ends_on(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The visit cannot end before it begins."))


class NewVisitForm(VisitForm):
    """A new visit; its id is proposed from month and county when left empty."""

    county = SelectField(_l("County"), [Optional()], description=_l("Proposes the id, and offers its villages first."))
    id = StringField(
        _l("Id"),
        [Optional(), Length(max=MAX_ID_LENGTH)],
        filters=[trimmed],
        description=_l("Left empty: year, month and county, such as 2018-04-610727. It never changes afterwards."),
    )

    def offer_new(self, earlier: Iterable[tuple[str, str]], counties: Iterable[tuple[str, str]]) -> None:
        """Let the visit look back on an earlier one, and begin with a county."""
        self.offer(earlier)
        self.county.choices = choices_of(((code, f"{name} {code}") for code, name in counties), none=_l("Choose later"))

    def validate_id(self, field: Field) -> None:
        """Refuse what is no slug."""
        if field.data and not SLUG.fullmatch(field.data):
            raise ValidationError(_l("Use small letters, digits and single hyphens only."))
        if field.data in RESERVED_IDS:
            raise ValidationError(_l("This word cannot be an id; choose another."))


class DayInVisitForm(FlaskForm):
    """A form with a planned day, which must lie within the visit."""

    planned_on = DateField(_l("Planned day"), [Optional()])

    def __init__(self, visit: Visit, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._visit = visit
        self.planned_on.render_kw = {"min": visit.starts_on.isoformat(), "max": visit.ends_on.isoformat()}

    def validate_planned_on(self, field: Field) -> None:
        """Refuse a day outside the visit."""
        if field.data and not self._visit.starts_on <= field.data <= self._visit.ends_on:
            raise ValidationError(_l("This day lies outside the visit."))


class VillagesForm(DayInVisitForm):
    """Villages to be added to a visit."""

    codes = SelectMultipleField(_l("Villages"), [DataRequired(_l("Choose at least one village."))], validate_choice=False)
    basis = SelectField(
        _l("How they were chosen"),
        choices=choices_of(BASIS_LABELS),
        default="purposive",
        description=_l("Decides what may be said from their figures."),
    )


class VillageForm(DayInVisitForm):
    """How one village of a visit was chosen, and its planned day."""

    basis = SelectField(_l("How it was chosen"), choices=choices_of(BASIS_LABELS))


class VersionForm(FlaskForm):
    """A questionnaire version to be used by a visit."""

    version_id = SelectField(_l("Questionnaire"), validators=[DataRequired(_l("Choose a questionnaire."))])


class PairForm(FlaskForm):
    """Two people who interview together."""

    name = StringField(_l("Name of the pair"), [DataRequired(_l("Write a name.")), Length(max=MAX_PAIR_NAME_LENGTH)], filters=[trimmed])
    lead_id = SelectField(_l("Lead"), [DataRequired(_l("Choose a person."))])
    second_id = SelectField(_l("Second"), [DataRequired(_l("Choose a person."))])

    def offer(self, people: Iterable[tuple[str, str]], taken_names: Collection[str]) -> None:
        """Let the pair be made of these people, given as (id, name), under a name that is not taken."""
        options = choices_of(people, none=_l("Choose a person"))
        self.lead_id.choices = options
        self.second_id.choices = options
        self._taken_names = taken_names

    def validate_second_id(self, field: Field) -> None:
        """Refuse one person as both."""
        if field.data == self.lead_id.data:
            raise ValidationError(_l("A pair is two different people."))

    def validate_name(self, field: Field) -> None:
        """Refuse the name of another pair."""
        if field.data in self._taken_names:
            raise ValidationError(_l("Another pair of this visit has this name."))


class ChoiceForm(PlainForm):
    """Which households are to be assigned; sent with GET."""

    form = SelectField(_l("Questionnaire"), validate_choice=False)
    per = SelectField(_l("Once per"), choices=choices_of({"household": _l("household"), "village": _l("village")}), default="household")
    village = SelectField(_l("Village"), validate_choice=False)
    kind = SelectField(_l("Kind of household"), choices=choices_of(KIND_LABELS, none=_l("All")), validate_choice=False)
    marker = SelectField(_l("Special attention"), choices=choices_of(MARKER_LABELS, none=_l("All")), validate_choice=False)
    part = SelectField(
        _l("Of the draw"),
        choices=choices_of({"drawn": _l("Drawn households"), "reserve": _l("Reserves")}, none=_l("All")),
        default="drawn",
        validate_choice=False,
    )

    def offer(self, visit: Visit, *, is_drawn: bool = False) -> None:
        """Let the forms and villages of the visit be chosen; the first form, and what was drawn, is chosen already."""
        if not is_drawn:
            del self.part
        versions = sorted(visit.forms, key=lambda version: version.form_id != "household")
        villages = sorted((row.village_code, row.village.name) for row in visit.villages)
        self.form.choices = choices_of((version.form_id, version.title_in(str(get_locale()))) for version in versions)
        self.village.choices = choices_of(villages, none=_l("All"))
        if versions and self.form.data not in {version.form_id for version in versions}:
            self.form.data = versions[0].form_id
        if self.per.data not in ("household", "village"):
            self.per.data = "household"

    def wanted(self) -> HouseholdChoice:
        """What is looked for."""
        part = self.part.data if self.part and self.part.data in ("drawn", "reserve") else ""
        return HouseholdChoice(self.form.data or "", self.village.data or "", self.kind.data or "", self.marker.data or "", part)


class AssignForm(DayInVisitForm):
    """Who gets the chosen households, or villages."""

    form_id = SelectField(_l("Questionnaire"), validate_choice=False)
    keys = SelectMultipleField(validators=[DataRequired(_l("Choose at least one."))], validate_choice=False)
    pair_id = SelectField(_l("Give them to"), [DataRequired(_l("Choose a pair."))])

    def offer(self, visit: Visit) -> None:
        """Let one of the visit's pairs be chosen, or all of them evenly."""
        self.pair_id.choices = choices_of(
            [(EVENLY, _l("All pairs, evenly")), *((pair.id, pair_label(pair)) for pair in pairs_in_order(visit))]
            if len(visit.pairs) > 1
            else [(pair.id, pair_label(pair)) for pair in visit.pairs]
        )


class AssignmentFilterForm(PlainForm):
    """Which assignments are shown; sent with GET."""

    pair = SelectField(_l("Pair"), validate_choice=False)
    village = SelectField(_l("Village"), validate_choice=False)
    form = SelectField(_l("Questionnaire"), validate_choice=False)
    state = SelectField(_l("State"), choices=choices_of(ASSIGNMENT_STATE_LABELS, none=_l("All")), validate_choice=False)

    def offer(self, visit: Visit) -> None:
        """Let the pairs, villages and forms of the visit be chosen."""
        self.pair.choices = choices_of(((pair.id, pair_label(pair)) for pair in pairs_in_order(visit)), none=_l("All"))
        self.village.choices = choices_of(sorted((row.village_code, row.village.name) for row in visit.villages), none=_l("All"))
        self.form.choices = choices_of(((version.form_id, version.title_in(str(get_locale()))) for version in visit.forms), none=_l("All"))


class ChangeForm(DayInVisitForm):
    """What happens to the marked assignments."""

    keys = SelectMultipleField(validators=[DataRequired(_l("Mark at least one."))], validate_choice=False)
    action = RadioField(
        _l("What to do"),
        choices=choices_of({"move": _l("Give them to another pair"), "plan": _l("Plan them for a day"), "remove": _l("Take them back")}),
        default="move",
    )
    pair_id = SelectField(_l("Pair"), [Optional()], validate_choice=False)

    def offer(self, visit: Visit) -> None:
        """Let one of the visit's pairs be chosen."""
        self.pair_id.choices = choices_of((pair.id, pair_label(pair)) for pair in pairs_in_order(visit))


def pair_label(pair: Pair) -> str:
    """The pair's name and people."""
    return f"{pair.name} · {pair.lead.name} · {pair.second.name}"


class _RecordForm(FlaskForm):
    """Something that happened at a place on a day that has come."""

    region_code = SelectField(_l("Place"), [DataRequired(_l("Choose a place."))])

    def offer(self, places: Iterable[tuple[str, str]], today: date) -> None:
        """Let one of these places be chosen, given as (code, name)."""
        self.region_code.choices = choices_of(places, none=_l("Choose a place"))
        self._today = today

    def _refuse_future(self, field: Field) -> None:
        if field.data and field.data > self._today:
            raise ValidationError(_l("This day has not come yet."))


class MeetingForm(_RecordForm):
    """A meeting that was held."""

    kind = SelectField(_l("Kind of meeting"), choices=choices_of(MEETING_KIND_LABELS))
    held_on = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])
    title = StringField(_l("Subject"), [DataRequired(_l("Write a subject.")), Length(max=MAX_MEETING_TITLE_LENGTH)], filters=[trimmed])
    minutes = TextAreaField(_l("Minutes"), filters=[trimmed])

    def validate_held_on(self, field: Field) -> None:
        """Refuse a day that has not come."""
        self._refuse_future(field)


class RecommendationForm(_RecordForm):
    """An opinion or suggestion that was handed over."""

    area = SelectField(_l("Area"), choices=choices_of(AREA_LABELS))
    handed_over_on = DateField(_l("Handed over on"), [InputRequired(_l("Choose a day."))])
    text = TextAreaField(_l("What was recommended"), [DataRequired(_l("Write what was recommended."))], filters=[trimmed])

    def validate_handed_over_on(self, field: Field) -> None:
        """Refuse a day that has not come."""
        self._refuse_future(field)
