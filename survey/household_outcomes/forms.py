"""The forms of looking back: what was found at each household, and what is decided from it."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import Field, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from survey.household_outcomes.operations import steps_to
from survey.household_outcomes.queries import Found
from survey.issues.words import HOUSEHOLD_OUTCOME_LABELS, VERDICT_LABELS
from survey.kept_files import GivenFile
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.tablet.told import MAX_NOTE_LENGTH
from survey.visits.forms import trimmed

MAX_REASON_LENGTH = 2000


class RowForm(PlainForm):
    """What was found at one household; `was` is what the person saw when the page was opened."""

    outcome = SelectField(_l("Found at the look-back"), choices=choices_of(HOUSEHOLD_OUTCOME_LABELS, none=_l("Not asked yet")))
    note = StringField(_l("Note"), [Length(max=MAX_NOTE_LENGTH)], filters=[trimmed])
    files = MultipleFileField(_l("Pictures and files"))
    was = HiddenField()

    def validate_files(self, field: Field) -> None:
        """Refuse files where nothing is said of what was found, and empty ones."""
        for each in _chosen(field):
            is_empty = not each.stream.read(1)
            each.stream.seek(0)
            if is_empty:
                raise ValidationError(_("%(name)s is empty. Choose the file again.", name=each.filename))
            if not self.outcome.data:
                raise ValidationError(_("Choose what was found there."))

    def given(self) -> list[GivenFile]:
        """The files as they were handed in."""
        return [GivenFile(each.filename, each.read()) for each in _chosen(self.files)]


class OutcomesForm(FlaskForm):
    """A row for each household, and another household of the visit."""

    other = SelectField(_l("Another household of the visit"), default="")
    other_outcome = SelectField(
        _l("Found at the look-back"), choices=choices_of(HOUSEHOLD_OUTCOME_LABELS, none=_l("Not asked yet")), default=""
    )
    other_note = StringField(_l("Note"), [Length(max=MAX_NOTE_LENGTH)], filters=[trimmed])

    def offer(self, found: Iterable[Found], others: Iterable[tuple[str, str]], formdata: Any = None) -> None:
        """Make the rows of these households, filled in as they are recorded or as they were sent."""
        self.found = tuple(found)
        self.rows: Mapping[str, RowForm] = {
            each.household.id: RowForm(
                formdata, prefix=each.household.id, data={"outcome": each.outcome, "note": each.note, "was": each.outcome}
            )
            for each in self.found
        }
        self.other.choices = choices_of(others, none=_("Choose …"))

    def is_valid(self) -> bool:
        """Whether the form and each of its rows is; a household that is chosen needs an outcome."""
        rows_are = [row.validate() for row in self.rows.values()]
        if not (self.validate_on_submit() and all(rows_are)):
            return False
        if self.other.data and not self.other_outcome.data:
            self.other_outcome.errors = [_("Choose what was found there.")]
            return False
        emptied = [row for row in self.rows.values() if row.was.data and not row.outcome.data]
        for row in emptied:
            row.outcome.errors = [_("Something is recorded here already. Choose what holds; the history keeps both.")]
        return not emptied


def _chosen(field: Field) -> list[Any]:
    return [each for each in field.data or () if each and each.filename]


class DecideForm(FlaskForm):
    """What is decided about an issue from what was found, and why."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    verdict = RadioField(_l("Decision about the issue"), [InputRequired(_l("Choose a decision."))])
    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Please say why; the reason is kept.")), Length(max=MAX_REASON_LENGTH)], filters=[trimmed]
    )

    def offer(self, state: str) -> None:
        """Let the verdicts be chosen that lead on from the state."""
        self.verdict.choices = choices_of({name: label for name, label in VERDICT_LABELS.items() if steps_to(name, state)})
