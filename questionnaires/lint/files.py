"""Problems of the files that go with a form: missing, unreadable, unused, or without the columns that questions take choices from."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from questionnaires.data_files import DataFile, is_data_file, is_element_name, named_files, read_data_file
from questionnaires.errors import SurveyError
from questionnaires.lint.authored import Authored, cell, header_of
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.model import DEFAULT_LABEL, DEFAULT_VALUE, Question, Questionnaire
from questionnaires.question_types import MULTIPLE_TYPES
from questionnaires.sheets import Row
from questionnaires.xform import file_choices

_SHEETS = ("survey", "choices")


def file_problems(authored: Authored, questionnaire: Questionnaire, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """The problems of the files a form names, in the order of the form, then of those that nobody names."""
    named = named_files(questionnaire.xform)
    for name, instance in named.items():
        place = _place(authored, name, instance)
        if name not in files:
            yield make_problem("missing_file", *place, file=name, meant=_meant(name, files.keys() - named.keys()))
        elif instance:
            yield from _data_problems(questionnaire, place, instance, name, files[name])
    for name in sorted(files.keys() - named.keys()):
        yield make_problem("unused_file", "", None, "", name, file=name, meant=_meant(name, named.keys() - files.keys()))


def with_readable_files(questionnaire: Questionnaire, files: Mapping[str, bytes]) -> Questionnaire:
    """The questionnaire with those data files that can be read, so that expressions over them can be judged."""
    held: dict[str, DataFile] = {}
    for name, instance in named_files(questionnaire.xform).items():
        if instance and name in files:
            try:
                held[instance] = read_data_file(name, files[name])
            except SurveyError:
                continue
    taken = {str(q.list_name): file_choices(q, held[q.instance_id]) for q in questionnaire.questions() if q.instance_id in held}
    return replace(questionnaire, files=held, choices={**questionnaire.choices, **taken})


def _meant(name: str, others: set[str]) -> str:
    close = get_close_matches(name, sorted(others), n=1)
    return f" ({close[0]}?)" if close else ""


Place = tuple[str, int | None, str, str]


def _place(authored: Authored, name: str, instance: str) -> Place:
    """The first cell that names a file: by its own name, or in an expression by that of its instance."""
    for each in authored.survey:
        if each.list_name == name:
            return "survey", each.row.number, header_of(each.row, "type"), cell(each.row, "type")
        if instance and each.name == instance and each.type in ("csv-external", "xml-external"):
            return "survey", each.row.number, "name", instance
    wanted = (f"'{instance}'", f'"{instance}"') if instance else (name,)
    for sheet in _SHEETS:
        for row in authored.workbook.rows(sheet):
            found = _cell_with(row, wanted)
            if found:
                return sheet, row.number, *found
    return "survey", None, "", name


def _cell_with(row: Row, wanted: tuple[str, ...]) -> tuple[str, str] | None:
    return next(((header, text) for header, text in row.cells.items() if any(word in text for word in wanted)), None)


def _data_problems(questionnaire: Questionnaire, place: Place, instance: str, name: str, data: bytes) -> Iterator[Problem]:
    if not is_data_file(name):
        return
    try:
        file = read_data_file(name, data)
    except SurveyError as error:
        yield make_problem("bad_file", *place, file=name, **{key: str(error.values[key]) for key in ("detail", "detail_zh")})
        return
    for column in file.columns:
        if not is_element_name(column):
            yield make_problem("unusable_file_column", *place, file=name, column=column)
    for question in questionnaire.questions():
        if question.instance_id == instance:
            yield from _choice_problems(place, question, file)


def _choice_problems(place: Place, question: Question, file: DataFile) -> Iterator[Problem]:
    """The columns a question needs, and the names in them; at most one row is named per kind, the first."""
    value, label = question.parameters.get("value", DEFAULT_VALUE), question.parameters.get("label", DEFAULT_LABEL)
    for column in dict.fromkeys((value, label)):
        if column not in file.columns:
            yield make_problem("missing_file_column", *place, file=file.name, column=column, meant=_meant(column, set(file.columns)))
    if value not in file.columns:
        return
    at = file.columns.index(value)
    names = [(line, row[at]) for line, row in enumerate(file.rows, start=2)]
    empty = next((line for line, name in names if not name), None)
    if empty is not None:
        yield make_problem("empty_file_choice", *place, file=file.name, line=str(empty), column=value)
    spaced = next(((line, name) for line, name in names if " " in name), None)
    if spaced is not None and question.type in MULTIPLE_TYPES:
        yield make_problem("space_in_file_choice", *place, file=file.name, line=str(spaced[0]), value=spaced[1])
