"""The content of the feedback report on one county: what is said in which order. The figures come from the estimates."""

from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd

from analysis.bundle import Bundle
from analysis.charts.area_charts import area_charts
from analysis.charts.numbers import bars_of
from analysis.charts.pictures import png_of
from analysis.charts.style import WIDTH_IN
from analysis.codebook import MAIN
from analysis.indicators import compute_indicators
from analysis.report.coverage import Coverage, read_coverage
from analysis.report.facts import IssueCount, Line, count_issues, read_lines
from analysis.report.live.origin import Origin
from analysis.report.narrative import day_text, describe_area, describe_coverage, describe_whole
from analysis.report.outline import Block, Heading, Outline, Paragraph, Picture
from analysis.report.sentences import say, tell
from analysis.report.tables import annex_tables, area_tables, coverage_table, issues_table
from analysis.report.texts import dataset_figure, lines_of
from analysis.report.word.document import write_word
from analysis.words import AREA_NAMES, LANGUAGES, name_in
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import AREAS

MM_PER_INCH = 25.4


def draft_county_report(
    bundle: Bundle,
    visit_id: str,
    county_code: str,
    *,
    language: str = "zh",
    today: date,
    minimum_n: int = 0,
    calibrate: Sequence[str] = (),
) -> bytes:
    """The draft as the bytes of a .docx file; the same bundle, language and day give the same bytes.

    Raises NOT_FOUND for an unknown visit, EMPTY_DATASET when the county has no accepted interview of it, INVALID_VALUE for a language
    other than "zh" and "en". Figures that rest on fewer than `minimum_n` answers are not told. `calibrate` as in `compute_estimates`.
    """
    outline = outline_county_report(bundle, visit_id, county_code, language=language, today=today, minimum_n=minimum_n, calibrate=calibrate)
    return write_word(outline, today=today)


def outline_county_report(
    bundle: Bundle,
    visit_id: str,
    county_code: str,
    *,
    language: str = "zh",
    today: date,
    minimum_n: int = 0,
    calibrate: Sequence[str] = (),
) -> Outline:
    """The draft as data; errors as `draft_county_report`."""
    if language not in LANGUAGES:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="language", detail=f"'{language}' is not one of {', '.join(LANGUAGES)}.")
    visit = bundle.visit(visit_id)
    county = bundle.place_name(county_code)
    if county_code not in counties_of(bundle, visit_id):
        place = f"{bundle.path} ({visit_id}, {county_code} {county})"
        raise SurveyError(ErrorCode.EMPTY_DATASET, place=place, form_id="any questionnaire")
    estimates = compute_indicators(bundle, visit_ids=[visit_id], minimum_n=minimum_n, calibrate=calibrate)
    lines = read_lines(bundle, estimates, visit_id, county_code, language)
    issues = count_issues(bundle, visit_id, county_code, language)
    coverage = read_coverage(bundle, visit_id, county_code, language)
    look_back_of = next((each.title for each in bundle.visits if each.id == visit.look_back_of), visit.look_back_of or "")
    blocks = [
        Paragraph(say(language, "subtitle", visit=visit.title, day=day_text(today, language)), "subtitle"),
        *_notices(bundle, visit.is_invented, coverage, language),
        Heading(say(language, "method_heading")),
        *map(Paragraph, describe_coverage(coverage, county, visit.starts_on, visit.ends_on, look_back_of, language)),
        *([Paragraph(say(language, "calibrated"))] if calibrate and _is_estimated(estimates, county_code) else []),
        coverage_table(coverage, language),
        Heading(say(language, "overall_heading")),
        *map(Paragraph, describe_whole(lines, issues, coverage, language)),
        *_areas(lines, issues, coverage, county, language),
        *_issues(issues, language),
        *_annexes(bundle, lines, coverage, county, language),
    ]
    return Outline(
        title=say(language, "title", county=county),
        language=language,
        blocks=tuple(blocks),
        subject=visit.title,
        keywords=f"{visit_id}, {county_code}",
        comments=f"dataset {bundle.dataset_hash}",
        origin=Origin(
            bundle.dataset_hash,
            {
                "kind": "county",
                "visit_id": visit_id,
                "county_code": county_code,
                "language": language,
                "minimum_n": str(minimum_n),
                "calibrate": ",".join(calibrate),
            },
        ),
    )


def _is_estimated(estimates: pd.DataFrame, county_code: str) -> bool:
    """Whether any figure of the county is of a sample, so that its weights count."""
    is_here = (estimates["county_code"] == county_code) & (estimates["domain_type"] == "county")
    return bool((estimates.loc[is_here, "basis"] != "purposive").any())


def counties_of(bundle: Bundle, visit_id: str) -> tuple[str, ...]:
    """The six-digit codes of the counties in which the visit has accepted interviews."""
    found: set[str] = set()
    for (_, table), frame in bundle.tables.items():
        if table == MAIN:
            found.update(frame.loc[frame["visit_id"] == visit_id, "county"])
    return tuple(sorted(found))


def _notices(bundle: Bundle, is_invented: bool, coverage: Coverage, language: str) -> Iterator[Block]:
    invented = set(bundle.regions.loc[bundle.regions["is_invented"].astype(bool), "code"])
    if is_invented or any(village.code in invented for village in coverage.villages):
        yield Paragraph(say(language, "invented"), "notice")
    yield Paragraph(say(language, "draft"), "notice")


def _areas(lines: Sequence[Line], issues: Sequence[IssueCount], coverage: Coverage, county: str, language: str) -> Iterator[Block]:
    villages = [(village.code, village.name) for village in coverage.villages]
    for area, members in _by_area(lines):
        of_area = [issue for issue in issues if issue.area == area]
        if not members and not of_area:
            continue
        label = name_in(AREA_NAMES, language, area)
        yield Heading(label)
        yield from map(Paragraph, describe_area(members, villages, of_area, language))
        yield from area_tables(members, villages, label, language)
        charts = area_charts(members, villages, county, language)
        for part, chart in enumerate(charts, 1):
            sentence = "picture_part" if len(charts) > 1 else "picture"
            caption = say(language, sentence, label=label, part=part, parts=len(charts))
            yield Picture(caption, png_of(chart), chart.alt, WIDTH_IN * MM_PER_INCH, bars=bars_of(chart, language))


def _issues(issues: Sequence[IssueCount], language: str) -> Iterator[Block]:
    yield Heading(say(language, "issues_heading"))
    if issues:
        yield Paragraph(say(language, "issues_intro"))
        yield issues_table(issues, language)
    else:
        yield Paragraph(say(language, "no_issues"))


def _annexes(bundle: Bundle, lines: Sequence[Line], coverage: Coverage, county: str, language: str) -> Iterator[Block]:
    villages = [(village.code, village.name) for village in coverage.villages]
    yield Heading(say(language, "annex_heading", number=1, text=say(language, "annex_villages")), is_annex=True)
    areas = [(name_in(AREA_NAMES, language, area), members) for area, members in _by_area(lines) if members]
    yield from annex_tables(areas, villages, county, language)
    yield Heading(say(language, "annex_heading", number=2, text=say(language, "annex_notes")), is_annex=True)
    for note in lines_of(tell(language, "notes", hash=dataset_figure(bundle.dataset_hash))):
        yield Paragraph(note)


def _by_area(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """The focus areas in the order of the report, each with its lines; an area that is not known is treated as "other"."""
    last = AREAS[-1]
    return [(area, [line for line in lines if (line.indicator.area if line.indicator.area in AREAS else last) == area]) for area in AREAS]
