"""households.csv: the data file that a form may name without anybody publishing it, because the server makes it for whoever asks.

A questionnaire read from its source holds it without rows; the rows come with the person (survey/visits/household_list.py). A file of
this name that was published with the version is used as it is, like any other.
"""

import hashlib
from collections.abc import Mapping

from questionnaires.data_files import named_files
from questionnaires.lint.check import Problem, lint_questionnaire
from questionnaires.model import Questionnaire
from questionnaires.reader import with_files

FILE_NAME = "households.csv"
COLUMNS = (
    "name",
    "label",
    "number",
    "head_name",
    "kind",
    "n_members",
    "markers",
    "group_name",
    "village_code",
    "village_name",
    "township_name",
    "county_name",
    "assignment_id",
    "planned_on",
)
"""The columns in their order; docs/questionnaires.md says what they hold."""
EMPTY = (",".join(COLUMNS) + "\n").encode()
EMPTY_SHA256 = hashlib.sha256(EMPTY).hexdigest()


def with_households(questionnaire: Questionnaire, files: Mapping[str, bytes], rows: bytes = EMPTY) -> Questionnaire:
    """The questionnaire with the file, if it names it and it was not published; `files` are the data files published with it."""
    is_left_to_us = FILE_NAME not in files and FILE_NAME in named_files(questionnaire.xform)
    return with_files(questionnaire, {**files, FILE_NAME: rows}) if is_left_to_us else questionnaire


def empty_list(questionnaire: Questionnaire) -> str | None:
    """The instance that the file fills and that waits for the rows of whoever asks; None where there is no such."""
    waiting = (instance for instance, file in questionnaire.files.items() if (file.name, file.sha256) == (FILE_NAME, EMPTY_SHA256))
    return next(waiting, None)


def lint_with_households(source: bytes, name: str, files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """The problems of a questionnaire file as `lint_questionnaire` finds them, with households.csv there although nobody handed it in."""
    problems = lint_questionnaire(source, name, {FILE_NAME: EMPTY, **files})
    return tuple(each for each in problems if FILE_NAME in files or (each.code, each.value) != ("unused_file", FILE_NAME))
