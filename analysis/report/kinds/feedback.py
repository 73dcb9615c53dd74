"""Feedback to a county 反馈意见: what was achieved, the verified issues by importance, what is suggested; figures and method annexed.

It is addressed to the county, so it tells only what was verified: candidates that rules raised are not in it.
"""

from collections.abc import Iterator, Sequence

from analysis.report.kinds.figure_tables import area_tables
from analysis.report.kinds.findings import contrasts
from analysis.report.kinds.issue_items import issue_table, problem_blocks, recommendation_blocks, told_issues
from analysis.report.kinds.method import method_blocks
from analysis.report.kinds.parts import achievements, area_of, notices, quoted, shortcomings, suggestion_texts
from analysis.report.kinds.reading import Reading, outline_of, paragraphs, paragraphs_on_issues, read_visit, values_of
from analysis.report.kinds.records import IssueFact, Quotation, Sources
from analysis.report.kinds.sentences import common, feedback
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import count, told_contrasts
from analysis.report.outline import Addressee, Attachments, Block, Heading, Outline, Paragraph
from analysis.words import AREA_NAMES, name_in
from questionnaires.model import AREAS

MAX_CONTRASTS = 3


def draft_feedback(sources: Sources) -> Outline:
    """The feedback on one county of one visit."""
    reading = read_visit(sources, county_code=sources.about.county_code)
    voice = Voice(sources.language, common.SENTENCES, feedback.SENTENCES)
    issues = told_issues(of_county(sources.issues, reading.county_code))
    values = values_of(reading, voice, len(issues), sources)
    blocks: list[Block] = [*notices(voice, reading), Addressee(voice.say("addressee", county=reading.county))]
    blocks += paragraphs(sources, "feedback.introduction", values)
    blocks.append(Heading(voice.say("achievements")))
    blocks += achievements(voice, reading)
    blocks.append(Heading(voice.say("problems")))
    blocks += problems(voice, reading, issues, sources.quotations)
    blocks.append(Heading(voice.say("suggestions")))
    blocks += recommendation_blocks(voice, issues, suggestion_texts(sources, values))
    blocks += paragraphs_on_issues(sources, "feedback.closing", values, has_issues=bool(issues))
    blocks += annexes(voice, reading, sources, issues)
    return outline_of(
        "feedback",
        sources,
        voice.say("title", county=reading.county),
        blocks,
        subject=reading.visit.title,
    )


def of_county(issues: Sequence[IssueFact], county_code: str) -> list[IssueFact]:
    """The issues of one county."""
    return [issue for issue in issues if issue.county_code == county_code]


def problems(voice: Voice, reading: Reading, issues: Sequence[IssueFact], quotations: Sequence[Quotation]) -> Iterator[Block]:
    """Where figures fall short, where villages differ, then the issues, and what people said."""
    yield from shortcomings(voice, reading)
    villages = [(village.code, village.name) for village in reading.coverage.villages]
    yield from map(Paragraph, told_contrasts(voice, contrasts(reading.lines, "village", villages, MAX_CONTRASTS)))
    if issues:
        yield Paragraph(voice.tell("problems_intro", n=count(f"issues:told@{reading.place}", len(issues))))
    yield from problem_blocks(voice, issues)
    yield from quoted(voice, quotations)


def annexes(voice: Voice, reading: Reading, sources: Sources, issues: Sequence[IssueFact]) -> Iterator[Block]:
    """The note that lists them, then the figures by area with the list of issues, and the method annex."""
    titles = (voice.say("annex_figures"), voice.say("annex_method"))
    yield Attachments(titles)
    yield Heading(voice.say("annex_heading", number=1, text=titles[0]), is_annex=True)
    villages = [(village.code, village.name) for village in reading.coverage.villages]
    for area in AREAS:
        members = [line for line in reading.lines if area_of(line) == area]
        yield from area_tables(members, villages, name_in(AREA_NAMES, voice.language, area), voice.language)
    if issues:
        yield issue_table(voice, issues)
    yield Heading(voice.say("annex_heading", number=2, text=titles[1]), is_annex=True)
    yield from method_blocks(sources, reading)
