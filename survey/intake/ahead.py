"""What is worked out of an upload before it is its turn to be written, so that nobody waits for the validation of another's answers."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from questionnaires.instance import check_instance
from questionnaires.model import Questionnaire
from survey.db import reading_scope
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import find_version, load_questionnaire
from survey.intake.arrivals import Arrival, Checked
from survey.visits.household_list import needs_list
from survey.visits.models import Visit, VisitForm

REMEMBERED_AT_MOST = 64
READ_AHEAD = 8
"""So many forms at most are read before a server answers: each takes some hundredths of a second."""
_EXTENSION = "survey.published_forms"


@dataclass(frozen=True, slots=True)
class PublishedForm:
    """One published version of a form, ready to hold answers against."""

    version_id: str
    n_questions: int
    questionnaire: Questionnaire


class PublishedForms:
    """The questionnaires of one process by form and version; those that ask for households are not kept.

    A published version never changes, and whoever writes compares its id with that in the database.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str], PublishedForm] = OrderedDict()

    def check(self, session: Session, arrival: Arrival) -> Checked | None:
        """The answers, checked; None where that has to wait: the form is not known, or its households are asked of the database."""
        return _check(self.find(session, (arrival.hints.form_id, arrival.hints.version)), arrival)

    def check_known(self, arrival: Arrival) -> Checked | None:
        """The same without the database: None also where the form has not been met yet."""
        return _check(self._known.get((arrival.hints.form_id, arrival.hints.version)), arrival)

    def find(self, session: Session, key: tuple[str, str]) -> PublishedForm | None:
        """The form of this id and version, which is remembered; None where that has to wait."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        if not key[1]:
            return None  # whichever is the newest by then
        try:
            version = find_version(session, *key)
        except SurveyError:
            # Said where the upload is received: one that is here already is no error whatever its form.
            return None
        if needs_list(version):
            return None
        form = PublishedForm(version.id, version.n_questions, load_questionnaire(version))
        with self._lock:
            self._known[key] = form
            while len(self._known) > REMEMBERED_AT_MOST:
                self._known.popitem(last=False)
        return form


def _check(form: PublishedForm | None, arrival: Arrival) -> Checked | None:
    if form is None:
        return None
    check = check_instance(form.questionnaire, arrival.root, now=arrival.now)
    return Checked(form.version_id, form.n_questions, form.questionnaire, check)


def install_published_forms(app: Flask) -> None:
    """Nothing; the application remembers no form yet."""
    app.extensions[_EXTENSION] = PublishedForms()


def read_forms_ahead(app: Flask) -> None:
    """Nothing; the application remembers the newest forms of open visits. Forms with files are met later, as files may lie far away."""
    used = select(VisitForm.questionnaire_version_id).join(Visit, Visit.id == VisitForm.visit_id).where(Visit.state == "open")
    wanted = select(QuestionnaireVersion.form_id, QuestionnaireVersion.version).where(
        QuestionnaireVersion.id.in_(used), QuestionnaireVersion.files_sha256 == ""
    )
    with reading_scope(app) as session:
        for form_id, version in session.execute(wanted.order_by(QuestionnaireVersion.published_at.desc()).limit(READ_AHEAD)).all():
            forms_of(app).find(session, (form_id, version))


def forms_of(app: Flask) -> PublishedForms:
    """What the application remembers."""
    found: PublishedForms = app.extensions[_EXTENSION]
    return found
