"""Drafting reports from accepted interviews, and every write of the register."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.report.county import draft_county_report
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.events import log_event
from survey.export import Progress
from survey.reports.models import Report
from survey.reports.queries import find_reportable
from survey.reports.words import title_of_draft
from survey.storage import Storage
from survey.visit_bundles import fresh_bundle
from survey.visits.models import Visit

REGISTERED_BY_HAND = ("survey", "theory")
TITLE_LIMIT = 255


@dataclass(frozen=True, slots=True)
class Draft:
    """A county report as a Word document, with what it was made from: `dataset_hash` is the hash of the bundle's manifest."""

    visit_id: str
    region_code: str
    title: str
    file_name: str
    content: bytes
    dataset_hash: str
    drafted_on: date


def make_county_draft(
    session: Session, visit_id: str, county_code: str, *, language: str, today: date, progress: Progress | None = None
) -> Draft:
    """The draft on one county of one visit, from the visit's bundle brought up to date; writes nothing to the database.

    `county_code` has six digits (twelve are understood), `language` is "zh" or "en". NOT_FOUND when no accepted interview is there.
    """
    county = county_code.strip()[:6]
    visit, found = find_reportable(session, visit_id.strip(), county)
    with fresh_bundle(session, visit.id, progress) as (path, exported):
        bundle = read_bundle(path)
    content = draft_county_report(bundle, visit.id, county, language=language, today=today)
    return Draft(
        visit_id=visit.id,
        region_code=county.ljust(12, "0"),
        title=title_of_draft(visit.title, found.name, language),
        file_name=f"{visit.id}-{county}-{language}.docx",
        content=content,
        dataset_hash=exported.manifest["hash"],
        drafted_on=today,
    )


def register_draft(session: Session, actor: User | None, draft: Draft, storage: Storage, now: datetime) -> Report:
    """The draft's row in the register, its file stored; the same document is registered once."""
    sha256 = storage.put(draft.content)
    known = session.scalars(select(Report).where(Report.kind == "county", Report.sha256 == sha256)).first()
    if known is not None:
        return known
    report = Report(
        kind="county",
        title=draft.title[:TITLE_LIMIT],
        visit_id=draft.visit_id,
        region_code=draft.region_code,
        reported_on=draft.drafted_on,
        created_at=now,
        created_by_id=actor.id if actor else None,
        sha256=sha256,
        dataset_hash=draft.dataset_hash,
    )
    session.add(report)
    session.flush()
    log_event(session, report.created_by_id, "report.drafted", "report", report.id, now, sha256=sha256, dataset_hash=draft.dataset_hash)
    return report


def register_report(
    session: Session, actor: User | None, *, kind: str, title: str, reported_on: date, now: datetime, visit_id: str | None = None
) -> Report:
    """A survey report or theoretical report that was written elsewhere, in the register and so in the work ledger.

    Raises INVALID_VALUE for another kind or an empty title, NOT_FOUND for an unknown visit.
    """
    if kind not in REGISTERED_BY_HAND:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="kind", detail=f"'{kind}' is not one of {', '.join(REGISTERED_BY_HAND)}")
    if not title.strip() or len(title.strip()) > TITLE_LIMIT:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="title", detail=f"write a title of at most {TITLE_LIMIT} characters")
    if visit_id and session.get(Visit, visit_id) is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key=visit_id, remedy="Leave it empty if the report belongs to none.")
    report = Report(
        kind=kind,
        title=title.strip(),
        visit_id=visit_id or None,
        reported_on=reported_on,
        created_at=now,
        created_by_id=actor.id if actor else None,
    )
    session.add(report)
    session.flush()
    log_event(session, report.created_by_id, "report.registered", "report", report.id, now, kind=kind)
    return report


def remove_report(session: Session, actor: User, report: Report, now: datetime) -> None:
    """Nothing; the report leaves the register. The event log keeps that it was there, and the storage keeps its file."""
    log_event(session, actor.id, "report.removed", "report", report.id, now, kind=report.kind, title=report.title, sha256=report.sha256)
    session.delete(report)
    session.flush()
