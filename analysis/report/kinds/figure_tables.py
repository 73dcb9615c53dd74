"""The tables of the county report: figures by domain, coverage by village, candidates, and the annex. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from analysis.measures import LEAST_OF_SHARE
from analysis.report.captions import say, tell
from analysis.report.coverage import Coverage
from analysis.report.facts import NOTHING, IssueCount, Line, Value, beside, distributions_in, indicator_label, most_frequent, n_of, total_of
from analysis.report.outline import Row, Table
from analysis.report.texts import Figure, Words
from analysis.words import (
    BASIS_NAMES,
    KIND_NAMES,
    LEVEL_NAMES,
    MARKER_NAMES,
    NO_VALUE,
    SEVERITY_NAMES,
    UNIT_WORDS,
    name_in,
    number_text,
    short_area_name,
    unit_name,
    value_text,
)

MAX_COLUMNS = 5
"""Indicators beside each other in one table, and villages in the annex."""
MIN_WORD = 7
"""Columns whose headers have no longer word than this many letters are equally wide."""
FIRST_WEIGHT, OTHER_WEIGHT = 1.5, 1.25
Villages = Sequence[tuple[str, str]]
Item = TypeVar("Item")
MAX_FORMS_BESIDE, MAX_FORM_COLUMNS = 3, 6
"""Forms whose records are counted in the table of households, and in a table of their own."""
WIDEST_HEADS = 66
"""So many letters of heads stand beside each other, with a word of none broken."""
_Column = tuple[str, Sequence[Words], Words]
"""A head, a cell per village, and one for all."""


def area_tables(lines: Sequence[Line], villages: Villages, label: str, language: str) -> Iterator[Table]:
    """The tables of one focus area: a row for everybody, each of several villages, kind of household and mark; a column per indicator.

    A distribution has a table of its own with its most frequent answers, unless they are a handful, which sentences tell.
    """
    single = [line for line in lines if not line.category]
    chunks = balanced(single, MAX_COLUMNS)
    for part, chunk in enumerate(chunks, 1):
        parts = {"label": label, "part": part, "parts": len(chunks)}
        caption = say(language, "table_part" if len(chunks) > 1 else "table", **parts)
        yield _by_domain(chunk, villages, caption, [titled(line, language) for line in chunk], language)
    for members in distributions_in(lines):
        top = [line for line in most_frequent(members) if total_of(line).estimate][:MAX_COLUMNS]
        if top and total_of(top[0]).n >= LEAST_OF_SHARE:
            caption_kind = "distribution_top" if len(top) < len(members) else "distribution_table"
            caption = say(language, caption_kind, label=indicator_label(top[0], language), n=len(top))
            yield _by_domain(top, villages, caption, [line.label for line in top], language)


def coverage_tables(coverage: Coverage, language: str) -> Iterator[Table]:
    """A row per village: how it was chosen, its frame, households interviewed by kind, and records of every other form.

    Many other forms have tables of their own.
    """
    of_households = [_basis_column(coverage, language), _frame_column(coverage, language)]
    counts = [village.n_interviewed for village in coverage.villages]
    of_households.append(_count_column(coverage, say(language, "interviewed"), "interviewed", counts, coverage.n_interviewed))
    for kind, n in coverage.n_by_kind.items():
        counts = [village.n_by_kind.get(kind, 0) for village in coverage.villages]
        of_households.append(_count_column(coverage, name_in(KIND_NAMES, language, kind), f"kind-{kind}", counts, n))
    of_records = [
        _count_column(coverage, title, f"form-{form_id}", [village.n_by_form.get(form_id, 0) for village in coverage.villages], n)
        for form_id, title, n in coverage.forms[1:]
    ]
    n_letters = sum(_width_of(title) for title, _, _ in (*of_households, *of_records))
    if len(of_records) <= MAX_FORMS_BESIDE and n_letters <= WIDEST_HEADS:
        yield _by_village(coverage, say(language, "coverage_table"), [*of_households, *of_records], language)
        return
    yield _by_village(coverage, say(language, "coverage_table"), of_households, language)
    chunks = balanced(of_records, MAX_FORM_COLUMNS)
    for part, chunk in enumerate(chunks, 1):
        caption = say(language, "records_table_part" if len(chunks) > 1 else "records_table", part=part, parts=len(chunks))
        yield _by_village(coverage, caption, chunk, language)


def _basis_column(coverage: Coverage, language: str) -> _Column:
    return say(language, "basis"), [name_in(BASIS_NAMES, language, village.basis) for village in coverage.villages], ""


def _frame_column(coverage: Coverage, language: str) -> _Column:
    sizes = [village.n_registered_households for village in coverage.villages]
    cells = [coverage.figure("frame", n, village.code) if n else NO_VALUE for n, village in zip(sizes, coverage.villages, strict=True)]
    return say(language, "frame"), cells, coverage.figure("frame", sum(sizes)) if sum(sizes) else NO_VALUE


def _count_column(coverage: Coverage, title: str, name: str, counts: Sequence[int], n: int) -> _Column:
    """Counts by village, and `n` of all, those without a village among them; `name` is that of the count in addresses."""
    cells = [coverage.figure(name, n, village.code) for n, village in zip(counts, coverage.villages, strict=True)]
    return title, cells, coverage.figure(name, n)


def _by_village(coverage: Coverage, caption: str, columns: Sequence[_Column], language: str) -> Table:
    header = (say(language, "village"), *(title for title, _, _ in columns))
    rows = [Row((village.name, *(cells[number] for _, cells, _ in columns))) for number, village in enumerate(coverage.villages)]
    # Of a single village the whole says the same again, unless records of the county stand in none.
    is_said = len(rows) == 1 and all(str(cells[0]) == str(total) for _, cells, total in columns if total)
    wholes = [] if is_said else [Row((say(language, "all_villages"), *(total for _, _, total in columns)), is_total=True)]
    return Table(caption, header, (*rows, *wholes), weights_for(header))


def weights_for(header: Sequence[str], first: float = FIRST_WEIGHT) -> tuple[float, ...]:
    """The widths of columns in which every word of their heads stands whole; `first` is that of the first one beside equal others."""
    return (first * MIN_WORD, *map(_width_of, header[1:]))


def _width_of(title: str) -> int:
    """The weight of a column below this head."""
    return max(longest_word(title), MIN_WORD)


def issues_table(issues: Sequence[IssueCount], language: str, *, names_villages: bool = True) -> Table:
    """A row per rule that was true for somebody, the most frequent first, with the number of villages where there are several."""
    heads = ("issue_title", "area", "level", "severity", "n_found", "share_found", *(("n_villages",) if names_villages else ()))
    header = tuple(say(language, key) for key in heads)
    rows = tuple(
        Row(
            (
                issue.title,
                short_area_name(language, issue.area),
                name_in(LEVEL_NAMES, language, issue.level),
                name_in(SEVERITY_NAMES, language, issue.severity),
                (issue.figure("found", f"{issue.n_found:,}"), UNIT_WORDS[language][issue.counted] if language == "zh" else ""),
                issue.figure("share", value_text(issue.n_found / issue.n_asked, "share", language)),
                *([NO_VALUE if issue.is_of_county else issue.figure("villages", f"{issue.n_villages:,}")] if names_villages else []),
            )
        )
        for issue in issues
    )
    return Table(say(language, "issues_table"), header, rows, (3.2, 2.2, 1, 1, 1, 1.1, 1)[: len(header)])


def annex_tables(areas: Sequence[tuple[str, Sequence[Line]]], villages: Villages, county: str, language: str) -> Iterator[Table]:
    """Every line by village with its counts, under the names of the areas; a few villages per table. A single one is the county."""
    chunks = balanced(list(villages), MAX_COLUMNS - 1) if len(villages) > 1 else [[]]
    for part, chunk in enumerate(chunks, 1):
        rows: list[Row] = []
        for label, lines in areas:
            rows.append(Row((label,), is_band=True))
            for line in lines:
                values = [total_of(line), *(beside(line, line.value("village", code)) for code, _ in chunk)]
                rows.append(Row((_annex_label(line, language), *(_annex_cell(value, line) for value in values))))
        yield Table(
            caption=say(language, "annex_table_part" if len(chunks) > 1 else "annex_table", part=part, parts=len(chunks)),
            header=(say(language, "indicator"), county, *(name for _, name in chunk)),
            rows=tuple(rows),
            weights=(2.4, *(1.0 for _ in range(len(chunk) + 1))),
            note=table_note("annex_note", [line for _, lines in areas for line in lines], language),
        )


def longest_word(text: str) -> int:
    """How many columns the longest part of the text takes that cannot be broken; hanzi can be broken anywhere."""
    return max((len(word) for word in re.findall(r"[!-~]+", text)), default=2)


def balanced(items: Sequence[Item], limit: int) -> list[Sequence[Item]]:
    """The items in order, in as few groups of at most `limit` as there need be, all about equally long."""
    n_groups = -(-len(items) // limit)
    size, longer = divmod(len(items), max(n_groups, 1))
    groups, start = [], 0
    for number in range(n_groups):
        end = start + size + (number < longer)
        groups.append(items[start:end])
        start = end
    return groups


def _by_domain(lines: Sequence[Line], villages: Villages, caption: str, titles: Sequence[str], language: str) -> Table:
    rows = [Row((say(language, "whole"), *(cell_of(total_of(line), line, language) for line in lines)), is_total=True)]
    is_of_county = all(line.form.is_of_county for line in lines)
    groups = (
        ("village", [] if is_of_county or len(villages) == 1 else list(villages)),
        ("household_kind", list(KIND_NAMES[language].items())),
        ("marker", list(MARKER_NAMES[language].items())),
    )
    for domain_type, domains in groups:
        for code, name in domains:
            values = [beside(line, line.value(domain_type, code)) for line in lines]
            if domain_type == "village" or any(value.n or value.n_missing for value in values):
                rows.append(Row((name, *(cell_of(value, line, language) for value, line in zip(values, lines, strict=True)))))
    return Table(
        caption=caption,
        header=(say(language, "group"), *titles),
        rows=tuple(rows),
        weights=(FIRST_WEIGHT, *(OTHER_WEIGHT for _ in lines)),
        note=table_note("cell_note", lines, language),
    )


def titled(line: Line, language: str) -> str:
    """The label of the line with its unit, as the head of a column."""
    suffix = unit_name(line.unit, language)
    return say(language, "with_unit", label=line.label, unit=suffix) if suffix else line.label


def cell_of(value: Value, line: Line, language: str) -> Words:
    """The figure with how many answers it rests on; a dash for none."""
    if value is NOTHING:
        return NO_VALUE
    number = _number(value, line)
    return number if value.is_suppressed or value.estimate is None else tell(language, "cell", value=number, n=n_of(value))


def _number(value: Value, line: Line) -> Figure:
    return value.figure("value", "…" if value.is_suppressed else number_text(value.estimate, line.unit), "number")


def _annex_label(line: Line, language: str) -> str:
    if line.category:
        return say(language, "category", label=indicator_label(line, language), choice=line.label)
    return titled(line, language)


def _annex_cell(value: Value, line: Line) -> Words:
    if value is NOTHING:
        return f"{NO_VALUE}\n0/0"
    return (_number(value, line), "\n", n_of(value), "/", value.figure("missing", f"{value.n_missing:,}"))


def table_note(sentence: str, lines: Sequence[Line], language: str) -> str:
    """What the cells of a table are, and that some are withheld or left out if they are."""
    is_suppressed = any(value.is_suppressed for line in lines for value in line.values.values())
    is_left_out = any(beside(line, value) is not value for line in lines for value in line.values.values())
    return "".join(
        say(language, note)
        for note, is_said in ((sentence, True), ("suppressed_note", is_suppressed), ("totals_note", is_left_out))
        if is_said
    )
