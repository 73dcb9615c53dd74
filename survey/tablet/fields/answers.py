"""WTForms fields for what is typed, shown or computed, and the widgets that draw them with targets large enough for a thumb.

A field converts what was posted where it can and keeps the text where it cannot: whether an answer is allowed is decided by the
questionnaire (`questionnaires.instance`), never here. Texts are drawn in the form's language and carry their key in `data-t`, words
of the program in `data-ui`, so that the page can change its language without the server.
"""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape
from wtforms import Field

from questionnaires.model import Choice, Question

LINES = 4
"""The height of a box for several lines, where the form's parameter `rows` does not say another."""


class AnswerField(Field):
    """The root of all answer fields: one text, drawn as one input."""

    input_type = "text"
    input_mode = ""
    control = "text"
    """How the page's script reads and writes the control; "" when there is none."""
    is_labelled = True
    """Whether the question's text is the label of one element that has the field's id."""

    def __init__(self, *args: Any, question: Question, language: str, choices: Sequence[Choice] = (), **kwargs: Any) -> None:
        self.question = question
        self.language = language
        self.choices = tuple(choices)
        super().__init__(*args, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes what was posted; an empty text is no answer."""
        self.data = self.convert(valuelist[0]) if valuelist and valuelist[0] != "" else None

    def convert(self, text: str) -> Any:
        """The answer for a posted text."""
        return text

    def text_value(self) -> str:
        """The answer as an input shows it."""
        return "" if self.data is None else str(self.data)

    def widget(self, field: "AnswerField", **kwargs: Any) -> Markup:
        """The control's HTML."""
        return Markup('<input class="control{}" type="{}"{} id="{}" name="{}" value="{}" autocomplete="off"{}>').format(
            " masked" if "masked" in self.question.appearance else "",
            self.input_type,
            Markup(' inputmode="{}"').format(self.input_mode) if self.input_mode else "",
            field.id,
            field.name,
            self.text_value(),
            Markup(" readonly") if self.question.read_only else "",
        )


class TextField(AnswerField):
    """Free text; drawn over several lines for the appearance "multiline", with the keyboard of digits for "numbers"."""

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "grouped" for digits that are shown in threes, else "text"."""
        return "grouped" if "thousands-sep" in self.question.appearance else "text"

    @property
    def input_mode(self) -> str:  # type: ignore[override]
        """The keyboard that a tablet offers."""
        return "decimal" if {"numbers", "thousands-sep"} & set(self.question.appearance) else ""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """One line, or a box."""
        rows = self.question.parameters.get("rows", "")
        if "multiline" not in self.question.appearance and not rows.isdecimal():
            return super().widget(field, **kwargs)
        return Markup('<textarea class="control{}" rows="{}" id="{}" name="{}"{}>{}</textarea>').format(
            " masked" if "masked" in self.question.appearance else "",
            rows if rows.isdecimal() else LINES,
            field.id,
            field.name,
            Markup(" readonly") if self.question.read_only else "",
            self.text_value(),
        )


class NumberField(AnswerField):
    """The root of typed numbers."""

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "grouped" for a number that is shown with thousands separators, "counter" for one with a button on each side, else "number"."""
        words = self.question.appearance
        return "grouped" if "thousands-sep" in words else "counter" if "counter" in words else "number"

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """The input; between a button for one less and one for one more where the appearance asks for a counter."""
        drawn = super().widget(field, **kwargs)
        if self.control != "counter":
            return drawn
        return Markup(
            '<div class="counter"><button type="button" class="button step" data-step="-1" data-ui-label="step_down">−</button>{}'
            '<button type="button" class="button step" data-step="1" data-ui-label="step_up">+</button></div>'
        ).format(drawn)


class IntegerField(NumberField):
    """A whole number."""

    input_mode = "numeric"

    def convert(self, text: str) -> int | str:
        """The number, or the text where it is none."""
        try:
            return int(text)
        except ValueError:
            return text


class DecimalField(NumberField):
    """A number."""

    input_mode = "decimal"

    def convert(self, text: str) -> float | str:
        """The number, or the text where it is none."""
        try:
            return float(text)
        except ValueError:
            return text


class NoteField(AnswerField):
    """A text that asks nothing."""

    control = ""
    is_labelled = False

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """Nothing: the label is all there is."""
        return Markup("")


class HiddenField(AnswerField):
    """A value without a question: calculated, given beforehand, or taken from the device."""

    control = ""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """Nothing."""
        return Markup("")


class ComputedField(AnswerField):
    """A calculated value that is shown: text that cannot be typed over."""

    control = "computed"
    is_labelled = False

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """The value as an output."""
        return Markup('<output class="computed" id="{}">{}</output>').format(field.id, escape(self.text_value()))
