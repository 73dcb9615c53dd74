"""Importing a household roster: kept as a draft until its importer decides, then written in a fixed number of statements."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import new_id
from survey.events import log_event
from survey.places.draft_operations import MAX_FILE_NAME_LENGTH, store_draft
from survey.places.models import Household, RosterDraft
from survey.places.roster import Roster, RosterRow
from survey.places.roster_compare import FIELDS
from survey.places.roster_draft import roster_of, roster_record
from survey.places.roster_plan import plan_roster
from survey.places.sheet_layout import SheetProblem, refuse_bad_rows


@dataclass(frozen=True, slots=True)
class RosterResult:
    """What an import did. `problems` are the rows that were left out; `n_absent` households of these villages were not in the file."""

    n_new: int
    n_changed: int
    n_unchanged: int
    n_absent: int
    problems: tuple[SheetProblem, ...]
    village_codes: tuple[str, ...]


def import_roster(
    session: Session, actor: User | None, roster: Roster, *, keep_good: bool, now: datetime, file_name: str = "roster"
) -> RosterResult:
    """What the import did: households new in their village are added, known ones updated by (village, number), none removed.

    With bad rows nothing is written unless `keep_good`; then BAD_ROWS tells how many there are and where the first is.
    """
    plan = plan_roster(session, roster)
    refuse_bad_rows(plan.roster.problems, file_name, keep_good=keep_good)
    comparison = plan.comparison
    if comparison.new:
        session.execute(insert(Household), [_new_values(row) for row in comparison.new])
    if comparison.changed:
        session.execute(
            update(Household),
            [{"id": plan.stored[(row.village_code, row.number)].id, **_given(row, names)} for row, names in comparison.changed],
        )
        for row, _ in comparison.changed:
            session.expire(plan.stored[(row.village_code, row.number)])
    result = RosterResult(
        n_new=len(comparison.new),
        n_changed=len(comparison.changed),
        n_unchanged=len(comparison.unchanged),
        n_absent=comparison.n_absent,
        problems=plan.roster.problems,
        village_codes=tuple(sorted(plan.village_names)),
    )
    _log_import(session, actor, result, comparison.new, plan.roster.n_bad_rows, file_name, now)
    return result


def _new_values(row: RosterRow) -> dict[str, Any]:
    """The columns of a new household; what the file does not say is empty."""
    return {
        "id": new_id(),
        "village_code": row.village_code,
        "number": row.number,
        "head_name": row.head_name,
        "kind": row.kind,
        "n_members": row.n_members,
        "cause": row.cause or "",
        "group_name": row.group_name or "",
        "markers": list(row.markers or ()),
        "latitude": row.latitude,
        "longitude": row.longitude,
    }


def _given(row: RosterRow, changed: tuple[str, ...]) -> dict[str, Any]:
    """Every field that the file gives, whether changed or not, so that all rows update the same columns in one statement."""
    values = {name: getattr(row, name) for name in FIELDS if getattr(row, name) is not None or name in changed}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _log_import(
    session: Session,
    actor: User | None,
    result: RosterResult,
    new: tuple[RosterRow, ...],
    n_bad_rows: int,
    file_name: str,
    now: datetime,
) -> None:
    log_event(
        session,
        actor.id if actor else None,
        "roster.imported",
        "roster",
        file_name[-MAX_FILE_NAME_LENGTH:],
        now,
        n_new=result.n_new,
        n_changed=result.n_changed,
        n_unchanged=result.n_unchanged,
        n_absent=result.n_absent,
        n_bad_rows=n_bad_rows,
        n_new_by_village=dict(sorted(Counter(row.village_code for row in new).items())),
    )


def keep_draft(session: Session, actor: User, roster: Roster, file_name: str, now: datetime) -> RosterDraft:
    """The draft of a roster that waits for the importer's word."""
    draft = store_draft(session, actor, "roster", roster_record(roster), file_name, now)
    log_event(session, actor.id, "roster.read", "roster", draft.file_name, now, n_rows=len(roster.rows), n_bad_rows=roster.n_bad_rows)
    return draft


def import_draft(session: Session, actor: User, draft: RosterDraft, *, keep_good: bool, now: datetime) -> RosterResult:
    """What importing the draft did; it is removed with that. Raises BAD_ROWS as `import_roster` does."""
    result = import_roster(session, actor, roster_of(draft.content), keep_good=keep_good, now=now, file_name=draft.file_name)
    session.delete(draft)
    session.flush()
    return result


def drop_draft(session: Session, actor: User, draft: RosterDraft, now: datetime) -> None:
    """Give up a draft; nothing of it is imported."""
    session.delete(draft)
    log_event(session, actor.id, f"{draft.kind}.dropped", draft.kind, draft.file_name, now)
