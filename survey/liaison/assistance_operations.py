"""Every write to the register of assistance: by hand, and by importing a spreadsheet that was looked at first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import new_id
from survey.liaison.amounts import MAX_FEN
from survey.liaison.assistance_queries import known_keys
from survey.liaison.models import GIVER_KINDS, HELP_KINDS, Assistance
from survey.liaison.records import check_place, check_text, check_word, log_record
from survey.liaison.register import (
    MAX_GIVER_LENGTH,
    MAX_NOTE_LENGTH,
    YEARS,
    AssistanceRow,
    Register,
    register_of,
    register_record,
    split_duplicates,
)
from survey.places.draft_operations import store_draft
from survey.places.models import RosterDraft
from survey.places.sheet_layout import refuse_bad_rows
from survey.visits.planning import invalid

DRAFT_KIND = "assistance"


@dataclass(frozen=True, slots=True)
class AssistanceFacts:
    """What is entered of help that was given."""

    giver: str
    giver_kind: str
    help_kind: str
    amount_fen: int
    region_code: str
    year: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did."""

    n_new: int
    n_duplicates_left_out: int
    n_bad_rows: int


def add_assistance(session: Session, actor: User | None, facts: AssistanceFacts, now: datetime) -> Assistance:
    """The new entry; raises INVALID_VALUE for an empty giver, an unknown kind or place, an amount below zero, or no year of ours."""
    found = Assistance(**_checked(session, facts))
    session.add(found)
    session.flush()
    log_record(session, actor, "assistance.added", "assistance", found.id, now, place=found.region_code, year=found.year)
    return found


def update_assistance(session: Session, actor: User | None, found: Assistance, facts: AssistanceFacts, now: datetime) -> None:
    """Change the entry; raises INVALID_VALUE as `add_assistance` does. Nothing happens when nothing changes."""
    values = _checked(session, facts)
    changed = {name: value for name, value in values.items() if getattr(found, name) != value}
    if not changed:
        return
    amounts = {"amount_fen_before": found.amount_fen} if "amount_fen" in changed else {}
    for name, value in changed.items():
        setattr(found, name, value)
    session.flush()
    log_record(session, actor, "assistance.changed", "assistance", found.id, now, changed=sorted(changed), **amounts)


def remove_assistance(session: Session, actor: User | None, found: Assistance, now: datetime) -> None:
    """Take back an entry; the event keeps what it counted for."""
    facts = {"place": found.region_code, "year": found.year, "help_kind": found.help_kind, "amount_fen": found.amount_fen}
    session.delete(found)
    log_record(session, actor, "assistance.removed", "assistance", found.id, now, **facts)


def keep_assistance_draft(session: Session, actor: User, register: Register, file_name: str, now: datetime) -> RosterDraft:
    """The draft that waits for the importer's word."""
    draft = store_draft(session, actor, DRAFT_KIND, register_record(register), file_name, now)
    counts = {"n_rows": len(register.rows), "n_bad_rows": register.n_bad_rows}
    log_record(session, actor, "assistance.read", "assistance_import", draft.id, now, **counts)
    return draft


def import_assistance_draft(
    session: Session, actor: User, draft: RosterDraft, *, keep_good: bool, with_duplicates: bool, now: datetime
) -> ImportResult:
    """What importing the draft did; it is removed with that.

    With bad rows nothing is written unless `keep_good`; then BAD_ROWS tells how many there are and where the first is. Rows for help
    that is known already are left out unless `with_duplicates`.
    """
    register = register_of(draft.content)
    refuse_bad_rows(register.problems, draft.file_name, keep_good=keep_good)
    single, duplicates = split_duplicates(register, known_keys(session, register))
    rows = register.rows if with_duplicates else single.rows
    if rows:
        session.execute(insert(Assistance), [_values(row) for row in rows])
    session.delete(draft)
    result = ImportResult(len(rows), 0 if with_duplicates else len(duplicates), register.n_bad_rows)
    log_record(
        session,
        actor,
        "assistance.imported",
        "assistance_import",
        draft.id,
        now,
        n_new=result.n_new,
        n_duplicates_left_out=result.n_duplicates_left_out,
        n_bad_rows=result.n_bad_rows,
        amount_fen=sum(row.amount_fen for row in rows),
    )
    return result


def drop_assistance_draft(session: Session, actor: User, draft: RosterDraft, now: datetime) -> None:
    """Give up a draft; nothing of it is imported."""
    session.delete(draft)
    log_record(session, actor, "assistance.dropped", "assistance_import", draft.id, now)


def _values(row: AssistanceRow) -> dict[str, Any]:
    return {
        "id": new_id(),
        "giver": row.giver,
        "giver_kind": row.giver_kind,
        "help_kind": row.help_kind,
        "amount_fen": row.amount_fen,
        "region_code": row.region_code,
        "year": row.year,
        "note": row.note,
    }


def _checked(session: Session, facts: AssistanceFacts) -> dict[str, Any]:
    if not 0 <= facts.amount_fen <= MAX_FEN:
        raise invalid("amount", "{amount_fen} fen is below zero or beyond all measure", amount_fen=facts.amount_fen)
    if facts.year not in YEARS:
        raise invalid("year", "{year} is not between {first} and {last}", year=facts.year, first=YEARS.start, last=YEARS.stop - 1)
    return {
        "giver": check_text("giver", " ".join(facts.giver.split()), MAX_GIVER_LENGTH, is_required=True),
        "giver_kind": check_word("giver_kind", facts.giver_kind, GIVER_KINDS),
        "help_kind": check_word("help_kind", facts.help_kind, HELP_KINDS),
        "amount_fen": facts.amount_fen,
        "region_code": check_place(session, facts.region_code).code,
        "year": facts.year,
        "note": check_text("note", facts.note, MAX_NOTE_LENGTH),
    }
