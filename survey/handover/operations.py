"""Taking over rows and files of another installation. What is here already is never changed by a row of the same key.

What follows from a row that is taken over is worked out here as it was there: an edited interview is replaced, and what rules found in an
interview is settled anew once a reconciliation or correction of it arrives.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import ROLES, User
from survey.accounts.operations import find_roles
from survey.accounts.queries import is_username_taken
from survey.candidates.settling import settle_candidates
from survey.corrections.models import Correction, CorrectionWithdrawal
from survey.events import log_event
from survey.handover.layout import PERSON, told_columns
from survey.handover.rows import Values, from_wire
from survey.intake.models import Attachment, AwaitedFile, Submission
from survey.issues.withdrawing import withdraw_evidence_of
from survey.protection.carried import erase_what_arrived, erased_households_of, refuse_files
from survey.reconciling.models import Reconciliation
from survey.storage import Storage
from survey.visits.models import Visit

NO_PASSWORD = "!"
"""No hash: nobody signs in with it until an administrator sets a password."""
NOT_GIVEN = frozenset(("admin",))
"""Roles that a person who is new here does not bring along; an administrator gives them, or does not."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one row: "stored", or "refused" with the database's reason."""

    state: str
    detail: str = ""


def take_rows(session: Session, storage: Storage, actor: User, table: Table, rows: Sequence[Values], now: datetime) -> list[Taken]:
    """What became of each of the rows (as they travel), which must not be here yet.

    What tells of people who were erased here is erased as it arrives, and their files are refused. Raises INVALID_VALUE for what is no
    row, and INVENTED_DATA for an invented visit: nothing of a demonstration gets among what is real.
    """
    if table.name == Visit.__tablename__ and (invented := [str(row.get("id")) for row in rows if row.get("is_invented")]):
        raise SurveyError(ErrorCode.INVENTED_DATA, visit=invented[0][:80])
    expected = {column.name for column in told_columns(table)} | ({"roles"} if table.name == PERSON else set())
    for row in rows:
        if set(row) != expected:
            detail = "the columns {choices} do not belong there or are missing"
            raise SurveyError(ErrorCode.INVALID_VALUE, field=table.name, detail=detail, choices=", ".join(sorted(set(row) ^ expected)))
    decoded = _decoded(table, rows)
    refused = refuse_files(session, storage, rows, now) if table.name == Attachment.__tablename__ else {}
    taken = []
    for number, row in enumerate(rows):
        if number in refused:
            taken.append(Taken("refused", refused[number]))
            continue
        try:
            with session.begin_nested():
                _take_row(session, actor, table, decoded[number], row.get("roles", ()))
        except (IntegrityError, DataError) as error:
            taken.append(Taken("refused", str(error.orig).splitlines()[0]))
        else:
            taken.append(Taken("stored"))
    n_stored = sum(each.state == "stored" for each in taken)
    if n_stored:
        log_event(session, actor.id, "handover.received", "table", table.name, now, n_rows=n_stored)
        stored = [row for row, each in zip(rows, taken, strict=True) if each.state == "stored"]
        erase_what_arrived(session, storage, erased_households_of(session, table.name, stored), now)
    return taken


def take_file(storage: Storage, sha256: str, data: bytes) -> None:
    """Nothing; the file is stored. Raises INVALID_VALUE when its bytes are not those that the hash names, INFECTED_FILE where the virus
    scanner finds something in it, and SCANNER_AWAY."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="file", detail="it arrived damaged; send it again")
    if found := storage.find_virus(data):
        raise SurveyError(ErrorCode.INFECTED_FILE, file=sha256, found=found)
    storage.put(data)


def _decoded(table: Table, rows: Sequence[Values]) -> list[Values]:
    """The rows as the database takes them; INVALID_VALUE where one holds what its column does not."""
    roles = {"roles"} if table.name == PERSON else set()
    try:
        return [from_wire(table, {name: value for name, value in row.items() if name not in roles}) for row in rows]
    except ValueError as error:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=table.name, detail=str(error)) from error


def _take_row(session: Session, actor: User, table: Table, values: Values, roles: Sequence[str]) -> None:
    if table.name == PERSON:
        _add_person(session, values, roles)
        return
    session.execute(insert(table).values(**values))
    if table.name == Submission.__tablename__:
        _replace_original(session, values)
    elif table.name == Attachment.__tablename__:
        key = (AwaitedFile.instance_id == values["instance_id"], AwaitedFile.name == values["name"])
        session.execute(delete(AwaitedFile).where(*key))
    elif table.name == Reconciliation.__tablename__ and values["state"] == "finished":
        settle_candidates(session, actor, values["lead_instance_id"], values["finished_at"])
    elif table.name == Correction.__tablename__:
        _settle_corrected(session, actor, values["instance_id"], values["corrected_at"])
    elif table.name == CorrectionWithdrawal.__tablename__:
        _settle_corrected(session, actor, session.get_one(Correction, values["correction_id"]).instance_id, values["withdrawn_at"])


def _settle_corrected(session: Session, actor: User, instance_id: str, now: datetime) -> None:
    """What is here of the interview's candidates is settled; those that its corrections raised come with the other rows."""
    settle_candidates(session, actor, instance_id, now, why="corrected", adds=False)


def _add_person(session: Session, values: Values, roles: Sequence[str]) -> None:
    """A person who is new here is shut out and has no password: whoever was let into a laptop is not thereby let in here."""
    username = values["username"]
    if is_username_taken(session, username):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="username", detail="'{username}' is here already", username=username)
    person = User(**values, email=f"{username}@accounts.invalid", password=NO_PASSWORD, active=False)
    person.roles = find_roles(session, sorted(set(roles) & set(ROLES) - NOT_GIVEN))
    session.add(person)
    session.flush()


def _replace_original(session: Session, values: dict[str, Any]) -> None:
    """What this submission edits counts no more, although it may have been handed over before it was edited."""
    if values["deprecated_id"] and values["review_state"] != "replaced":
        original = (Submission.instance_id == values["deprecated_id"], Submission.review_state != "replaced")
        changes = {"review_state": "replaced", "reviewed_at": values["received_at"]}
        session.execute(update(Submission).where(*original).values(**changes).execution_options(synchronize_session=False))
        said = {"why": "replaced", "replaced_by": values["instance_id"]}
        withdraw_evidence_of(session, None, values["deprecated_id"], values["received_at"], **said)
