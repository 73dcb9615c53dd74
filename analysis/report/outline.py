"""A document as data: what is said, in which order, in which role. How it looks is the business of `word/`."""

from dataclasses import dataclass

from analysis.report.live.origin import Origin
from analysis.report.texts import Words


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; numbers are added where it is written, an annex has its own."""

    text: str
    level: int = 1
    is_annex: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `role` is "body", "subtitle", "notice", "note" or "quotation"."""

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
    """A table with its caption, header and rows; `weights` are the relative widths of its columns, `note` stands below it.

    By its `key` a `Reference` in a text finds it; "" for one that no text refers to.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    weights: tuple[float, ...]
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One bar per category, None where there is no figure."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """The numbers of a chart of bars in one unit; `number_format` as spreadsheets write it ("0.0%")."""

    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    number_format: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with its caption, its description for those who cannot see it, and the key by which a `Reference` finds it.

    `bars` are the numbers that it shows, for charts that Word draws itself.
    """

    caption: str
    png: bytes
    alt: str
    width_mm: float
    key: str = ""
    bars: tuple[Bars, ...] = ()


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The issuing body in red with the document's number below and a red line across: the head of an official document."""

    body: str
    number: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents, with headings down to the level `depth` and their pages."""

    title: str
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom the document goes, below the title; the colon is added where it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Attachments:
    """The note below the text that lists the attachments by their titles."""

    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who issues the document, and the day on which."""

    body: str
    day: str


@dataclass(frozen=True, slots=True)
class Copies:
    """The last block of an official document: who gets a copy, who printed it and when; empty lines are left out."""

    recipients: tuple[str, ...] = ()
    printed_by: str = ""
    printed_on: str = ""


Block = Heading | Paragraph | Table | Picture | Letterhead | Contents | Addressee | Attachments | Signature | Copies


@dataclass(frozen=True, slots=True)
class Outline:
    """One whole document with the properties that its file carries; `language` is "zh" or "en".

    By its `origin` it can be drafted again from other data; None for one that is about no dataset.
    """

    title: str
    language: str
    blocks: tuple[Block, ...]
    subject: str = ""
    keywords: str = ""
    comments: str = ""
    origin: Origin | None = None
