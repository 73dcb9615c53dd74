"""Numbers into sentences: which of an area's figures are worth saying, and said in good order. Pure.

Thresholds of what is worth saying are constants here; a reader who wants everything has the tables.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from analysis.report.coverage import Coverage
from analysis.report.facts import NOTHING, IssueCount, Line, Value
from analysis.report.kinds.findings import FEW, MIN_N_COMPARED, Verdict, contrasts, verdict_of
from analysis.report.sentences import tell
from analysis.report.texts import Figure, Text, Words, joined
from analysis.words import BASIS_NAMES, KIND_NAMES, MARKER_NAMES, UNIT_WORDS, listed, name_in, value_text

MIN_SPECIAL_GAP = 0.10
MAX_COMPARED = 3
MAX_TOP = 5
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
SEPARATOR = {"zh": "；", "en": "; "}


def day_text(day: date, language: str) -> str:
    """The day as official documents write it: "2018年4月20日", "20 April 2018"."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def describe_coverage(coverage: Coverage, county: str, starts_on: date, ends_on: date, look_back_of: str, language: str) -> list[Text]:
    """The paragraphs on when, where, whom, by whom, and what is left out."""
    names = [village.name for village in coverage.villages]
    first = tell(
        language,
        "dates",
        start=day_text(starts_on, language),
        end=day_text(ends_on, language),
        county=county,
        n_villages=coverage.figure("villages", len(names)),
        villages=listed(names, language),
    )
    if look_back_of:
        first = _join([first, tell(language, "look_back", visit=look_back_of)], language)
    return [first, _join(_interviews(coverage, language), language), _basis(coverage, language)]


def describe_area(lines: Sequence[Line], villages: Sequence[tuple[str, str]], issues: Sequence[IssueCount], language: str) -> list[Text]:
    """The paragraphs of one focus area; `villages` are (code, name), `issues` those of the area."""
    single = [line for line in lines if not line.category]
    return [
        *_values(single, language),
        *_distributions([line for line in lines if line.category], language),
        *filter(None, (_thresholds(single, language), _village_gaps(single, villages, language), _special(single, language))),
        _area_issues(issues, language),
    ]


def describe_whole(lines: Sequence[Line], issues: Sequence[IssueCount], coverage: Coverage, language: str) -> list[Text]:
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
    first = [tell(language, "overall" if verdicts else "overall_plain", **counts)]
    if n_open := verdicts.count("open"):
        first.append(tell(language, "overall_open", n_open=coverage.figure("indicators-n_open", n_open)))
    if missed:
        first.append(tell(language, "worst", items=_joined([_missed(line, language) for line in missed], language)))
    if issues:
        top = [_issue(issue, language) for issue in issues[:MAX_TOP]]
        rules, cases = coverage.figure("rules", len(issues)), coverage.figure("cases", sum(issue.n_found for issue in issues))
        second = tell(language, "top_issues", n_rules=rules, n_cases=cases, items=_joined(top, language))
    else:
        second = tell(language, "no_issues")
    return [_join(first, language), second]


def value_of(line: Line, value: Value, language: str) -> Figure:
    """The value as text with its unit."""
    return value.figure("value", "…" if value.is_suppressed else value_text(value.estimate, line.unit, language), "text")


def n_of(value: Value) -> Figure:
    """How many usable answers the value rests on."""
    return value.figure("n", f"{value.n:,}")


def total_of(line: Line) -> Value:
    """The value of everybody interviewed in the county."""
    return next((value for (domain_type, _), value in line.values.items() if domain_type == "county"), NOTHING)


def verdict_in_county(line: Line) -> Verdict | None:
    """Whether the county reaches the indicator's reference value, by the rules of `kinds/findings.py`; None if not judged."""
    return verdict_of(line, total_of(line))


def distance(line: Line) -> float:
    """How far the county is on the good side of the threshold, relative to it for other units than shares; negative when it misses."""
    threshold, estimate = line.indicator.threshold or 0.0, total_of(line).estimate or 0.0
    gap = estimate - threshold if line.indicator.good == "high" else threshold - estimate
    return gap if line.is_percentage else gap / (abs(threshold) or 1.0)


def _interviews(coverage: Coverage, language: str) -> list[Text]:
    sentence = tell(language, "interviews", n=coverage.figure("interviewed", coverage.n_interviewed))
    if coverage.n_by_kind:
        kinds = [_kind(kind, coverage.figure(f"kind-{kind}", count), language) for kind, count in coverage.n_by_kind.items()]
        sentence += tell(language, "by_kind", kinds=enumerated(kinds, language))
    if coverage.n_persons:
        sentence += tell(language, "persons", n=coverage.figure("persons", coverage.n_persons))
    sentences = [_stop(sentence, language)]
    if coverage.n_pairs:
        minutes = coverage.median_minutes
        tail = tell(language, "minutes", minutes=coverage.figure("median-minutes", minutes)) if minutes is not None else ()
        sentences.append(_stop(tell(language, "pairs", n=coverage.figure("pairs", coverage.n_pairs)) + tail, language))
    forms = [tell(language, "form", title=title, n=coverage.figure(f"form-{form_id}", n)) for form_id, title, n in coverage.forms]
    sentences.append(tell(language, "forms", forms=enumerated(forms, language)))
    if coverage.n_left_out:
        parts = [tell(language, state, n=coverage.figure(f"state-{state}", n)) for state, n in coverage.n_left_out.items()]
        sentences.append(tell(language, "left_out", parts=enumerated(parts, language)))
    return sentences


def _kind(kind: str, count: Figure, language: str) -> Text:
    name = name_in(KIND_NAMES, language, kind)
    return (name, count, "户") if language == "zh" else (count, f" {name.lower()}")


def _basis(coverage: Coverage, language: str) -> Text:
    if coverage.bases == ("census",):
        return tell(language, "observed_census")
    if coverage.bases == ("probability",):
        return tell(language, "sampled")
    return tell(language, "observed", basis=listed([name_in(BASIS_NAMES, language, basis) for basis in coverage.bases], language))


def _values(lines: Sequence[Line], language: str) -> list[Text]:
    """One sentence per form and kind of unit, and one that names what nobody answered."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.form.form_id, line.counted), []).append(line)
    principal = lines[0].form.form_id if lines else ""
    sentences = []
    for (form_id, counted), members in groups.items():
        items = [_item(line, language) for line in members if total_of(line).estimate is not None]
        if items and form_id == principal:
            sentences.append(tell(language, f"by_{counted}", items=_joined(items, language)))
        elif items:
            title = members[0].form.title
            named = title.get(language) or next(iter(title.values()), form_id)
            sentences.append(tell(language, "by_form", title=named, items=_joined(items, language)))
    silent = [_quoted(line.label) for line in lines if total_of(line).estimate is None]
    if silent:
        sentences.append(tell(language, "no_answers", labels=listed(silent, language)))
    return sentences


def _item(line: Line, language: str) -> Text:
    total = total_of(line)
    sentence = "share" if line.is_share else "percentage" if line.is_percentage else line.indicator.kind
    unit = UNIT_WORDS[language][line.counted]
    values = {"label": line.label, "value": value_of(line, total, language), "n": n_of(total), "unit": unit}
    if total.interval is not None:
        low, high = (value_text(end, line.unit, language) for end in total.interval)
        return tell(language, "estimated", **values, low=total.figure("low", low, "text"), high=total.figure("high", high, "text"))
    return tell(language, sentence, **values, k=total.figure("counted", f"{total.n_counted:,}"))


def _distributions(lines: Sequence[Line], language: str) -> list[Text]:
    sentences = []
    for members in distributions_in(lines):
        total = total_of(members[0])
        top = [line for line in most_frequent(members) if total_of(line).estimate][:MAX_COMPARED]
        if top:
            items = [tell(language, "choice", label=line.label, value=value_of(line, total_of(line), language)) for line in top]
            label = indicator_label(members[0], language)
            unit = UNIT_WORDS[language][members[0].counted]
            sentences.append(tell(language, "distribution", label=label, items=enumerated(items, language), n=n_of(total), unit=unit))
    return sentences


def distributions_in(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines of each distribution together, in order."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.category:
            groups.setdefault((line.form.form_id, line.indicator.name), []).append(line)
    return list(groups.values())


def most_frequent(lines: Sequence[Line]) -> list[Line]:
    """The lines of one distribution, the most frequent answer of the county first."""
    return sorted(lines, key=lambda line: -(total_of(line).estimate or 0.0))


def indicator_label(line: Line, language: str) -> str:
    """The label of the indicator that a line of a distribution belongs to."""
    label = line.indicator.label
    return label.get(language) or next(iter(label.values()), line.indicator.name)


def _thresholds(lines: Sequence[Line], language: str) -> Text:
    met = [_quoted(line.label) for line in lines if verdict_in_county(line) == "reached"]
    missed = [_missed(line, language) for line in lines if verdict_in_county(line) == "missed"]
    undecided = [_quoted(line.label) for line in lines if verdict_in_county(line) == "open"]
    sentences = [tell(language, "met", labels=listed(met, language))] if met else []
    if missed:
        sentences.append(tell(language, "missed", items=_joined(missed, language)))
    if undecided:
        sentences.append(tell(language, "undecided", labels=listed(undecided, language)))
    return _join(sentences, language)


def _missed(line: Line, language: str) -> Text:
    total, threshold = total_of(line), line.indicator.threshold or 0.0
    gap = abs((total.estimate or 0.0) - threshold)
    sentence = "missed_high" if line.indicator.good == "high" else "missed_low" if gap else "missed_low_equal"
    return tell(
        language,
        sentence,
        label=line.label,
        value=value_of(line, total, language),
        threshold=value_text(threshold, line.unit, language),
        gap=_gap(line, gap, f"threshold:{total.source}", language),
    )


def _gap(line: Line, gap: float, address: str, language: str) -> Text:
    if line.is_percentage:
        return tell(language, "points", number=Figure(f"{gap * 100:.1f}", f"{address}#points"))
    return (Figure(value_text(gap, line.unit, language), f"{address}#value!text"),)


def _village_gaps(lines: Sequence[Line], villages: Sequence[tuple[str, str]], language: str) -> Text:
    """The widest gaps: of drawn villages those that the test supports, of others those observed, each in words of its own."""
    found = contrasts(lines, "village", villages, MAX_COMPARED)
    sentences = []
    for sentence, is_tested in (("gaps_tested", True), ("gaps", False)):
        items = [
            tell(
                language,
                "gap",
                label=each.line.label,
                high_place=each.high[0],
                high=_with_counts(each.line, each.high[1], language),
                low_place=each.low[0],
                low=_with_counts(each.line, each.low[1], language),
                gap=_gap(each.line, each.gap, f"between:{each.high[1].source}|{each.low[1].source}", language),
            )
            for each in found
            if each.is_tested is is_tested
        ]
        if items:
            sentences.append(tell(language, sentence, items=_joined(items, language)))
    return _join(sentences, language)


def _with_counts(line: Line, value: Value, language: str) -> Words:
    """The value, an observed share of few with its counts."""
    said = value_of(line, value, language)
    if value.interval is not None or value.is_suppressed or not line.is_share or value.n >= FEW:
        return said
    return tell(language, "with_counts", value=said, k=value.figure("counted", f"{value.n_counted:,}"), n=n_of(value))


def _special(lines: Sequence[Line], language: str) -> Text:
    found = []
    for line in lines:
        whole = total_of(line).estimate
        if whole is None or not line.is_percentage or line.indicator.good not in ("high", "low"):
            continue
        for marker in MARKER_NAMES[language]:
            value = line.value("marker", marker)
            if value.estimate is not None and value.n >= MIN_N_COMPARED and _is_apart(total_of(line), value):
                worse_by = (whole - value.estimate) * (1 if line.indicator.good == "high" else -1)
                found.append((worse_by, line, marker, value))
    worst = sorted((each for each in found if each[0] >= MIN_SPECIAL_GAP), key=lambda each: -each[0])[:MAX_COMPARED]
    items = [
        tell(
            language,
            "special_item",
            marker=_marker(marker, language),
            label=line.label,
            value=value_of(line, value, language),
            n=n_of(value),
            unit=UNIT_WORDS[language][line.counted],
            direction=tell(language, "lower" if line.indicator.good == "high" else "higher"),
            gap=_gap(line, gap, f"between:{total_of(line).source}|{value.source}", language),
        )
        for gap, line, marker, value in worst
    ]
    return tell(language, "special", items=_joined(items, language)) if items else ()


def _is_apart(one: Value, other: Value) -> bool:
    """Whether two figures may be compared in words: observed ones as they are, estimated ones where their intervals do not meet."""
    if one.interval is None or other.interval is None:
        return one.interval is other.interval
    return one.interval[1] < other.interval[0] or other.interval[1] < one.interval[0]


def _marker(marker: str, language: str) -> str:
    name = name_in(MARKER_NAMES, language, marker)
    return name if language == "zh" else name[0].lower() + name[1:]


def _area_issues(issues: Sequence[IssueCount], language: str) -> Text:
    if not issues:
        return tell(language, "no_area_issues")
    return tell(language, "issues", items=_joined([_issue(issue, language) for issue in issues], language))


def _issue(issue: IssueCount, language: str) -> Text:
    """The candidate with how many of those asked show it; no percentage of fewer than 30."""
    share = issue.figure("share", value_text(issue.n_found / issue.n_asked, "share", language))
    found, villages = issue.figure("found", f"{issue.n_found:,}"), issue.figure("villages", f"{issue.n_villages:,}")
    sentence = "issue" if issue.n_asked >= FEW else "issue_few"
    asked = issue.figure("asked", f"{issue.n_asked:,}")
    return tell(language, sentence, title=issue.title, n=found, n_asked=asked, share=share, n_villages=villages)


def _quoted(text: str) -> str:
    return f"“{text}”"


def enumerated(items: Sequence[Words], language: str) -> Text:
    """The items as a sentence enumerates them, figures among them kept."""
    if language == "zh" or len(items) < 2:
        return joined(items, "、")
    return joined([joined(items[:-1], ", "), items[-1]], " and ")


def _joined(items: Sequence[Words], language: str) -> Text:
    return joined(items, SEPARATOR[language])


def _join(sentences: Sequence[Words], language: str) -> Text:
    return joined(sentences, "" if language == "zh" else " ")


def _stop(sentence: Words, language: str) -> Text:
    return joined([sentence, "。" if language == "zh" else "."])
