"""One run of a handover: files first, then the rows in the order of their references, then a comparison of both sides.

Nothing is remembered between runs: each asks anew what the other side has, so that a run that was cut off is simply run again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.handover.client import Client
from survey.handover.layout import BINDING, compared_columns, handed_tables, natural_keys, references, surrogate
from survey.handover.queries import count_rows, find_invented_visit, named_files, read_rows
from survey.handover.rows import Values, digests, fold
from survey.protection.carried import read_erased_elsewhere
from survey.revisions import newest_revision
from survey.storage import Storage

ROWS_AT_A_TIME = 200
BYTES_AT_A_TIME = 8_000_000
FILES_ASKED_AT_A_TIME = 500

NOT_ERASED_THERE = {
    "waiting": "there a request waits for a coordinator's or administrator's word (Data protection, One person's data)",
    "declined": "there somebody declined to erase it",
}
"""What is said of somebody who was erased on this side and not on the other."""

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class TableResult:
    """The two sides of one table: how many rows are here, became new there, are equal, differ, were held back; and one hash per side."""

    name: str
    here: int = 0
    new: int = 0
    equal: int = 0
    differing: int = 0
    held_back: int = 0
    hash_here: str = ""
    hash_there: str = ""


@dataclass(slots=True)
class Handover:
    """What a run did: the tables, the files, and one sentence for each thing that is not the same on both sides."""

    tables: list[TableResult] = field(default_factory=list)
    files: TableResult = field(default_factory=lambda: TableResult("files"))
    problems: list[str] = field(default_factory=list)


def hand_over(
    session: Session, storage: Storage, client: Client, show_files: Progress, show_rows: Progress, *, only_compare: bool
) -> Handover:
    """What a run did; with `only_compare` nothing is sent.

    Raises INVENTED_DATA where a visit is invented, and HANDOVER_REFUSED when the other side does not take it.
    """
    if not only_compare and (invented := find_invented_visit(session)):
        raise SurveyError(ErrorCode.INVENTED_DATA, visit=invented)
    told = client.about()
    if told["schema"] != newest_revision():
        detail = "it has schema {told}, this installation {value}; install the same version of the program on both"
        raise SurveyError(ErrorCode.HANDOVER_REFUSED, url=client.url, detail=detail, told=told["schema"], value=newest_revision())
    result = Handover()
    _hand_files(session, storage, client, show_files, result, only_compare)
    run = _Run(session, client, result, only_compare)
    tables = handed_tables()
    total, done = sum(count_rows(session, table) for table in tables), 0
    for table in tables:
        for batch in _batches(read_rows(session, table)):
            run.hand_batch(table, batch)
            done += len(batch)
            show_rows(done, total)
    if not only_compare:
        run.tell_erased()
    # Last of all: what arrives late may settle there what arrived before it.
    result.tables += [run.compare(table) for table in tables]
    return result


@dataclass(slots=True)
class _Run:
    """What has to be known of earlier tables: the identifiers that rows have on the other side, and the rows that nothing may refer to."""

    session: Session
    client: Client
    result: Handover
    only_compare: bool
    known_as: dict[tuple[str, Any], Any] = field(default_factory=dict)
    unusable: set[tuple[str, Any]] = field(default_factory=set)
    refused: dict[tuple[str, tuple[Any, ...]], str] = field(default_factory=dict)
    n_new: dict[str, int] = field(default_factory=dict)

    def hand_batch(self, table: Table, batch: Sequence[Values]) -> None:
        """Sends what the other side does not have, and remembers under which identifier it has the rest."""
        rows = [self.translated(table, row) for row in batch]
        usable = [row for row in rows if row is not None]
        found = self.client.match(table.name, [_keys_only(table, row) for row in usable])
        absent = []
        for row, match in zip(usable, found, strict=True):
            if match is None:
                absent.append(row)
            else:
                self.note_match(table, row, match)
        if absent and not self.only_compare:
            for row, taken in zip(absent, self.client.send_rows(table.name, absent), strict=True):
                if taken["state"] == "stored":
                    self.n_new[table.name] = self.n_new.get(table.name, 0) + 1
                else:
                    self.refused[table.name, _key(table, row)] = taken["detail"]
                    self.unusable.add((table.name, _key(table, row)[0]))

    def translated(self, table: Table, row: Values) -> Values | None:
        """The row with the identifiers of the other side; None when it refers to a row that is not usable there."""
        changed = dict(row)
        for column, target in references(table).items():
            if (target, row[column]) in self.unusable:
                self.unusable.add((table.name, _key(table, row)[0]))
                return None
            changed[column] = self.known_as.get((target, row[column]), row[column])
        return changed

    def note_match(self, table: Table, row: Values, match: dict[str, Any]) -> None:
        """Remembers under which identifier the other side has the row, and whether others may refer to it."""
        own = _key(table, row)[0]
        if surrogate(table) and match["key"][0] != own:
            self.known_as[table.name, own] = match["key"][0]
        if table.name in BINDING and match["digests"] != digests(row, compared_columns(table)):
            self.unusable.add((table.name, own))

    def tell_erased(self) -> None:
        """Tells the other side who was erased here, and what became of that there."""
        people = [
            (each, self.known_as.get(("households", each.household_id), each.household_id))
            for each in read_erased_elsewhere(self.session)
            if ("households", each.household_id) not in self.unusable
        ]
        for start in range(0, len(people), ROWS_AT_A_TIME):
            part = people[start : start + ROWS_AT_A_TIME]
            told = [
                {"household_id": there, "member_id": self.known_as.get(("household_members", each.member_id), each.member_id)}
                for each, there in part
            ]
            for (each, _there), state in zip(part, self.client.tell_erased(told), strict=True):
                if state in NOT_ERASED_THERE:
                    self.result.problems.append(f"households {each.household_id}: it was erased here; {NOT_ERASED_THERE[state]}.")

    def compare(self, table: Table) -> TableResult:
        """Both sides of the table as they are now, asked once more."""
        result = TableResult(table.name, new=self.n_new.get(table.name, 0))
        here, there = [], []
        for batch in _batches(read_rows(self.session, table)):
            result.here += len(batch)
            rows = [row for row in (self.translated(table, row) for row in batch) if row is not None]
            result.held_back += len(batch) - len(rows)
            for row, match in zip(rows, self.client.match(table.name, [_keys_only(table, row) for row in rows]), strict=True):
                own = digests(row, compared_columns(table))
                here.append(own)
                if match is None:
                    result.held_back += 1
                    self.tell(table, row, self.refused.get((table.name, _key(table, row)), "it is not there yet"))
                    continue
                there.append(match["digests"])
                if match["digests"] == own:
                    result.equal += 1
                else:
                    result.differing += 1
                    names = ", ".join(name for name in own if match["digests"].get(name) != own[name])
                    self.tell(table, row, f"the other side has another {names}; it was left as it is")
        result.hash_here, result.hash_there = fold(here), fold(there)
        return result

    def tell(self, table: Table, row: Values, what: str) -> None:
        """Adds a sentence about the row to what the run reports."""
        name = next((row[each] for each in ("username", "title", "name", "number") if isinstance(row.get(each), str) and row[each]), "")
        key = ", ".join(str(each) for each in _key(table, row))
        self.result.problems.append(f"{table.name} {key}{f' ({name})' if name else ''}: {what}.")


def _hand_files(session: Session, storage: Storage, client: Client, show: Progress, result: Handover, only_compare: bool) -> None:
    files = named_files(session)
    names = sorted(files)
    missing = set(_missing(client, names))
    for done, sha256 in enumerate(sorted(missing), start=1):
        if not storage.exists(sha256):
            result.problems.append(f"{files[sha256]}: the file is missing here, too ({sha256}).")
        elif not only_compare:
            refused = client.send_file(sha256, storage.get(sha256))
            result.files.new += not refused
            result.problems += [f"{files[sha256]}: {refused}"] if refused else []
        show(done, len(missing))
    still_missing = set(_missing(client, names))
    there = [name for name in names if name not in still_missing]
    result.files.here, result.files.equal, result.files.held_back = len(names), len(there), len(still_missing)
    result.files.hash_here, result.files.hash_there = (fold({"sha256": name} for name in side) for side in (names, there))


def _missing(client: Client, names: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(names), FILES_ASKED_AT_A_TIME):
        yield from client.missing_files(list(names[start : start + FILES_ASKED_AT_A_TIME]))


def _batches(rows: Iterator[Values]) -> Iterator[list[Values]]:
    """The rows in lists that are neither too many nor too large for one request."""
    while first := list(islice(rows, 1)):
        batch, size = first, _size(first[0])
        while len(batch) < ROWS_AT_A_TIME and size < BYTES_AT_A_TIME and (more := list(islice(rows, 1))):
            batch += more
            size += _size(more[0])
        yield batch


def _size(row: Values) -> int:
    return sum(len(value) if isinstance(value, str) else len(repr(value)) for value in row.values())


def _key(table: Table, row: Values) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _keys_only(table: Table, row: Values) -> Values:
    names = {column.name for column in table.primary_key}.union(*natural_keys(table))
    return {name: row[name] for name in sorted(names)}
