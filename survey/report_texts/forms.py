"""The form of a text block."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from analysis.report.kinds.blocks import TextBlock, problems_in
from survey.report_texts.words import problem_text


class TextForm(FlaskForm):
    """The wording of one block; each line is a paragraph."""

    body = TextAreaField(_l("Text"), [DataRequired(_l("Write a text, or go back to the words of the program."))])

    def __init__(self, block: TextBlock, body: str) -> None:
        """The form of this block, with this text until another one is sent."""
        super().__init__(data={"body": body})
        self._block = block

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether the block takes the text; what it would not take is said at the field in the reader's language."""
        is_valid = super().validate(extra_validators)
        problems = problems_in(self._block, self.body.data or "")
        self.body.errors = [*self.body.errors, *(problem_text(kind, detail, self._block) for kind, detail in problems)]
        return is_valid and not problems
