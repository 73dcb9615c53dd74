"""Erasures and handovers: what another installation erased is asked for here; what arrives of people erased here is erased again.

A token for handing over adds rows and destroys none. So an erasure that comes along is a request, which somebody of this server confirms.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import batches
from survey.events import Event, json_sha256, log_events
from survey.intake.models import Submission
from survey.proof.received import ERASED
from survey.protection.erasing import Erasure, erase_again, remove_after_commit
from survey.protection.held import Found, find_subject
from survey.protection.models import ErasedPerson, ErasureRequest
from survey.protection.operations import ask_erasure
from survey.reconciling.models import Reconciliation
from survey.storage import Storage
from survey.visits.models import Assignment

FILES = "attachments"
"""Rows of this table are not taken over at all for a household that was erased: nothing of a picture would be left."""
PERSONAL = frozenset(
    (
        "answer_notes",
        "assignment_outcomes",
        "corrections",
        "countersignatures",
        "flags",
        "household_members",
        "households",
        "identifications",
        "issue_candidates",
        "quarantined_submissions",
        "reconciled_answers",
        "reconciliations",
        "submissions",
        FILES,
    )
)
"""Tables that are handed over and tell of the people of a household."""
INTERVIEWS = ("instance_id", "lead_instance_id", "second_instance_id")
ARRIVED = "arrived with a handover after the erasure"


@dataclass(frozen=True, slots=True)
class ErasedElsewhere:
    """A household that another installation erased, or one of its members, by the identifiers that they have here."""

    household_id: str
    member_id: str | None = None


def read_erased_elsewhere(session: Session) -> tuple[ErasedElsewhere, ...]:
    """Who was erased here, as another installation is told: households as a whole first; a member of such a household is not named."""
    columns = (ErasedPerson.household_id, ErasedPerson.member_id)
    stands = (ErasedPerson.lifted_at.is_(None), ErasedPerson.household_id.is_not(None))
    rows = [(str(household), member) for household, member in session.execute(select(*columns).where(*stands))]
    whole = sorted({household for household, member in rows if member is None})
    members = sorted({(household, member) for household, member in rows if member is not None and household not in whole})
    return (*(ErasedElsewhere(each) for each in whole), *(ErasedElsewhere(*each) for each in members))


def ask_for_erased_elsewhere(session: Session, actor: User, people: Iterable[ErasedElsewhere], now: datetime) -> list[str]:
    """For each what is to be said of it: "unknown" here, "erased" here as well, "declined" here, or "waiting" for somebody's word.

    Of a household or member that nobody asked about before there is a request from now on.
    """
    told = []
    for each in people:
        try:
            found = find_subject(session, each.household_id, each.member_id)
        except SurveyError as error:
            if error.code is not ErrorCode.NOT_FOUND:
                raise
            told.append("unknown")
            continue
        told.append(_state(session, each) or _asked(session, actor, found, now))
    return told


def _state(session: Session, person: ErasedElsewhere) -> str | None:
    of_household = {"household_id": person.household_id}
    ids = set(session.scalars(select(ErasedPerson.member_id).filter_by(**of_household)))
    if None in ids or (person.member_id is not None and person.member_id in ids):
        return "erased"
    asked = select(ErasureRequest.is_erased).filter_by(**of_household, member_id=person.member_id).order_by(ErasureRequest.asked_at.desc())
    row = session.execute(asked.limit(1)).first()
    if row is None:
        return None
    return "waiting" if row[0] is None else "erased" if row[0] else "declined"


def _asked(session: Session, actor: User, found: Found, now: datetime) -> str:
    with force_locale(actor.locale or "zh"):
        reason = _("Erased at the installation that handed its data over.")
    ask_erasure(session, actor, found, reason, now)
    return "waiting"


def erased_households_of(session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[ErasedPerson]]:
    """The households that rows of the table tell of and that were erased here, as a whole or in part, with what the list says of each.

    At most four statements for each few hundred rows, and none for tables that tell of nobody.
    """
    if table not in PERSONAL or not rows:
        return {}
    found: dict[str, list[ErasedPerson]] = {}
    for part in batches(_households_of(session, table, rows)):
        stands = (ErasedPerson.household_id.in_(part), ErasedPerson.lifted_at.is_(None))
        for each in session.scalars(select(ErasedPerson).where(*stands).order_by(ErasedPerson.id)):
            found.setdefault(str(each.household_id), []).append(each)
    return found


def _households_of(session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    named = "id" if table == "households" else "household_id"
    found = {row[named] for row in rows if row.get(named)}
    reconciled = {row["reconciliation_id"] for row in rows if row.get("reconciliation_id")}
    interviews = {row[name] for row in rows for name in INTERVIEWS if row.get(name)}
    for part in batches(reconciled):
        interviews |= set(session.scalars(select(Reconciliation.lead_instance_id).where(Reconciliation.id.in_(part))))
    for part in batches(interviews):
        found |= set(session.scalars(select(Submission.household_id).where(Submission.instance_id.in_(part))))
    for part in batches({row["assignment_id"] for row in rows if row.get("assignment_id")}):
        found |= set(session.scalars(select(Assignment.household_id).where(Assignment.id.in_(part))))
    return {each for each in found if each}


def refuse_files(session: Session, storage: Storage, rows: Sequence[Mapping[str, Any]], now: datetime) -> dict[int, str]:
    """Which of these rows of attachments are not taken over, by their place, and why; their bytes, which came before them, go again."""
    whole = [key for key, people in erased_households_of(session, FILES, rows).items() if any(each.member_id is None for each in people)]
    submissions: dict[str, Submission] = {}
    for part in batches(row["instance_id"] for row in rows):
        wanted = select(Submission).where(Submission.instance_id.in_(part), Submission.household_id.in_(whole))
        submissions |= {each.instance_id: each for each in session.scalars(wanted.options(undefer(Submission.answers)))}
    refused = {number: submissions[row["instance_id"]] for number, row in enumerate(rows) if row["instance_id"] in submissions}
    files: dict[str, set[str]] = {}
    for number, submission in refused.items():
        files.setdefault(submission.instance_id, set()).add(str(rows[number]["sha256"]))
    _log_refused(session, submissions, files, now)
    remove_after_commit(session, storage, Erasure(files={sha256 for each in files.values() for sha256 in each}))
    remedy = "its household was erased here; erase it there as well: python -m survey person erase {} --reason …"
    return {number: remedy.format(submission.household_id) for number, submission in refused.items()}


def _log_refused(session: Session, submissions: Mapping[str, Submission], files: Mapping[str, set[str]], now: datetime) -> None:
    """Nothing; the log tells of each file once that it is not here, so that `verify` does not miss it."""
    known: dict[str, set[str]] = {}
    for part in batches(files):
        erased = select(Event.subject_id, Event.details).where(Event.action == ERASED, Event.subject_id.in_(part))
        for instance_id, details in session.execute(erased):
            known.setdefault(instance_id, set()).update(details["files"])
    logged = {}
    for instance_id, hashes in files.items():
        submission = submissions[instance_id]
        if new := sorted(hashes - known.get(instance_id, set())):
            same = {"xml_sha256": submission.xml_sha256, "answers_sha256": json_sha256(submission.answers)}
            logged[instance_id] = {**same, "was_xml_sha256": submission.xml_sha256, "files": new}
    if logged:
        log_events(session, None, ERASED, "submission", logged, now)


def erase_what_arrived(session: Session, storage: Storage, erased: Mapping[str, Sequence[ErasedPerson]], now: datetime) -> None:
    """Nothing; of these households nothing is left again of what was erased before."""
    session.expire_all()
    for household_id, people in sorted(erased.items()):
        members = [each.member_id for each in people]
        for member_id in [None] if None in members else members:
            try:
                found = find_subject(session, household_id, member_id)
            except SurveyError as error:
                if error.code is not ErrorCode.NOT_FOUND:
                    raise
                continue
            erase_again(session, storage, None, found, ARRIVED, now)
