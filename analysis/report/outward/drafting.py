"""The same report for another audience: what is drafted for those outside is made of sources without the villages' names."""

from collections.abc import Mapping
from dataclasses import replace

from analysis.report.kinds.records import IssueFact, Sources
from analysis.report.kinds.registry import draft_outline
from analysis.report.outline import Outline
from analysis.report.outward.coding import Coding, code_villages, coded_bundle
from analysis.report.outward.masking import masked
from analysis.report.outward.patterns import short_village
from analysis.report.outward.small import MINIMUM, withheld

INWARD, OUTWARD = "inward", "outward"


def draft_for(
    kind: str,
    sources: Sources,
    audience: str = INWARD,
    *,
    key: bytes = b"",
    names: Mapping[str, str] | None = None,
    with_evidence: bool = True,
) -> Outline:
    """The report for an audience; both versions have the same outline. Errors as `draft_outline`.

    Outward, villages have codes dealt by the secret `key`, figures of few households are withheld, and `names` are replaced wherever a
    text still says them: of persons by what they are masked as. An inward draft is the report as it is.
    """
    if audience != OUTWARD:
        return draft_outline(kind, sources, with_evidence=with_evidence)
    outside, coding = outward_sources(sources, key)
    known = {
        said: coding.names[village]
        for village, name in village_names(sources).items()
        if village in coding.names
        for said in spoken_names(name)
    }
    outline = masked(withheld(draft_outline(kind, outside, with_evidence=with_evidence)), {**known, **(names or {})})
    if outline.origin is None:
        return outline
    origin = replace(outline.origin, parameters={**outline.origin.parameters, "audience": OUTWARD})
    return replace(outline, origin=origin)


def outward_sources(sources: Sources, key: bytes) -> tuple[Sources, Coding]:
    """The sources with their villages under codes and figures of few answers withheld, and the codes."""
    coding = code_villages(sources.all_bundles, key, sources.language)
    outside = replace(
        sources,
        about=replace(sources.about, village_code=coding.code_of(sources.about.village_code)),
        bundles=tuple(coded_bundle(bundle, coding) for bundle in sources.bundles),
        before=None if sources.before is None else coded_bundle(sources.before, coding),
        issues=tuple(_outward_issue(issue, coding) for issue in sources.issues),
        minimum_n=max(sources.minimum_n, MINIMUM),
    )
    return outside, coding


def village_names(sources: Sources) -> dict[str, str]:
    """The names of the villages of the sources, by their codes."""
    found: dict[str, str] = {}
    for bundle in sources.all_bundles:
        found |= {code: name for code, name in bundle.place_names.items() if not code.endswith("000")}
    return found


def spoken_names(village: str) -> tuple[str, ...]:
    """A village's name as it is written and, where at least three signs are left, without 村 or 社区."""
    short = short_village(village)
    return (village, short) if len(short) > 2 and short != village else (village,)


def _outward_issue(issue: IssueFact, coding: Coding) -> IssueFact:
    code = issue.place_code.ljust(12, "0")
    if code not in coding.codes:
        return issue
    return replace(issue, place=coding.names[code], place_code=coding.codes[code])
