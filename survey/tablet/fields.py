"""WTForms fields for every XLSForm type, and the widgets that draw them with targets large enough for a thumb.

A field converts what was posted where it can and keeps the text where it cannot: whether an answer is allowed is decided by the
questionnaire (`questionnaires.instance`), never here. Texts are drawn in the form's language and carry their key in `data-t`, words
of the program in `data-ui`, so that the page can change its language without the server.
"""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape
from wtforms import Field

from questionnaires.model import Choice, Question
from survey.tablet.texts import plain_output, rich_text

SELECT_FROM = 25
"""Choice lists longer than this are drawn as one drop-down instead of a column of buttons."""


class AnswerField(Field):
    """The root of all answer fields: one text, drawn as one input."""

    input_type = "text"
    input_mode = ""

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
            Markup(' inputmode="{}" step="any"').format(self.input_mode) if self.input_mode else "",
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

    def convert(self, text: str) -> int | str:
        """The number, or the text where it is none."""
        try:
            return int(text)
        except ValueError:
            return text


class DecimalField(AnswerField):
    """A number."""

    input_mode = "decimal"

    def convert(self, text: str) -> float | str:
        """The number, or the text where it is none."""
        try:
            return float(text)
        except ValueError:
            return text


class RangeField(DecimalField):
    """A number on a scale; nothing is answered until the handle was touched."""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A slider between two step buttons' width of room, with its value."""
        given = self.question.parameters
        return Markup(
            '<div class="range"><input class="control" type="range" min="{}" max="{}" step="{}" id="{}" name="{}" value="{}">'
            '<output class="range-value"></output></div>'
        ).format(given.get("start", "1"), given.get("end", "10"), given.get("step", "1"), field.id, field.name, self.text_value())


class DateField(AnswerField):
    """A day as ISO text; only the year or the month is asked where the appearance says so."""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """The browser's own calendar, or a year's four digits."""
        if "year" in self.question.appearance:
            self.input_mode, self.input_type = "numeric", "text"
        else:
            self.input_type = "month" if "month-year" in self.question.appearance else "date"
        return super().widget(field, **kwargs)


class TimeField(AnswerField):
    """A time of day as ISO text."""

    input_type = "time"


class DateTimeField(AnswerField):
    """An instant as ISO text."""

    input_type = "datetime-local"


class ChoiceField(AnswerField):
    """One of the choices by its name; buttons, or a drop-down for long lists."""

    option_type = "radio"

    def selected(self) -> list[str]:
        """The names that are chosen."""
        return [] if self.data is None else [str(self.data)]

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """Buttons in a column, or in rows for the horizontal appearances."""
        appearance = set(self.question.appearance)
        if "label" in appearance:
            return Markup("")
        if self.option_type == "radio" and (appearance & {"minimal", "autocomplete", "search"} or len(self.choices) > SELECT_FROM):
            return self.drop_down(field)
        is_row = any(word.startswith(("horizontal", "columns", "likert", "list-nolabel")) for word in appearance)
        options = Markup("").join(self.option(field, number, choice) for number, choice in enumerate(self.choices))
        role = "radiogroup" if self.option_type == "radio" else "group"
        return Markup('<div class="options{}" role="{}" aria-labelledby="{}-label">{}</div>').format(
            " in-row" if is_row else "", role, field.id, options
        )

    def option(self, field: AnswerField, number: int, choice: Choice) -> Markup:
        """One button."""
        return Markup(
            '<label class="option"><input type="{}" name="{}" value="{}"{}><span data-t="{}-{}">{}</span></label>'
        ).format(
            self.option_type,
            field.name,
            choice.name,
            Markup(" checked") if choice.name in self.selected() else "",
            self.question.list_name,
            number,
            rich_text(choice.label, self.language, plain_output),
        )

    def drop_down(self, field: AnswerField) -> Markup:
        """A native drop-down, which a tablet shows as a large list."""
        options = Markup("").join(
            Markup('<option value="{}" data-t="{}-{}"{}>{}</option>').format(
                choice.name,
                self.question.list_name,
                number,
                Markup(" selected") if choice.name in self.selected() else "",
                rich_text(choice.label, self.language, plain_output).striptags(),
            )
            for number, choice in enumerate(self.choices)
        )
        return Markup('<select class="control" id="{}" name="{}" aria-labelledby="{}-label"><option value=""></option>{}</select>').format(
            field.id, field.name, field.id, options
        )


class ChoicesField(ChoiceField):
    """Any number of the choices, as a list of names."""

    option_type = "checkbox"

    def selected(self) -> list[str]:
        """The names that are chosen."""
        return [str(name) for name in self.data or ()]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes all posted names."""
        self.data = list(valuelist) or None


class RankField(ChoicesField):
    """All choices in the order of importance, as a list of names."""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A list whose rows move up and down."""
        rows = Markup("").join(
            Markup(
                '<li data-value="{}"><span data-t="{}-{}">{}</span><button type="button" class="button quiet" data-move="-1" '
                'data-ui-label="move_up">↑</button><button type="button" class="button quiet" data-move="1" data-ui-label="move_down">↓'
                "</button></li>"
            ).format(choice.name, self.question.list_name, number, rich_text(choice.label, self.language, plain_output))
            for number, choice in enumerate(self.choices)
        )
        keep = Markup('<button type="button" class="button quiet" data-rank="keep" data-ui="rank_keep"></button>')
        return Markup('<ol class="rank" aria-labelledby="{}-label">{}</ol>{}').format(field.id, rows, keep)


class AcknowledgeField(AnswerField):
    """A confirmation; its answer is "OK"."""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """One large tick box."""
        return Markup(
            '<div class="options"><label class="option"><input type="checkbox" name="{}" value="OK"{}><span data-ui="ok"></span></label></div>'
        ).format(field.name, Markup(" checked") if self.data else "")


class PositionField(AnswerField):
    """A position {"latitude", "longitude", "altitude", "accuracy"}, posted as the four numbers with blanks between."""

    def convert(self, text: str) -> dict[str, float] | str:
        """The position, or the text where it is none."""
        try:
            numbers = [float(part) for part in text.split()]
        except ValueError:
            return text
        return dict(zip(("latitude", "longitude", "altitude", "accuracy"), numbers, strict=False))

    def text_value(self) -> str:
        """The four numbers."""
        if not isinstance(self.data, dict):
            return str(self.data or "")
        return " ".join(str(self.data.get(part) or 0) for part in ("latitude", "longitude", "altitude", "accuracy"))

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A button that records, what it recorded with its accuracy, and a way to write the numbers by hand."""
        return Markup(
            '<div class="position"><button type="button" class="button" data-position="record" data-ui="record_position"></button>'
            '<p class="position-shown" role="status"></p>'
            '<details><summary data-ui="position_by_hand"></summary><input class="control" type="text" id="{}" name="{}" value="{}" '
            'autocomplete="off" placeholder="33.33190 106.15280"></details></div>'
        ).format(field.id, field.name, self.text_value())


class MediaField(AnswerField):
    """A file's name; the file itself travels beside the answers."""

    ACCEPTS = {"image": "image/*", "audio": "audio/*", "video": "video/*"}

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A camera, a recorder, a file chooser, or a sheet to draw on."""
        if self.question.type == "image" and {"signature", "draw", "annotate"} & set(self.question.appearance):
            return Markup(
                '<div class="draw"><canvas class="drawing" width="1200" height="500" tabindex="0" aria-labelledby="{}-label"></canvas>'
                '<button type="button" class="button quiet" data-draw="clear" data-ui="draw_again"></button></div>'
            ).format(field.id)
        accept = self.ACCEPTS.get(self.question.type, "")
        capture = Markup(' capture="environment"') if accept else ""
        word = {"image": "take_picture", "audio": "record_sound", "video": "record_video"}.get(self.question.type, "choose_file")
        return Markup(
            '<div class="media"><label class="button"><input class="visually-hidden" type="file" id="{}" accept="{}"{}>'
            '<span data-ui="{}"></span></label><div class="media-shown"></div>'
            '<button type="button" class="button quiet" data-media="remove" data-ui="remove_file" hidden></button></div>'
        ).format(field.id, accept, capture, word)


class NoteField(AnswerField):
    """A text that asks nothing."""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """Nothing: the label is all there is."""
        return Markup("")


class HiddenField(AnswerField):
    """A value without a question: calculated, given beforehand, or taken from the device."""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """Nothing."""
        return Markup("")


class ComputedField(AnswerField):
    """A calculated value that is shown: text that cannot be typed over."""

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """The value as an output."""
        return Markup('<output class="computed" id="{}">{}</output>').format(field.id, escape(self.text_value()))


FIELD_TYPES: dict[str, type[AnswerField]] = {
    "text": TextField,
    "barcode": TextField,
    "geotrace": TextField,
    "geoshape": TextField,
    "integer": IntegerField,
    "decimal": DecimalField,
    "range": RangeField,
    "select_one": ChoiceField,
    "select_one_from_file": ChoiceField,
    "select_multiple": ChoicesField,
    "select_multiple_from_file": ChoicesField,
    "rank": RankField,
    "note": NoteField,
    "acknowledge": AcknowledgeField,
    "geopoint": PositionField,
    "date": DateField,
    "time": TimeField,
    "dateTime": DateTimeField,
    "image": MediaField,
    "audio": MediaField,
    "video": MediaField,
    "file": MediaField,
}
