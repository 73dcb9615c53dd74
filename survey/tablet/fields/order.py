"""WTForms fields for an order of importance and for a confirmation."""

from typing import Any

from markupsafe import Markup

from survey.tablet.fields.answers import AnswerField
from survey.tablet.fields.choices import ChoicesField
from survey.tablet.media import media_place


class RankField(ChoicesField):
    """All choices in the order of importance, as a list of names."""

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "rank"; "search" for the answers of a repeat, which are ordered by choosing one after the other."""
        return "rank" if self.choices else "search"

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A list whose rows are dragged by their handle or moved with arrows."""
        if self.control == "search":
            return self.search_box(field)
        rows = Markup("").join(
            Markup(
                '<li data-value="{}"><span class="grip" aria-hidden="true">⠿</span>'
                '<span class="rank-text">{}<span data-t="{}-{}">{}</span></span>'
                '<button type="button" class="button quiet" data-move="-1" data-ui-label="move_up">↑</button>'
                '<button type="button" class="button quiet" data-move="1" data-ui-label="move_down">↓</button></li>'
            ).format(
                choice.name,
                media_place(choice.media, f"{self.question.list_name}-{number}", "option-media"),
                self.question.list_name,
                number,
                self.text_of(choice),
            )
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
