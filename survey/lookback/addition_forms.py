"""The form that adds a household to a look-back, from the frame or newly written down."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from survey.lookback.operations import MAX_NOTE_LENGTH
from survey.lookback.words import REASON_LABELS
from survey.pages.choices import choices_of
from survey.places.models import Household
from survey.places.operations import HouseholdFacts
from survey.places.roster import MAX_LENGTHS, MAX_MEMBERS
from survey.places.words import KIND_LABELS
from survey.protection.reading import shown_name
from survey.visits.forms import DayInVisitForm, trimmed
from survey.visits.models import Visit
from survey.visits.ordering import pairs_in_order


class AdditionForm(DayInVisitForm):
    """A household that the earlier visit did not know; its facts are asked for unless it is chosen from the frame."""

    household_id = SelectField(_l("Household"), validate_choice=True)
    number = StringField(_l("Number"), [Length(max=MAX_LENGTHS["number"])], filters=[trimmed])
    head_name = StringField(_l("Head of household"), [Length(max=MAX_LENGTHS["head_name"])], filters=[trimmed])
    kind = SelectField(_l("Kind of household"), choices=choices_of(KIND_LABELS), default="ordinary")
    n_members = IntegerField(_l("Members"), [Optional(), NumberRange(1, MAX_MEMBERS)])
    group_name = StringField(_l("Village group"), [Length(max=MAX_LENGTHS["group_name"])], filters=[trimmed])
    reason = RadioField(_l("Why it is new"), [InputRequired(_l("Choose one."))], choices=choices_of(REASON_LABELS))
    note = TextAreaField(_l("Note"), [Length(max=MAX_NOTE_LENGTH)])
    pair_id = SelectField(_l("Pair"), [DataRequired(_l("Choose a pair."))])
    form_ids = SelectMultipleField(_l("Questionnaires"), [DataRequired(_l("Choose at least one questionnaire."))])

    def __init__(self, visit: Visit, **kwargs: Any) -> None:
        super().__init__(visit, **kwargs)
        self._taken: set[str] = set()

    def offer(self, visit: Visit, taken_numbers: Iterable[str], households: Iterable[Household], locale: str) -> None:
        """Offer the frame's households of one village, and the visit's pairs and questionnaires."""
        self._taken = set(taken_numbers)
        options = [(each.id, f"{each.number} {shown_name(each.head_name)} · {KIND_LABELS[each.kind]}") for each in households]
        self.household_id.choices = choices_of(options, none=_l("Not in the frame yet: write it down below"))
        self.pair_id.choices = choices_of([(pair.id, pair.name) for pair in pairs_in_order(visit)], none=_l("Choose a pair"))
        forms = sorted(visit.forms, key=lambda form: form.form_id != "household")
        self.form_ids.choices = choices_of([(form.form_id, form.title_in(locale)) for form in forms])
        if not self.is_submitted():
            self.form_ids.data = [form.form_id for form in forms]

    def validate_number(self, field: Field) -> None:
        """Ask for the number of a household that is not in the frame, and refuse one that is taken."""
        if not self.household_id.data and not field.data:
            raise ValidationError(_l("Write its number, or choose a household of the frame."))
        if not self.household_id.data and field.data in self._taken:
            raise ValidationError(_l("A household with this number is already in the village."))

    def validate_head_name(self, field: Field) -> None:
        """Ask for the head of a household that is not in the frame."""
        if not self.household_id.data and not field.data:
            raise ValidationError(_l("Write the name of its head."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything fits; a household that is not in the frame needs its number of members."""
        fits = super().validate(extra_validators)
        if not self.household_id.data and self.n_members.data is None and not self.n_members.errors:
            self.n_members.errors = [_("Write how many members it has.")]
        return fits and not self.n_members.errors

    def facts(self) -> HouseholdFacts:
        """What was written down of a household that is not in the frame."""
        return HouseholdFacts(
            number=self.number.data or "",
            head_name=self.head_name.data or "",
            kind=self.kind.data,
            n_members=self.n_members.data or 1,
            cause="",
            markers=(),
            group_name=self.group_name.data or "",
        )
