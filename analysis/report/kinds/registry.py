"""The kinds of reports with the functions that make them: whoever has the sources gets the document as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analysis.report.kinds.area import draft_area
from analysis.report.kinds.county import draft_county
from analysis.report.kinds.feedback import draft_feedback
from analysis.report.kinds.look_back import draft_look_back
from analysis.report.kinds.method import draft_method
from analysis.report.kinds.month import draft_month
from analysis.report.kinds.names import KIND_NAMES, KindName
from analysis.report.kinds.quarter import draft_quarter
from analysis.report.kinds.records import Sources
from analysis.report.kinds.village import draft_village
from analysis.report.kinds.visit import draft_visit
from analysis.report.kinds.year import draft_year
from analysis.report.live.redraft import evidenced
from analysis.report.live.resolving import resolver_of
from analysis.report.outline import Outline
from analysis.words import LANGUAGES
from questionnaires.errors import ErrorCode, SurveyError, not_one_of


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind with the function that makes its outline."""

    told: KindName
    draft: Callable[[Sources], Outline]


_DRAFTS: Mapping[str, Callable[[Sources], Outline]] = {
    "feedback": draft_feedback,
    "visit": draft_visit,
    "village": draft_village,
    "look_back": draft_look_back,
    "quarter": draft_quarter,
    "month": draft_month,
    "year": draft_year,
    "area": draft_area,
    "method": draft_method,
    "county": draft_county,
}
KINDS: Mapping[str, Kind] = MappingProxyType({told.name: Kind(told, _DRAFTS[told.name]) for told in KIND_NAMES})


def find_kind(name: str) -> Kind:
    """The kind of this name; NOT_FOUND naming those that there are."""
    if name not in KINDS:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Kind of report", key=name, remedy="There are: {choices}.", choices=", ".join(KINDS))
    return KINDS[name]


def draft_outline(kind: str, sources: Sources, *, with_evidence: bool = True) -> Outline:
    """The report as data, with what stands behind each of its figures unless that is not asked for.

    NOT_FOUND for an unknown kind, INVALID_VALUE for another language or a parameter that is missing.
    """
    found = find_kind(kind)
    if sources.language not in LANGUAGES:
        raise not_one_of("language", sources.language, LANGUAGES)
    given = sources.about.record()
    missing = [name for name in found.told.about if name not in given]
    if missing:
        title = found.told.titles["en"]
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="Report '{title}'", detail="it needs {missing}.", title=title, missing=", ".join(missing)
        )
    outline = found.draft(sources)
    return evidenced(outline, resolver_of(sources).resolve) if with_evidence else outline
