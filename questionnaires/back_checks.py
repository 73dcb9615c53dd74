"""How far a question's answer can change between two askings: the column `back_check` of the survey sheet, which other tools ignore."""

from collections.abc import Collection

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.lint.authored import cell, read_authored
from questionnaires.sheets import Workbook

COLUMN = "back_check"
TYPES = ("1", "2", "3")
"""A fact that does not change; what takes skill to ask or to judge; what changes, or what people think."""


def read_back_checks(workbook: Workbook, paths: Collection[str]) -> dict[str, str]:
    """The type of each question that has one, by path; `paths` are those of the form. Raises INVALID_QUESTIONNAIRE for any other word."""
    root = next(iter(paths), "/data").split("/")[1]
    found = {}
    for each in read_authored(workbook).survey:
        word = "" if each.is_end else cell(each.row, COLUMN).removesuffix(".0")
        if not word:
            continue
        place = f"sheet 'survey', row {each.row.number}"
        if word not in TYPES:
            detail = f"{place}: the back_check '{word}' is not one of {', '.join(TYPES)}; empty the cell if the question has no type"
            raise SurveyError(ErrorCode.INVALID_QUESTIONNAIRE, file=workbook.name, detail=detail)
        if each.is_group:
            detail = f"{place}: '{each.name}' is a group; write the back_check at its questions"
            raise SurveyError(ErrorCode.INVALID_QUESTIONNAIRE, file=workbook.name, detail=detail)
        found["/".join(("", root, *each.path))] = word
    return found
