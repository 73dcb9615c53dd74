"""Problems of the columns `compare_…`: things said, filed and seen that nothing can be compared with, or not as the author thinks."""

from collections.abc import Iterator, Sequence

from questionnaires.compared import COLUMNS, ITEM_NAME, JUDGED, KINDS, SOURCES, ComparedRow, compared_rows, parse_mapping, parse_tolerance
from questionnaires.lint.authored import Authored, cell, header_of, is_number
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.model import AREAS
from questionnaires.question_types import MULTIPLE_TYPES, QUESTION_TYPES, SELECT_TYPES
from questionnaires.sheets import Row
from questionnaires.units import UNITS

MEDIA = "media"
_CONTENTS = {
    "integer": "number",
    "decimal": "number",
    "date": "date",
    "datetime": "date",
    "category": "choice",
    "multi": "choices",
    "text": "text",
    "media": MEDIA,
}
_ANYTHING = ("calculate", "hidden")
"""Types whose content shows only once they are filled in."""
_TYPES = {name.lower(): kind for name, kind in QUESTION_TYPES.items()}


def compared_problems(authored: Authored) -> Iterator[Problem]:
    """The problems of single rows, then of the items as wholes."""
    for each in authored.survey:
        stray = next((column for column in COLUMNS[1:] if cell(each.row, column)), "")
        if stray and not cell(each.row, "compare_item"):
            yield make_problem("compare_without_item", *_place(each.row, stray), column=stray)
    for row in authored.workbook.rows("settings"):
        yield from _word_problems(row, "compare_source", SOURCES, sheet="settings")
    items: dict[str, list[ComparedRow]] = {}
    for found in compared_rows(authored.workbook):
        yield from _row_problems(found, authored)
        items.setdefault(found.item, []).append(found)
    told = {item: [row for row in rows if row.source in SOURCES and _content(row) not in ("", MEDIA)] for item, rows in items.items()}
    # A form that tells one side of each item leaves the other side to another form; one that tells both sides of some forgot the rest.
    is_whole = any(len({row.source for row in rows}) > 1 for rows in told.values())
    for item, rows in items.items():
        yield from _item_problems(item, rows, told[item], is_whole=is_whole)
        yield from _content_problems(item, told[item], authored)
        yield from _tolerance_problems(item, rows, told[item])


def _place(row: Row, column: str, sheet: str = "survey") -> tuple[str, int, str, str]:
    return sheet, row.number, header_of(row, column), cell(row, column)


def _word_problems(row: Row, column: str, allowed: Sequence[str], *, sheet: str = "survey") -> Iterator[Problem]:
    word = cell(row, column)
    if word and word not in allowed:
        yield make_problem("unknown_word", *_place(row, column, sheet), word=word, column=column, allowed=", ".join(allowed))


def _content(found: ComparedRow) -> str:
    """What the row's answers are compared as: "number", "date", "choice", "choices", "text", "any", "media", or "" for nothing."""
    kind = _TYPES.get(found.row.type)
    if kind is None or found.row.is_group:
        return ""
    if kind.name in _ANYTHING or kind.value_type in ("geotrace", "geoshape"):
        return "any" if kind.name in _ANYTHING else ""
    codes = [code for code in (parse_mapping(cell(found.row.row, "compare_map")) or {}).values() if code]
    is_counted = kind.kind == "category" and codes and all(is_number(code) for code in codes)
    return "number" if is_counted else _CONTENTS.get(kind.kind, "")


def _row_problems(found: ComparedRow, authored: Authored) -> Iterator[Problem]:
    row = found.row.row
    if not ITEM_NAME.fullmatch(found.item):
        yield make_problem("bad_item_name", *_place(row, "compare_item"), item=found.item)
    yield from _word_problems(row, "compare_area", AREAS)
    if found.row.is_group:
        return
    yield from _word_problems(row, "compare_source", (*SOURCES, JUDGED))
    if found.row.repeats:
        yield make_problem("compared_in_repeat", *_place(row, "compare_item"), name=found.row.name, repeat=found.row.repeats[-1])
    if not _content(found):
        yield make_problem("uncomparable_type", *_place(row, "type"), name=found.row.name, type=found.row.type)
    yield from _word_problems(row, "compare_unit", tuple(UNITS))
    if cell(row, "compare_unit") in UNITS and _content(found) not in ("number", "any"):
        yield make_problem("useless_unit", *_place(row, "compare_unit"), name=found.row.name)
    mapping = parse_mapping(cell(row, "compare_map"))
    if mapping is None:
        yield make_problem("bad_mapping", *_place(row, "compare_map"), text=cell(row, "compare_map"))
        return
    choices = _choices(found, authored)
    for answer in mapping if choices else ():
        if answer not in choices:
            allowed = ", ".join(choices)
            yield make_problem("not_a_choice", *_place(row, "compare_map"), value=answer, name=found.row.name, allowed=allowed)
    if found.source == JUDGED:
        codes = [mapping.get(choice, choice) for choice in choices]
        wrong = [code for code in codes if code and code not in KINDS]
        if found.row.type not in SELECT_TYPES or found.row.type in MULTIPLE_TYPES or wrong:
            yield make_problem("judged_otherwise", *_place(row, "type"), name=found.row.name, wrong=", ".join(wrong) or found.row.type)


def _choices(found: ComparedRow, authored: Authored) -> tuple[str, ...]:
    """The names of the choices that the row offers, () where they come from a file."""
    return tuple(cell(row, "name") for row in authored.choices().get(found.row.list_name, ()))


def _item_problems(item: str, rows: Sequence[ComparedRow], told: Sequence[ComparedRow], *, is_whole: bool) -> Iterator[Problem]:
    first, sources = rows[0].row.row, {row.source for row in told}
    if not told:
        yield make_problem("nothing_compared", *_place(first, "compare_item"), item=item)
    elif len(sources) == 1 and (is_whole or any(row.source == JUDGED for row in rows)):
        yield make_problem("one_source", *_place(told[0].row.row, "compare_item"), item=item, source=next(iter(sources)))
    judged = [row for row in rows if row.source == JUDGED and not row.row.is_group]
    for row in judged[1:]:
        yield make_problem("judged_twice", *_place(row.row.row, "compare_source"), item=item, other=str(judged[0].row.row.number))
    naming = [row for row in rows if row.row.is_group]
    for row in naming[1:]:
        yield make_problem("named_twice", *_place(row.row.row, "compare_item"), item=item, other=str(naming[0].row.row.number))


def _content_problems(item: str, told: Sequence[ComparedRow], authored: Authored) -> Iterator[Problem]:
    """Answers of one item that can never be equal: of different types, or of choices that are not the same."""
    for place, row in enumerate(told):
        for other in told[:place]:
            if other.source == row.source:
                continue
            contents = {_content(row), _content(other)} - {"any"}
            names = {"item": item, "name": row.row.name, "other": other.row.name}
            if len(contents) > 1:
                yield make_problem("compared_types", *_place(row.row.row, "type"), **names)
            elif contents <= {"choice", "choices"} and (apart := _only_one_has(row, other, authored)):
                yield make_problem("compared_choices", *_place(row.row.row, "compare_map"), **names, codes=", ".join(apart))
            break


def _only_one_has(row: ComparedRow, other: ComparedRow, authored: Authored) -> list[str]:
    """The codes that one of two questions can give and the other cannot, nothing while the choices of one are not known."""
    codes = []
    for each in (row, other):
        mapping = parse_mapping(cell(each.row.row, "compare_map")) or {}
        codes.append({mapping.get(choice, choice) for choice in _choices(each, authored)} - {""})
    return sorted(codes[0] ^ codes[1]) if all(codes) else []


def _tolerance_problems(item: str, rows: Sequence[ComparedRow], told: Sequence[ComparedRow]) -> Iterator[Problem]:
    allowing = [row for row in rows if cell(row.row.row, "compare_tolerance")]
    for row in allowing:
        if parse_tolerance(cell(row.row.row, "compare_tolerance")) is None:
            text = cell(row.row.row, "compare_tolerance")
            yield make_problem("bad_tolerance", *_place(row.row.row, "compare_tolerance"), text=text)
    for row in allowing[1:]:
        if cell(row.row.row, "compare_tolerance") != cell(allowing[0].row.row, "compare_tolerance"):
            other = str(allowing[0].row.row.number)
            yield make_problem("two_tolerances", *_place(row.row.row, "compare_tolerance"), item=item, other=other)
    contents = {_content(row) for row in told}
    if allowing and contents and not contents & {"number", "date", "any"}:
        yield make_problem("useless_tolerance", *_place(allowing[0].row.row, "compare_tolerance"), item=item)
    units = [(row, unit) for row in told if (unit := UNITS.get(cell(row.row.row, "compare_unit")))]
    for row, unit in units[1:]:
        if unit.quantity != units[0][1].quantity:
            other = cell(units[0][0].row.row, "compare_unit")
            yield make_problem("other_quantity", *_place(row.row.row, "compare_unit"), unit=cell(row.row.row, "compare_unit"), other=other)
