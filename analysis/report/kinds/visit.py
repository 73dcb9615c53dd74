"""The survey report of a visit 调研报告: how it was carried out, what is in order, counties compared, issues, suggestions, method."""

from collections.abc import Iterator, Sequence

from analysis.report.kinds.findings import contrasts
from analysis.report.kinds.issue_items import issue_table, problem_blocks, recommendation_blocks, told_issues
from analysis.report.kinds.method import method_blocks
from analysis.report.kinds.parts import achievements, area_of, notices, quoted, shortcomings, suggestion_texts
from analysis.report.kinds.place_tables import place_tables, reached_table
from analysis.report.kinds.reading import Reading, outline_of, paragraphs, paragraphs_on_issues, read_visit, values_of
from analysis.report.kinds.records import IssueFact, MeetingFact, Sources
from analysis.report.kinds.sentences import common, feedback, visit
from analysis.report.kinds.state_words import MEETING_NAMES
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import count, told_contrasts
from analysis.report.outline import Attachments, Block, Heading, Outline, Paragraph
from analysis.report.texts import Reference
from analysis.words import name_in, short_area_name
from questionnaires.model import AREAS

MAX_CONTRASTS = 5


def draft_visit(sources: Sources) -> Outline:
    """The report on all counties of one visit."""
    reading = read_visit(sources)
    voice = Voice(sources.language, common.SENTENCES, feedback.SENTENCES, visit.SENTENCES)
    issues = told_issues(sources.issues)
    values = values_of(reading, voice, len(issues), sources)
    blocks: list[Block] = [*notices(voice, reading), *paragraphs(sources, "visit.introduction", values)]
    blocks.append(Heading(voice.say("conduct")))
    blocks += _conduct(voice, reading, sources.meetings)
    blocks.append(Heading(voice.say("achievements")))
    blocks += achievements(voice, reading)
    blocks.append(Heading(voice.say("comparison")))
    blocks += _comparison(voice, reading)
    blocks.append(Heading(voice.say("problems")))
    blocks += shortcomings(voice, reading)
    blocks += _problems(voice, reading, issues)
    blocks += quoted(voice, sources.quotations)
    blocks.append(Heading(voice.say("suggestions")))
    blocks += recommendation_blocks(voice, issues, suggestion_texts(sources, values))
    blocks += paragraphs_on_issues(sources, "visit.closing", values, has_issues=bool(issues))
    blocks += [Attachments((voice.say("annex_method"),))]
    blocks.append(Heading(voice.say("annex_only", text=voice.say("annex_method")), is_annex=True))
    blocks += method_blocks(sources, reading)
    return outline_of(
        "visit",
        sources,
        voice.say("title", visit=reading.visit.title),
        blocks,
        subject=reading.visit.title,
    )


def _conduct(voice: Voice, reading: Reading, meetings: Sequence[MeetingFact]) -> Iterator[Block]:
    yield Paragraph(voice.tell("reached", table=Reference("reached")))
    yield reached_table(voice, reading.counties, reading.coverages)
    if meetings:
        kinds = [kind for kind in MEETING_NAMES["zh"] if any(meeting.kind == kind for meeting in meetings)]
        items = [
            voice.tell(
                "meeting",
                name=name_in(MEETING_NAMES, voice.language, kind),
                n=count(f"meetings:{kind}@{reading.visit.id}", sum(meeting.kind == kind for meeting in meetings)),
            )
            for kind in kinds
        ]
        yield Paragraph(voice.tell("meetings", n=count(f"meetings:all@{reading.visit.id}", len(meetings)), items=voice.listed(items)))


def _comparison(voice: Voice, reading: Reading) -> Iterator[Block]:
    if len(reading.counties) == 1:
        yield Paragraph(voice.tell("one_county"))
        return
    found = contrasts(reading.lines, "county", reading.counties, MAX_CONTRASTS)
    yield from map(Paragraph, told_contrasts(voice, found) or [voice.tell("no_contrast")])
    yield Paragraph(voice.tell("comparison_intro"))
    places = [("visit", reading.visit.id, voice.say("all_visited_counties")), *(("county", code, name) for code, name in reading.counties)]
    for area in AREAS:
        members = [line for line in reading.lines if area_of(line) == area]
        yield from place_tables(voice, members, places, short_area_name(voice.language, area))


def _problems(voice: Voice, reading: Reading, issues: Sequence[IssueFact]) -> Iterator[Block]:
    if issues:
        n_counties = len({issue.county_code for issue in issues})
        figures = {"n": count(f"issues:told@{reading.place}", len(issues))}
        figures["n_counties"] = count(f"issues:counties@{reading.place}", n_counties)
        yield Paragraph(voice.tell("problems_intro", table=Reference("issues"), **figures))
    yield from problem_blocks(voice, issues)
    if issues:
        yield issue_table(voice, issues, names_county=len(reading.counties) > 1, key="issues")
