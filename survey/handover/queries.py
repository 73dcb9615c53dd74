"""What both sides of a handover read: rows as they travel, the rows that match others, and the files that rows name."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, select
from sqlalchemy.orm import Session

from survey.db import AnyRow
from survey.events import Event
from survey.handover.layout import AS_EVIDENCE, PERSON, compared_columns, handed_table, natural_keys, surrogate, told_columns
from survey.handover.models import HandedEvent
from survey.handover.rows import Values, digests, from_wire, to_wire
from survey.instruments.models import QuestionnaireFile
from survey.intake.models import Attachment, QuarantinedSubmission
from survey.liaison.models import MaterialFile
from survey.reports.models import Report
from survey.visits.models import MeetingFile, Visit

FETCHED_AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Match:
    """What a server has of a row: its key there, and the digests of the compared columns; None for both when it has nothing of it."""

    key: tuple[Any, ...] | None
    digests: dict[str, str] | None


def find_invented_visit(session: Session) -> str | None:
    """The id of a visit that is invented, as those of demonstrations are; None where none is."""
    return session.scalar(select(Visit.id).where(Visit.is_invented).order_by(Visit.id).limit(1))


def count_rows(session: Session, table: Table) -> int:
    """How many rows of the table there are to hand over."""
    own = session.scalar(select(func.count()).select_from(table)) or 0
    if table.name in AS_EVIDENCE.values():
        own += session.scalar(select(func.count()).select_from(Event)) or 0
    return own


def read_rows(session: Session, table: Table) -> Iterator[Values]:
    """The rows as they travel, parents before children where a table refers to itself; people with the roles they have."""
    columns = told_columns(table)
    statement = select(*columns).order_by(*table.primary_key).execution_options(yield_per=FETCHED_AT_A_TIME)
    own_reference = next((column.name for column in columns for key in column.foreign_keys if key.column.table is table), None)
    with closing(session.execute(statement)) as streamed:
        rows: Iterator[Values] = map(to_wire, streamed.mappings())
        if own_reference:
            rows = _parents_first(list(rows), next(iter(table.primary_key)).name, own_reference)
        for row in rows:
            yield {**row, "roles": _roles_of(session, row["id"])} if table.name == PERSON else row
    if table.name in AS_EVIDENCE.values():
        yield from _own_events(session)


def match_rows(session: Session, table: Table, wanted: Sequence[Values]) -> list[Match]:
    """For each of the wanted rows (as they travel, key columns and natural keys at least) what is here of it, in their order.

    The same primary key is the same row; else the same natural key is, which the row may have under another identifier here.
    Raises ValueError where a key is not what its column holds.
    """
    keys = [column.name for column in table.primary_key]
    found = _by_columns(session, table, keys, wanted)
    matches = []
    others = [natural for natural in natural_keys(table) if surrogate(table)]
    by_natural = {natural: _by_columns(session, table, list(natural), wanted) for natural in others}
    for row in wanted:
        here = found.get(tuple(row[name] for name in keys))
        for natural, rows in by_natural.items():
            here = here or rows.get(tuple(row[name] for name in natural))
        if here is None:
            matches.append(Match(None, None))
        else:
            matches.append(Match(tuple(here[name] for name in keys), digests(here, compared_columns(table))))
    return matches


def find_source(session: Session) -> str | None:
    """What names this installation as the source of events: the digest of the first one; None when nothing has happened yet."""
    return session.scalar(select(Event.digest).order_by(Event.number).limit(1))


def named_files(session: Session) -> dict[str, str]:
    """The hash of every file that handed rows name, with the words for what it belongs to."""
    statements = (
        select(QuestionnaireFile.sha256, QuestionnaireFile.name),
        select(Attachment.sha256, Attachment.instance_id + " " + Attachment.name),
        select(Report.sha256, Report.title).where(Report.sha256.is_not(None)),
        select(MaterialFile.sha256, MaterialFile.name),
        select(MeetingFile.sha256, MeetingFile.name),
    )
    files = {str(sha256): str(owner) for statement in statements for sha256, owner in session.execute(statement)}
    for instance_id, records in session.execute(select(QuarantinedSubmission.instance_id, QuarantinedSubmission.files)):
        files |= {record["sha256"]: f"{instance_id} {record['name']}" for record in records}
    return files


def _by_columns(session: Session, table: Table, names: list[str], wanted: Sequence[Values]) -> dict[tuple[Any, ...], Values]:
    """The rows of the table here, by the values of these columns, that hold those of one of the wanted rows; nulls match nothing."""
    keys = [from_wire(table, {name: row[name] for name in names}) for row in wanted if all(row[name] is not None for name in names)]
    sought = {tuple(key.values()) for key in keys}
    if not sought:
        return {}
    columns = [table.columns[name] for name in names]
    condition: ColumnElement[bool]
    if len(columns) == 1:
        condition = columns[0].in_([values[0] for values in sought])
    else:
        condition = or_(*(and_(*(column == value for column, value in zip(columns, values, strict=True))) for values in sought))
    rows: Sequence[AnyRow] = session.execute(select(*told_columns(table)).where(condition)).all()
    return {tuple(each[name] for name in names): each for each in (to_wire(row._mapping) for row in rows)}


def _parents_first(rows: list[Values], key: str, reference: str) -> Iterator[Values]:
    waiting = {row[key]: row for row in rows}
    while waiting:
        ready = [row for row in waiting.values() if row[reference] not in waiting or row[reference] == row[key]]
        for row in ready or list(waiting.values()):
            del waiting[row[key]]
            yield row


def _roles_of(session: Session, user_id: str) -> list[str]:
    table = handed_table(PERSON)
    assert table is not None
    user_roles = table.metadata.tables["user_roles"]
    return list(session.scalars(select(user_roles.c.role_name).where(user_roles.c.user_id == user_id).order_by(user_roles.c.role_name)))


def _own_events(session: Session) -> Iterator[Values]:
    source = find_source(session)
    names = [column.name for column in HandedEvent.__table__.columns if column.name != "source"]
    statement = select(*(getattr(Event, name) for name in names)).order_by(Event.number).execution_options(yield_per=FETCHED_AT_A_TIME)
    with closing(session.execute(statement)) as streamed:
        for row in streamed.mappings():
            yield {"source": source, **to_wire(row)}
