"""The study of one area across counties and visits 专题调研报告: figures side by side, differences, issues, their roots, suggestions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.report.facts import Line
from analysis.report.kinds.findings import contrasts, judge
from analysis.report.kinds.issue_items import issue_table, problem_blocks, recommendation_blocks, told_issues
from analysis.report.kinds.parts import area_of, quoted, suggestion_texts
from analysis.report.kinds.place_tables import Place, place_tables
from analysis.report.kinds.reading import Reading, is_invented, outline_of, paragraphs, read_interviews
from analysis.report.kinds.records import IssueFact, Sources
from analysis.report.kinds.sentences import area, common
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import against_reference, basis_sentence, count, told_contrasts
from analysis.report.outline import Block, Heading, Outline, Paragraph, Row, Table
from analysis.report.texts import Reference, Words
from analysis.words import AREA_NAMES, name_in, short_area_name

MAX_CONTRASTS = 3
MAX_FINDINGS = 4
ATTRIBUTIONS = ("planned", "local", "above")


@dataclass(frozen=True)
class _Part:
    """One visit that the study takes in, with its lines of the area."""

    reading: Reading
    lines: tuple[Line, ...]


def draft_area(sources: Sources) -> Outline:
    """The study of one area over the visits of all bundles. Figures of different visits are never pooled."""
    code, year = sources.about.area, sources.about.year
    voice = Voice(sources.language, common.SENTENCES, area.SENTENCES)
    parts = [
        _Part(reading, tuple(line for line in reading.lines if area_of(line) == code))
        for bundle in sources.bundles
        for visit in bundle.visits
        for reading in [read_interviews(bundle, visit.id, sources)]
    ]
    issues = told_issues([issue for issue in sources.issues if issue.area == code])
    label, place = name_in(AREA_NAMES, sources.language, code), f"{code}{f'/{year}' if year else ''}"
    counties = {county for part in parts for county, _ in part.reading.counties}
    n_households = sum(coverage.n_interviewed for part in parts for coverage in part.reading.coverages.values())
    values: dict[str, Words] = {
        "area": label,
        "day": voice.day(sources.today),
        "n_visits": count(f"study:visits@{place}", len(parts)),
        "n_counties": count(f"study:counties@{place}", len(counties)),
        "n_households": count(f"study:households@{place}", n_households),
        "n_issues": count(f"study:issues@{place}", len(issues)),
    }
    blocks: list[Block] = []
    if any(is_invented(part.reading.bundle, part.reading.visit) for part in parts):
        blocks.append(Paragraph(voice.tell("invented"), "notice"))
    blocks += [Paragraph(voice.tell("draft"), "notice"), *paragraphs(sources, "area.introduction", values)]
    blocks += [Heading(voice.say("sources_heading")), Paragraph(voice.tell("not_pooled")), _visits_table(voice, parts)]
    blocks.append(Heading(voice.say("figures_heading")))
    blocks += _figures(voice, parts, short_area_name(sources.language, code))
    blocks.append(Heading(voice.say("problems")))
    blocks += problem_blocks(voice, issues)
    blocks += _roots(voice, issues, place)
    blocks += quoted(voice, [quotation for quotation in sources.quotations if quotation.area in ("", code)])
    blocks.append(Heading(voice.say("suggestions")))
    blocks += recommendation_blocks(voice, issues, suggestion_texts(sources, values))
    blocks += paragraphs(sources, "area.closing", values)
    title = voice.say("title_year" if year else "title", area=short_area_name(sources.language, code), year=year)
    return outline_of("area", sources, title, blocks, subject=label)


def _visits_table(voice: Voice, parts: Sequence[_Part]) -> Table:
    rows = []
    for part in parts:
        reading = part.reading
        rows.append(
            Row(
                (
                    reading.visit.title,
                    count(f"count:counties@{reading.place}", len(reading.counties)),
                    count(f"count:villages@{reading.place}", sum(len(each.villages) for each in reading.coverages.values())),
                    count(f"count:interviewed@{reading.place}", sum(each.n_interviewed for each in reading.coverages.values())),
                )
            )
        )
    header = tuple(voice.say(key) for key in ("th_visit", "th_counties", "th_villages", "th_interviewed"))
    return Table(voice.say("visits_table"), header, tuple(rows), (4, 1, 1, 1))


def _figures(voice: Voice, parts: Sequence[_Part], label: str) -> Iterator[Block]:
    told = [part for part in parts if part.lines]
    if not told:
        yield Paragraph(voice.tell("no_indicators"))
    for part in told:
        reading = part.reading
        yield Heading(reading.visit.title, 2)
        findings = judge(part.lines, "visit", reading.visit.id)[:MAX_FINDINGS]
        yield Paragraph(voice.joined([basis_sentence(voice, reading.bases), *against_reference(voice, findings)]))
        if len(reading.counties) > 1:
            found = contrasts(part.lines, "county", reading.counties, MAX_CONTRASTS)
            yield from map(Paragraph, told_contrasts(voice, found))
        yield from place_tables(voice, part.lines, _places(voice, reading), label)


def _places(voice: Voice, reading: Reading) -> list[Place]:
    whole: Place = ("visit", reading.visit.id, voice.say("all_visited_counties"))
    counties: list[Place] = [("county", code, name) for code, name in reading.counties]
    return [whole, *counties] if len(counties) > 1 else counties


def _roots(voice: Voice, issues: Sequence[IssueFact], place: str) -> Iterator[Block]:
    """Where the roots of the issues lie, and the list of them."""
    if not issues:
        return
    items = [
        voice.tell(f"attribution_item_{attribution}", n=count(f"study:{attribution}@{place}", n))
        for attribution in ATTRIBUTIONS
        if (n := sum(issue.attribution == attribution for issue in issues))
    ]
    sentences = [voice.tell("attributions", items=voice.listed(items))] if items else []
    yield Paragraph(voice.joined([*sentences, voice.tell("problems_listed", table=Reference("issues"))]))
    yield issue_table(voice, issues, names_county=True, key="issues")
