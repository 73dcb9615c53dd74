"""WTForms fields for questions that are answered by choosing one or several of a list."""

import re
from typing import Any

from markupsafe import Markup

from questionnaires.model import Choice
from survey.tablet.fields.answers import AnswerField
from survey.tablet.media import media_place
from survey.tablet.texts import plain_output, rich_text

SELECT_FROM = 25
"""Choice lists longer than this are drawn as one drop-down instead of a column of buttons."""
SEARCH_FROM = 100
"""Lists longer than this are drawn as a search box, whose choices the browser fills in from the plan: none of them are in the page."""

ROW_AT_MOST, SHORT_LABEL = 3, 12
"""This few choices of at most so many characters in every language stand beside each other."""
COLUMNS_FROM, LONG_LABEL = 6, 30
"""This many choices of at most so many characters in every language stand in two columns."""
MOST_COLUMNS = 10

GEOMETRY = "geometry"
"""The column of a list that says where each choice is, as positions with semicolons between."""

_COLUMNS_N = re.compile(r"columns-(\d+)|compact-(\d+)")
_IN_ROW = {"horizontal", "horizontal-compact", "columns"}
_PACKED = {"columns-pack", "compact", "quickcompact"}
_EVEN = {"likert": " in-line likert", "list": " in-line", "list-nolabel": " in-line bare"}


class ChoiceField(AnswerField):
    """One of the choices by its name; buttons, a drop-down for long lists, a search box for very long ones, or a map of regions."""

    option_type = "radio"

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "search", "select", "choice", "choices", "listed", "regions", "choice-map"; "text" where there is no list, "" for mere
        labels."""
        appearance = set(self.question.appearance)
        if self.question.answers_offered:
            return "search" if self.option_type == "checkbox" or appearance & {"autocomplete", "search", "minimal"} else "listed"
        if not self.choices:
            # A file without rows is the list of households, which each device has of its own.
            return "search" if self.question.instance_id else "text"
        if "label" in appearance:
            return ""
        if "image-map" in appearance and self.question.media.get("image"):
            return "regions"
        if "map" in appearance and any(choice.properties.get(GEOMETRY) for choice in self.choices):
            return "choice-map"
        if appearance & {"autocomplete", "search"} or len(self.choices) > SEARCH_FROM:
            return "search"
        if self.option_type == "checkbox":
            return "choices"
        return "select" if len(self.choices) > SELECT_FROM or "minimal" in appearance else "choice"

    @property
    def is_labelled(self) -> bool:  # type: ignore[override]
        """Whether the question's text labels one element, which buttons are not."""
        return self.control in ("select", "search", "text")

    def selected(self) -> list[str]:
        """The names that are chosen."""
        return [] if self.data is None else [str(self.data)]

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """What `control` says."""
        match self.control:
            case "text":
                return super().widget(field, **kwargs)
            case "select":
                return self.drop_down(field)
            case "search":
                return self.search_box(field)
            case "listed":
                return self.listed(field)
            case "regions":
                return self.regions(field)
            case "choice-map":
                return self.choice_map(field)
            case "":
                return self.header()
        buttons = self.buttons(field)
        return self.folded(buttons) if self.option_type == "checkbox" and "minimal" in self.question.appearance else buttons

    def buttons(self, field: AnswerField) -> Markup:
        """Every choice as a button; `data-quick` goes on to the next question after a tap."""
        options = Markup("").join(self.option(field, number, choice) for number, choice in enumerate(self.choices))
        role = "radiogroup" if self.option_type == "radio" else "group"
        quick = Markup(' data-quick="1"') if {"quick", "quickcompact"} & set(self.question.appearance) else ""
        return Markup('<div class="options{}" role="{}" aria-labelledby="{}-label"{}>{}</div>').format(
            self.arrangement, role, field.id, quick, options
        )

    @property
    def arrangement(self) -> str:
        """How the buttons stand, as class names each after a blank: what the appearance says, else by how many and how long they are."""
        words = self.question.appearance
        bare = " no-buttons" if "no-buttons" in words else ""
        for word in words:
            if found := _COLUMNS_N.fullmatch(word):
                return f" in-n n-{max(1, min(int(found[1] or found[2]), MOST_COLUMNS))}{bare}"
            if word in _PACKED:
                return f" packed{bare}"
            if word in _EVEN:
                return _EVEN[word] + bare
            if word in _IN_ROW:
                return f" in-row{bare}"
        longest = max(len(text) for choice in self.choices for text in choice.label.values() or ("",))
        has_pictures = any(choice.media for choice in self.choices)
        if has_pictures or (len(self.choices) <= ROW_AT_MOST and longest <= SHORT_LABEL):
            return f" in-row{bare}"
        return (" in-columns" if len(self.choices) >= COLUMNS_FROM and longest <= LONG_LABEL else "") + bare

    def option(self, field: AnswerField, number: int, choice: Choice) -> Markup:
        """One button, with its picture and sound where the list has any."""
        return Markup('<label class="option"><input type="{}" name="{}" value="{}"{}>{}<span data-t="{}-{}">{}</span></label>').format(
            self.option_type,
            field.name,
            choice.name,
            Markup(" checked") if choice.name in self.selected() else "",
            media_place(choice.media, f"{self.question.list_name}-{number}", "option-media"),
            self.question.list_name,
            number,
            self.text_of(choice),
        )

    def text_of(self, choice: Choice) -> Markup:
        """A choice's label in the form's language."""
        return rich_text(choice.label, self.language, plain_output)

    def drop_down(self, field: AnswerField) -> Markup:
        """A native drop-down, which a tablet shows as a large list."""
        options = Markup("").join(
            Markup('<option value="{}" data-t="{}-{}"{}>{}</option>').format(
                choice.name,
                self.question.list_name,
                number,
                Markup(" selected") if choice.name in self.selected() else "",
                self.text_of(choice).striptags(),
            )
            for number, choice in enumerate(self.choices)
        )
        return Markup('<select class="control" id="{}" name="{}" aria-labelledby="{}-label"><option value=""></option>{}</select>').format(
            field.id, field.name, field.id, options
        )

    def search_box(self, field: AnswerField) -> Markup:
        """A box to search in; what matches and what is chosen is drawn by the browser."""
        return Markup(
            '<div class="search-box"><ul class="chosen-list"></ul><input class="control" type="text" role="combobox" '
            'id="{}" aria-expanded="false" aria-controls="{}-found" aria-autocomplete="list" autocomplete="off" '
            'data-ui-placeholder="search_choices">'
            '<ul class="found" role="listbox" id="{}-found" aria-labelledby="{}-label" hidden></ul></div>'
        ).format(field.id, field.id, field.id, field.id)

    def listed(self, field: AnswerField) -> Markup:
        """Room for the answers of a repeat, which the browser makes into buttons."""
        return Markup(
            '<div class="options" role="radiogroup" aria-labelledby="{}-label" data-name="{}"></div>'
            '<p class="listed-empty" data-ui="listed_nothing" hidden></p>'
        ).format(field.id, field.name)

    def regions(self, field: AnswerField) -> Markup:
        """The picture whose regions are the choices, and the same choices as buttons under it."""
        role = "radiogroup" if self.option_type == "radio" else "group"
        return Markup(
            '<div class="regions" data-key="{}:label" role="{}" aria-labelledby="{}-label"></div>'
            '<details class="regions-list"><summary data-ui="choose_from_list"></summary>{}</details>'
        ).format(self.question.path, role, field.id, self.buttons(field))

    def choice_map(self, field: AnswerField) -> Markup:
        """A sheet on which the choices lie where they are, what is chosen, and the same choices as a list under it."""
        listed = self.search_box(field) if len(self.choices) > SEARCH_FROM else self.buttons(field)
        return Markup(
            '<div class="pad choice-map" data-label="{}-label"></div><p class="map-chosen" role="status"></p>'
            '<details class="regions-list"><summary data-ui="choose_from_list"></summary>{}</details>'
        ).format(field.id, listed)

    def folded(self, buttons: Markup) -> Markup:
        """The buttons inside a line that says what is chosen and opens on a tap."""
        return Markup('<details class="fold"><summary class="control"><span class="fold-chosen"></span></summary>{}</details>').format(
            buttons
        )

    def header(self) -> Markup:
        """The choices' labels alone, as the first row of a table of questions."""
        labels = Markup("").join(
            Markup('<span class="option-head">{}<span data-t="{}-{}">{}</span></span>').format(
                media_place(choice.media, f"{self.question.list_name}-{number}", "option-media"),
                self.question.list_name,
                number,
                self.text_of(choice),
            )
            for number, choice in enumerate(self.choices)
        )
        return Markup('<div class="options in-line heads" aria-hidden="true">{}</div>').format(labels)


class ChoicesField(ChoiceField):
    """Several of the choices, as a list of names."""

    option_type = "checkbox"

    def selected(self) -> list[str]:
        """The names that are chosen."""
        return [str(name) for name in self.data or ()]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Takes all posted names."""
        self.data = list(valuelist) or None
