"""Everything that is wrong with a questionnaire file, at once, with sheet, row, value and remedy. Never raises over an author's mistakes.

pyxform stops at its first error, so the rows are looked at here first; what pyxform says is added where nothing was found.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.external_choices import own_place, with_inner_choices
from questionnaires.kinds import ERROR
from questionnaires.lint.authored import KNOWN_COLUMNS, Authored, cell, header_of, read_authored, split_header, suggestion
from questionnaires.lint.compared import compared_problems
from questionnaires.lint.design import design_problems
from questionnaires.lint.elsewhere import elsewhere_problems
from questionnaires.lint.expressions import expression_problems, syntax_problems
from questionnaires.lint.figures import figure_problems
from questionnaires.lint.files import file_problems, with_readable_files
from questionnaires.lint.names import name_problems
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.lint.questions import choice_problems, question_problems, translation_problems
from questionnaires.lint.sensitivity import sensitivity_problems
from questionnaires.lint.structure import unknown_types, unmatched_groups
from questionnaires.lint.widgets import search_problems, widget_problems
from questionnaires.model import Questionnaire
from questionnaires.question_types import QUESTION_TYPES
from questionnaires.reader import convert_workbook, declared_types, questionnaire_of
from questionnaires.search import split_search
from questionnaires.sheets import Row, Workbook, read_workbook
from questionnaires.xform import read_xform

__all__ = ["Problem", "lint_questionnaire"]

_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"On the '(\w+)' sheet, the '([^']*)' value")
_UNKNOWN_TYPE = re.compile(r"Unknown question type '(.*)'")
MAX_PROBLEMS = 1_000
"""More than anybody reads; the errors among them come first."""
_NOT_PROBLEMS = ("max-pixels", "case-insensitive match", "is missing the survey", "is missing the choices")
"""Advice of pyxform that is no problem here, or that the checks of rows and names give in their own words."""


def lint_questionnaire(source: Path | bytes, name: str | None = None, files: Mapping[str, bytes] | None = None) -> tuple[Problem, ...]:
    """All problems of the file at `source`, or of the bytes of a file called `name`, in the order of sheets and rows.

    `files` are those to be published with it, by name.
    """
    try:
        written = read_workbook(source, name)
    except SurveyError as error:
        return (make_problem("not_a_workbook", "", **{key: str(error.values[key]).rstrip(".") for key in ("detail", "detail_zh")}),)
    workbook = with_inner_choices(written)
    if "survey" not in workbook.sheets:
        return (make_problem("missing_sheet", "survey", sheet="survey"), *_similar_sheets(workbook))
    remarks = list(_remarks(workbook))
    authored = read_authored(workbook)
    if not authored.survey:
        return (*remarks, make_problem("no_question", "survey"), *_similar_sheets(workbook))
    found = [
        *remarks,
        *name_problems(authored),
        *_similar_sheets(workbook),
        *_similar_columns(workbook),
        *question_problems(authored),
        *choice_problems(authored),
    ]
    found.extend(translation_problems(authored))
    found.extend(widget_problems(authored))
    found.extend(search_problems(authored))
    questionnaire, told = _convert(authored, files or {}, {(each.sheet, each.row) for each in found if each.severity == ERROR})
    if questionnaire is None:
        found.extend(syntax_problems(authored))
        found.extend(_unknown_type(each.row, cell(each.row, "type")) for each in unknown_types(authored))
        found.extend(_told(authored, "invalid_form", each) for each in unmatched_groups(authored))
    else:
        found.extend(file_problems(authored, questionnaire, files or {}))
        questionnaire = with_readable_files(questionnaire, files or {})
        broken = list(expression_problems(authored, questionnaire))
        found.extend(broken or design_problems(authored, questionnaire))
    found.extend(figure_problems(authored, questionnaire))
    found.extend(compared_problems(authored))
    found.extend(sensitivity_problems(authored))
    found.extend(elsewhere_problems(authored))
    found.extend(told)
    return _in_order(written, [_at_own_place(written, each) for each in found])


def _at_own_place(written: Workbook, problem: Problem) -> Problem:
    """The problem where its author finds it, although lists were moved to be read."""
    sheet, row = own_place(written, problem.sheet, problem.row)
    return problem if sheet == problem.sheet else replace(problem, sheet=sheet, row=row)


def _remarks(workbook: Workbook) -> Iterator[Problem]:
    """What reading the file showed that its rows do not."""
    n_formulas = Counter((remark.sheet, remark.column) for remark in workbook.remarks if remark.kind == "formula")
    for remark in workbook.remarks:
        # Formulas come by the column, and are told of once.
        count = n_formulas.pop((remark.sheet, remark.column), 0) if remark.kind == "formula" else 1
        is_read = remark.sheet.strip().lower() in KNOWN_COLUMNS
        if is_read and remark.kind in ("duplicate_sheet", "only_sheet"):
            yield make_problem(remark.kind, remark.sheet, sheet=remark.sheet, other=remark.value)
        elif is_read and count:
            place = (remark.sheet.strip().lower(), remark.row, remark.column, remark.value)
            yield make_problem(remark.kind, *place, sheet=remark.sheet, range=remark.value, column=remark.column, count=str(count))


def _similar_sheets(workbook: Workbook) -> Iterator[Problem]:
    for name, sheet in workbook.sheets.items():
        if name not in KNOWN_COLUMNS and name not in _OTHER_SHEETS and not name.startswith("_"):
            meant = suggestion(name.replace(" ", "_"), tuple(KNOWN_COLUMNS))
            if meant and meant not in workbook.sheets:
                yield make_problem("similar_sheet", sheet.name, sheet=sheet.name, meant=meant)


def _similar_columns(workbook: Workbook) -> Iterator[Problem]:
    for name, known in KNOWN_COLUMNS.items():
        if name not in workbook.sheets or name == "choices":
            continue
        present = {split_header(header)[0] for header in workbook.sheets[name].columns}
        for header in workbook.sheets[name].columns:
            base, language = split_header(header)
            if base == "form_title" and language:
                yield make_problem("title_column", name, 1, header, column=header, meant=f"display_title::{language}")
            meant = suggestion(base, known)
            if base not in known and meant and meant not in present and "::" not in header:
                yield make_problem("similar_column", name, 1, header, column=header, meant=meant)


def _convert(
    authored: Authored, files: Mapping[str, bytes], broken: set[tuple[str, int | None]]
) -> tuple[Questionnaire | None, list[Problem]]:
    """The questionnaire as far as it converts, and what pyxform says that is not known yet; `broken` are the places with errors."""
    workbook = authored.workbook
    try:
        conversion = convert_workbook(workbook, files)
    except SurveyError as error:
        if error.code is ErrorCode.MISSING_SHEET:
            sheet = str(error.values["sheet"])
            return None, [make_problem("missing_sheet", sheet, sheet=sheet)]
        if error.code is ErrorCode.INVALID_EXPRESSION:
            return None, [_search_problem(authored, error)]
        problem = _told(authored, "invalid_form", str(error.values.get("detail", error)))
        is_known = (problem.sheet, problem.row) in broken if problem.row is not None else bool(broken)
        return None, [] if is_known else [problem]
    notices = [w for w in conversion.warnings if not any(part in w for part in _NOT_PROBLEMS)]
    told = [_told(authored, "notice", notice) for notice in notices]
    tree = read_xform(conversion.xform, declared_types(workbook))
    return questionnaire_of(conversion, tree), [each for each in told if (each.sheet, each.row) not in broken]


def _search_problem(authored: Authored, error: SurveyError) -> Problem:
    """A call of `search(…)` that cannot be understood, at its cell."""
    name = str(error.values["place"]).rpartition(" ")[2]
    row = next((each.row for each in authored.survey if each.name == name and split_search(cell(each.row, "appearance"))[0]), None)
    place = ("survey", row.number, header_of(row, "appearance"), cell(row, "appearance")) if row else ("survey",)
    return make_problem("bad_expression", *place, detail=str(error.values["detail"]))


def _told(authored: Authored, code: str, detail: str) -> Problem:
    """A message of pyxform as a problem at the place it names."""
    place, row = _SHEET.search(detail), _ROW.search(detail)
    number = int(row[1]) if row else None
    sheet = place[1] if place else "survey"
    column = place[2] if place and place[2] in KNOWN_COLUMNS["survey"] else "type" if "Unmatched" in detail else ""
    unknown = _UNKNOWN_TYPE.search(detail)
    if unknown:
        at = next((each.row for each in authored.survey if cell(each.row, "type").startswith(unknown[1])), None)
        return _unknown_type(at, unknown[1])
    said = _ROW.sub("", detail).strip()
    return make_problem(code, sheet, number, column, detail=said)


def _unknown_type(row: Row | None, written: str) -> Problem:
    """A type that there is not, with the one that may be meant."""
    word = written.split(" ")[0]
    place = ("survey", row.number if row else None, "type", written)
    return make_problem("unknown_type", *place, type=word, meant=_meant(suggestion(word, _TYPES)))


_TYPES = tuple(QUESTION_TYPES)
_OTHER_SHEETS = ("entities", "external_choices", "osm")
"""Sheets of XLSForm whose columns are not checked."""


def _meant(word: str) -> str:
    return f" ({word}?)" if word else ""


def _in_order(workbook: Workbook, problems: list[Problem]) -> tuple[Problem, ...]:
    """The problems without repetitions, by sheet as the workbook has them, then by row; errors first at one place."""
    sheets = {name: place for place, name in enumerate(workbook.sheets)}
    unique = {(each.sheet, each.row, each.column, each.message): each for each in problems}
    found = sorted(
        unique.values(), key=lambda each: (sheets.get(each.sheet.lower(), -1), each.row or 0, each.severity != ERROR, each.column)
    )
    if len(found) <= MAX_PROBLEMS:
        return tuple(found)
    errors = [each for each in found if each.severity == ERROR]
    kept = set(map(id, [*errors, *(each for each in found if each.severity != ERROR)][:MAX_PROBLEMS]))
    return (*(each for each in found if id(each) in kept), make_problem("more_problems", "", shown=str(MAX_PROBLEMS)))
