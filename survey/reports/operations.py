"""Drafting reports from accepted interviews, and every write of the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.report.kinds.records import About, Quotation
from analysis.report.live.origin import one_hash
from analysis.report.official.formalities import Formalities, with_formalities
from analysis.report.official.house_style import HouseStyle
from analysis.report.outward.drafting import INWARD
from analysis.report.word.document import write_word
from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.bundles.export import Progress
from survey.events import Event, log_event
from survey.proof.heads import Head
from survey.proof.operations import head_now, keep_head
from survey.protection.erasing import Erasure, remove_after_commit
from survey.reports.audiences import outline_for
from survey.reports.models import REGISTERED_KINDS, Report
from survey.reports.queries import CODE_DIGITS
from survey.reports.sources import read_sources
from survey.storage import Storage
from survey.visits.models import Visit

REGISTERED_BY_HAND = REGISTERED_KINDS
TITLE_LIMIT, SUBJECT_LIMIT = 255, 160


@dataclass(frozen=True, slots=True)
class Draft:
    """A report as a Word document, with what it was made from: `datasets` are the hashes of its bundles with a blank between, "" of none.

    `visit_id` and `region_code` are None where it is about none. `state_digest` is the digest of the last event before it was made.
    """

    visit_id: str | None
    region_code: str | None
    title: str
    file_name: str
    content: bytes
    datasets: str
    drafted_on: date
    kind: str = "county"
    language: str = "zh"
    audience: str = INWARD
    parameters: Mapping[str, str] = field(default_factory=dict)
    state_digest: str | None = None
    head: Head | None = None
    """The head of the log that it prints, which is kept with the draft."""

    @property
    def dataset_hash(self) -> str | None:
        """The hash of its bundle, or one hash for all of several; None without one."""
        return one_hash(self.datasets) or None

    @property
    def subject(self) -> str:
        """What names the report of which this is a version: kind, parameters, language and audience."""
        about = ",".join(f"{name}={value}" for name, value in sorted(self.parameters.items()))
        return f"{self.kind}/{about}/{self.language}/{self.audience}"


def make_draft(
    session: Session,
    kind: str,
    about: About,
    *,
    language: str,
    today: date,
    audience: str = INWARD,
    quotations: Iterable[Quotation] = (),
    formalities: Formalities | None = None,
    house_style: HouseStyle | None = None,
    has_native_charts: bool = False,
    progress: Progress | None = None,
) -> Draft:
    """The draft of a report of any kind, from the bundles brought up to date and the register; writes nothing to the database.

    One for an outward `audience` has its villages under codes, small counts withheld and names masked. `formalities` make an official
    document of it, `house_style` is what it is written in, where that is not the program's own format; with `has_native_charts` bars are
    charts that Word draws.

    Raises NOT_FOUND or INVALID_VALUE, naming what there is, for what no such report can be drafted on.
    """
    digest = session.scalar(select(Event.digest).order_by(Event.number.desc()).limit(1))
    sources = read_sources(session, kind, about, language=language, today=today, quotations=quotations, progress=progress)
    outline = outline_for(session, kind, sources, audience)
    if formalities is not None:
        outline = with_formalities(outline, formalities)
    place = about.village_code or about.county_code
    return Draft(
        visit_id=about.visit_id or None,
        region_code=place.ljust(CODE_DIGITS, "0") if place else None,
        title=outline.title.replace("\n", "" if language == "zh" else " "),
        file_name=f"{'-'.join((kind, *about.record().values(), language, *((audience,) if audience != INWARD else ())))}.docx",
        content=write_word(outline, today=today, house_style=house_style, has_native_charts=has_native_charts),
        datasets=outline.origin.dataset_hash if outline.origin else "",
        drafted_on=today,
        kind=kind,
        language=language,
        audience=audience,
        parameters=about.record(),
        state_digest=digest,
        head=head_now(session),
    )


def register_draft(session: Session, actor: User | None, draft: Draft, storage: Storage, now: datetime) -> Report:
    """The draft's row in the register, its file stored, as the next version of its report; the same document is registered once."""
    sha256 = storage.put(draft.content)
    known = session.scalars(select(Report).where(Report.kind == draft.kind, Report.sha256 == sha256)).first()
    if known is not None:
        return known
    latest = session.scalar(select(func.max(Report.version)).where(Report.subject == draft.subject[:SUBJECT_LIMIT])) or 0
    report = Report(
        kind=draft.kind,
        title=draft.title[:TITLE_LIMIT],
        visit_id=draft.visit_id,
        region_code=draft.region_code,
        reported_on=draft.drafted_on,
        created_at=now,
        created_by_id=actor.id if actor else None,
        sha256=sha256,
        dataset_hash=draft.dataset_hash,
        language=draft.language,
        audience=draft.audience,
        parameters=dict(draft.parameters),
        subject=draft.subject[:SUBJECT_LIMIT],
        version=latest + 1,
        state_digest=draft.state_digest,
    )
    session.add(report)
    if draft.head is not None:
        keep_head(session, draft.head, now)
    session.flush()
    told: dict[str, Any] = {"sha256": sha256, "dataset_hash": draft.dataset_hash, "kind": draft.kind, "version": report.version}
    if draft.dataset_hash != (draft.datasets or None):
        told["datasets"] = draft.datasets.split()
    log_event(session, report.created_by_id, "report.drafted", "report", report.id, now, **told)
    return report


def register_report(
    session: Session, actor: User | None, *, kind: str, title: str, reported_on: date, now: datetime, visit_id: str | None = None
) -> Report:
    """A survey report or theoretical report that was written elsewhere, in the register and so in the work ledger.

    Raises INVALID_VALUE for another kind or an empty title, NOT_FOUND for an unknown visit.
    """
    if kind not in REGISTERED_BY_HAND:
        raise not_one_of("kind", kind, REGISTERED_BY_HAND)
    if not title.strip() or len(title.strip()) > TITLE_LIMIT:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="title", detail="write a title of at most {most} characters", most=TITLE_LIMIT)
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


def remove_report(session: Session, storage: Storage, actor: User, report: Report, now: datetime) -> None:
    """Nothing; the report leaves the register, and its file goes with the commit. The event log keeps that it was there."""
    log_event(session, actor.id, "report.removed", "report", report.id, now, kind=report.kind, title=report.title, sha256=report.sha256)
    session.delete(report)
    session.flush()
    remove_after_commit(session, storage, Erasure(files={report.sha256} if report.sha256 else set()))
