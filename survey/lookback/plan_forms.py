"""The form that plans a look-back: its facts, and for every pair of the earlier visit who goes again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from survey.lookback.planning import PlannedPair, Source
from survey.lookback.words import UNAVAILABLE_LABELS, WHOM_LABELS
from survey.pages.choices import choices_of
from survey.visits.forms import trimmed
from survey.visits.models import Pair
from survey.visits.operations import MAX_TITLE_LENGTH

DAYS_AHEAD = 7
"""A look-back is proposed for a week from now."""


class LookBackForm(FlaskForm):
    """The facts of a look-back; `look_back_form` adds the fields of the pairs."""

    title = StringField(_l("Title"), [DataRequired(_l("Write a title.")), Length(max=MAX_TITLE_LENGTH)], filters=[trimmed])
    starts_on = DateField(_l("First day"), [InputRequired(_l("Choose a day."))])
    ends_on = DateField(
        _l("Last day"),
        [InputRequired(_l("Choose a day."))],
        description=_l("The days of villages and households are spread over the look-back as they were over the earlier visit."),
    )
    whom = RadioField(_l("Which households"), choices=choices_of(WHOM_LABELS), default="interviewed")
    purpose = TextAreaField(_l("Purpose"), filters=[trimmed])

    def __init__(self, source: Source, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source

    def validate_starts_on(self, field: Field) -> None:
        """Refuse a beginning before the earlier visit was over."""
        ended_on = self.source.visit.ends_on
        if field.data and field.data <= ended_on:
            raise ValidationError(_("A look-back begins after the earlier visit, which ended on %(day)s.", day=ended_on))

    def validate_ends_on(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_("The visit cannot end before it begins."))

    def rows(self) -> Iterator["PairRow"]:
        """The fields of each earlier pair."""
        for number, pair in enumerate(self.source.pairs):
            people = (self.source.people[pair.lead_id], self.source.people[pair.second_id])
            missing = [f"{person.name}{_(': ')}{UNAVAILABLE_LABELS[person.unavailable]}" for person in people if person.unavailable]
            yield PairRow(pair, self[f"lead_{number}"], self[f"second_{number}"], self[f"dissolve_{number}"], missing)

    def planned_pairs(self) -> tuple[PlannedPair, ...]:
        """Who goes, pair by pair; people who are not chosen yet are ""."""
        return tuple(
            PlannedPair(row.pair.id, row.pair.name, row.lead.data or "", row.second.data or "", bool(row.dissolve.data))
            for row in self.rows()
        )

    def check_pairs(self) -> bool:
        """Whether every pair that goes has two people who are in no other one; says so at the fields if not."""
        taken: dict[str, str] = {}
        going = [row for row in self.rows() if not row.dissolve.data]
        for row in going:
            for field in (row.lead, row.second):
                if not field.data:
                    field.errors = [*field.errors, _("Choose who goes instead, or dissolve the pair.")]
                elif field.data in taken:
                    field.errors = [*field.errors, _("Already in the pair %(name)s.", name=taken[field.data])]
                else:
                    taken[field.data] = row.pair.name
        if not going:
            rows = list(self.rows())
            rows[0].dissolve.errors = [_("At least one pair has to go.")]
        return bool(going) and not any(field.errors for row in going for field in (row.lead, row.second))


@dataclass(frozen=True, slots=True)
class PairRow:
    """The fields of one earlier pair, and a sentence for each of its people who cannot go again."""

    pair: Pair
    lead: Field
    second: Field
    dissolve: Field
    missing: list[str]


def look_back_form(source: Source, people: Iterable[tuple[str, str]], defaults: dict[str, Any]) -> LookBackForm:
    """The form for this earlier visit, with the same people proposed as far as they are available."""
    options = choices_of(people, none=_l("Choose a person"))
    free = {choice.value for choice in options}
    fields: dict[str, Any] = {}
    for number, pair in enumerate(source.pairs):
        for name, label, person in (("lead", _l("Lead"), pair.lead_id), ("second", _l("Second"), pair.second_id)):
            fields[f"{name}_{number}"] = SelectField(label, choices=options, default=person if person in free else "")
        fields[f"dissolve_{number}"] = BooleanField(_l("Dissolve this pair; the others take over its households"))
    bound: type[LookBackForm] = type("BoundLookBackForm", (LookBackForm,), fields)
    return bound(source, data=defaults)


def default_facts(source: Source, today: Any) -> dict[str, Any]:
    """A look-back as long as the earlier visit, from a week from now."""
    earlier = source.visit
    starts_on = max(today, earlier.ends_on) + timedelta(days=DAYS_AHEAD)
    title = _("%(title)s: look-back", title=earlier.title)
    return {
        "title": title[:MAX_TITLE_LENGTH],
        "starts_on": starts_on,
        "ends_on": starts_on + (earlier.ends_on - earlier.starts_on),
        "purpose": _("Back to the households of %(title)s: what has been put right, and what has not.", title=earlier.title),
    }
