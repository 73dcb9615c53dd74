"""Sample files for imports: the importer's own headings and terms, invented rows to be overwritten, and a sheet of what may stand where.

Each slice says which columns its sample has and what stands in them; which words those are comes from the tables that its importer reads
by, so that a sample is always understood. Pure: knows no request and no database.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from survey.pages.workbooks import HEADING, MAX_ROWS

Terms = Mapping[str, Sequence[str]]
"""Code names to the words that mean them."""
Said = tuple[str, str]
"""A text in Chinese and in English."""
Cell = str | int | float | Said | list[str]
"""What a row holds: a text or number, a text in both languages, or the code names of terms."""

NOTES: Said = ("填写说明", "How to fill in")
NOTES_HEADINGS: tuple[Said, Said] = (("列", "Column"), ("可填写", "What may stand there"))
MAX_OFFERED = 255
"""Excel takes a list of words to choose from up to this length."""
WIDTH, NOTES_WIDTH = 20, 80


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample file: its title, the importer's `columns` (our name to the headings that mean it) in the order of the file, and rows.

    `terms` are the columns that hold words of a list. Columns that no row fills in are there all the same.
    """

    title: Said
    columns: Mapping[str, Sequence[str]]
    rows: Sequence[Mapping[str, Cell]]
    terms: Mapping[str, Terms] = field(default_factory=lambda: MappingProxyType({}))
    remarks: Mapping[str, Said] = field(default_factory=lambda: MappingProxyType({}))


def word_in(words: Sequence[str], language: str) -> str:
    """The word of the list that is written in a language: the first for Chinese, else the first English one, best without underscores."""
    if language == "zh":
        return words[0]
    english = [word for word in words if word.isascii()]
    return next((word for word in english if "_" not in word), next(iter(english), words[0]))


def write_sample(sample: Sample, language: str) -> bytes:
    """The sample as the bytes of an .xlsx file. Every column is text, so that codes and numbers keep their zeros."""
    place = 0 if language == "zh" else 1
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        heading, text = book.add_format(HEADING), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(sample.title[place])
        sheet.freeze_panes(1, 0)
        for number, (name, words) in enumerate(sample.columns.items()):
            sheet.set_column(number, number, WIDTH, text)
            sheet.write_string(0, number, word_in(words, language), heading)
            _offer(sheet, number, sample.terms.get(name, {}), language)
            for row, values in enumerate(sample.rows, start=1):
                _put(sheet, row, number, _value(values.get(name, ""), sample.terms.get(name, {}), language), text)
        _write_notes(book.add_worksheet(NOTES[place]), sample, language, heading)
    return buffer.getvalue()


def _value(cell: Cell, terms: Terms, language: str) -> str | int | float:
    if isinstance(cell, list):
        return ("、" if language == "zh" else ", ").join(word_in(terms[name], language) for name in cell)
    if isinstance(cell, tuple):
        return cell[0 if language == "zh" else 1]
    return cell


def _put(sheet: Worksheet, row: int, column: int, value: str | int | float, text: Format) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(row, column, value, text)
    else:
        sheet.write_number(row, column, value)


def _offer(sheet: Worksheet, column: int, terms: Terms, language: str) -> None:
    """Let whoever fills the column in choose its words from a list, or write others all the same."""
    words = [word_in(each, language) for each in terms.values()]
    if words and len(",".join(words)) <= MAX_OFFERED:
        sheet.data_validation(1, column, MAX_ROWS - 1, column, {"validate": "list", "source": words, "show_error": False})


def _write_notes(sheet: Worksheet, sample: Sample, language: str, heading: Format) -> None:
    place = 0 if language == "zh" else 1
    sheet.set_column(0, 0, WIDTH)
    sheet.set_column(1, 1, NOTES_WIDTH)
    for number, said in enumerate(NOTES_HEADINGS):
        sheet.write_string(0, number, said[place], heading)
    lines = [(name, remark[place]) for name, remark in sample.remarks.items()]
    for name, terms in sample.terms.items():
        lines += [(name, _meanings(words, language)) for words in terms.values()]
    for row, (name, told) in enumerate(lines, start=1):
        sheet.write_string(row, 0, word_in(sample.columns[name], language))
        sheet.write_string(row, 1, told)


def _meanings(words: Sequence[str], language: str) -> str:
    """All the words of one meaning that a reader of the language would write."""
    if language == "zh":
        return "、".join(dict.fromkeys(word for word in words if not word.isascii()))
    return ", ".join(dict.fromkeys(word.replace("_", " ") if " " in word else word for word in words if word.isascii())) or words[0]
