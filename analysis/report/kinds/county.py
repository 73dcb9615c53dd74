"""The figures of one county of one visit, area by area, with charts and what rules raised: for the house."""

from collections.abc import Iterator, Sequence
from datetime import date

from analysis.bundle import Bundle
from analysis.charts.area_charts import area_charts
from analysis.charts.numbers import bars_of
from analysis.charts.pictures import png_of
from analysis.charts.style import WIDTH_IN
from analysis.report.captions import say
from analysis.report.facts import IssueCount, Line, count_issues
from analysis.report.kinds.county_narrative import describe_area, describe_coverage, describe_whole
from analysis.report.kinds.figure_tables import annex_tables, area_tables, coverage_tables, issues_table
from analysis.report.kinds.parts import area_of, notices
from analysis.report.kinds.reading import Reading, outline_of, read_visit
from analysis.report.kinds.records import About, Sources
from analysis.report.kinds.sentences import county
from analysis.report.kinds.voice import Voice
from analysis.report.outline import Block, Heading, Outline, Paragraph, Picture
from analysis.report.texts import dataset_figure, lines_of
from analysis.report.word.document import write_word
from analysis.words import AREA_NAMES, LANGUAGES, name_in
from questionnaires.errors import not_one_of
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
        raise not_one_of("language", language, LANGUAGES)
    about = About(visit_id, county_code)
    return draft_county(Sources(about, language, today, (bundle,), minimum_n=minimum_n, calibrate=tuple(calibrate)))


def draft_county(sources: Sources) -> Outline:
    """The figures of one county of one visit."""
    reading, language = read_visit(sources, county_code=sources.about.county_code), sources.language
    voice = Voice(language, county.SENTENCES)
    visit, coverage = reading.visit, reading.coverage
    issues = count_issues(reading.bundle, visit.id, reading.county_code, language)
    look_back_of = next((each.title for each in reading.bundle.visits if each.id == visit.look_back_of), visit.look_back_of or "")
    blocks = [
        Paragraph(voice.say("subtitle", visit=visit.title, day=voice.day(sources.today)), "subtitle"),
        *notices(voice, reading),
        Heading(voice.say("method_heading")),
        *map(Paragraph, describe_coverage(voice, coverage, reading.county, visit.starts_on, visit.ends_on, look_back_of)),
        *([Paragraph(voice.say("calibrated"))] if sources.calibrate and _is_estimated(reading) else []),
        *coverage_tables(coverage, language),
        Heading(voice.say("overall_heading")),
        *map(Paragraph, describe_whole(voice, reading.lines, issues, coverage)),
        *_areas(voice, reading, issues),
        *_issues(voice, issues, names_villages=len(coverage.villages) > 1),
        *_annexes(voice, reading),
    ]
    title = voice.say("title", county=reading.county)
    return outline_of("county", sources, title, blocks, subject=visit.title)


def _is_estimated(reading: Reading) -> bool:
    """Whether any figure of the county is of a sample, so that its weights count."""
    estimates = reading.estimates
    is_here = (estimates["county_code"] == reading.county_code) & (estimates["domain_type"] == "county")
    return bool((estimates.loc[is_here, "basis"] != "purposive").any())


def _areas(voice: Voice, reading: Reading, issues: Sequence[IssueCount]) -> Iterator[Block]:
    language, villages = voice.language, _villages(reading)
    for area, members in _by_area(reading.lines):
        of_area = [issue for issue in issues if issue.area == area]
        if not members and not of_area:
            continue
        label = name_in(AREA_NAMES, language, area)
        yield Heading(label)
        yield from map(Paragraph, describe_area(voice, members, villages, of_area))
        yield from area_tables(members, villages, label, language)
        charts = area_charts(members, villages, reading.county, language)
        for part, chart in enumerate(charts, 1):
            kind = "picture_dots" if any(row.dots for panel in chart.panels for row in panel.rows) else "picture"
            caption = say(language, f"{kind}_part" if len(charts) > 1 else kind, label=label, part=part, parts=len(charts))
            yield Picture(caption, png_of(chart), chart.alt, WIDTH_IN * MM_PER_INCH, bars=bars_of(chart, language))


def _issues(voice: Voice, issues: Sequence[IssueCount], *, names_villages: bool) -> Iterator[Block]:
    yield Heading(voice.say("issues_heading"))
    if issues:
        yield Paragraph(voice.say("issues_intro"))
        yield issues_table(issues, voice.language, names_villages=names_villages)
    else:
        yield Paragraph(voice.say("no_issues"))


def _annexes(voice: Voice, reading: Reading) -> Iterator[Block]:
    yield Heading(voice.say("annex_heading", number=1, text=voice.say("annex_villages")), is_annex=True)
    areas = [(name_in(AREA_NAMES, voice.language, area), members) for area, members in _by_area(reading.lines) if members]
    yield from annex_tables(areas, _villages(reading), reading.county, voice.language)
    yield Heading(voice.say("annex_heading", number=2, text=voice.say("annex_notes")), is_annex=True)
    yield from map(Paragraph, lines_of(voice.tell("notes", hash=dataset_figure(reading.bundle.dataset_hash))))


def _villages(reading: Reading) -> list[tuple[str, str]]:
    return [(village.code, village.name) for village in reading.coverage.villages]


def _by_area(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """The focus areas in the order of the report, each with its lines."""
    return [(area, [line for line in lines if area_of(line) == area]) for area in AREAS]
