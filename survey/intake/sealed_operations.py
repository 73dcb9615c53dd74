"""Taking in what a tablet exported to an encrypted file: finished interviews as if they had been sent, unfinished ones to be fetched.

Importing a file again, or after some of it was sent, changes nothing that is here already.
"""

import base64
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.devices.queries import try_escrow
from survey.errors import spoken
from survey.events import log_event
from survey.field_time import parse_instant
from survey.household_outcomes.sealed import TakenFinding, take_findings
from survey.intake.attachments import ReceivedFile, is_unsafe
from survey.intake.models import RecoveredInterview, Submission
from survey.intake.operations import insert_if_absent
from survey.intake.receive import Received, receive_submission, store_file
from survey.intake.refusals import summarise
from survey.intake.sealed_file import SealedFile, read_header
from survey.outcomes.receiving import GONE, RECORDED, receive_outcomes
from survey.outcomes.told import read_told
from survey.storage import Storage
from survey.tablet.told import MAX_TOLD

UNFINISHED = frozenset(("draft", "awaiting"))
OUTCOMES = ("stored", "repeated", "quarantined", "conflict", "recovered", "waiting", "confirmed", "damaged", "failed")


@dataclass(frozen=True, slots=True)
class ImportedInterview:
    """What became of one interview of the file.

    `outcome` is that of a receipt ("stored", "repeated", "quarantined", "conflict"), or "recovered" for a draft that waits for its person
    from now on, "waiting" for one that did so already, "confirmed" for one that the tablet had sent whole, "damaged" or "failed".
    """

    title: str
    instance_id: str
    outcome: str
    n_files: int = 0
    missing: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """Whose file it was, of which tablet and when, and what became of each interview in it.

    `n_unmet` is for how many interviews that were not held the file told why, and `n_unmet_left` how many of these do not count here;
    `findings` is what became of what was found of issues at households.
    """

    person: User
    device_id: str
    created_at: str
    interviews: tuple[ImportedInterview, ...]
    n_unmet: int = 0
    n_unmet_left: int = 0
    findings: tuple[TakenFinding, ...] = ()

    @property
    def exported_at(self) -> datetime | None:
        """When the tablet made the file, by its clock; None when it does not say so in a way that can be read."""
        return parse_instant(self.created_at)

    def count(self, *outcomes: str) -> int:
        """How many interviews had one of these outcomes."""
        return sum(each.outcome in outcomes for each in self.interviews)


def import_sealed(session: Session, actor: User | None, file: IO[bytes], name: str, storage: Storage, now: datetime) -> Imported:
    """What came in from an exported file, received in the name of the person whose work it is.

    Raises UNREADABLE_EXPORT for another file, for a person who is unknown here, and when no visit of this server can open it.
    """
    header = read_header(file, name)
    person = session.scalars(select(User).where(User.username == header.username)).one_or_none()
    if person is None:
        detail = "it holds the work of '{header}', who is not known here. Import it on the server that the tablet belongs to."
        raise SurveyError(ErrorCode.UNREADABLE_EXPORT, file=name, detail=detail, header=header.username)
    sealed = SealedFile(file, header, _open_key(session, header.escrow, header.username, name))
    told = _take_outcomes(session, person, sealed, now)
    findings = take_findings(session, person, sealed.value("findings"), sealed.value, storage, now)
    found = tuple(_take(session, person, sealed, interview_id, storage, now) for interview_id in sealed.interview_ids)
    log_event(
        session,
        actor.id if actor else None,
        "export.imported",
        "device",
        header.device_id[:128],
        now,
        username=header.username,
        created_at=header.created_at,
        outcomes={outcome: n for outcome in OUTCOMES if (n := sum(each.outcome == outcome for each in found))},
    )
    n_left = sum(fate != RECORDED for fate in told)
    return Imported(person, header.device_id, header.created_at, found, len(told), n_left, findings)


def mark_taken(session: Session, actor: User, row: RecoveredInterview, now: datetime) -> RecoveredInterview:
    """The draft, which is on a tablet of its person now and is offered no more."""
    if row.taken_at is None:
        row.taken_at = now
        log_event(session, actor.id, "draft.taken", "recovered_interview", row.id, now)
    return row


def _language() -> str:
    return "en" if str(get_locale()).startswith("en") else "zh"


def _open_key(session: Session, escrow: tuple[tuple[str, str], ...], username: str, name: str) -> bytes:
    for visit_id, sealed in escrow:
        try:
            key = try_escrow(session, visit_id, username, base64.b64decode(sealed, validate=True))
        except ValueError:
            continue
        if key is not None:
            return key
    detail = "no visit on this server has the key to it. Import it on the server from which the tablet downloaded its visit."
    raise SurveyError(ErrorCode.UNREADABLE_EXPORT, file=name, detail=detail)


def _take_outcomes(session: Session, person: User, sealed: SealedFile, now: datetime) -> tuple[str, ...]:
    """What became of each outcome in the file; those that the tablet had sent are not in question."""
    kept = sealed.value("outcomes")
    waiting = [each for each in kept if isinstance(each, dict) and each.get("state") == "waiting"] if isinstance(kept, list) else []
    fates: list[str] = []
    for start in range(0, len(waiting), MAX_TOLD):
        some = waiting[start : start + MAX_TOLD]
        try:
            fates += receive_outcomes(session, person, read_told({"outcomes": some}), now).values()
        except SurveyError:
            # What cannot be read here keeps no interview of the file from being taken.
            fates += [GONE] * len(some)
    return tuple(fates)


def _take(session: Session, person: User, sealed: SealedFile, interview_id: str, storage: Storage, now: datetime) -> ImportedInterview:
    interview = sealed.interview(interview_id)
    if interview is None:
        return ImportedInterview("", interview_id, "damaged")
    title, instance_id, state = (str(interview.get(name) or "") for name in ("title", "instance_id", "state"))
    if state == "sent":
        return ImportedInterview(title, instance_id, "confirmed")
    opened = dict(sealed.files(interview_id))
    files = {name: ReceivedFile(name, data) for name, data in opened.items() if data is not None and not is_unsafe(name)}
    missing = tuple(sorted(name for name in opened if name not in files))
    if state in UNFINISHED or not interview.get("xml"):
        outcome = _recover(session, person, interview, files, storage, now)
        return ImportedInterview(title, instance_id, outcome, len(files), missing)
    return _receive(session, person, sealed.header.device_id, interview, files, missing, storage, now)


def _receive(
    session: Session,
    person: User,
    device_id: str,
    interview: dict[str, Any],
    files: dict[str, ReceivedFile],
    missing: tuple[str, ...],
    storage: Storage,
    now: datetime,
) -> ImportedInterview:
    title, instance_id = str(interview.get("title") or ""), str(interview["instance_id"])
    named = {name: files[name] for name in interview.get("file_names") or () if name in files}
    countersign = interview.get("countersign")
    received = Received(
        str(interview["xml"]).encode(),
        named,
        str(interview.get("assignment_id") or ""),
        device_id,
        json.dumps(countersign) if countersign else None,
    )
    try:
        receipt = receive_submission(session, person, received, storage, now)
    except SurveyError as error:
        return ImportedInterview(title, instance_id, "failed", 0, missing, spoken(error))
    return ImportedInterview(title, instance_id, receipt.outcome, len(named), missing, summarise(receipt.findings, _language()))


def _recover(
    session: Session, person: User, interview: dict[str, Any], files: dict[str, ReceivedFile], storage: Storage, now: datetime
) -> str:
    instance_id = str(interview.get("instance_id") or "")
    if session.get(Submission, instance_id) is not None:
        return "repeated"
    stored = [asdict(store_file(storage, file)) for file in files.values()]
    values = {
        "id": str(interview["id"])[:64],
        "user_id": person.id,
        "title": str(interview.get("title") or "")[:255],
        "interview": interview,
        "files": stored,
        "recovered_at": now,
    }
    return "recovered" if insert_if_absent(session, RecoveredInterview, values) else "waiting"
