"""WTForms fields for what the device records: positions, pictures, sound, films, signatures and other files."""

from typing import Any

from markupsafe import Markup

from survey.tablet.fields import AnswerField


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
        return dict(zip(("latitude", "longitude", "altitude", "accuracy"), numbers, strict=False))

    def text_value(self) -> str:
        """The four numbers."""
        if not isinstance(self.data, dict):
            return str(self.data or "")
        return " ".join(str(self.data.get(part) or 0) for part in ("latitude", "longitude", "altitude", "accuracy"))

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A button that records, what it recorded with its accuracy, and a way to write the numbers by hand."""
        return Markup(
            '<div class="position"><p class="position-shown" role="status"></p>'
            '<p class="position-buttons"><button type="button" class="button" data-position="record" data-ui="record_position"></button>'
            '<button type="button" class="button quiet" data-position="clear" data-ui="clear" hidden></button></p>'
            '<details><summary data-ui="position_by_hand"></summary><input class="control" type="text" id="{}" name="{}" value="{}" '
            'autocomplete="off" placeholder="33.33190 106.15280" aria-labelledby="{}-label"></details></div>'
        ).format(field.id, field.name, self.text_value(), field.id)


class MediaField(AnswerField):
    """A file's name; the file itself travels beside the answers."""

    is_labelled = False
    ACCEPTS = {"image": "image/*", "audio": "audio/*", "video": "video/*"}
    WORDS = {"image": "take_picture", "audio": "record_sound", "video": "record_video"}

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "drawing" for a signature or sketch, else "file"."""
        is_drawn = {"signature", "draw", "annotate"} & set(self.question.appearance)
        return "drawing" if self.question.type == "image" and is_drawn else "file"

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A camera, a recorder, a file chooser, or a sheet to draw on."""
        if self.control == "drawing":
            return Markup(
                '<div class="draw"><canvas class="drawing" width="1200" height="480" aria-labelledby="{}-label"></canvas>'
                '<p class="draw-hint" data-ui="draw_here"></p>'
                '<button type="button" class="button quiet" data-draw="clear" data-ui="draw_again" hidden></button></div>'
            ).format(field.id)
        accept = self.ACCEPTS.get(self.question.type, "")
        capture = Markup(' capture="environment"') if accept and "new" in self.question.appearance else ""
        return Markup(
            '<div class="media"><div class="media-shown"></div><p class="media-buttons">'
            '<label class="button"><input class="visually-hidden" type="file" id="{}" accept="{}" data-max-pixels="{}"{}>'
            '<span data-ui="{}"></span></label>'
            '<button type="button" class="button quiet" data-media="remove" data-ui="remove_file" hidden></button></p>'
            '<p class="media-state" role="status"></p></div>'
        ).format(
            field.id,
            accept,
            self.question.parameters.get("max-pixels", ""),
            capture,
            self.WORDS.get(self.question.type, "choose_file"),
        )
