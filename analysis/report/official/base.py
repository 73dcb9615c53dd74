"""What an outline is written on: an empty document, the ids of its styles by our names for them, and how wide its text is."""

from dataclasses import dataclass

from docx import Document
from docx.document import Document as WordDocument

from analysis.report.official.format import STYLES, TABLE_STYLE, TEXT_WIDTH_MM
from analysis.report.official.reference import reference_path


@dataclass(frozen=True, slots=True)
class Base:
    """An empty document to write on. `types_numbers`: numbers of headings are written as text, because its styles have none."""

    document: WordDocument
    styles: dict[str, str]
    text_width_mm: float
    types_numbers: bool = False


def our_base(language: str) -> Base:
    """The reference document of a language."""
    return Base(Document(str(reference_path(language))), our_styles(language), TEXT_WIDTH_MM)


def our_styles(language: str) -> dict[str, str]:
    """The ids of our styles by their names."""
    return {**{style.name: style.id for style in STYLES[language]}, TABLE_STYLE: "ReportTable", "footnote reference": "FootnoteReference"}
