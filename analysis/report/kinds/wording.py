"""Figures and findings as sentences, by the rules of `findings.py`. Pure."""

from collections.abc import Sequence

from analysis.measures import LEAST_OF_SHARE
from analysis.report.facts import Line, Value, n_of, value_of
from analysis.report.kinds.findings import FEW, Contrast, Finding
from analysis.report.kinds.voice import Voice
from analysis.report.texts import Figure, Text, Words
from analysis.words import counted_unit, value_text

MEDIAN_WORDS = ("中位数", "median")
MAX_ITEMS = 4
"""So many figures stand in one sentence."""


def told(voice: Voice, line: Line, value: Value, more: str = "") -> Text:
    """The figure in full: of how many asked how many, or what is estimated with its interval; `more` stands beside the basis.

    An observed share of fewer than `LEAST_OF_SHARE` is told as what was counted.
    """
    language = voice.language
    unit = counted_unit(line.counted, value.n, language)
    if value.is_suppressed:
        return voice.tell("value_observed", label=line.label, value=value_of(line, value, language), n=n_of(value), unit=unit, more=more)
    if value.interval is not None:
        low, high = _ends(line, value, language)
        return voice.tell(
            "estimated", label=line.label, value=value_of(line, value, language), low=low, high=high, n=n_of(value), unit=unit, more=more
        )
    sentence = "value_observed" if line.is_percentage else _of_kind(line)
    if line.is_share:
        sentence = "share_observed" if value.n >= LEAST_OF_SHARE else "share_few"
    k = value.figure("counted", f"{value.n_counted:,}")
    return voice.tell(sentence, label=line.label, value=value_of(line, value, language), k=k, n=n_of(value), unit=unit, more=more)


def says_median(line: Line) -> bool:
    """Whether the figure's name says already that it is a median, so that its sentence need not."""
    return line.indicator.kind == "median" and any(word in line.label for word in MEDIAN_WORDS)


def short(voice: Voice, line: Line, value: Value) -> Text:
    """The figure in a comparison: with its interval, with its counts where they are few, else alone."""
    said = value_of(line, value, voice.language)
    if value.interval is not None:
        low, high = _ends(line, value, voice.language)
        return voice.tell("short_estimated", value=said, low=low, high=high)
    if line.is_share and value.n < FEW and not value.is_suppressed:
        return voice.tell("short_observed", value=said, k=value.figure("counted", f"{value.n_counted:,}"), n=n_of(value))
    return voice.tell("short_plain", value=said)


def against_reference(voice: Voice, findings: Sequence[Finding]) -> list[Text]:
    """Sentences on findings in their order, those of one verdict, basis and direction together, a few figures in each."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        basis = "estimated" if finding.value.interval is not None else "observed"
        is_low = finding.line.indicator.good == "low" and basis == "observed" and finding.verdict == "reached"
        groups.setdefault((f"{finding.verdict}_{basis}{'_low' if is_low else ''}", finding.line.counted), []).append(finding)
    sentences = []
    for (sentence, counted), members in groups.items():
        for first in range(0, len(members), MAX_ITEMS):
            items = [_referred(voice, finding) for finding in members[first : first + MAX_ITEMS]]
            sentences.append(voice.tell(sentence, items=voice.joined(items, is_list=True), who=voice.say(f"who_{counted}")))
    return sentences


def told_contrasts(voice: Voice, found: Sequence[Contrast]) -> list[Text]:
    """One sentence on what the test supports, one on what was observed; each only if there is something to say."""
    sentences = []
    for kind, is_tested in (("tested", True), ("observed", False)):
        items = [_contrast(voice, each, f"contrast_{kind}") for each in found if each.is_tested is is_tested]
        if items:
            sentences.append(voice.tell(f"contrasts_{kind}", items=voice.joined(items, is_list=True)))
    return sentences


def basis_sentence(voice: Voice, bases: Sequence[str]) -> Text:
    """What the figures may be taken for, by the weakest basis among them."""
    weakest = next((basis for basis in ("purposive", "probability", "census") if basis in bases), "purposive")
    return voice.tell(f"basis_{weakest}")


def reference_text(line: Line, language: str) -> str:
    """The indicator's reference value as offices write it, "90%" and not "90.0%"; "" for none."""
    threshold = line.indicator.threshold
    if threshold is None:
        return ""
    return f"{threshold * 100:g}%" if line.is_percentage else value_text(threshold, line.unit, language)


def count(address: str, n: int) -> Figure:
    """A count of records as a figure."""
    return Figure(f"{n:,}", address)


def gap_text(voice: Voice, line: Line, gap: float, address: str) -> Words:
    """A distance in its unit: percentage points for shares."""
    if line.is_percentage:
        return voice.tell("points", number=Figure(f"{gap * 100:.1f}", f"{address}#points"))
    return Figure(value_text(gap, line.unit, voice.language), f"{address}#value!text")


def _of_kind(line: Line) -> str:
    kind = line.indicator.kind
    return f"{kind}_observed" if kind in ("mean", "median", "total") and not says_median(line) else "value_observed"


def _ends(line: Line, value: Value, language: str) -> tuple[Figure, Figure]:
    low, high = value.interval or (0.0, 0.0)
    return (
        value.figure("low", value_text(low, line.unit, language), "text"),
        value.figure("high", value_text(high, line.unit, language), "text"),
    )


def _referred(voice: Voice, finding: Finding) -> Text:
    line = finding.line
    is_whole = line.is_percentage and line.indicator.threshold == 1 and line.indicator.good == "high"
    sentence = "reference_whole" if is_whole else f"reference_{line.indicator.good}"
    return told(voice, line, finding.value, voice.say(sentence, threshold=reference_text(line, voice.language)))


def _contrast(voice: Voice, contrast: Contrast, sentence: str) -> Text:
    line, (high_place, high), (low_place, low) = contrast.line, contrast.high, contrast.low
    return voice.tell(
        sentence,
        label=line.label,
        high_place=high_place,
        high=short(voice, line, high),
        low_place=low_place,
        low=short(voice, line, low),
        gap=gap_text(voice, line, contrast.gap, f"between:{high.source}|{low.source}"),
    )
