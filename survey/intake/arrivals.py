"""An upload as it came, and what is worked out of it before the database is asked: its XML read, its identifiers, its answers checked."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import Check, identify, parse_instance
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.intake.attachments import ReceivedFile
from survey.intake.context import Hints

PRACTICE = "practice:"
"""What tablets call what is filled in to practise; nothing of it is taken."""
INSTANCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Received:
    """One upload as it came: the instance XML, the other file parts by name, and what the client said beside them."""

    xml: bytes
    files: Mapping[str, ReceivedFile] = field(default_factory=dict)
    assignment_id: str = ""
    device_id: str = ""
    countersign: str | Mapping[str, Any] | None = None
    """What the client says of the second interviewer, as JSON text or read already."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The answers of an upload held against the version of its form that has this id."""

    version_id: str
    n_questions: int
    questionnaire: Questionnaire
    check: Check


@dataclass(frozen=True, slots=True)
class Arrival:
    """One upload with what is worked out of it once and needed by the later steps; `actor` is who sent it."""

    actor: User | None
    received: Received
    root: etree._Element
    hints: Hints
    now: datetime
    checked: Checked | None = None
    """Its answers, where they have been checked already."""

    @property
    def instance_id(self) -> str:
        """What the upload says that its key is."""
        return self.hints.instance_id

    @property
    def touched(self) -> frozenset[str]:
        """What else may not be written at the same time: the interview itself, the one it edits, and its assignment."""
        return frozenset((self.hints.instance_id, self.hints.deprecated_id, self.hints.assignment_id)) - {""}


def read_arrival(actor: User | None, received: Received, now: datetime) -> Arrival:
    """The upload, its XML read.

    Raises MALFORMED_XML, UNSAFE_XML, MISSING_INSTANCE_ID, PRACTICE_SUBMISSION, and INVALID_VALUE when an identifier cannot serve as a key.
    """
    root = parse_instance(received.xml)
    return Arrival(actor, received, root, read_hints(root, received), now)


def read_hints(root: etree._Element, received: Received) -> Hints:
    """What the instance says of itself.

    Raises MISSING_INSTANCE_ID when it has none, PRACTICE_SUBMISSION for one of practice, INVALID_VALUE when it cannot serve as a key.
    """
    identity = identify(root)
    if not identity.instance_id:
        raise SurveyError(ErrorCode.MISSING_INSTANCE_ID)
    if identity.instance_id.startswith(PRACTICE) or (identity.deprecated_id or "").startswith(PRACTICE):
        raise SurveyError(ErrorCode.PRACTICE_SUBMISSION, instance_id=identity.instance_id[:80])
    for name, value in (("meta/instanceID", identity.instance_id), ("meta/deprecatedID", identity.deprecated_id or "x")):
        if not INSTANCE_ID.fullmatch(value):
            detail = "{value} is not an identifier of at most 64 letters, digits and the signs : _ . -"
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail, value=repr(value[:80]))
    return Hints(
        form_id=identity.form_id,
        version=identity.version or "",
        instance_id=identity.instance_id,
        deprecated_id=identity.deprecated_id or "",
        xml_sha256=hashlib.sha256(received.xml).hexdigest(),
        assignment_id=received.assignment_id or _first_text(root, "assignment_id"),
        village_code=_first_text(root, "village_code"),
        household_number=_first_text(root, "household_number"),
    )


def _first_text(root: etree._Element, name: str) -> str:
    element = next(root.iter(f"{{*}}{name}"), None)
    return (element.text or "").strip() if element is not None else ""
