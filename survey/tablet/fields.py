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
        return Markup('<input class="control" type="{}"{} id="{}" name="{}" value="{}" autocomplete="off"{}>').format(
            self.input_type,
            Markup(' inputmode="{}"').format(self.input_mode) if self.input_mode else "",
            field.id,
            field.name,
            self.text_value(),
            Markup(" readonly") if self.question.read_only else "",
        )


class TextField(AnswerField):
    """Free text; drawn over several lines for the appearance "multiline"."""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """One line, or a box."""
        if "multiline" not in self.question.appearance:
            return super().widget(field, **kwargs)
        read_only = Markup(" readonly") if self.question.read_only else ""
        return Markup('<textarea class="control" rows="4" id="{}" name="{}"{}>{}</textarea>').format(
            field.id, field.name, read_only, self.text_value()
        )


class IntegerField(AnswerField):
    """A whole number."""

    input_mode = "numeric"
    control = "number"

    def convert(self, text: str) -> int | str:
        """The number, or the text where it is none."""
        try:
            return int(text)
        except ValueError:
            return text


class DecimalField(AnswerField):
    """A number."""

    input_mode = "decimal"
    control = "number"

    def convert(self, text: str) -> float | str:
        """The number, or the text where it is none."""
        try:
            return float(text)
        except ValueError:
            return text


class RangeField(DecimalField):
    """A number on a scale; nothing is answered until the handle was touched."""

    control = "range"

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A slider between its two ends, a button for one step down and one up, and the value."""
        given = self.question.parameters
        start, end, step = given.get("start", "1"), given.get("end", "10"), given.get("step", "1")
        slider = Markup('<input class="control" type="range" min="{}" max="{}" step="{}" id="{}" name="{}" value="{}">').format(
            start, end, step, field.id, field.name, self.text_value()
        )
        return Markup(
            '<div class="range"><output class="range-value" for="{}"></output><div class="range-line">'
            '<button type="button" class="button step" data-step="-1" data-ui-label="step_down">−</button>'
            '<span class="range-end">{}</span>{}<span class="range-end">{}</span>'
            '<button type="button" class="button step" data-step="1" data-ui-label="step_up">+</button></div></div>'
        ).format(field.id, start, slider, end)


class DateField(AnswerField):
    """A day as ISO text; only the year or the month is asked where the appearance says so."""

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "date", "month" or "year"."""
        words = self.question.appearance
        return "year" if "year" in words else "month" if "month-year" in words else "date"

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """The browser's own calendar, or a year's four digits."""
        self.input_type = "text" if self.control == "year" else self.control
        self.input_mode = "numeric" if self.control == "year" else ""
        return super().widget(field, **kwargs)


class TimeField(AnswerField):
    """A time of day as ISO text."""

    input_type = control = "time"


class DateTimeField(AnswerField):
    """An instant as ISO text."""

    input_type = control = "datetime-local"


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
