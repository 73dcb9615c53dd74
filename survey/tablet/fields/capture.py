"""WTForms fields for what the device records as files: pictures, drawings, sound, films, other files; and codes read by the camera."""

from typing import Any

from markupsafe import Markup

from survey.tablet.fields.answers import AnswerField, TextField

DRAWN = ("signature", "draw", "annotate")
"""The appearances of a picture that is drawn by hand."""
SHEETS = {"signature": (1200, 480), "draw": (1200, 900), "annotate": (1200, 900)}
"""The size of the sheet in pixels; one to annotate takes the shape of its picture."""
ONLY_NEW = ("new", "new-front", "new-rear", "selfie", "camera")


class MediaField(AnswerField):
    """A file's name; the file itself travels beside the answers."""

    is_labelled = False
    ACCEPTS = {"image": "image/*", "audio": "audio/*", "video": "video/*"}
    WORDS = {"image": "take_picture", "video": "record_video", "audio": "choose_file"}

    @property
    def drawn(self) -> str:
        """ "signature", "draw" or "annotate" for a picture that is drawn by hand, else ""."""
        return next((word for word in DRAWN if word in self.question.appearance and self.question.type == "image"), "")

    @property
    def control(self) -> str:  # type: ignore[override]
        """ "drawing" for a signature, sketch or annotated picture, else "file"."""
        return "drawing" if self.drawn else "file"

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """A camera, a recorder, a file chooser, or a sheet to draw on."""
        return self.sheet(field) if self.drawn else self.chooser(field)

    def chooser(self, field: AnswerField) -> Markup:
        """What is there, and the buttons that take, record, choose or remove it. Sound that must be new is recorded only."""
        kind = self.question.type
        record = Markup('<button type="button" class="button" data-media="record" data-ui="record_sound"></button>')
        return Markup(
            '<div class="media" role="group" aria-labelledby="{}-label"><div class="media-shown"></div><p class="media-buttons">{}{}'
            '<button type="button" class="button quiet" data-media="remove" data-ui="remove_file" hidden></button></p>'
            '<p class="media-state" role="status"></p></div>'
        ).format(
            field.id,
            record if kind == "audio" else "",
            self.file_input(field, self.WORDS.get(kind, "choose_file"), is_spare=kind == "audio"),
        )

    def file_input(self, field: AnswerField, word: str, *, is_spare: bool = False) -> Markup:
        """The browser's own camera or file chooser. A spare one gives way where the recorder works and only new sound is wanted."""
        accept = self.ACCEPTS.get(self.question.type, "")
        is_new = bool(accept) and bool(set(ONLY_NEW) & set(self.question.appearance))
        capture = Markup(' capture="{}"').format("user" if {"new-front", "selfie"} & set(self.question.appearance) else "environment")
        return Markup(
            '<label class="button"{}><input class="visually-hidden" type="file" id="{}" accept="{}" data-max-pixels="{}" '
            'data-quality="{}"{}>'
            '<span data-ui="{}"></span></label>'
        ).format(
            Markup(' data-media="spare"') if is_spare and is_new else "",
            field.id,
            accept,
            self.question.parameters.get("max-pixels", ""),
            self.question.parameters.get("quality", ""),
            capture if is_new else "",
            word,
        )

    def sheet(self, field: AnswerField) -> Markup:
        """A sheet with pens, a step back and a fresh start; for an annotation first the picture that is drawn over."""
        width, height = SHEETS[self.drawn]
        pens = Markup("").join(
            Markup('<button type="button" class="pen {}" data-pen="{}" data-ui-label="pen_{}" aria-pressed="{}"></button>').format(
                name, name, name, "true" if name == first else "false"
            )
            for first in ("red" if self.drawn == "annotate" else "black",)
            for name in ("black", "red", "blue")
        )
        return Markup(
            '<div class="draw" data-drawn="{}">{}<div class="draw-sheet">'
            '<canvas class="drawing" role="img" tabindex="-1" width="{}" height="{}" aria-labelledby="{}-label"></canvas>'
            '<p class="draw-hint" data-ui="{}"></p></div><p class="draw-tools">{}'
            '<button type="button" class="button quiet" data-draw="undo" data-ui="draw_undo" hidden></button>'
            '<button type="button" class="button quiet" data-draw="clear" data-ui="draw_again" hidden></button></p></div>'
        ).format(
            self.drawn,
            self.file_input(field, "take_picture") if self.drawn == "annotate" else "",
            width,
            height,
            field.id,
            {"signature": "draw_here", "draw": "sketch_here", "annotate": "annotate_here"}[self.drawn],
            pens if self.drawn != "signature" else "",
        )


class BarcodeField(TextField):
    """A code: read by the camera where the browser can, typed anywhere."""

    control = "barcode"

    def widget(self, field: AnswerField, **kwargs: Any) -> Markup:
        """The code, and a button that reads one."""
        return Markup(
            '<div class="barcode">{}<button type="button" class="button" data-barcode="scan" data-ui="scan_code" hidden></button></div>'
        ).format(super().widget(field, **kwargs))
