"""What is worked out of an upload before it is its turn to be written, so that nobody waits for the validation of another's answers."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from flask import Flask, current_app
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from questionnaires.instance import check_instance, identify, parse_instance
from questionnaires.model import Questionnaire
from survey.instruments.registry import find_version, load_questionnaire
from survey.intake.receive import Checked, Received
from survey.visits.household_list import needs_list

REMEMBERED_AT_MOST = 64
_EXTENSION = "survey.published_forms"


class PublishedForms:
    """The questionnaires of one process by form and version, with the id of the version; those that ask for households are not kept.

    A published version never changes, and whoever writes compares its id with that in the database.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str], tuple[str, Questionnaire]] = OrderedDict()

    def check(self, session: Session, received: Received, now: datetime) -> Checked | None:
        """The answers, checked; None where that has to wait: the form is not known, or its households are asked of the database.

        Raises MALFORMED_XML and UNSAFE_XML.
        """
        root = parse_instance(received.xml)
        identity = identify(root)
        found = self._find(session, (identity.form_id, identity.version))
        return None if found is None else Checked(found[0], found[1], check_instance(found[1], root, now=now))

    def _find(self, session: Session, key: tuple[str, str]) -> tuple[str, Questionnaire] | None:
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
        with self._lock:
            self._known[key] = version.id, load_questionnaire(version)
            while len(self._known) > REMEMBERED_AT_MOST:
                self._known.popitem(last=False)
            return self._known[key]


def install_published_forms(app: Flask) -> None:
    """Nothing; the application remembers no form yet."""
    app.extensions[_EXTENSION] = PublishedForms()


def published_forms() -> PublishedForms:
    """What the application that handles this request remembers."""
    found: PublishedForms = current_app.extensions[_EXTENSION]
    return found
