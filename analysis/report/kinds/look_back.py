"""The look-back report 回头看: what became of each issue, the same households before and after with the test, what is unsolved or new."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from analysis.bundle import Bundle
from analysis.changes.paired import paired_changes
from analysis.codebook import MAIN, label_in
from analysis.lineage.behind import RowsBehind, rows_behind
from analysis.report.facts import Line, forms_in_order
from analysis.report.kinds.findings import FEW, MIN_N_COMPARED, SURE
from analysis.report.kinds.issue_items import TOLD_STATES, problem_blocks, recommendation_blocks, told_issues
from analysis.report.kinds.method import method_blocks
from analysis.report.kinds.parts import notices, quoted, suggestion_texts
from analysis.report.kinds.reading import Reading, outline_of, paragraphs, paragraphs_on_issues, read_visit, values_of
from analysis.report.kinds.records import IssueFact, Sources
from analysis.report.kinds.sentences import common, look_back
from analysis.report.kinds.state_words import OUTCOME_NAMES, STATE_NAMES
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import count, told
from analysis.report.outline import Attachments, Block, Heading, Outline, Paragraph, Row, Table
from analysis.report.texts import Figure, Text, Words
from analysis.words import NO_VALUE, WHOLE_FROM, name_in, number_text, value_text, with_minus
from questionnaires.errors import ErrorCode, SurveyError

MIN_OBSERVED_CHANGE = 0.05
MAX_TOLD = 5
BACK = ("not_fixed", "reopened")


def draft_look_back(sources: Sources) -> Outline:
    """The report on a look-back, or on one county of it; INVALID_VALUE without the interviews of the visit that it looks back on."""
    reading = read_visit(sources, county_code=sources.about.county_code)
    before, earlier = sources.before, reading.visit.look_back_of
    if before is None or earlier is None:
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="visit", detail="'{title}' looks back on no earlier visit.", title=reading.visit.title
        )
    voice = Voice(sources.language, common.SENTENCES, look_back.SENTENCES)
    changes = _changes(before, earlier, reading)
    issues = [issue for issue in sources.issues if not reading.county_code or issue.county_code == reading.county_code]
    old = [issue for issue in told_issues(issues, states=TOLD_STATES) if _is_old(issue, reading)]
    rest = [issue for issue in told_issues(issues) if issue not in old]
    values = {
        **values_of(reading, voice, len(issues), sources),
        "before": before.visit(earlier).title,
        "n_again": count(f"change:households@{reading.place}", _n_interviewed_again(before, earlier, reading)),
    }
    blocks: list[Block] = [*notices(voice, reading), *paragraphs(sources, "look_back.introduction", values)]
    blocks.append(Heading(voice.say("issues_heading")))
    blocks += _outcomes(voice, reading, old)
    blocks.append(Heading(voice.say("changes_heading")))
    blocks += _told_changes(voice, reading, changes)
    blocks += _asked_now(voice, reading, before, earlier)
    blocks.append(Heading(voice.say("still_heading")))
    blocks += _said_first_now(voice, reading, rest)
    unsolved = [issue for issue in old if issue.state != "closed"]
    blocks += problem_blocks(voice, told_issues([*unsolved, *rest]))
    blocks += quoted(voice, sources.quotations)
    blocks.append(Heading(voice.say("suggestions")))
    blocks += recommendation_blocks(voice, told_issues([*unsolved, *rest]), suggestion_texts(sources, values))
    blocks += paragraphs_on_issues(sources, "look_back.closing", values, has_issues=bool([*unsolved, *rest]))
    blocks.append(Attachments((voice.say("annex_method"),)))
    blocks.append(Heading(voice.say("annex_only", text=voice.say("annex_method")), is_annex=True))
    blocks += method_blocks(sources, reading)
    title = voice.say("title", visit=reading.visit.title)
    return outline_of("look_back", sources, title, blocks, subject=reading.visit.title)


def _n_interviewed_again(before: Bundle, earlier: str, reading: Reading) -> int:
    """How many households answered the questionnaire that each of the two visits is about."""
    codes = [code for code, _ in reading.counties]
    asked = []
    for bundle, visit_id in ((before, earlier), (reading.bundle, reading.visit.id)):
        main = bundle.tables[forms_in_order(bundle)[0].form_id, MAIN]
        is_here = (main["visit_id"] == visit_id) & main["county"].isin(codes)
        asked.append(set(main.loc[is_here, "household_id"].dropna()))
    return len(set.intersection(*asked))


def _is_old(issue: IssueFact, reading: Reading) -> bool:
    """Whether the issue was there before the look-back began: it was handed over by then."""
    return issue.reported_on is not None and issue.reported_on <= reading.visit.starts_on


def _said_first_now(voice: Voice, reading: Reading, issues: Sequence[IssueFact]) -> Iterator[Block]:
    """How many issues that nobody was told of before were found before the look-back began, and how many on it."""
    waiting = [issue for issue in issues if issue.raised_on is not None and issue.raised_on < reading.visit.starts_on]
    for key, n in (("waiting", len(waiting)), ("new", len(issues) - len(waiting))):
        if n:
            yield Paragraph(voice.tell(f"{key}_issues", n=count(f"issues:{key}@{reading.place}", n)))


def _outcomes(voice: Voice, reading: Reading, issues: Sequence[IssueFact]) -> Iterator[Block]:
    if not issues:
        yield Paragraph(voice.tell("no_old"))
        return
    n_closed = sum(issue.state == "closed" for issue in issues)
    n_back = sum(issue.state in BACK for issue in issues)
    numbers = {"n_closed": ("closed", n_closed), "n_back": ("come-back", n_back), "n_other": ("under-way", len(issues) - n_closed - n_back)}
    parts = [voice.tell(part, n=count(f"issues:{name}@{reading.place}", n)) for part, (name, n) in numbers.items() if n]
    yield Paragraph(voice.tell("outcomes", n=count(f"issues:old@{reading.place}", len(issues)), parts=voice.joined(parts, is_list=True)))
    header = tuple(voice.say(key) for key in ("th_number", "th_issue", "th_place", "th_outcome", "th_state"))
    rows = tuple(
        Row((issue.number, issue.title, issue.place, _at_households(voice, issue), name_in(STATE_NAMES, voice.language, issue.state)))
        for issue in issues
    )
    yield Table(voice.say("outcome_table"), header, rows, (2.7, 3.2, 1.5, 2.8, 1.6))


def _at_households(voice: Voice, issue: IssueFact) -> Words:
    items = [
        voice.tell("outcome_item", name=name_in(OUTCOME_NAMES, voice.language, outcome), n=count(f"issue:{issue.number}#{outcome}", n))
        for outcome in OUTCOME_NAMES["zh"]
        if (n := issue.outcomes.get(outcome, 0))
    ]
    return voice.listed(items) if items else voice.say("no_outcome")


def _changes(before: Bundle, earlier: str, reading: Reading) -> pd.DataFrame:
    """The paired changes since the earlier visit, of all counties or of the one."""
    first, second = (
        _rows(list(rows_behind(bundle)), visit, reading) for bundle, visit in ((before, earlier), (reading.bundle, reading.visit.id))
    )
    sample = before.sample
    return paired_changes(first, second, None if sample is None else sample[sample["visit_id"] == earlier])


def _rows(behind: Sequence[RowsBehind], visit_id: str, reading: Reading) -> list[RowsBehind]:
    codes = [code for code, _ in reading.counties]
    kept = []
    for each in behind:
        is_here = (each.rows["visit_id"] == visit_id) & each.rows["county_code"].isin(codes)
        kept.append(RowsBehind(each.form_id, each.table, each.has_sample, each.measures, each.rows[is_here].reset_index(drop=True)))
    return kept


def _told_changes(voice: Voice, reading: Reading, changes: pd.DataFrame) -> Iterator[Block]:
    lines = {(line.form.form_id, line.indicator.name, line.category): line for line in reading.lines}
    rows = [(lines[key], row) for row in changes.itertuples(index=False) if (key := (row.form_id, row.indicator, row.category)) in lines]
    rows = [(line, row) for line, row in rows if not line.category and row.n_households >= MIN_N_COMPARED and pd.notna(row.change)]
    if not rows:
        yield Paragraph(voice.tell("same"))
        return
    is_tested = any(pd.notna(row.p_holm) for _, row in rows)
    yield Paragraph(voice.tell("basis_tested" if is_tested else "basis_observed"))
    said = False
    for way, sign in (("better", 1), ("worse", -1)):
        for kind in ("tested", "observed"):
            chosen = [each for each in rows if _direction(*each) == sign and _is_told(*each) == kind]
            chosen.sort(key=lambda each: -abs(each[1].change) if each[0].is_percentage else 0.0)
            if chosen:
                said = True
                items = [_item(voice, reading, line, row) for line, row in chosen[:MAX_TOLD]]
                yield Paragraph(voice.tell(f"{way}_{kind}", items=voice.joined(items, is_list=True)))
    if not said:
        yield Paragraph(voice.tell("no_change"))
    yield _change_table(voice, reading, rows, is_tested=is_tested)


def _asked_now(voice: Voice, reading: Reading, before: Bundle, earlier: str) -> Iterator[Block]:
    """A paragraph on each questionnaire that the earlier visit did not have, such as that of the look-back itself."""
    asked = {form_id for (form_id, table), rows in before.tables.items() if table == MAIN and (rows["visit_id"] == earlier).any()}
    by_form: dict[str, list[Line]] = {}
    for line in reading.lines:
        value = line.value(*reading.domain)
        if line.form.form_id not in asked and not line.category and value.n and not value.is_suppressed:
            by_form.setdefault(line.form.form_id, []).append(line)
    for form_id, lines in by_form.items():
        items = [told(voice, line, line.value(*reading.domain)) for line in lines]
        title = label_in(lines[0].form.title, voice.language, form_id)
        yield Paragraph(voice.tell("asked_now", title=title, items=voice.joined(items, is_list=True)))


def _direction(line: Line, row: Any) -> int:
    """1 for better, -1 for worse, 0 where neither a high nor a low value is good."""
    if line.indicator.good not in ("high", "low") or not row.change:
        return 0
    return 1 if (row.change > 0) == (line.indicator.good == "high") else -1


def _is_told(line: Line, row: Any) -> str:
    """ "tested" where the test supports the change; "observed" where there is no test and a share changed widely; "" otherwise."""
    if pd.notna(row.p_holm):
        return "tested" if row.p_holm < SURE else ""
    is_untested = pd.isna(row.se) and line.is_percentage
    return "observed" if is_untested and abs(row.change) >= MIN_OBSERVED_CHANGE else ""


def _address(reading: Reading, row: Any, part: str) -> str:
    return f"change:{row.form_id}/{row.indicator}@{reading.place}#{part}"


def _item(voice: Voice, reading: Reading, line: Line, row: Any) -> Text:
    address = _address(reading, row, "")
    gap: Words = Figure(value_text(abs(row.change), line.unit, voice.language), f"{address}change!text")
    if line.is_percentage:
        gap = voice.tell("points", number=Figure(f"{abs(row.change) * 100:.1f}", f"{address}points"))
    return voice.tell(
        "change",
        label=line.label,
        before=_value(voice, line, row, row.before, f"{address}before"),
        after=_value(voice, line, row, row.after, f"{address}after"),
        n=count(f"{address}n", int(row.n_households)),
        direction=voice.say("up" if row.change > 0 else "down"),
        gap=gap,
    )


def _value(voice: Voice, line: Line, row: Any, value: float, address: str) -> Words:
    """The value; an observed share of few households with its counts, where one household is one answer."""
    figure = Figure(value_text(value, line.unit, voice.language), f"{address}!text")
    n = int(row.n_households)
    if line.is_share and n < FEW and line.counted == "household" and pd.isna(row.se):
        n_again = count(f"{address.rpartition('#')[0]}#n", n)
        return voice.tell("short_observed", value=figure, k=count(f"{address}-counted", round(value * n)), n=n_again)
    return figure


def _change_table(voice: Voice, reading: Reading, rows: Sequence[tuple[Line, Any]], *, is_tested: bool) -> Table:
    heads = ["th_indicator", "th_n", "th_before", "th_after", "th_change", *(("th_interval", "th_p") if is_tested else ())]
    made = []
    for line, row in rows:
        address = _address(reading, row, "")
        numbers: list[Words] = [
            Figure(number_text(value, line.unit), f"{address}{part}!number")
            for part, value in (("before", row.before), ("after", row.after))
        ]
        numbers.append(Figure(_signed(line, row, row.change), f"{address}change!signed"))
        if is_tested:
            low, high = (_signed(line, row, value) for value in (row.ci_low, row.ci_high))
            has_interval = pd.notna(row.ci_low)
            numbers.append((Figure(low, f"{address}low"), "～", Figure(high, f"{address}high")) if has_interval else NO_VALUE)
            numbers.append(Figure(f"{row.p_holm:.3f}", f"{address}p") if pd.notna(row.p_holm) else NO_VALUE)
        made.append(Row((line.label, count(f"{address}n", int(row.n_households)), *numbers)))
    weights = (3.2, 1, 1.1, 1.1, 1.1, *((1.9, 1.2) if is_tested else ()))
    return Table(voice.say("change_table"), tuple(map(voice.say, heads)), tuple(made), weights, voice.say("points_note"))


def _signed(line: Line, row: Any, value: float) -> str:
    """A change with its sign, of shares in percentage points, of large numbers as whole as they are written themselves."""
    if pd.isna(value):
        return NO_VALUE
    if line.is_percentage:
        text = with_minus(f"{value * 100:z.1f}")
    elif max(abs(row.before), abs(row.after)) >= WHOLE_FROM:
        text = with_minus(f"{value:z,.0f}")
    else:
        text = number_text(value, line.unit)
    return f"+{text}" if value > 0 and text.strip("0.") else text
