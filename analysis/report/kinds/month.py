"""The monthly notice of progress 整改进展通报: targets and how far they are, county by county, overdue issues, and what is due next."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from analysis.report.kinds.reading import outline_of, paragraphs_on_issues
from analysis.report.kinds.records import IssueFact, Sources
from analysis.report.kinds.sentences import common, progress
from analysis.report.kinds.state_words import STATE_NAMES
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import count
from analysis.report.outline import Block, Heading, Outline, Paragraph, Row, Table
from analysis.report.texts import Text, Words
from analysis.words import MONTHS, NO_VALUE, name_in

BACK = ("not_fixed", "reopened")
COLUMNS = ("new", "closed", "open", "rectified", "overdue", "due_next")


def draft_month(sources: Sources) -> Outline:
    """The notice of one month; `sources.issues` are those handed over by its end, as they stood then."""
    about = sources.about
    voice = Voice(sources.language, common.SENTENCES, progress.SENTENCES)
    first = date(about.year, about.month, 1)
    place = f"{first:%Y-%m}"
    month = about.month if sources.language == "zh" else MONTHS[about.month - 1]
    period = voice.say("month_name", year=about.year, month=month)
    open_issues = [issue for issue in sources.issues if issue.state != "closed"]
    overdue = sorted((issue for issue in open_issues if issue.is_overdue), key=lambda issue: (issue.due_on or sources.today, issue.number))
    values: dict[str, Words] = {
        "period": period,
        "day": voice.day(sources.today),
        "n_issues": count(f"progress:open@{place}", len(open_issues)),
        "n_counties": count(f"progress:counties@{place}", len({issue.county_code for issue in open_issues})),
        "n_overdue": count(f"progress:overdue@{place}", len(overdue)),
    }
    blocks: list[Block] = [Paragraph(voice.tell("register_draft"), "notice")]
    has_any = any(_numbers(sources.issues, first).values())
    blocks += paragraphs_on_issues(sources, "month.introduction", values, has_issues=has_any)
    blocks.append(Heading(voice.say("progress_heading")))
    if has_any:
        blocks.append(Paragraph(_progress(voice, sources.issues, first, sources.today, place)))
        blocks.append(Heading(voice.say("county_heading")))
        blocks += _by_county(voice, sources.issues, first, place)
    else:
        blocks.append(Paragraph(voice.tell("progress_none", day=values["day"], period=period)))
    blocks.append(Heading(voice.say("overdue_heading")))
    blocks += _overdue(voice, overdue, sources.today, place)
    blocks.append(Heading(voice.say("next_heading")))
    blocks += _due_next(voice, [issue for issue in open_issues if is_due_next(issue, first)], place)
    blocks += paragraphs_on_issues(sources, "month.closing", values, has_issues=has_any)
    return outline_of("month", sources, voice.say("month_title", period=period), blocks, subject=period)


def is_new(issue: IssueFact, first: date) -> bool:
    """Whether it was first handed over in the month that begins on this day."""
    return issue.reported_on is not None and (issue.reported_on.year, issue.reported_on.month) == (first.year, first.month)


def is_closed_now(issue: IssueFact, first: date) -> bool:
    """Whether it was closed in the month that begins on this day."""
    since = issue.state_since
    return issue.state == "closed" and since is not None and (since.year, since.month) == (first.year, first.month)


def is_due_next(issue: IssueFact, first: date) -> bool:
    """Whether it is due in the month after the one that begins on this day, and something is still to be done by then."""
    following = (first + timedelta(days=32)).replace(day=1)
    due = issue.due_on
    is_awaited = issue.state not in ("closed", "rectified")
    return is_awaited and due is not None and (due.year, due.month) == (following.year, following.month)


def _numbers(issues: Sequence[IssueFact], first: date) -> dict[str, int]:
    return {
        "new": sum(is_new(issue, first) for issue in issues),
        "closed": sum(is_closed_now(issue, first) for issue in issues),
        "open": sum(issue.state != "closed" for issue in issues),
        "rectified": sum(issue.state == "rectified" for issue in issues),
        "overdue": sum(issue.is_overdue for issue in issues),
        "due_next": sum(is_due_next(issue, first) for issue in issues),
    }


def _progress(voice: Voice, issues: Sequence[IssueFact], first: date, day: date, place: str) -> Text:
    numbers = {
        **_numbers(issues, first),
        "rectifying": sum(issue.state == "rectifying" for issue in issues),
        "back": sum(issue.state in BACK for issue in issues),
    }
    figures = {f"n_{name}": count(f"progress:{name}@{place}", n) for name, n in numbers.items()}
    return voice.tell("progress", day=voice.day(day), **figures)


def _by_county(voice: Voice, issues: Sequence[IssueFact], first: date, place: str) -> Iterator[Block]:
    """A row per county with something to tell: what is open, or was closed in the month."""
    rows = []
    counties = sorted({(issue.county_code, issue.county) for issue in issues})
    for code, name in counties:
        numbers = _numbers([issue for issue in issues if issue.county_code == code], first)
        if any(numbers.values()):
            rows.append(Row((name, *(count(f"progress:{key}@{place}/{code}", numbers[key]) for key in COLUMNS))))
    total = _numbers(issues, first)
    rows.append(Row((voice.say("whole"), *(count(f"progress:{key}@{place}", total[key]) for key in COLUMNS)), is_total=True))
    header = (voice.say("th_county"), *(voice.say(f"th_{key}") for key in COLUMNS))
    yield Table(voice.say("county_table"), header, tuple(rows), (1.6, *(1.0 for _ in COLUMNS)))


def _overdue(voice: Voice, issues: Sequence[IssueFact], day: date, place: str) -> Iterator[Block]:
    if not issues:
        yield Paragraph(voice.tell("overdue_none"))
        return
    longest = max(_days_late(issue, day) for issue in issues)
    n = count(f"progress:overdue@{place}", len(issues))
    yield Paragraph(voice.tell("overdue_some", n=n, days=count(f"progress:longest@{place}", longest)))
    heads = ("th_number", "th_county", "th_issue", "th_body", "th_due", "th_days", "th_state")
    rows = tuple(
        Row((*_told(voice, issue), count(f"issue:{issue.number}#days-late", _days_late(issue, day)), _state(voice, issue)))
        for issue in issues
    )
    yield Table(voice.say("overdue_table"), tuple(map(voice.say, heads)), rows, (2.7, 1.3, 2.6, 2.2, 1.7, 1.1, 1.5))


def _due_next(voice: Voice, issues: Sequence[IssueFact], place: str) -> Iterator[Block]:
    if not issues:
        yield Paragraph(voice.tell("next_none"))
        return
    yield Paragraph(voice.tell("next_some", n=count(f"progress:due_next@{place}", len(issues))))
    heads = ("th_number", "th_county", "th_issue", "th_body", "th_due", "th_state")
    ordered = sorted(issues, key=lambda issue: (issue.due_on or date.max, issue.number))
    rows = tuple(Row((*_told(voice, issue), _state(voice, issue))) for issue in ordered)
    yield Table(voice.say("next_table"), tuple(map(voice.say, heads)), rows, (2.7, 1.3, 3, 2.4, 1.7, 1.5))


def _told(voice: Voice, issue: IssueFact) -> tuple[str, str, str, str, str]:
    due = voice.short_day(issue.due_on) if issue.due_on else NO_VALUE
    return issue.number, issue.county, issue.title, issue.responsible_body or NO_VALUE, due


def _state(voice: Voice, issue: IssueFact) -> str:
    return name_in(STATE_NAMES, voice.language, issue.state)


def _days_late(issue: IssueFact, day: date) -> int:
    return (day - issue.due_on).days if issue.due_on else 0
