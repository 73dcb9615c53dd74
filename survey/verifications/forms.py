"""The forms of verification: giving a task, taking it back, and saying what came of it."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import DateField, Field, IntegerField, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from survey.issues.words import VERIFICATION_KIND_LABELS, VERIFICATION_RESULT_LABELS
from survey.kept_files import GivenFile
from survey.pages.choices import choices_of
from survey.verifications.queries import Candidate
from survey.visits.forms import trimmed

MAX_TASK_LENGTH = 2000
MAX_FOUND_LENGTH = 5000
MAX_FILES = 20
DAYS_GIVEN = 14
"""So many days a task is given when nobody says otherwise."""


class AskForm(FlaskForm):
    """A task: what is to be checked in which way, by whom, until when; `seen` is the step that the asker saw last."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    kind = SelectField(_l("Kind of verification"), choices=choices_of(VERIFICATION_KIND_LABELS))
    person = SelectField(_l("Given to"), [InputRequired(_l("Choose a person."))])
    due_on = DateField(_l("To be done by"), [InputRequired(_l("Choose a day."))])
    task = TextAreaField(_l("What to check"), [Length(max=MAX_TASK_LENGTH)], filters=[trimmed])

    def offer(self, people: Sequence[Candidate], today: date) -> None:
        """Let one of these people be chosen, those of the visit in a group of their own."""
        self.today = today
        groups = {_("Went along on the visit"): True, _("Others"): False}
        named = {label: [(each.id, _named(each)) for each in people if each.is_in_team is in_team] for label, in_team in groups.items()}
        self.person.choices = {"": [("", _("Choose …"))], **{label: choices for label, choices in named.items() if choices}}
        if self.due_on.data is None and not self.is_submitted():
            self.due_on.data = today + timedelta(days=DAYS_GIVEN)

    def validate_due_on(self, field: Field) -> None:
        """Refuse a day that has passed."""
        if field.data and field.data < self.today:
            raise ValidationError(_("The day lies before today; choose a later one."))


class TakeBackForm(FlaskForm):
    """Why a task is taken back."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    reason = TextAreaField(_l("Why it is taken back"), [Length(max=MAX_TASK_LENGTH)], filters=[trimmed])


class ResultForm(FlaskForm):
    """What came of a verification. It needs no `seen`: what somebody found stands whatever others did meanwhile."""

    result = RadioField(_l("What was raised is"), [InputRequired(_l("Choose a result."))], choices=choices_of(VERIFICATION_RESULT_LABELS))
    found = TextAreaField(
        _l("What the verification found"),
        [DataRequired(_l("Say what was read, heard or seen.")), Length(max=MAX_FOUND_LENGTH)],
        filters=[trimmed],
        description=_l("What was read, heard or seen, of whom, where and when."),
    )
    files = MultipleFileField(_l("Files"), description=_l("Pictures of pages, minutes, recordings: what shows it."))

    def validate_files(self, field: Field) -> None:
        """Refuse too many files and empty ones."""
        chosen = [each for each in field.data or () if each and each.filename]
        if len(chosen) > MAX_FILES:
            raise ValidationError(_("Choose at most %(number)s files.", number=MAX_FILES))
        for each in chosen:
            is_empty = not each.stream.read(1)
            each.stream.seek(0)
            if is_empty:
                raise ValidationError(_("%(name)s is empty. Choose the file again.", name=each.filename))

    def given(self) -> list[GivenFile]:
        """The files as they were handed in."""
        return [GivenFile(each.filename, each.read()) for each in self.files.data or () if each and each.filename]


def _named(person: Candidate) -> str:
    return f"{person.name} · {person.organisation or person.username}"
