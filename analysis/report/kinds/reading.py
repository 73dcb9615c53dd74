"""Reading the interviews of a visit for a report: figures, coverage, and the values of text blocks. Nothing is computed but estimates."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.bundle import COUNTY_DIGITS, Bundle, Visit
from analysis.report.coverage import Coverage, read_coverage
from analysis.report.facts import Line, counties_of, read_lines, read_visit_lines
from analysis.report.kinds.blocks import block_text, fill_block, find_block
from analysis.report.kinds.records import Sources
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import count
from analysis.report.live.origin import Origin, one_hash
from analysis.report.outline import Block, Outline, Paragraph
from analysis.report.texts import Words
from questionnaires.errors import ErrorCode, SurveyError


@dataclass(frozen=True)
class Reading:
    """What a report reads of one visit, or of one of its counties: `lines` hold its figures, `coverages` who was reached by county."""

    bundle: Bundle
    visit: Visit
    county_code: str
    counties: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    coverages: Mapping[str, Coverage]
    estimates: pd.DataFrame
    """The table that the lines are read from."""

    @property
    def county(self) -> str:
        """The name of the one county, "" for a visit as a whole."""
        return dict(self.counties)[self.county_code] if self.county_code else ""

    @property
    def coverage(self) -> Coverage:
        """Who was reached in the one county."""
        return self.coverages[self.county_code]

    @property
    def domain(self) -> tuple[str, str]:
        """The domain that the report's figures are of: the county, or the visit as a whole."""
        return ("county", self.county_code) if self.county_code else ("visit", self.visit.id)

    @property
    def bases(self) -> tuple[str, ...]:
        """How villages were chosen, each way once."""
        return tuple(dict.fromkeys(basis for coverage in self.coverages.values() for basis in coverage.bases))

    @property
    def place(self) -> str:
        """Visit, and county if there is one, as addresses of figures name them."""
        return f"{self.visit.id}/{self.county_code}" if self.county_code else self.visit.id


def read_visit(sources: Sources, *, county_code: str = "") -> Reading:
    """The reading of the report's visit, or of one of its counties; NOT_FOUND for another visit, EMPTY_DATASET without interviews there."""
    return read_interviews(sources.bundle, sources.about.visit_id, sources, county_code=county_code)


def read_interviews(bundle: Bundle, visit_id: str, sources: Sources, *, county_code: str = "") -> Reading:
    """As `read_visit` for one of several bundles."""
    visit, language = bundle.visit(visit_id), sources.language
    codes = counties_of(bundle, visit_id)
    if not codes or (county_code and county_code not in codes):
        place = f"{bundle.path} ({visit_id}{', ' if county_code else ''}{county_code})"
        raise SurveyError(ErrorCode.EMPTY_DATASET, place=place, form_id="any questionnaire")
    estimates = sources.estimates.table(bundle, visit_id, minimum_n=sources.minimum_n, calibrate=sources.calibrate)
    if county_code:
        lines = read_lines(bundle, estimates, visit_id, county_code, language)
    else:
        lines = read_visit_lines(bundle, estimates, visit_id, language)
    chosen = (county_code,) if county_code else codes
    return Reading(
        bundle,
        visit,
        county_code,
        tuple((code, bundle.place_name(code)) for code in chosen),
        lines,
        {code: read_coverage(bundle, visit_id, code, language) for code in chosen},
        estimates,
    )


def county_of_village(code: str) -> str:
    """The six digits of a village's county."""
    return code[:COUNTY_DIGITS]


def values_of(reading: Reading, voice: Voice, n_issues: int, sources: Sources) -> dict[str, Words]:
    """What the placeholders of text blocks about a visit or county stand for."""
    coverages = list(reading.coverages.values())
    numbers = {
        "villages": sum(len(coverage.villages) for coverage in coverages),
        "interviewed": sum(coverage.n_interviewed for coverage in coverages),
        "persons": sum(coverage.n_persons for coverage in coverages),
        "pairs": _n_pairs(reading),
        "counties": len(coverages),
    }
    counts = {name: count(f"count:{name}@{reading.place}", n) for name, n in numbers.items()}
    return {
        "visit": reading.visit.title,
        "county": reading.county,
        "dates": voice.span(reading.visit.starts_on, reading.visit.ends_on),
        "start": voice.day(reading.visit.starts_on),
        "end": voice.day(reading.visit.ends_on),
        "day": voice.day(sources.today),
        "n_villages": counts["villages"],
        "n_households": counts["interviewed"],
        "n_persons": counts["persons"],
        "n_pairs": counts["pairs"],
        "n_counties": counts["counties"],
        "n_issues": count(f"issues:told@{reading.place}", n_issues),
    }


def paragraphs(sources: Sources, name: str, values: Mapping[str, Words]) -> list[Block]:
    """The paragraphs of a text block in the organisation's words, or in those of the program."""
    block = find_block(name)
    return [Paragraph(text) for text in fill_block(block, block_text(block, sources.texts, sources.language), values)]


def paragraphs_on_issues(sources: Sources, name: str, values: Mapping[str, Words], *, has_issues: bool) -> list[Block]:
    """The paragraphs of a block that speaks of issues; where none is told, only those of an organisation."""
    return paragraphs(sources, name, values) if has_issues or name in sources.texts else []


def is_invented(bundle: Bundle, visit: Visit) -> bool:
    """Whether the visit or one of its places is of the demonstration."""
    places = bundle.visit_villages.loc[bundle.visit_villages["visit_id"] == visit.id, "village_code"]
    invented = set(bundle.regions.loc[bundle.regions["is_invented"].astype(bool), "code"])
    return visit.is_invented or bool(invented & set(places))


def outline_of(kind: str, sources: Sources, title: str, blocks: list[Block], *, subject: str = "") -> Outline:
    """The outline with what its file tells of itself: what it is about, from which datasets, and how it is drafted again."""
    about, hashes = sources.about.record(), " ".join(bundle.dataset_hash for bundle in sources.all_bundles)
    parameters = {
        "kind": kind,
        "language": sources.language,
        **about,
        "minimum_n": str(sources.minimum_n),
        "calibrate": ",".join(sources.calibrate),
    }
    return Outline(
        title=title,
        language=sources.language,
        blocks=tuple(blocks),
        subject=subject,
        keywords=", ".join(about.values()),
        comments=f"dataset {one_hash(hashes)}" if hashes else "",
        origin=Origin(hashes, parameters),
    )


def _n_pairs(reading: Reading) -> int:
    """Different pairs of the whole visit, or of the county."""
    pairs: set[tuple[str, str]] = set()
    for (_, table), frame in reading.bundle.tables.items():
        if table == "main":
            here = frame[(frame["visit_id"] == reading.visit.id) & frame["county"].isin([code for code, _ in reading.counties])]
            both: pd.DataFrame = here[["lead_id", "second_id"]].dropna().drop_duplicates()
            pairs.update(zip(both["lead_id"], both["second_id"], strict=True))
    return len(pairs)
