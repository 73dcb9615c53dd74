"""A village brief: who was interviewed, what is in order, what needs attention, and the village's verified issues, on a page or two."""

from collections.abc import Iterator, Sequence

from analysis.codebook import label_in
from analysis.report.captions import say
from analysis.report.coverage import VillageCoverage
from analysis.report.facts import NOTHING, Line, Value, beside, n_of
from analysis.report.kinds.findings import FEW, judge
from analysis.report.kinds.issue_items import problem_blocks, told_issues
from analysis.report.kinds.parts import notices, quoted
from analysis.report.kinds.reading import Reading, county_of_village, outline_of, paragraphs, read_visit, values_of
from analysis.report.kinds.records import Sources
from analysis.report.kinds.sentences import common, village
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import against_reference, basis_sentence, count, reference_text
from analysis.report.outline import Block, Heading, Outline, Paragraph, Row, Table
from analysis.report.texts import Figure, Words
from analysis.words import KIND_NAMES, NO_VALUE, name_in, number_text, unit_name
from questionnaires.errors import ErrorCode, SurveyError


def draft_village(sources: Sources) -> Outline:
    """The brief on one village of one visit; NOT_FOUND for a village that the visit did not go to."""
    code = sources.about.village_code
    reading = read_visit(sources, county_code=county_of_village(code))
    voice = Voice(sources.language, common.SENTENCES, village.SENTENCES)
    here = _coverage_of(reading, code)
    issues = told_issues([issue for issue in sources.issues if issue.place_code == code])
    values = {
        **values_of(reading, voice, len(issues), sources),
        "village": here.name,
        "n_households": count(f"count:interviewed@{reading.place}/{code}", here.n_interviewed),
    }
    blocks: list[Block] = [*notices(voice, reading), *paragraphs(sources, "village.introduction", values)]
    blocks += [Heading(voice.say("whom")), Paragraph(_whom(voice, reading, here))]
    blocks += _figures(voice, reading, here)
    blocks.append(Heading(voice.say("problems")))
    blocks += problem_blocks(voice, issues, names_place=False)
    blocks += quoted(voice, sources.quotations)
    blocks += paragraphs(sources, "village.closing", values)
    return outline_of(
        "village",
        sources,
        voice.say("title", village=f"{reading.county}{here.name}" if sources.language == "zh" else f"{here.name}, {reading.county}"),
        blocks,
        subject=reading.visit.title,
    )


def _coverage_of(reading: Reading, code: str) -> VillageCoverage:
    for each in reading.coverage.villages:
        if each.code == code:
            return each
    known = ", ".join(f"{each.code} {each.name}" for each in reading.coverage.villages)
    raise SurveyError(ErrorCode.NOT_FOUND, what="Village of this visit", key=code, remedy="There are: {known}.", known=known)


def _whom(voice: Voice, reading: Reading, here: VillageCoverage) -> Words:
    coverage = reading.coverage
    kinds = [
        voice.tell("kind", name=_kind_name(kind, voice.language), n=coverage.figure(f"kind-{kind}", n, here.code))
        for kind, n in here.n_by_kind.items()
    ]
    sentence = "whom_no_frame" if not here.n_registered_households else "whom_kinds" if kinds else "whom_plain"
    return voice.tell(
        sentence,
        n=coverage.figure("interviewed", here.n_interviewed, here.code),
        kinds=voice.listed(kinds),
        frame=coverage.figure("frame", here.n_registered_households, here.code),
    )


def _kind_name(kind: str, language: str) -> str:
    name = name_in(KIND_NAMES, language, kind)
    return name if language == "zh" else name.lower()


def _figures(voice: Voice, reading: Reading, here: VillageCoverage) -> Iterator[Block]:
    yield Heading(voice.say("main"))
    if not here.n_interviewed:
        yield Paragraph(voice.tell("no_interview"))
        return
    lines = [line for line in reading.lines if not line.form.is_of_county]
    is_drawn_from = any(line.value("village", here.code).interval for line in lines)
    basis = voice.tell("basis_households") if here.basis == "purposive" and is_drawn_from else basis_sentence(voice, (here.basis,))
    yield Paragraph(voice.joined([basis, voice.tell("few")]) if here.n_interviewed < FEW else basis)
    findings = judge(lines, "village", here.code)
    for heading, verdicts, nothing in (("good", ("reached",), "nothing_good"), ("weak", ("missed", "open"), "nothing_weak")):
        chosen = [finding for finding in findings if finding.verdict in verdicts]
        yield Heading(voice.say(heading), 2)
        yield from map(Paragraph, against_reference(voice, chosen) or [voice.tell(nothing)])
    told = [line for line in lines if not line.category and line.value("village", here.code).n]
    for form_id in dict.fromkeys(line.form.form_id for line in told):
        yield _beside(voice, reading, here, [line for line in told if line.form.form_id == form_id])


def _beside(voice: Voice, reading: Reading, here: VillageCoverage, lines: Sequence[Line]) -> Table:
    """The village's figures of one questionnaire with how many answers each rests on, beside those of all visited in the county.

    Where no other village of the county was asked, these would be the village's own and are left out.
    """
    form, rows = lines[0].form, []
    is_alone = sum(bool(each.n_by_form.get(form.form_id)) for each in reading.coverage.villages) == 1
    for line in lines:
        own, all_visited = line.value("village", here.code), line.value("county", reading.county_code)
        unit = unit_name(line.unit, voice.language)
        label = f"{line.label}（{unit}）" if unit and voice.language == "zh" else f"{line.label} ({unit})" if unit else line.label
        reference = reference_text(line, voice.language) or NO_VALUE
        others = () if is_alone else _cells(line, all_visited if beside(line, own) is own else NOTHING)
        rows.append(Row((label, *_cells(line, own), *others, reference)))
    is_of_households = any(line.counted == "household" for line in lines)
    n_head = voice.say("n_households" if is_of_households else "n_records")
    heads_of_others = () if is_alone else (voice.say("all_visited"), n_head)
    header = (voice.say("th_indicator"), voice.say("this_village"), n_head, *heads_of_others, voice.say("th_threshold"))
    title = label_in(form.title, voice.language, form.form_id)
    caption = voice.say("table_alone" if is_alone else "table", village=here.name, county=reading.county, title=title)
    shown = [line.value(*domain) for line in lines for domain in (("village", here.code), ("county", reading.county_code))]
    note = say(voice.language, "suppressed_note") if any(value.is_suppressed for value in shown) else ""
    return Table(caption, header, tuple(rows), (3.4, *(1.2, 1) * (len(header) // 2 - 1), 1.2), note)


def _cells(line: Line, value: Value) -> tuple[Words, Words]:
    if not value.source:
        return NO_VALUE, NO_VALUE
    number: Figure = value.figure("value", "…" if value.is_suppressed else number_text(value.estimate, line.unit), "number")
    return number, n_of(value)
