"""WTForms fields for where something is: one position, a line of positions, or the outline of an area."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from survey.tablet.fields.answers import AnswerField

PARTS = ("latitude", "longitude", "altitude", "accuracy")


class PositionField(AnswerField):
    """A position {"latitude", "longitude", "altitude", "accuracy"}, posted as the four numbers with blanks between."""

    control = "position"
    is_labelled = False

    def convert(self, text: str) -> dict[str, float] | str:
        """The position, or the text where it is none."""
        try:
            numbers = [float(part) for part in text.split()]
        except ValueError:
            return text
        return dict(zip(PARTS, numbers, strict=False))

    def text_value(self) -> str:
        """The four numbers."""
        if not isinstance(self.data, dict):
            return str(self.data or "")
        return " ".join(str(self.data.get(part) or 0) for part in PARTS)

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A button that records, what it recorded with its accuracy, a way to write the numbers by hand, and a sheet to place it on."""
        words = self.question.appearance
        looks = "place" if "placement-map" in words else "show" if "maps" in words else ""
        return Markup(
            '<div class="position" role="group" aria-labelledby="{}-label"{}><p class="position-shown" role="status"></p>'
            '<p class="position-buttons"><button type="button" class="button" data-position="record" data-ui="record_position"></button>'
            '<button type="button" class="button quiet" data-position="clear" data-ui="clear" hidden></button></p>{}'
            '<details><summary data-ui="position_by_hand"></summary><input class="control" type="text" id="{}" name="{}" value="{}" '
            'autocomplete="off" placeholder="33.33190 106.15280" aria-labelledby="{}-label"></details></div>'
        ).format(
            field.id,
            accuracies(self.question.parameters),
            Markup('<div class="pad" data-pad="{}" hidden></div>').format(looks) if looks else "",
            field.id,
            field.name,
            self.text_value(),
            field.id,
        )


class LineField(AnswerField):
    """Positions one after another, as ODK writes them: "latitude longitude altitude accuracy; …"; a shape ends where it begins."""

    control = "line"
    is_labelled = False

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A sketch with its length and area, buttons that add the device's position once or while walking, and the list of points."""
        return Markup(
            '<div class="line" role="group" aria-labelledby="{}-label" data-line="{}"{}><div class="pad" hidden></div>'
            '<p class="line-shown" role="status"></p>'
            '<p class="position-buttons"><button type="button" class="button" data-line-do="here" data-ui="line_here"></button>'
            '<button type="button" class="button" data-line-do="walk" data-ui="line_walk"></button>'
            '<button type="button" class="button quiet" data-line-do="clear" data-ui="clear" hidden></button></p>'
            '<details><summary data-ui="line_points"></summary><ol class="line-points"></ol><p class="line-add">'
            '<input class="control" type="text" id="{}" autocomplete="off" placeholder="33.33190 106.15280" '
            'data-ui-label="line_add_by_hand">'
            '<button type="button" class="button" data-line-do="add" data-ui="line_add_by_hand"></button></p></details></div>'
        ).format(field.id, "shape" if self.question.type == "geoshape" else "trace", accuracies(self.question.parameters), field.id)


def accuracies(parameters: Mapping[str, str]) -> Markup:
    """The attributes that say at which accuracy in metres recording ends by itself, and above which it is doubtful."""
    good, poor = parameters.get("accuracyThreshold", ""), parameters.get("unacceptableAccuracyThreshold", "")
    return Markup(' data-good="{}" data-poor="{}"').format(good, poor)
