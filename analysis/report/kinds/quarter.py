"""The ledger for the quarterly joint meeting 联席会议问题台账: section by section in the order of the agenda, and what was decided."""

from collections.abc import Iterator, Sequence

from analysis.report.kinds.reading import outline_of, paragraphs, paragraphs_on_issues
from analysis.report.kinds.records import IssueFact, MeetingFact, Sources
from analysis.report.kinds.sentences import common, progress
from analysis.report.kinds.state_words import SECTION_NAMES, STATE_NAMES
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import count
from analysis.report.outline import Block, Heading, Outline, Paragraph, Row, Table
from analysis.report.texts import Words
from analysis.words import NO_VALUE, name_in

JOINT = "joint_meeting"


def draft_quarter(sources: Sources) -> Outline:
    """The ledger of one quarter, perhaps of one county alone; `sources.issues` carry their sections of the agenda."""
    about = sources.about
    voice = Voice(sources.language, common.SENTENCES, progress.SENTENCES)
    issues = [issue for issue in sources.issues if issue.section and (not about.county_code or issue.county_code == about.county_code)]
    place = f"{about.year}-Q{about.quarter}{f'/{about.county_code}' if about.county_code else ''}"
    period = voice.say("quarter_name", year=about.year, quarter=about.quarter)
    values: dict[str, Words] = {
        "period": period,
        "day": voice.day(sources.today),
        "n_issues": count(f"ledger:issues@{place}", len(issues)),
        "n_counties": count(f"ledger:counties@{place}", len({issue.county_code for issue in issues})),
        "n_overdue": count(f"ledger:overdue@{place}", sum(issue.is_overdue for issue in issues)),
    }
    blocks: list[Block] = [Paragraph(voice.tell("register_draft"), "notice")]
    blocks += paragraphs_on_issues(sources, "quarter.introduction", values, has_issues=bool(issues))
    if not issues:
        blocks.append(Paragraph(voice.tell("nothing", day=values["day"], period=period)))
    blocks += _sections(voice, issues, place)
    blocks += _decisions(voice, sources.meetings)
    blocks += paragraphs(sources, "quarter.closing", values)
    title = voice.say("quarter_title", period=period)
    county = sources.county or next((issue.county for issue in issues if about.county_code), "")
    if county:
        title = voice.say("place_prefix", county=county, title=title)
    return outline_of("quarter", sources, title, blocks, subject=period)


def _sections(voice: Voice, issues: Sequence[IssueFact], place: str) -> Iterator[Block]:
    for section in SECTION_NAMES["zh"]:
        members = sorted((issue for issue in issues if issue.section == section), key=_due_first)
        if not members:
            continue
        name = name_in(SECTION_NAMES, voice.language, section)
        yield Heading(name)
        yield Paragraph(voice.tell("section_n", n=count(f"ledger:{section}@{place}", len(members))))
        yield _table(voice, members, name)


def _due_first(issue: IssueFact) -> tuple[str, str]:
    return issue.due_on.isoformat() if issue.due_on else "9999", issue.number


def _table(voice: Voice, issues: Sequence[IssueFact], caption: str) -> Table:
    heads = ("th_number", "th_county", "th_issue", "th_body", "th_due", "th_state", "th_reply")
    rows = tuple(
        Row(
            (
                issue.number,
                issue.county,
                issue.title,
                issue.responsible_body or NO_VALUE,
                voice.short_day(issue.due_on) if issue.due_on else NO_VALUE,
                name_in(STATE_NAMES, voice.language, issue.state),
                issue.reply or NO_VALUE,
            )
        )
        for issue in issues
    )
    return Table(caption, tuple(map(voice.say, heads)), rows, (2.7, 1.2, 2.4, 1.9, 1.7, 1.4, 2.6))


def _decisions(voice: Voice, meetings: Sequence[MeetingFact]) -> Iterator[Block]:
    joint = [meeting for meeting in meetings if meeting.kind == JOINT]
    yield Heading(voice.say("decisions"))
    if not joint:
        yield Paragraph(voice.tell("no_meeting"))
        return
    decided = [meeting for meeting in joint if meeting.decisions]
    if not decided:
        yield Paragraph(voice.tell("no_decision"))
    for meeting in decided:
        yield Paragraph(voice.tell("decision", day=voice.day(meeting.held_on), meeting=meeting.title))
        for number, text in meeting.decisions:
            yield Paragraph(voice.stopped(voice.tell("decision_item", number=number, text=text)))
