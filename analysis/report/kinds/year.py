"""The annual summary 年度工作总结: the work ledger of the year, what became of issues, meetings, and what remains."""

from collections.abc import Iterator, Mapping, Sequence

from analysis.report.kinds.figure_tables import weights_for
from analysis.report.kinds.findings import FEW
from analysis.report.kinds.reading import outline_of, paragraphs
from analysis.report.kinds.records import IssueFact, MeetingFact, Sources, WorkFact, WorkRow
from analysis.report.kinds.sentences import common, progress
from analysis.report.kinds.state_words import MEETING_NAMES
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import count
from analysis.report.outline import Block, Heading, Outline, Paragraph, Row, Table
from analysis.report.texts import Figure, Reference, Words
from analysis.words import NO_VALUE, name_in, short_area_name, value_text
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import AREAS

VISIT_COLUMNS = ("counties", "villages", "households", "files_read", "meetings", "recommendations")
QUARTER_COLUMNS = ("visits", *VISIT_COLUMNS)


def draft_year(sources: Sources) -> Outline:
    """The summary of one year; INVALID_VALUE without the work ledger."""
    work = sources.work
    if work is None:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="year", detail="an annual summary needs the work ledger.")
    voice = Voice(sources.language, common.SENTENCES, progress.SENTENCES)
    year = str(sources.about.year)
    period = voice.say("year_name", year=year)
    open_issues = [issue for issue in sources.issues if issue.state != "closed"]
    values: dict[str, Words] = {
        "period": period,
        "day": voice.day(sources.today),
        "n_issues": count(f"work:open@{year}", len(open_issues)),
        "n_counties": count(f"work:counties@{year}", work.total["counties"]),
        "n_visits": count(f"work:visits@{year}", work.total["visits"]),
        "n_households": count(f"work:households@{year}", work.total["households"]),
        "n_villages": count(f"work:villages@{year}", work.total["villages"]),
    }
    blocks: list[Block] = [Paragraph(voice.tell("register_draft"), "notice")]
    if any(work.total.values()) or "year.introduction" in sources.texts:
        blocks += paragraphs(sources, "year.introduction", values)
    blocks.append(Heading(voice.say("work_heading")))
    blocks += _work(voice, work, year)
    blocks.append(Heading(voice.say("issues_heading")))
    blocks += _issues(voice, work, sources.issues, year)
    if sources.meetings:
        blocks.append(Heading(voice.say("meetings_heading")))
        n_meetings = count(f"work:meetings@{year}", work.total["meetings"])
        blocks.append(Paragraph(voice.tell("meetings_lead", n=n_meetings, table=Reference("meetings"))))
        blocks.append(_meetings(voice, sources.meetings, year))
    blocks.append(Heading(voice.say("next_year_heading")))
    n_overdue = count(f"work:overdue@{year}", sum(issue.is_overdue for issue in open_issues))
    remaining = voice.tell("next_year", n=values["n_issues"], n_overdue=n_overdue) if open_issues else voice.tell("next_year_none")
    blocks.append(Paragraph(remaining))
    blocks += paragraphs(sources, "year.closing", values)
    return outline_of("year", sources, voice.say("year_title", period=period), blocks, subject=period)


def _work(voice: Voice, work: WorkFact, year: str) -> Iterator[Block]:
    if not any(work.total.values()):
        yield Paragraph(voice.tell("no_work"))
        return
    numbers = {name: count(f"work:{name}@{year}", n) for name, n in work.total.items()}
    theory = voice.tell("work_theory", n=numbers["theory_reports"]) if work.total["theory_reports"] else ""
    yield Paragraph(voice.tell("work", theory=theory, **numbers))
    if work.visits:
        yield _rows(voice, work.visits, VISIT_COLUMNS, year, "visit", work.total)
    if len(work.quarters) > 1:
        yield _rows(voice, work.quarters, QUARTER_COLUMNS, year, "quarter", work.total)


def _rows(voice: Voice, rows: Sequence[WorkRow], columns: Sequence[str], year: str, what: str, total: Mapping[str, int]) -> Table:
    """A row per visit or quarter with its numbers, and the total, in which a place counts once."""
    made = [
        Row((row.title, *(count(f"work:{name}@{year}/{what}-{number}", row.numbers[name]) for name in columns)))
        for number, row in enumerate(rows, 1)
    ]
    made.append(Row((voice.say("whole"), *(count(f"work:{name}@{year}", total[name]) for name in columns)), is_total=True))
    header = (voice.say(f"th_{what}"), *(voice.say(name) for name in columns))
    first = 3.2 if what == "visit" else 1.2
    return Table(voice.say(f"{what}s_table"), header, tuple(made), weights_for(header, first), voice.say("counting_note"))


def _issues(voice: Voice, work: WorkFact, issues: Sequence[IssueFact], year: str) -> Iterator[Block]:
    told = work.issues
    if not told.get("raised"):
        yield Paragraph(voice.tell("no_issues_year"))
    else:
        sentence = voice.tell("issues", **{name: count(f"work:issues-{name}@{year}", n) for name, n in told.items()})
        if told["looked_back"] >= FEW:
            share = value_text(told["confirmed"] / told["looked_back"], "share", voice.language)
            sentence = voice.joined([sentence, voice.tell("confirmed_share", share=Figure(share, f"work:issues-confirmed-share@{year}"))])
        yield Paragraph(sentence)
    if issues:
        yield _by_area(voice, issues, year)


def _by_area(voice: Voice, issues: Sequence[IssueFact], year: str) -> Table:
    rows = []
    for area in AREAS:
        members = [issue for issue in issues if issue.area == area]
        if members:
            rows.append(Row((short_area_name(voice.language, area), *_numbers(members, f"{year}/{area}"))))
    rows.append(Row((voice.say("whole"), *_numbers(issues, year)), is_total=True))
    header = tuple(voice.say(key) for key in ("th_area", "th_reported", "th_closed_all", "th_open", "th_overdue"))
    return Table(voice.say("area_table"), header, tuple(rows), (2.4, 1, 1, 1, 1))


def _numbers(issues: Sequence[IssueFact], place: str) -> tuple[Figure, ...]:
    n_closed = sum(issue.state == "closed" for issue in issues)
    numbers = {
        "reported": len(issues),
        "closed": n_closed,
        "open": len(issues) - n_closed,
        "overdue": sum(issue.is_overdue for issue in issues),
    }
    return tuple(count(f"work:register-{name}@{place}", n) for name, n in numbers.items())


def _meetings(voice: Voice, meetings: Sequence[MeetingFact], year: str) -> Table:
    rows = tuple(
        Row(
            (
                voice.short_day(meeting.held_on),
                name_in(MEETING_NAMES, voice.language, meeting.kind),
                meeting.title,
                count(f"work:decisions@{year}/meeting-{number}", len(meeting.decisions)) if meeting.decisions else NO_VALUE,
            )
        )
        for number, meeting in enumerate(meetings, 1)
    )
    header = tuple(voice.say(key) for key in ("th_day", "th_kind", "th_meeting", "th_decisions"))
    return Table(voice.say("meetings_table"), header, rows, (1.8, 1.4, 4, 1), key="meetings")
