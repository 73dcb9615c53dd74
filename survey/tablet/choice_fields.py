"""WTForms fields for questions that are answered by choosing: one, several, an order, or a confirmation."""

from typing import Any

from markupsafe import Markup

from questionnaires.model import Choice
from survey.tablet.fields import AnswerField
from survey.tablet.texts import plain_output, rich_text

SELECT_FROM = 25
"""Choice lists longer than this are drawn as one drop-down instead of a column of buttons."""

ROW_AT_MOST, SHORT_LABEL = 3, 12
"""This few choices of at most so many characters in every language stand beside each other."""
COLUMNS_FROM, LONG_LABEL = 6, 30
"""This many choices of at most so many characters in every language stand in two columns."""


class ChoiceField(AnswerField):
    """One of the choices by its name; buttons, or a drop-down for long lists."""

    option_type = "radio"

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "select", "choice", "choices"; "text" where the choices are not at hand (a list in a file), "" for a row of mere labels."""
        appearance = set(self.question.appearance)
        if not self.choices:
            return "text"
        if "label" in appearance:
            return ""
        if self.option_type == "checkbox":
            return "choices"
        is_long = len(self.choices) > SELECT_FROM
        return "select" if is_long or appearance & {"minimal", "autocomplete", "search"} else "choice"

    @property
    def is_labelled(self) -> bool:  # type: ignore[override]
        """Whether the question's text labels one element, which buttons are not."""
        return self.control in ("select", "text")

    def selected(self) -> list[str]:
        """The names that are chosen."""
        return [] if self.data is None else [str(self.data)]

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """Buttons in a column, or in rows for the horizontal appearances; a drop-down; or text."""
        if self.control == "text":
            return super().widget(field, **kwargs)
        if self.control == "select":
            return self.drop_down(field)
        if not self.control:
            return Markup("")
        options = Markup("").join(self.option(field, number, choice) for number, choice in enumerate(self.choices))
        role = "radiogroup" if self.option_type == "radio" else "group"
        return Markup('<div class="options{}" role="{}" aria-labelledby="{}-label">{}</div>').format(
            self.arrangement, role, field.id, options
        )

    @property
    def arrangement(self) -> str:
        """ " in-row" where the appearance says so or the buttons are few and short, " in-columns" where they are many, else ""."""
        if any(word.startswith(("horizontal", "columns", "likert", "list-nolabel")) for word in self.question.appearance):
            return " in-row"
        longest = max(len(text) for choice in self.choices for text in choice.label.values() or ("",))
        if len(self.choices) <= ROW_AT_MOST and longest <= SHORT_LABEL:
            return " in-row"
        return " in-columns" if len(self.choices) >= COLUMNS_FROM and longest <= LONG_LABEL else ""

    def option(self, field: AnswerField, number: int, choice: Choice) -> Markup:
        """One button."""
        return Markup('<label class="option"><input type="{}" name="{}" value="{}"{}><span data-t="{}-{}">{}</span></label>').format(
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

    control = "rank"
    is_labelled = False

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
        buttons = Markup(
            '<p class="rank-buttons"><button type="button" class="button" data-rank="keep" data-ui="rank_keep"></button>'
            '<button type="button" class="button quiet" data-rank="clear" data-ui="rank_clear"></button></p>'
        )
        return Markup('<ol class="rank" aria-labelledby="{}-label">{}</ol>{}').format(field.id, rows, buttons)


class AcknowledgeField(AnswerField):
    """A confirmation; its answer is "OK"."""

    control = "acknowledge"
    is_labelled = False

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """One large tick box."""
        return Markup(
            '<div class="options"><label class="option"><input type="checkbox" name="{}" value="OK"{}>'
            '<span data-ui="ok"></span></label></div>'
        ).format(field.name, Markup(" checked") if self.data else "")
