"""The forms of the pages of outcomes."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from survey.outcomes.models import TAKEN_BACK, UNMET
from survey.outcomes.queries import NOT_RECORDED, RECORDED
from survey.outcomes.words import OUTCOME_HINTS, OUTCOME_LABELS
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.tablet.told import MAX_NOTE_LENGTH
from survey.visits.models import Visit
from survey.visits.ordering import pairs_in_order


class OutcomeForm(FlaskForm):
    """What became of a household."""

    outcome = RadioField(_l("What the pair found"), [InputRequired(_l("Choose one."))])
    keys = SelectMultipleField(_l("Holds for"), [DataRequired(_l("Choose at least one questionnaire."))])
    note = TextAreaField(
        _l("Note"),
        [Length(max=MAX_NOTE_LENGTH)],
        description=_l("What a colleague should know: where they went, when somebody is at home."),
    )

    def offer(self, forms: Iterable[tuple[str, str]], *, is_recorded: bool) -> None:
        """Let it hold for these assignments, given as (id, title of the form), and be taken back if anything is recorded."""
        outcomes = (*UNMET, TAKEN_BACK) if is_recorded else UNMET
        self.outcome.choices = choices_of([(name, f"{OUTCOME_LABELS[name]} – {OUTCOME_HINTS[name]}") for name in outcomes])
        self.keys.choices = choices_of(forms)
        if not self.is_submitted():
            self.keys.data = [choice.value for choice in self.keys.choices]


class OutcomeFilterForm(PlainForm):
    """The filters of the list; sent with GET."""

    outcome = SelectField(_l("What the pair found"), validate_choice=False)
    pair = SelectField(_l("Pair"), validate_choice=False)
    village = SelectField(_l("Village"), validate_choice=False)

    def offer(self, visit: Visit) -> None:
        """Offer the visit's pairs and villages."""
        states = ((RECORDED, _l("Recorded")), (NOT_RECORDED, _l("Nothing recorded yet")), *((name, OUTCOME_LABELS[name]) for name in UNMET))
        self.outcome.choices = choices_of(states, none=_l("All"))
        self.pair.choices = choices_of([(pair.id, pair.name) for pair in pairs_in_order(visit)], none=_l("All"))
        villages = sorted(visit.villages, key=lambda row: row.village_code)
        self.village.choices = choices_of([(row.village_code, row.village.name) for row in villages], none=_l("All"))
