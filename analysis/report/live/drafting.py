"""Drafting the same report again: by the parameters that a file keeps, from the sources of another day."""

from collections.abc import Mapping
from datetime import date

from analysis.bundle import Bundle
from analysis.report.kinds.records import About, Sources
from analysis.report.live.redraft import Redraft, redraft_of
from analysis.report.live.resolving import Resolved, resolver_of
from analysis.report.outward.drafting import INWARD, OUTWARD, draft_for, outward_sources
from analysis.report.outward.small import told_evidence, told_text
from questionnaires.errors import ErrorCode, SurveyError

MOST_DIGITS = 9
"""No number among the parameters of a report has more."""


def about_of(parameters: Mapping[str, str]) -> About:
    """What a report with these parameters is about."""
    year, quarter, month = (whole_number(parameters, name) for name in ("year", "quarter", "month"))
    visit_id, county_code, village_code, area = (parameters.get(name, "") for name in ("visit_id", "county_code", "village_code", "area"))
    return About(visit_id, county_code, village_code, area, year, quarter, month)


def whole_number(parameters: Mapping[str, str], name: str) -> int:
    """The number that a parameter is; 0 for one that is none, for a file may say anything."""
    text = parameters.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else 0


def sources_of_bundle(parameters: Mapping[str, str], bundle: Bundle, *, today: date) -> Sources:
    """What a report with these parameters is made of where there is a bundle and no register. NOT_FOUND for an unknown visit."""
    about = about_of(parameters)
    if about.visit_id:
        bundle.visit(about.visit_id)
    return Sources(
        about=about,
        language=parameters.get("language", "zh"),
        today=today,
        bundles=(bundle,),
        minimum_n=whole_number(parameters, "minimum_n"),
        calibrate=tuple(filter(None, parameters.get("calibrate", "").split(","))),
    )


def redraft_from(parameters: Mapping[str, str], sources: Sources, *, key: bytes = b"", names: Mapping[str, str] | None = None) -> Redraft:
    """The report with these parameters from these sources; `key` and `names` as in `draft_for`.

    INVALID_VALUE for a document that was not drafted by parameters.
    """
    kind, audience = parameters.get("kind", ""), parameters.get("audience", INWARD)
    if not kind:
        detail = "the file does not say what kind of report it is, so it cannot be drafted anew. Take a draft from the register"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="kind", detail=detail)
    outline = draft_for(kind, sources, audience, key=key, names=names, with_evidence=False)
    if audience != OUTWARD:
        return redraft_of(outline, resolver_of(sources).resolve)
    resolver = resolver_of(outward_sources(sources, key)[0])
    return redraft_of(outline, lambda address: _told(address, resolver.resolve(address)))


def _told(address: str, found: Resolved | None) -> Resolved | None:
    """What an address says, as far as those outside may be told."""
    return None if found is None else Resolved(told_text(address, found.text), told_evidence(address, found.evidence))
