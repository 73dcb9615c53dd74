"""The rows of households.csv: a person's assigned households for field programs, and all that may be answered for validation."""

import csv
import hashlib
import io
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.spreadsheets import FORMULA_SIGNS
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.instruments.household_file import COLUMNS, empty_list, with_households
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_data_files, load_questionnaire, version_key
from survey.places.models import Region
from survey.visits.models import Assignment, Visit, VisitForm
from survey.visits.queries import AssignedHousehold, list_assigned, list_assignments_of

COORDINATING_ROLES = frozenset(("coordinator", "admin"))
KEPT_AT_MOST = 16

_complete: OrderedDict[tuple[str, ...], Questionnaire] = OrderedDict()
_lock = Lock()


def needs_list(version: QuestionnaireVersion) -> bool:
    """Whether the version names households.csv and leaves it to us."""
    return empty_list(load_questionnaire(version)) is not None


def personal_list(session: Session, user: User, form_id: str) -> bytes:
    """households.csv for this person: the form's assignments of their pairs in open visits; for coordinators those of every pair."""
    if any(role.name in COORDINATING_ROLES for role in user.roles):
        tasks = list_assigned(session, Visit.state == "open", Assignment.form_id == form_id)
    else:
        tasks = tuple(task for task in list_assignments_of(session, user.id) if task.form_id == form_id)
    return csv_file(session, tasks)


def questionnaire_with_households(session: Session, version: QuestionnaireVersion) -> Questionnaire:
    """The questionnaire to hold answers against: where it leaves households.csv to us, with the assignments of all visits that use it.

    Whoever sent the answers, those of another pair are no error: pairs stand in for each other.
    """
    questionnaire = load_questionnaire(version)
    if empty_list(questionnaire) is None:
        return questionnaire
    using = select(VisitForm.visit_id).where(VisitForm.questionnaire_version_id == version.id)
    rows = csv_file(session, list_assigned(session, Assignment.visit_id.in_(using), Assignment.form_id == version.form_id))
    key = (*version_key(version), hashlib.sha256(rows).hexdigest())
    with _lock:
        if key in _complete:
            _complete.move_to_end(key)
            return _complete[key]
    complete = with_households(questionnaire, load_data_files(version), rows)
    with _lock:
        _complete[key] = complete
        while len(_complete) > KEPT_AT_MOST:
            _complete.popitem(last=False)
    return complete


def csv_file(session: Session, tasks: Sequence[AssignedHousehold]) -> bytes:
    """The file for these assignments, in their order."""
    names = above_villages(session, (task.village_code for task in tasks))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for task in tasks:
        values = {
            "name": task.assignment_id,
            "label": household_title(task),
            "number": task.number,
            "head_name": task.head_name,
            "kind": task.kind,
            "n_members": str(task.n_members) if task.household_id else "",
            "markers": " ".join(task.markers),
            "group_name": task.group_name,
            "village_code": task.village_code,
            "village_name": task.village_name,
            "township_name": names.get(task.village_code[:9], ""),
            "county_name": names.get(task.village_code[:6], ""),
            "assignment_id": task.assignment_id,
            "planned_on": task.planned_on.isoformat() if task.planned_on else "",
        }
        writer.writerow([safe_cell(values[column]) for column in COLUMNS])
    return text.getvalue().encode()


def household_title(task: AssignedHousehold) -> str:
    """What a list calls the assignment: number and head of the household, or the village where there is no household."""
    return f"{task.number} {task.head_name}".strip() or task.village_name


def above_villages(session: Session, village_codes: Iterable[str]) -> dict[str, str]:
    """The names of the townships and counties above villages, by the nine or six digits that their codes begin with."""
    beginnings = {code[:length] for code in village_codes for length in (9, 6)}
    codes = sorted(beginning.ljust(12, "0") for beginning in beginnings)
    regions = session.execute(select(Region.code, Region.name, Region.level).where(Region.code.in_(codes))) if codes else ()
    return {code[: 9 if level == "township" else 6]: name for code, name, level in regions}


def safe_cell(text: str) -> str:
    """The text as one line that no spreadsheet takes for a formula; a phone number with a plus sign stays a text by its apostrophe."""
    line = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text).strip()
    return f"'{line}" if line.startswith(FORMULA_SIGNS) else line
