"""Parts that several kinds of reports have: notices, how many reference values are reached, quotations, suggestions on areas."""

from collections.abc import Iterator, Mapping, Sequence

from analysis.report.facts import Line
from analysis.report.kinds.blocks import block_text, fill_block, find_block
from analysis.report.kinds.findings import Finding, judge
from analysis.report.kinds.reading import Reading, is_invented
from analysis.report.kinds.records import Quotation, Sources
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import against_reference, basis_sentence, count
from analysis.report.outline import Block, Heading, Paragraph
from analysis.report.texts import Text, Words
from analysis.words import KIND_NAMES, short_area_name
from questionnaires.model import AREAS

MAX_QUOTED = 6
MAX_WEAK = 5

SPEAKER_NAMES = {
    "zh": {**KIND_NAMES["zh"], "cadre": "村干部", "work_team": "驻村工作队员"},
    "en": {
        "registered": "registered household",
        "lifted_out": "household lifted out",
        "marginal": "marginal household",
        "ordinary": "ordinary household",
        "cadre": "village cadre",
        "work_team": "member of the work team",
    },
}


def notices(voice: Voice, reading: Reading) -> Iterator[Block]:
    """That the data are invented, if they are, and that the draft is one."""
    if is_invented(reading.bundle, reading.visit):
        yield Paragraph(voice.tell("invented"), "notice")
    yield Paragraph(voice.tell("draft"), "notice")


def overview(voice: Voice, reading: Reading, findings: Sequence[Finding]) -> Text:
    """How many indicators there are, and how many reach their reference value."""
    verdicts = [finding.verdict for finding in findings]
    numbers = {
        "n": len({(line.form.form_id, line.indicator.name) for line in reading.lines}),
        "n_judged": len(verdicts),
        "n_reached": verdicts.count("reached"),
        "n_missed": verdicts.count("missed"),
        "n_open": verdicts.count("open"),
    }
    figures = {name: count(f"count:indicators-{name.removeprefix('n_')}@{reading.place}", n) for name, n in numbers.items()}
    return voice.tell("overview_open" if numbers["n_open"] else "overview", **figures)


def achievements(voice: Voice, reading: Reading) -> Iterator[Block]:
    """How many reference values are reached, and which, area by area."""
    findings = judge(reading.lines, *reading.domain)
    yield Paragraph(voice.joined([overview(voice, reading, findings), basis_sentence(voice, reading.bases)]))
    reached = [finding for finding in findings if finding.verdict == "reached"]
    if not reached:
        yield Paragraph(voice.tell("no_achievements"))
    for area, members in by_area(reached):
        yield Heading(short_area_name(voice.language, area), 2)
        yield from map(Paragraph, against_reference(voice, members))


def shortcomings(voice: Voice, reading: Reading) -> Iterator[Block]:
    """The figures that are farthest from their reference values, and those that cannot be decided."""
    weak = [finding for finding in judge(reading.lines, *reading.domain) if finding.verdict != "reached"][:MAX_WEAK]
    if weak:
        yield Paragraph(voice.joined([voice.tell("weak"), *against_reference(voice, weak)]))


def quoted(voice: Voice, quotations: Sequence[Quotation]) -> Iterator[Block]:
    """What people said, as it was chosen; who said it only by kind."""
    chosen = [quotation for quotation in quotations if quotation.text.strip()][:MAX_QUOTED]
    if chosen:
        yield Paragraph(voice.tell("voices"))
    for quotation in chosen:
        speaker = SPEAKER_NAMES[voice.language].get(quotation.speaker, quotation.speaker)
        sentence = "quotation" if speaker else "quotation_plain"
        yield Paragraph(voice.tell(sentence, text=quotation.text.strip().strip('“”"'), speaker=speaker), "quotation")


def suggestion_texts(sources: Sources, values: Mapping[str, Words]) -> dict[str, tuple[Text, ...]]:
    """What the organisation suggests on each area in its own words; nothing where it has written nothing."""
    found = {}
    for area in AREAS:
        block = find_block(f"suggestions.{area}")
        found[area] = fill_block(block, block_text(block, sources.texts, sources.language), values)
    return found


def by_area(findings: Sequence[Finding]) -> list[tuple[str, list[Finding]]]:
    """The findings under their areas, in the order of areas; areas without any are left out."""
    groups = [(area, [each for each in findings if area_of(each.line) == area]) for area in AREAS]
    return [(area, members) for area, members in groups if members]


def area_of(line: Line) -> str:
    """The focus area of the line's indicator; "other" for one that is not known."""
    return line.indicator.area if line.indicator.area in AREAS else AREAS[-1]
