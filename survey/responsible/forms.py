"""The forms of replies: what the responsible side writes, what a coordinator enters from a letter, and what is decided on them."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import DateField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from survey.issues.words import REPLY_KIND_LABELS
from survey.kept_files import GivenFile
from survey.liaison.forms import trimmed
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.responsible.answering import MAX_BODY_LENGTH, MAX_FILES, ReplyFacts
from survey.responsible.queries import ReportedFilter
from survey.responsible.words import DECISION_LABELS, SHOW_LABELS


class ReportedFilterForm(PlainForm):
    """Which issues are shown; sent with GET."""

    show = SelectField(_l("Shown"), choices=choices_of(SHOW_LABELS), validate_choice=False)
    search = StringField(_l("Number or title"), filters=[trimmed])

    def wanted(self) -> ReportedFilter:
        """What is looked for."""
        show = self.show.data if self.show.data in SHOW_LABELS else "open"
        return ReportedFilter(show, self.search.data or "")


class CountyForm(PlainForm):
    """Which county is looked at; sent with GET."""

    county = SelectField(_l("County"), validate_choice=False)


def _step_seen(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else -1


class ReplyForm(FlaskForm):
    """A reply of the responsible side; `seen` is how far the issue was when the page was opened."""

    seen = HiddenField()
    kind = RadioField(_l("What you say"), [InputRequired(_l("Choose what you say."))], choices=choices_of(REPLY_KIND_LABELS))
    body = TextAreaField(
        _l("In words"),
        [DataRequired(_l("Write what was done, or why.")), Length(max=MAX_BODY_LENGTH)],
        filters=[trimmed],
        render_kw={"rows": 6},
    )
    proposed_due_on = DateField(_l("Date asked for"), [Optional()], description=_l("Only when you ask for another date."))
    files = MultipleFileField(_l("Files"), description=_l("Proof that it is rectified: pictures, documents, lists."))

    def offer(self, today: date, due_on: date | None) -> None:
        """Let days from today on be asked for, other than the one on which it is due."""
        self._today, self._due_on = today, due_on

    def validate_proposed_due_on(self, field: Field) -> None:
        """Ask for a day to come when another date is asked for."""
        if self.kind.data != "date":
            return
        if not field.data:
            raise ValidationError(_l("Choose the day until which it will be done."))
        if field.data < self._today:
            raise ValidationError(_l("This day has passed. Choose a later one."))
        if field.data == self._due_on:
            raise ValidationError(_l("It is due on this day already."))

    def validate_files(self, field: Field) -> None:
        """Ask for proof of what is said to be rectified."""
        chosen = [each for each in field.data or () if each and each.filename]
        if len(chosen) > MAX_FILES:
            raise ValidationError(_l("Choose at most %(number)s files.", number=MAX_FILES))
        if self.needs_proof and self.kind.data == "rectified" and not chosen:
            raise ValidationError(_l("Add a file that proves it."))

    needs_proof = True
    way = "account"

    @property
    def n_seen(self) -> int:
        """The step that was seen last; none that there is when the page was tampered with."""
        return _step_seen(self.seen.data)

    def given_files(self) -> list[GivenFile]:
        """The files that were chosen."""
        return [GivenFile(each.filename, each.read()) for each in self.files.data or () if each and each.filename]

    def facts(self) -> ReplyFacts:
        """What was written."""
        due = self.proposed_due_on.data if self.kind.data == "date" else None
        return ReplyFacts(self.kind.data, self.body.data or "", due, self.way)


class LetterForm(ReplyForm):
    """A reply that came on paper, entered by a coordinator."""

    kind = RadioField(_l("What it says"), [InputRequired(_l("Choose what it says."))], choices=choices_of(REPLY_KIND_LABELS))
    written_on = DateField(_l("Date of the letter"), [InputRequired(_l("Choose a day."))])
    proposed_due_on = DateField(_l("Date asked for"), [Optional()], description=_l("Only when it asks for another date."))
    files = MultipleFileField(_l("Files"), description=_l("The letter itself, and what came with it."))
    needs_proof = False
    way = "letter"

    def validate_written_on(self, field: Field) -> None:
        """Refuse a day that has not come."""
        if field.data and field.data > self._today:
            raise ValidationError(_l("This day has not come yet."))

    def facts(self) -> ReplyFacts:
        """What was entered."""
        due = self.proposed_due_on.data if self.kind.data == "date" else None
        return ReplyFacts(self.kind.data, self.body.data or "", due, self.way, self.written_on.data)


class DecisionForm(FlaskForm):
    """What is decided on a reply; the answer is read by the responsible side."""

    seen = HiddenField()
    decision = RadioField(_l("Decision on the reply"), [InputRequired(_l("Choose a decision."))], choices=choices_of(DECISION_LABELS))
    answer = TextAreaField(
        _l("Answer to the reply"),
        [Length(max=MAX_BODY_LENGTH)],
        filters=[trimmed],
        description=_l("The responsible side reads this. Name no household and nobody who was interviewed."),
        render_kw={"rows": 3},
    )

    def offer(self, reply_kind: str) -> None:
        """Ask for an answer where this kind of reply needs one."""
        self._reply_kind = reply_kind

    def validate_answer(self, field: Field) -> None:
        """Ask why, where somebody is refused or contradicted."""
        if not field.data and (self.decision.data == "declined" or self._reply_kind == "disagreed"):
            raise ValidationError(_l("Say why; the responsible side reads it."))

    @property
    def n_seen(self) -> int:
        """The step that was seen last; none that there is when the page was tampered with."""
        return _step_seen(self.seen.data)


def refuse(form: Any, field: str, message: str) -> None:
    """Say at the field, or at the last one where there is no such field, why it was refused."""
    target = form[field] if field in form else form[list(form._fields)[-1]]
    target.errors = [*target.errors, message]
