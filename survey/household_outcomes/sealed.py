"""What a tablet that cannot send any more had noted of issues at households, taken from its exported file as if it had been sent."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.household_outcomes.receiving import GONE, RECORDED, Fate, receive_findings, receive_picture
from survey.household_outcomes.told import ToldFinding, read_told
from survey.kept_files import GivenFile
from survey.storage import Storage

Value = Callable[[str], Any]
"""Gives what the tablet kept under a name; None when that is not in the file or was damaged."""


@dataclass(frozen=True, slots=True)
class TakenFinding:
    """What became of one: what it is about (number of the issue and household), a word of `receiving`, and its pictures."""

    about: str
    word: str
    n_pictures: int = 0
    n_lost: int = 0

    @property
    def counts(self) -> bool:
        """Whether it stands as it was noted, with all its pictures."""
        return self.word == RECORDED and not self.n_lost


def take_findings(session: Session, person: User, kept: Any, value: Value, storage: Storage, now: datetime) -> tuple[TakenFinding, ...]:
    """What became of each that the tablet had not told whole; `kept` is its list of them, whatever it may be."""
    waiting = [each for each in kept if isinstance(each, dict) and each.get("state") != "sent"] if isinstance(kept, list) else []
    return tuple(_take(session, person, each, value, storage, now) for each in waiting)


def _take(session: Session, person: User, kept: dict[str, Any], value: Value, storage: Storage, now: datetime) -> TakenFinding:
    about = str(kept.get("about") or "")
    try:
        [finding] = read_told({"findings": [kept]})
    except SurveyError:
        # What cannot be read here keeps nothing else of the file from being taken.
        return TakenFinding(about, GONE)
    [fate] = receive_findings(session, person, [finding], now).values()
    if fate.word != RECORDED:
        return TakenFinding(_named(fate) or about, fate.word)
    pictures = [each for each in kept.get("pictures") or () if isinstance(each, dict) and not each.get("is_sent")]
    n_taken = sum(_take_picture(session, person, finding, each, value, storage, now) for each in pictures)
    return TakenFinding(_named(fate) or about, fate.word, n_taken, len(pictures) - n_taken)


def _take_picture(
    session: Session, person: User, finding: ToldFinding, kept: dict[str, Any], value: Value, storage: Storage, now: datetime
) -> bool:
    """Whether the picture lies beside the household now."""
    picture = value(str(kept.get("key") or ""))
    try:
        data = base64.b64decode(picture["data"], validate=True)
    except (TypeError, KeyError, ValueError, binascii.Error):
        return False
    file = GivenFile(str(kept.get("name") or "picture.jpg")[-100:], data)
    about = finding.issue_id, finding.household_id, finding.visit_id
    try:
        with session.begin_nested():
            receive_picture(session, person, about, file, hashlib.sha256(data).hexdigest(), storage, now)
    except SurveyError:
        return False
    return True


def _named(fate: Fate) -> str:
    return " · ".join(filter(None, (fate.issue, fate.household)))
