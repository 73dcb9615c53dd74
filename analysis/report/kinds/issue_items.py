"""Issues as a report says them: in groups by importance, with scope and basis, and what is recommended, by area. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from analysis.report.kinds.findings import FEW
from analysis.report.kinds.records import IssueFact
from analysis.report.kinds.state_words import SCOPE_NAMES, STATE_NAMES
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import count
from analysis.report.outline import Block, Heading, Paragraph, Row, Table
from analysis.report.texts import Figure, Text, Words
from analysis.words import AREA_NAMES, NO_VALUE, SEVERITY_NAMES, name_in, short_area_name, value_text
from questionnaires.model import AREAS

GROUPS = ("general", "acute", "several", "single")
"""In the order of importance: what is general, what is acute, what is neither, and single cases."""
TOLD_STATES = ("verified", "partly_verified", "reported", "rectifying", "rectified", "not_fixed", "reopened", "closed")
"""The states of an issue that may be told: nothing that was not verified, was refuted or merged."""
OPEN_STATES = tuple(state for state in TOLD_STATES if state != "closed")
SEVERITY_ORDER = ("acute", "high", "medium", "low")


def group_of(issue: IssueFact) -> str:
    """The group under which the issue is told."""
    if issue.scope == "general":
        return "general"
    if issue.severity == "acute":
        return "acute"
    return "single" if issue.scope == "single" else "several"


def told_issues(issues: Sequence[IssueFact], *, states: Sequence[str] = OPEN_STATES) -> list[IssueFact]:
    """The issues that may be told, the most important first: by group, severity, households, number."""
    return sorted((issue for issue in issues if issue.state in states), key=_importance)


def problem_blocks(voice: Voice, issues: Sequence[IssueFact], *, names_place: bool = True) -> Iterator[Block]:
    """A heading per group and per issue, with what was found, its basis, where its root lies and how far it is."""
    for group in GROUPS:
        members = [issue for issue in issues if group_of(issue) == group]
        if not members:
            continue
        yield Heading(voice.say(f"scope_{group}"), 2)
        if group == "single":
            yield Paragraph(voice.tell("single_followed"))
        for issue in members:
            yield Heading(f"{issue.title}{_place(issue, voice.language) if names_place else ''}", 3)
            yield Paragraph(problem(voice, issue))
    if not issues:
        yield Paragraph(voice.tell("no_issues"))


def problem(voice: Voice, issue: IssueFact) -> Text:
    """What was found, at how many households, where its root lies, and how far it is."""
    sentences: list[Words] = [voice.stopped(issue.finding)] if issue.finding else []
    sentences.append(basis_of(voice, issue))
    if issue.attribution:
        sentences.append(voice.tell(f"attribution_{issue.attribution}"))
    sentences.append(voice.tell(f"state_{issue.state}"))
    if issue.is_overdue and issue.due_on is not None:
        sentences.append(voice.tell("overdue", due=voice.day(issue.due_on)))
    return voice.joined([sentence for sentence in sentences if sentence])


def basis_of(voice: Voice, issue: IssueFact) -> Text:
    """Of how many households asked how many show it, as far as that was counted."""
    if not issue.households:
        return ()
    households, villages = figure_of(issue, "households"), figure_of(issue, "villages")
    if not issue.households_asked:
        return voice.tell("n_basis_plain", households=households)
    asked = figure_of(issue, "asked")
    if issue.households_asked < FEW:
        return voice.tell("n_basis_few", households=households, asked=asked, villages=villages)
    share = Figure(value_text(issue.households / issue.households_asked, "share", voice.language), f"issue:{issue.number}#share")
    return voice.tell("n_basis", households=households, asked=asked, villages=villages, share=share)


def figure_of(issue: IssueFact, part: str) -> Words:
    """A count of the issue's basis as a figure, a dash where nobody counted."""
    n = {"households": issue.households, "asked": issue.households_asked, "villages": issue.villages}[part]
    return NO_VALUE if n is None else count(f"issue:{issue.number}#{part}", n)


def recommendation_blocks(voice: Voice, issues: Sequence[IssueFact], texts: dict[str, tuple[Text, ...]]) -> Iterator[Block]:
    """What is recommended, area by area: the recommendations of the issues, and the organisation's own text on an area with issues."""
    n_told = 0
    for area in AREAS:
        members = [issue for issue in issues if issue.area == area]
        sentences = _recommendations(voice, members)
        paragraphs = texts.get(area, ()) if members else ()
        if not sentences and not paragraphs:
            continue
        n_told += 1
        yield Heading(name_in(AREA_NAMES, voice.language, area), 2)
        yield from map(Paragraph, paragraphs)
        yield from map(Paragraph, sentences)
    if not n_told:
        yield Paragraph(voice.tell("no_recommendations" if issues else "nothing_to_recommend"))


def issue_table(voice: Voice, issues: Sequence[IssueFact], *, caption: str = "", names_county: bool = False, key: str = "") -> Table:
    """A row per issue: number, title, area, place, scope, severity, households of those asked, state."""
    language = voice.language
    place = "th_county" if names_county else "th_place"
    heads = ("th_number", "th_issue", "th_area", place, "th_scope", "th_households", "th_asked", "th_state")
    rows = tuple(
        Row(
            (
                issue.number,
                issue.title,
                short_area_name(language, issue.area),
                issue.county if names_county else issue.place,
                _scope(issue, language),
                figure_of(issue, "households"),
                figure_of(issue, "asked"),
                name_in(STATE_NAMES, language, issue.state),
            )
        )
        for issue in issues
    )
    return Table(caption or voice.say("issues_table"), tuple(map(voice.say, heads)), rows, (2.7, 3, 1.5, 1.5, 1.4, 1, 1, 1.4), key=key)


def _recommendations(voice: Voice, issues: Sequence[IssueFact]) -> list[Text]:
    """Each recommendation once, with everybody who is responsible for it, and until when."""
    charged: dict[str, list[tuple[str, date | None]]] = {}
    for issue in issues:
        text = issue.recommendation.strip().rstrip("。.；;")
        if text:
            bodies = charged.setdefault(text, [])
            charge = (issue.responsible_body, issue.due_on)
            if issue.responsible_body and charge not in bodies:
                bodies.append(charge)
    return [voice.stopped(_recommendation(voice, text, bodies)) for text, bodies in charged.items()]


def _recommendation(voice: Voice, text: str, charged: Sequence[tuple[str, date | None]]) -> Text:
    """The recommendation with the bodies charged with it; a date that all of them share stands once."""
    if not charged:
        return voice.tell("recommendation", text=text)
    days = {due_on for _, due_on in charged}
    if len(days) > 1:
        parts = [voice.tell("body_due", body=body, due=voice.day(due_on)) if due_on else body for body, due_on in charged]
        return voice.tell("recommendation_each", text=text, parts=voice.joined(parts, is_list=True))
    bodies, due_on = voice.listed([body for body, _ in charged]), days.pop()
    if due_on is None:
        return voice.tell("recommendation_to", text=text, body=bodies)
    return voice.tell("recommendation_due", text=text, body=bodies, due=voice.day(due_on))


def _importance(issue: IssueFact) -> tuple[int, int, int, str]:
    severity = SEVERITY_ORDER.index(issue.severity) if issue.severity in SEVERITY_ORDER else len(SEVERITY_ORDER)
    return GROUPS.index(group_of(issue)), severity, -(issue.households or 0), issue.number


def _scope(issue: IssueFact, language: str) -> str:
    words = [name_in(SCOPE_NAMES, language, issue.scope)] if issue.scope else []
    if issue.severity == "acute":
        words.append(name_in(SEVERITY_NAMES, language, "acute"))
    return ("、" if language == "zh" else ", ").join(words) or NO_VALUE


def _place(issue: IssueFact, language: str) -> str:
    """The place behind the title, where it is not the whole county."""
    if not issue.place or issue.place == issue.county:
        return ""
    return f"（{issue.place}）" if language == "zh" else f" ({issue.place})"
