"""The pictures of labels and choices as paper can print them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from analysis.damaged import OF_PICTURES
from questionnaires.model import Questionnaire, Text, text_in

MEDIA = ("image", "big-image")
PRINTED = ("PNG", "JPEG")
"""The kinds that go into a Word document as they are; others are drawn anew as PNG."""
MOST_PIXELS = 1200
"""The longer side of a picture; more would only make the document large."""
MM_PER_PIXEL = 25.4 / 96


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture with the size at which it is printed: its own at 96 points an inch, or as small as it must be."""

    data: bytes
    width_mm: float
    height_mm: float


class Pictures:
    """The pictures of a questionnaire in one of its languages; `files` are the bytes by file name."""

    def __init__(self, files: Mapping[str, bytes], language: str) -> None:
        self.files = files
        self.language = language

    def name_of(self, media: Mapping[str, Text]) -> str:
        """The name of a text's picture, "" when it has none."""
        return next((text_in(media[medium], self.language) for medium in MEDIA if media.get(medium)), "")

    def of(self, media: Mapping[str, Text], most_width_mm: float, most_height_mm: float) -> Picture | None:
        """The picture of a text, no larger than given; None when it has none, or one that cannot be printed (a drawing in SVG)."""
        data = self.files.get(self.name_of(media))
        return None if data is None else _printable(data, most_width_mm, most_height_mm)


def picture_names(questionnaire: Questionnaire) -> frozenset[str]:
    """The names of all pictures that the questionnaire shows, in any language."""
    return frozenset(name for media in _all_media(questionnaire) for medium in MEDIA for name in media.get(medium, {}).values())


def _all_media(questionnaire: Questionnaire) -> Iterator[Mapping[str, Text]]:
    yield from (node.media for node in questionnaire.walk())
    yield from (choice.media for choices in questionnaire.choices.values() for choice in choices)


def _printable(data: bytes, most_width_mm: float, most_height_mm: float) -> Picture | None:
    try:
        with Image.open(BytesIO(data)) as image:
            width, height = image.size
            scale = min(1.0, most_width_mm / (width * MM_PER_PIXEL), most_height_mm / (height * MM_PER_PIXEL))
            if image.format not in PRINTED or max(image.size) > MOST_PIXELS:
                data = _drawn_anew(image)
    except OF_PICTURES:
        return None
    return Picture(data, width * MM_PER_PIXEL * scale, height * MM_PER_PIXEL * scale)


def _drawn_anew(image: Image.Image) -> bytes:
    drawn = image.convert("RGBA" if image.mode in ("P", "LA", "RGBA") else "RGB")
    drawn.thumbnail((MOST_PIXELS, MOST_PIXELS))
    content = BytesIO()
    drawn.save(content, "PNG")
    return content.getvalue()
