"""Problems of what only other software does: answers sent elsewhere or sealed, lists that grow by answers, types without a widget here."""

from collections.abc import Iterator

from questionnaires.external_choices import EXTERNAL_SHEET
from questionnaires.lint.authored import Authored, cell, header_of
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.lint.questions import KOBO_TYPE
from questionnaires.reader import LEFT_OUT

_ENTITIES = "entities"
_EMPTY_HERE = ("simserial", "subscriberid")
"""Metadata that no browser can know."""


def elsewhere_problems(authored: Authored) -> Iterator[Problem]:
    """What the form asks of other software and does not get here."""
    for row in authored.workbook.rows("settings"):
        for column, code in zip(LEFT_OUT, ("sealed_answers", "sent_elsewhere"), strict=True):
            if text := cell(row, column):
                yield make_problem(code, "settings", row.number, header_of(row, column), text, address=text)
    for row in authored.workbook.rows(_ENTITIES):
        name = row.get("list_name") or row.get("dataset")
        yield make_problem("no_entities", _ENTITIES, row.number, "list_name", name, name=name)
    for each in authored.survey:
        written = cell(each.row, "type")
        if KOBO_TYPE.fullmatch(each.type) and each.type.startswith("begin"):
            yield make_problem("kobo_type", "survey", each.row.number, header_of(each.row, "type"), written, type=each.type)
        elif each.type == "osm":
            yield make_problem("plain_type", "survey", each.row.number, header_of(each.row, "type"), written, type=each.type)
        elif each.type in _EMPTY_HERE:
            yield make_problem("empty_metadata", "survey", each.row.number, header_of(each.row, "type"), written, type=each.type)
        elif each.type == "select_one_external" and EXTERNAL_SHEET not in authored.workbook.sheets:
            yield make_problem("missing_external", "survey", each.row.number, header_of(each.row, "type"), written)
