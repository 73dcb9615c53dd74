"""A document as data: what is said, in which order, in which role. How it looks is the business of `word.py`."""

from dataclasses import dataclass

from analysis.report.texts import Words


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; numbers are added where it is written, an annex has its own."""

    text: str
    level: int = 1
    is_annex: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `role` is "body", "subtitle", "notice" or "note"."""

    text: Words
    role: str = "body"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, its cells as text; a band has one cell that spans the table and heads the rows below it."""

    cells: tuple[Words, ...]
    is_total: bool = False
    is_band: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption, header and rows; `weights` are the relative widths of its columns, `note` stands below it."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    weights: tuple[float, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its caption and its description for those who cannot see it."""

    caption: str
    png: bytes
    alt: str
    width_mm: float


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Outline:
    """One whole document with the properties that its file carries; `language` is "zh" or "en"."""

    title: str
    language: str
    blocks: tuple[Block, ...]
    subject: str = ""
    keywords: str = ""
    comments: str = ""
