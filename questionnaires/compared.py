"""What is said, filed and seen of one thing: the columns `compare_…` of the survey sheet, which other XLSForm tools ignore."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.lint.authored import SurveyRow, cell, read_authored, translations
from questionnaires.model import AREAS, ComparedItem, ComparedQuestion, Node, Question, Text
from questionnaires.sheets import Row, Workbook
from questionnaires.units import UNITS

SOURCES = ("said", "filed", "seen")
"""Who tells of a thing: the household, its file, and what was seen at the house."""
JUDGED = "judged"
"""The source of a question in which those who compared say what they found; its answers are `KINDS`."""
KINDS = ("agrees", "differs", "missing", "out_of_date", "cannot_verify")
"""What a comparison finds: the sources agree; they differ; the file has nothing; it tells what once was; nobody can tell."""
COLUMNS = ("compare_item", "compare_source", "compare_map", "compare_unit", "compare_tolerance", "compare_area")
ITEM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_TOLERANCE = re.compile(r"(?:(\d+(?:\.\d+)?)\s*%)?\s*(?:\+\s*)?(\d+(?:\.\d+)?)?")
_PAIR = re.compile(r"([^\s=]+)=([^\s=]*)")


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One row of the survey sheet that names an item; a group's row gives the item its label."""

    row: SurveyRow
    item: str
    source: str


def compared_rows(workbook: Workbook) -> Iterator[ComparedRow]:
    """The rows that name an item, in order; one that names no source has the settings' `compare_source`, "said" without it."""
    usual = cell(next(iter(workbook.rows("settings")), Row(0, {})), "compare_source") or SOURCES[0]
    for each in read_authored(workbook).survey:
        item = cell(each.row, "compare_item")
        if item and not each.is_end:
            yield ComparedRow(each, item, cell(each.row, "compare_source") or usual)


def read_compared(workbook: Workbook, nodes: Mapping[str, Node]) -> tuple[ComparedItem, ...]:
    """The items in the order of the sheet; `nodes` are the form's by path. Raises INVALID_QUESTIONNAIRE for a cell that says nothing."""
    rows: dict[str, list[ComparedRow]] = {}
    for each in compared_rows(workbook):
        rows.setdefault(each.item, []).append(each)
    root = next(iter(nodes), "/data").split("/")[1]
    return tuple(_item(workbook, name, found, nodes, root) for name, found in rows.items())


def parse_tolerance(text: str) -> tuple[float, float] | None:
    """The share (0 to 1) and the amount that "10% + 50", "10%" or "50" allow; (0, 0) for "", None for a text that says neither."""
    match = _TOLERANCE.fullmatch(text.strip())
    return None if match is None else (float(match[1] or 0) / 100, float(match[2] or 0))


def parse_mapping(text: str) -> dict[str, str] | None:
    """The codes of "a=safe b=safe dont_know=" by answer, None for a text that is not made of such pairs."""
    words = text.split()
    pairs = [_PAIR.fullmatch(word) for word in words]
    return None if None in pairs else {match[1]: match[2] for match in pairs if match}


def _item(workbook: Workbook, name: str, rows: list[ComparedRow], nodes: Mapping[str, Node], root: str) -> ComparedItem:
    questions = tuple(_question(workbook, each, nodes, root) for each in rows if not each.row.is_group)
    tolerances = [(each.row.row, cell(each.row.row, "compare_tolerance")) for each in rows if cell(each.row.row, "compare_tolerance")]
    share, amount = 0.0, 0.0
    if tolerances:
        row, text = tolerances[0]
        parsed = parse_tolerance(text)
        if parsed is None:
            raise _bad_cell(workbook, row, f"the tolerance '{text}' is not like '10% + 50'")
        unit = UNITS.get(cell(row, "compare_unit"))
        share, amount = parsed[0], parsed[1] * (unit.factor if unit else 1)
    area = next((cell(each.row.row, "compare_area") for each in rows if cell(each.row.row, "compare_area")), "")
    if area and area not in AREAS:
        raise _bad_cell(workbook, rows[0].row.row, f"the area '{area}' is not one of {', '.join(AREAS)}")
    return ComparedItem(name, _label(rows), area or "other", questions, share, amount)


def _label(rows: list[ComparedRow]) -> Text:
    """The label of the group that names the item, else of its first question."""
    naming = next((each for each in rows if each.row.is_group), rows[0])
    return {language or "default": text for language, text in translations(naming.row.row, "label").items()}


def _question(workbook: Workbook, each: ComparedRow, nodes: Mapping[str, Node], root: str) -> ComparedQuestion:
    row = each.row.row
    if each.source not in (*SOURCES, JUDGED):
        raise _bad_cell(workbook, row, f"the source '{each.source}' is not one of {', '.join((*SOURCES, JUDGED))}")
    if each.row.repeats:
        raise _bad_cell(workbook, row, f"'{each.row.name}' is asked in a repeat, and only what is asked once can be compared")
    if not ITEM_NAME.fullmatch(each.item):
        raise _bad_cell(workbook, row, f"the item '{each.item}' is no code of at most 40 letters, digits and underscores")
    mapping, unit = parse_mapping(cell(row, "compare_map")), cell(row, "compare_unit")
    if mapping is None:
        raise _bad_cell(workbook, row, f"'{cell(row, 'compare_map')}' is not made of pairs like 'answer=code'")
    if unit and unit not in UNITS:
        raise _bad_cell(workbook, row, f"the unit '{unit}' is not one of {', '.join(UNITS)}")
    path = "/".join(("", root, *each.row.path))
    node = nodes.get(path)
    if not isinstance(node, Question):
        raise _bad_cell(workbook, row, f"'{each.row.name}' is no question of the form")
    return ComparedQuestion(each.row.name, path, each.source, node.type, unit, mapping)


def _bad_cell(workbook: Workbook, row: Row, detail: str) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_QUESTIONNAIRE, file=workbook.name, detail=f"sheet 'survey', row {row.number}: {detail}")
