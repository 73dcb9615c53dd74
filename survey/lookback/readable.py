"""Answers before and after as the reader of a page or workbook may see them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from survey.lookback.changes import Line
from survey.protection.reading import name_in_file, readable_answer, shown_name


def readable_lines(lines: Iterable[Line], *, is_file: bool = False) -> Iterator[Line]:
    """The lines, with names, numbers and positions of people masked for those who are shown none, or take none along in a file."""
    shown = name_in_file if is_file else shown_name
    for line in lines:
        before, after = (readable_answer(line.item.tells, value, is_file=is_file) for value in (line.before, line.after))
        yield replace(line, place=shown(line.place) if line.is_name else line.place, before=before, after=after)
