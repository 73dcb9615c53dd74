"""Bringing a draft up to date and keeping it as the next version of its report."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.report.live.changes import Refreshed
from analysis.report.live.comments import with_comments
from analysis.report.live.drafting import about_of
from analysis.report.live.opening import read_parameters
from analysis.report.live.refreshing import refresh_document
from analysis.report.live.resolving import resolver_of
from analysis.report.live.rows import Rows
from analysis.report.live.tracing import Trace, trace_document
from analysis.report.outward.drafting import INWARD
from survey.events import Event
from survey.reports.operations import Draft
from survey.reports.queries import CODE_DIGITS
from survey.reports.redrafts import redraft_now


@dataclass(frozen=True, slots=True)
class Renewed:
    """A draft brought up to date as the register takes it, and what changed in it."""

    draft: Draft
    refreshed: Refreshed


def renew(session: Session, content: bytes, name: str, *, today: date) -> Renewed:
    """The author's file with the figures of today; writes nothing. Raises UNREADABLE_DOCUMENT for a file that is none of ours.

    The new version bears the title that the file has in its name, so that an author finds it again.
    """
    digest = session.scalar(select(Event.digest).order_by(Event.number.desc()).limit(1))
    parameters = read_parameters(content, name)
    refreshed = refresh_document(content, lambda known: redraft_now(session, known, today=today)[1], name=name)
    about = about_of(parameters)
    place = about.village_code or about.county_code
    draft = Draft(
        visit_id=about.visit_id or None,
        region_code=place.ljust(CODE_DIGITS, "0") if place else None,
        title=name.removesuffix(".docx"),
        file_name=name,
        content=refreshed.content,
        datasets=refreshed.dataset_hash,
        drafted_on=today,
        kind=parameters["kind"],
        language=parameters.get("language", "zh"),
        audience=parameters.get("audience", INWARD),
        parameters=about.record(),
        state_digest=digest,
    )
    return Renewed(draft, refreshed)


def trace(session: Session, content: bytes, name: str, *, today: date) -> Trace:
    """Each figure of the file beside the data of today; errors as `renew`."""
    return trace_document(content, lambda known: redraft_now(session, known, today=today)[1], name=name)


def with_evidence(session: Session, content: bytes, *, today: date, names_interviews: bool) -> bytes:
    """The draft with comments that say what stands behind its figures; interviews are named to those who may open them.

    Raises UNREADABLE_DOCUMENT for a file that is none of ours.
    """
    parameters = read_parameters(content)
    language = parameters.get("language", "zh")
    if not names_interviews:
        return with_comments(content, language=language, today=today)
    sources, _ = redraft_now(session, parameters, today=today)
    return with_comments(content, language=language, today=today, rows_behind=Rows(sources.all_bundles, resolver_of(sources)).behind)
