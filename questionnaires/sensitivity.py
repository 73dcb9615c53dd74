"""What an answer gives away of people: the column `sensitivity` of the survey sheet, which other XLSForm tools ignore."""

from collections.abc import Collection, Iterator

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.lint.authored import SurveyRow, cell, read_authored
from questionnaires.sheets import Workbook

COLUMN = "sensitivity"
WORDS = ("name", "number", "position", "free_text", "sensitive", "none")
"""A name of somebody; a number that belongs to one person or household; where somebody lives; a text that may say anything; something
that does no good to anybody who is known by it; none of these."""


def sensitive_rows(workbook: Workbook) -> Iterator[tuple[SurveyRow, str]]:
    """The rows of the survey sheet with a word in the column, in order."""
    for each in read_authored(workbook).survey:
        if not each.is_end and (word := cell(each.row, COLUMN)):
            yield each, word


def read_sensitivity(workbook: Workbook, paths: Collection[str]) -> dict[str, str]:
    """The word of each question that has one, by path; `paths` are those of the form. Raises INVALID_QUESTIONNAIRE for any other word."""
    root = next(iter(paths), "/data").split("/")[1]
    found = {}
    for each, word in sensitive_rows(workbook):
        place = f"sheet 'survey', row {each.row.number}"
        if word not in WORDS:
            detail = f"{place}: the sensitivity '{word}' is not one of {', '.join(WORDS)}"
            raise SurveyError(ErrorCode.INVALID_QUESTIONNAIRE, file=workbook.name, detail=detail)
        if each.is_group:
            detail = f"{place}: '{each.name}' is a group; write the sensitivity at its questions"
            raise SurveyError(ErrorCode.INVALID_QUESTIONNAIRE, file=workbook.name, detail=detail)
        found["/".join(("", root, *each.path))] = word
    return found
