"""The figures of a county into sentences: which of an area's figures are worth saying, and said in good order. Pure.

Thresholds of what is worth saying are constants here; a reader who wants everything has the tables.
"""

from collections.abc import Sequence
from datetime import date

from analysis.measures import LEAST_OF_SHARE
from analysis.report.coverage import Coverage
from analysis.report.facts import IssueCount, Line, Value, distributions_in, indicator_label, most_frequent, n_of, total_of, value_of
from analysis.report.kinds.findings import FEW, MIN_N_COMPARED, Verdict, contrasts, verdict_of
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import gap_text, says_median
from analysis.report.texts import Figure, Text, Words
from analysis.words import BASIS_NAMES, KIND_NAMES, MARKER_NAMES, RECORD_WORDS, UNIT_WORDS, counted_unit, listed, name_in, value_text

MIN_SPECIAL_GAP = 0.10
MAX_COMPARED = 3
MAX_TOP = 5


def describe_coverage(voice: Voice, coverage: Coverage, county: str, starts_on: date, ends_on: date, look_back_of: str) -> list[Text]:
    """The paragraphs on when, where, whom, by whom, and what is left out."""
    names = [village.name for village in coverage.villages]
    first = voice.tell(
        "dates",
        start=voice.day(starts_on),
        end=voice.day(ends_on),
        county=county,
        n_villages=coverage.figure("villages", len(names)),
        villages=listed(names, voice.language),
    )
    if look_back_of:
        first = voice.joined([first, voice.tell("look_back", visit=look_back_of)])
    return [first, voice.joined(_interviews(voice, coverage)), _basis(voice, coverage)]


def describe_area(voice: Voice, lines: Sequence[Line], villages: Sequence[tuple[str, str]], issues: Sequence[IssueCount]) -> list[Text]:
    """The paragraphs of one focus area; `villages` are (code, name), `issues` those of the area."""
    single = [line for line in lines if not line.category]
    return [
        *_values(voice, single),
        *_distributions(voice, [line for line in lines if line.category]),
        *filter(None, (_thresholds(voice, single), _village_gaps(voice, single, villages), _special(voice, single))),
        _area_issues(voice, issues, names_villages=len(villages) > 1),
    ]


def describe_whole(voice: Voice, lines: Sequence[Line], issues: Sequence[IssueCount], coverage: Coverage) -> list[Text]:
    """The paragraphs on the county as a whole."""
    indicators = {(line.form.form_id, line.indicator.name) for line in lines}
    verdicts = [verdict for line in lines if (verdict := verdict_in_county(line)) is not None]
    missed = sorted((line for line in lines if verdict_in_county(line) == "missed"), key=distance)[:MAX_TOP]
    numbers = {
        "n": len(indicators),
        "n_thresholds": len(verdicts),
        "n_met": verdicts.count("reached"),
        "n_missed": verdicts.count("missed"),
    }
    counts = {name: coverage.figure(f"indicators-{name}", n) for name, n in numbers.items()}
    first = [voice.tell("overall" if verdicts else "overall_plain", **counts)]
    if n_open := verdicts.count("open"):
        first.append(voice.tell("overall_open", n_open=coverage.figure("indicators-n_open", n_open)))
    if missed:
        first.append(voice.tell("worst", items=voice.joined([_missed(voice, line) for line in missed], is_list=True)))
    if issues:
        top = [_issue(voice, issue, names_villages=len(coverage.villages) > 1) for issue in issues[:MAX_TOP]]
        rules, cases = coverage.figure("rules", len(issues)), coverage.figure("cases", sum(issue.n_found for issue in issues))
        second = voice.tell("top_issues", n_rules=rules, n_cases=cases, items=voice.joined(top, is_list=True))
    else:
        second = voice.tell("no_issues")
    return [voice.joined(first), second]


def verdict_in_county(line: Line) -> Verdict | None:
    """Whether the county reaches the indicator's reference value, by the rules of `findings.py`; None if not judged."""
    return verdict_of(line, total_of(line))


def distance(line: Line) -> float:
    """How far the county is on the good side of the threshold, relative to it for other units than shares; negative when it misses."""
    threshold, estimate = line.indicator.threshold or 0.0, total_of(line).estimate or 0.0
    gap = estimate - threshold if line.indicator.good == "high" else threshold - estimate
    return gap if line.is_percentage else gap / (abs(threshold) or 1.0)


def _interviews(voice: Voice, coverage: Coverage) -> list[Text]:
    sentence = voice.tell("interviews", n=coverage.figure("interviewed", coverage.n_interviewed))
    if coverage.n_by_kind:
        kinds = [_kind(voice, kind, coverage.figure(f"kind-{kind}", count)) for kind, count in coverage.n_by_kind.items()]
        sentence += voice.tell("by_kind", kinds=voice.listed(kinds))
    if coverage.n_persons:
        sentence += voice.tell("persons", n=coverage.figure("persons", coverage.n_persons))
    sentences = [voice.stopped(sentence)]
    if coverage.n_pairs:
        minutes = coverage.median_minutes
        tail = voice.tell("minutes", minutes=coverage.figure("median-minutes", minutes)) if minutes is not None else ()
        sentences.append(voice.stopped(voice.tell("pairs", n=coverage.figure("pairs", coverage.n_pairs)) + tail))
    forms = [voice.tell("form", title=title, n=coverage.figure(f"form-{form_id}", n)) for form_id, title, n in coverage.forms]
    sentences.append(voice.tell("forms", forms=voice.listed(forms)))
    if coverage.n_left_out:
        parts = [voice.tell(state, n=coverage.figure(f"state-{state}", n)) for state, n in coverage.n_left_out.items()]
        sentences.append(voice.tell("left_out", parts=voice.listed(parts)))
    return sentences


def _kind(voice: Voice, kind: str, count: Figure) -> Text:
    name = name_in(KIND_NAMES, voice.language, kind)
    return (name, count, "户") if voice.language == "zh" else (count, f" {name.lower()}")


def _basis(voice: Voice, coverage: Coverage) -> Text:
    if coverage.bases == ("census",):
        return voice.tell("observed_census")
    if coverage.bases == ("probability",):
        return voice.tell("sampled")
    return voice.tell("observed", basis=listed([name_in(BASIS_NAMES, voice.language, basis) for basis in coverage.bases], voice.language))


def _values(voice: Voice, lines: Sequence[Line]) -> list[Text]:
    """One sentence per form and kind of unit, one that names what too few answered to be told, and one what nobody answered."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.form.form_id, line.counted), []).append(line)
    principal = lines[0].form.form_id if lines else ""
    sentences = []
    for (form_id, counted), members in groups.items():
        items = [_item(voice, line) for line in members if total_of(line).estimate is not None]
        if items and form_id == principal:
            sentences.append(voice.tell(f"by_{counted}", items=voice.joined(items, is_list=True)))
        elif items:
            title = members[0].form.title
            named = title.get(voice.language) or next(iter(title.values()), form_id)
            sentences.append(voice.tell("by_form", title=named, items=voice.joined(items, is_list=True)))
    untold = [line for line in lines if total_of(line).estimate is None]
    for sentence, is_withheld in (("too_few_answers", True), ("no_answers", False)):
        labels = [_quoted(line.label) for line in untold if total_of(line).is_suppressed is is_withheld]
        if labels:
            sentences.append(voice.tell(sentence, labels=listed(labels, voice.language)))
    return sentences


def _item(voice: Voice, line: Line) -> Text:
    total = total_of(line)
    is_plain = line.is_percentage or says_median(line)
    sentence = "percentage" if is_plain else line.indicator.kind
    if line.is_share:
        sentence = "share" if total.n >= LEAST_OF_SHARE else "share_few"
    unit = counted_unit(line.counted, total.n, voice.language)
    values = {"label": line.label, "value": value_of(line, total, voice.language), "n": n_of(total), "unit": unit}
    if total.interval is not None:
        low, high = (value_text(end, line.unit, voice.language) for end in total.interval)
        return voice.tell("estimated", **values, low=total.figure("low", low, "text"), high=total.figure("high", high, "text"))
    return voice.tell(sentence, **values, k=total.figure("counted", f"{total.n_counted:,}"))


def _distributions(voice: Voice, lines: Sequence[Line]) -> list[Text]:
    sentences = []
    for members in distributions_in(lines):
        total = total_of(members[0])
        top = [line for line in most_frequent(members) if total_of(line).estimate][:MAX_COMPARED]
        if top:
            unit = counted_unit(members[0].counted, total.n, voice.language)
            is_few = total.n < LEAST_OF_SHARE
            items = [_choice(voice, line, unit, is_few=is_few) for line in top]
            sentence = "distribution_few" if is_few else "distribution"
            label = indicator_label(members[0], voice.language)
            sentences.append(voice.tell(sentence, label=label, items=voice.listed(items), n=n_of(total), unit=unit))
    return sentences


def _choice(voice: Voice, line: Line, unit: str, *, is_few: bool) -> Text:
    total = total_of(line)
    if is_few:
        return voice.tell("choice_few", label=line.label, k=total.figure("counted", f"{total.n_counted:,}"), unit=unit)
    return voice.tell("choice", label=line.label, value=value_of(line, total, voice.language))


def _thresholds(voice: Voice, lines: Sequence[Line]) -> Text:
    met = [_quoted(line.label) for line in lines if verdict_in_county(line) == "reached"]
    missed = [_missed(voice, line) for line in lines if verdict_in_county(line) == "missed"]
    undecided = [_quoted(line.label) for line in lines if verdict_in_county(line) == "open"]
    sentences = [voice.tell("met", labels=listed(met, voice.language))] if met else []
    if missed:
        sentences.append(voice.tell("missed", items=voice.joined(missed, is_list=True)))
    if undecided:
        sentences.append(voice.tell("undecided", labels=listed(undecided, voice.language)))
    return voice.joined(sentences)


def _missed(voice: Voice, line: Line) -> Text:
    total, threshold = total_of(line), line.indicator.threshold or 0.0
    gap = abs((total.estimate or 0.0) - threshold)
    sentence = "missed_high" if line.indicator.good == "high" else "missed_low" if gap else "missed_low_equal"
    return voice.tell(
        sentence,
        label=line.label,
        value=value_of(line, total, voice.language),
        threshold=value_text(threshold, line.unit, voice.language),
        gap=gap_text(voice, line, gap, f"threshold:{total.source}"),
    )


def _village_gaps(voice: Voice, lines: Sequence[Line], villages: Sequence[tuple[str, str]]) -> Text:
    """The widest gaps: of drawn villages those that the test supports, of others those observed, each in words of its own."""
    found = contrasts(lines, "village", villages, MAX_COMPARED)
    sentences = []
    for sentence, is_tested in (("gaps_tested", True), ("gaps", False)):
        items = [
            voice.tell(
                "gap",
                label=each.line.label,
                high_place=each.high[0],
                high=_with_counts(voice, each.line, each.high[1]),
                low_place=each.low[0],
                low=_with_counts(voice, each.line, each.low[1]),
                gap=gap_text(voice, each.line, each.gap, f"between:{each.high[1].source}|{each.low[1].source}"),
            )
            for each in found
            if each.is_tested is is_tested
        ]
        if items:
            sentences.append(voice.tell(sentence, items=voice.joined(items, is_list=True)))
    return voice.joined(sentences)


def _with_counts(voice: Voice, line: Line, value: Value) -> Words:
    """The value, an observed share of few with its counts."""
    said = value_of(line, value, voice.language)
    if value.interval is not None or value.is_suppressed or not line.is_share or value.n >= FEW:
        return said
    return voice.tell("with_counts", value=said, k=value.figure("counted", f"{value.n_counted:,}"), n=n_of(value))


def _special(voice: Voice, lines: Sequence[Line]) -> Text:
    found = []
    for line in lines:
        whole = total_of(line).estimate
        if whole is None or not line.is_percentage or line.indicator.good not in ("high", "low"):
            continue
        for marker in MARKER_NAMES[voice.language]:
            value = line.value("marker", marker)
            if value.estimate is not None and value.n >= MIN_N_COMPARED and _is_apart(total_of(line), value):
                worse_by = (whole - value.estimate) * (1 if line.indicator.good == "high" else -1)
                found.append((worse_by, line, marker, value))
    worst = sorted((each for each in found if each[0] >= MIN_SPECIAL_GAP), key=lambda each: -each[0])[:MAX_COMPARED]
    items = [
        voice.tell(
            "special_item",
            marker=_marker(voice, marker),
            label=line.label,
            value=value_of(line, value, voice.language),
            n=n_of(value),
            unit=UNIT_WORDS[voice.language][line.counted],
            direction=voice.tell("lower" if line.indicator.good == "high" else "higher"),
            gap=gap_text(voice, line, gap, f"between:{total_of(line).source}|{value.source}"),
        )
        for gap, line, marker, value in worst
    ]
    return voice.tell("special", items=voice.joined(items, is_list=True)) if items else ()


def _is_apart(one: Value, other: Value) -> bool:
    """Whether two figures may be compared in words: observed ones as they are, estimated ones where their intervals do not meet."""
    if one.interval is None or other.interval is None:
        return one.interval is other.interval
    return one.interval[1] < other.interval[0] or other.interval[1] < one.interval[0]


def _marker(voice: Voice, marker: str) -> str:
    name = name_in(MARKER_NAMES, voice.language, marker)
    return name if voice.language == "zh" else name[0].lower() + name[1:]


def _area_issues(voice: Voice, issues: Sequence[IssueCount], *, names_villages: bool) -> Text:
    if not issues:
        return voice.tell("no_area_issues")
    items = [_issue(voice, issue, names_villages=names_villages) for issue in issues]
    return voice.tell("issues", items=voice.joined(items, is_list=True))


def _issue(voice: Voice, issue: IssueCount, *, names_villages: bool) -> Text:
    """The candidate with how many households or records show it; no percentage of fewer than 30, no villages for what is the county's.

    Nor are villages counted where the visit went to a single one.
    """
    share = issue.figure("share", value_text(issue.n_found / issue.n_asked, "share", voice.language))
    found, villages = issue.figure("found", f"{issue.n_found:,}"), issue.figure("villages", f"{issue.n_villages:,}")
    sentence = "issue" if issue.n_asked >= FEW else "issue_few"
    if issue.is_of_county or not names_villages:
        sentence = "issue_county" if issue.is_of_county or issue.n_asked < FEW else "issue_one_village"
    asked, unit = issue.figure("asked", f"{issue.n_asked:,}"), RECORD_WORDS[voice.language][issue.counted]
    return voice.tell(sentence, title=issue.title, n=found, n_asked=asked, share=share, n_villages=villages, unit=unit)


def _quoted(text: str) -> str:
    return f"“{text}”"
