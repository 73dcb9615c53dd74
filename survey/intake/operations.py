"""Every write of intake. Each statement is one round trip whatever the size of the interview; none commits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Insert, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.candidates.detect import DetectedIssue
from survey.candidates.models import IssueCandidate
from survey.db import Base, n_changed, new_id
from survey.events import Happened, json_sha256, log_all, log_event
from survey.intake.attachments import StoredFile
from survey.intake.belonging import belonging_sha256
from survey.intake.flags import RaisedFlag
from survey.intake.models import Attachment, AwaitedFile, Flag, QuarantinedSubmission, Submission
from survey.issues.withdrawing import withdraw_evidence_of

_DIALECTS: Mapping[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Nothing; the rows are in the table, in one round trip. All of them name the same columns."""
    if rows:
        session.flush()
        session.connection().execute(_insert(model), rows)


def insert_if_absent(session: Session, model: type[Base], values: Mapping[str, Any]) -> bool:
    """Whether the row was inserted; False when a row with the same key is there, also one that another process is just committing."""
    return bool(insert_those_absent(session, model, (values,)))


def insert_those_absent(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> set[Any]:
    """The keys (their first column) of the rows that were inserted; rows whose keys are taken are left out. One round trip."""
    session.flush()
    statement = _insert_if_absent(session.get_bind().dialect.name, model)
    return set(session.connection().execute(statement, list(rows)).scalars())


@cache
def _insert(model: type[Base]) -> Insert:
    return insert(model.__table__)


@cache
def _insert_if_absent(dialect: str, model: type[Base]) -> Executable:
    """Built once per table, because building it takes longer than running it."""
    table = model.__table__
    # Not every driver counts the rows of an INSERT unless it is asked to; the key that comes back tells on all of them.
    return _DIALECTS[dialect](table).on_conflict_do_nothing().returning(*table.primary_key)


@dataclass(frozen=True, slots=True)
class Interview:
    """What is stored of one upload: `values` are the columns of `Submission`, the rest is what belongs to it."""

    actor: User | None
    values: Mapping[str, Any]
    files: Sequence[StoredFile]
    flags: Sequence[RaisedFlag]
    issues: Sequence[DetectedIssue]
    awaited: frozenset[str]
    """The names of files that are still to come."""
    now: datetime

    @property
    def instance_id(self) -> str:
        """Its key."""
        return str(self.values["instance_id"])


def store_submissions(session: Session, interviews: Sequence[Interview]) -> frozenset[str]:
    """The ids of those that were stored, with all that belongs to each; of the others, whose id is taken, nothing is written.

    An original that one edits becomes `replaced`; INVALID_TRANSITION if it already was.
    """
    ids = insert_those_absent(session, Submission, [each.values for each in interviews])
    stored = [each for each in interviews if each.instance_id in ids]
    for each in stored:
        if each.values["deprecated_id"]:
            _replace_original(session, each.values["deprecated_id"], each.now)
            withdraw_evidence_of(session, each.actor, each.values["deprecated_id"], each.now, why="replaced", replaced_by=each.instance_id)
    insert_rows(session, Attachment, [_attachment_values(each.instance_id, file) for each in stored for file in each.files])
    insert_rows(session, Flag, [_flag_values(each.instance_id, flag) for each in stored for flag in each.flags])
    insert_rows(session, IssueCandidate, [_candidate_values(each, issue) for each in stored for issue in each.issues])
    awaited = [{"instance_id": each.instance_id, "name": name} for each in stored for name in sorted(each.awaited)]
    insert_rows(session, AwaitedFile, awaited)
    log_all(session, [_received(each) for each in stored])
    return frozenset(ids)


def _candidate_values(interview: Interview, issue: DetectedIssue) -> dict[str, Any]:
    shared = {name: interview.values[name] for name in ("instance_id", "visit_id", "village_code", "household_id")}
    return {"id": new_id(), **_columns(issue), **shared, "raised_at": interview.now}


def _received(interview: Interview) -> Happened:
    values = interview.values
    details = {
        "form_id": values["form_id"],
        "version": values["form_version"],
        "xml_sha256": values["xml_sha256"],
        "answers_sha256": json_sha256(values["answers"]),
        "belonging_sha256": belonging_sha256(values),
        "deprecated_id": values["deprecated_id"],
        "n_attachments": len(interview.files),
        "files": [file.sha256 for file in interview.files],
        "flags": [flag.check for flag in interview.flags],
        "issues": [issue.rule for issue in interview.issues],
    }
    actor_id = interview.actor.id if interview.actor else None
    return Happened(actor_id, "submission.received", "submission", interview.instance_id, interview.now, details)


def _replace_original(session: Session, original_id: str, now: datetime) -> None:
    statement = (
        update(Submission)
        .where(Submission.instance_id == original_id, Submission.review_state != "replaced")
        .values(review_state="replaced", reviewed_at=now)
        .execution_options(synchronize_session="fetch")
    )
    if n_changed(session, statement) != 1:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=original_id, state="replaced", action="edited")


def add_flags(session: Session, instance_id: str, flags: Sequence[RaisedFlag]) -> None:
    """Nothing; the stored submission carries these doubts, none of which it carried before."""
    insert_rows(session, Flag, [_flag_values(instance_id, flag) for flag in flags])


def _flag_values(instance_id: str, flag: RaisedFlag) -> dict[str, Any]:
    return {"id": new_id(), "instance_id": instance_id, **_columns(flag)}


def _attachment_values(instance_id: str, file: StoredFile) -> dict[str, Any]:
    return {"id": new_id(), "instance_id": instance_id, **_columns(file)}


def _columns(record: RaisedFlag | StoredFile | DetectedIssue) -> dict[str, Any]:
    """The fields of a record, as they are: `asdict` would copy whatever they hold."""
    return {name: getattr(record, name) for name in record.__slots__}


def complete_attachments(
    session: Session, actor: User | None, instance_id: str, files: Sequence[StoredFile], now: datetime
) -> tuple[str, ...]:
    """The names that are already there with other content, which are left alone; files that were missing are attached and logged.

    Two processes may receive the same file at the same moment: it is attached once.
    """
    if not files:
        return ()
    rows = session.execute(select(Attachment.name, Attachment.sha256).where(Attachment.instance_id == instance_id))
    present = {name: sha256 for name, sha256 in rows}
    absent = (file for file in files if file.name not in present)
    missing = [file for file in absent if insert_if_absent(session, Attachment, _attachment_values(instance_id, file))]
    if missing:
        names = [file.name for file in missing]
        session.execute(delete(AwaitedFile).where(AwaitedFile.instance_id == instance_id, AwaitedFile.name.in_(names)))
        log_event(
            session,
            actor.id if actor else None,
            "submission.attachments_received",
            "submission",
            instance_id,
            now,
            sha256=[file.sha256 for file in missing],
        )
    return tuple(file.name for file in files if present.get(file.name, file.sha256) != file.sha256)


def quarantine_submission(
    session: Session, actor: User | None, values: Mapping[str, Any], files: Sequence[StoredFile], now: datetime
) -> None:
    """Nothing; the refused XML is kept once with its findings, and files that come with a repetition are added to the first.

    `values` are the columns of `QuarantinedSubmission`. What a coordinator has settled stays settled.
    """
    row_id = new_id()
    records = [asdict(file) for file in files]
    if insert_if_absent(session, QuarantinedSubmission, {"id": row_id, **values, "files": records, "state": "waiting"}):
        log_event(
            session,
            actor.id if actor else None,
            "submission.quarantined",
            "quarantined_submission",
            row_id,
            now,
            instance_id=values["instance_id"],
            form_id=values["form_id"],
            codes=sorted({finding["code"] for finding in values["findings"]}),
        )
        return
    row = session.scalars(select(QuarantinedSubmission).where(QuarantinedSubmission.xml_sha256 == values["xml_sha256"])).one()
    row.findings = values["findings"]
    add_quarantined_files(session, row, files)


def add_quarantined_files(session: Session, row: QuarantinedSubmission, files: Sequence[StoredFile]) -> None:
    """Nothing; the files are kept with what was refused, those whose names are there already left aside."""
    kept = {record["name"] for record in row.files}
    row.files = [*row.files, *(asdict(file) for file in files if file.name not in kept)]
    session.flush()


def raise_flag(session: Session, instance_id: str, flag: RaisedFlag) -> bool:
    """Whether the stored submission carries this doubt only now; it carries it once however often it is raised."""
    return insert_if_absent(session, Flag, _flag_values(instance_id, flag))


def admit_quarantined(session: Session, actor: User | None, quarantined_id: str, now: datetime) -> None:
    """Nothing; the quarantined XML is marked as admitted, because the same XML has now been stored as a submission."""
    statement = (
        update(QuarantinedSubmission)
        .where(QuarantinedSubmission.id == quarantined_id)
        .values(state="admitted", settled_at=now, settled_by_id=actor.id if actor else None)
        .execution_options(synchronize_session="fetch")
    )
    session.execute(statement)
    log_event(session, actor.id if actor else None, "submission.admitted", "quarantined_submission", quarantined_id, now)


def settle_quarantined(session: Session, actor: User, row: QuarantinedSubmission, reason: str, now: datetime) -> QuarantinedSubmission:
    """The quarantined submission, settled with the reason why it will not become a submission; INVALID_VALUE without a reason."""
    if not reason.strip():
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say why it is settled; the reason is kept")
    if row.state != "waiting":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=row.instance_id, state=row.state, action="settled")
    row.state = "settled"
    row.settled_at = now
    row.settled_by_id = actor.id
    row.settled_reason = reason.strip()
    log_event(session, actor.id, "submission.settled", "quarantined_submission", row.id, now, reason=row.settled_reason)
    return row
