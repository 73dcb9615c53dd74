"""The same report again: by what a file keeps of how it was drafted, from this installation as it is or from a bundle."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import Bundle
from analysis.report.kinds.records import Sources
from analysis.report.live.drafting import about_of, redraft_from, sources_of_bundle, whole_number
from analysis.report.live.opening import read_parameters
from analysis.report.live.redraft import Redraft
from analysis.report.outward.coding import code_villages
from analysis.report.outward.drafting import INWARD, OUTWARD, outward_sources
from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles.export import Progress
from survey.reports.audiences import village_key
from survey.reports.sources import read_sources
from survey.visits.models import Visit


def redraft_now(
    session: Session, parameters: Mapping[str, str], *, today: date, progress: Progress | None = None
) -> tuple[Sources, Redraft]:
    """What the report with these parameters is made of today, and the report; errors as `read_sources` and `redraft_from`."""
    about, kind = about_of(parameters), parameters.get("kind", "")
    language = parameters.get("language", "zh")
    if parameters.get("audience", INWARD) == OUTWARD and about.village_code:
        visit = replace(about, village_code="", county_code="")
        bundles = read_sources(session, "method", visit, language=language, today=today, progress=progress).bundles
        about = replace(about, village_code=code_villages(bundles, village_key(), language).village_of(about.village_code))
    sources = read_sources(session, kind, about, language=language, today=today, progress=progress)
    chosen: dict[str, Any] = {"minimum_n": whole_number(parameters, "minimum_n")} if parameters.get("audience", INWARD) == INWARD else {}
    sources = replace(sources, calibrate=tuple(filter(None, parameters.get("calibrate", "").split(","))), **chosen)
    return _redraft(parameters, sources)


def redraft_of_bundle(bundle: Bundle, parameters: Mapping[str, str], *, today: date) -> tuple[Sources, Redraft]:
    """As `redraft_now` from a bundle, which holds no register: what comes from there stays as it is."""
    return _redraft(parameters, sources_of_bundle(parameters, bundle, today=today))


def _redraft(parameters: Mapping[str, str], sources: Sources) -> tuple[Sources, Redraft]:
    """The sources as the file's audience knows them, and the report."""
    key = village_key()
    drafted = redraft_from(parameters, sources, key=key)
    return (outward_sources(sources, key)[0] if parameters.get("audience") == OUTWARD else sources), drafted


def visits_of_file(session: Session, content: bytes) -> tuple[str, ...]:
    """The visit that a draft of ours is about, or all visits where it is about none or the file is not ours."""
    try:
        visit_id = read_parameters(content).get("visit_id", "")
    except SurveyError as error:
        if error.code is not ErrorCode.UNREADABLE_DOCUMENT or error.values.get("reason") != "not_ours":
            raise
        visit_id = ""
    return (visit_id,) if visit_id else tuple(session.scalars(select(Visit.id)))
