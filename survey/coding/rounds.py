"""Where each answer of a round stands: coded by one, by both alike, apart, or settled; and which codes count. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from survey.coding.answers import OpenAnswer
from survey.coding.models import FIRST, SECOND, SETTLED, Coding

WAITING, AGREED, APART, DONE = "waiting", "agreed", "apart", "settled"
STATES = (WAITING, AGREED, APART, DONE)


@dataclass(frozen=True, slots=True)
class CodedAnswer:
    """One answer with the latest decision of each part about this very text, None where there is none."""

    answer: OpenAnswer
    first: Coding | None
    second: Coding | None
    settled: Coding | None

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if self.first is None or self.second is None:
            return WAITING
        if codes_of(self.first) == codes_of(self.second):
            return AGREED
        return DONE if self.is_settled else APART

    @property
    def is_settled(self) -> bool:
        """Whether a third decision was made after the latest of both coders."""
        if self.settled is None or self.first is None or self.second is None:
            return False
        return self.settled.coded_at >= max(self.first.coded_at, self.second.coded_at)

    @property
    def counted(self) -> frozenset[str] | None:
        """The codes that count: those of both, or those settled on; None as long as nothing is decided."""
        if self.state == AGREED:
            return codes_of(self.first)
        return codes_of(self.settled) if self.state == DONE else None

    def part(self, name: str) -> Coding | None:
        """The latest decision of a part."""
        return {FIRST: self.first, SECOND: self.second, SETTLED: self.settled}[name]


def codes_of(coding: Coding | None) -> frozenset[str]:
    """The codes of a decision."""
    return frozenset(coding.codes if coding else ())


def join_codings(answers: Sequence[OpenAnswer], codings: Iterable[Coding]) -> tuple[CodedAnswer, ...]:
    """Every answer with its decisions; those about a text that has changed since do not count."""
    latest: dict[tuple[str, str], Coding] = {}
    for coding in sorted(codings, key=lambda each: each.number):
        latest[coding.instance_id, coding.part] = coding
    return tuple(
        CodedAnswer(answer, *(_about(answer, latest.get((answer.instance_id, part))) for part in (FIRST, SECOND, SETTLED)))
        for answer in answers
    )


def _about(answer: OpenAnswer, coding: Coding | None) -> Coding | None:
    return coding if coding is not None and coding.text_hash == answer.text_hash else None


def count_states(coded: Iterable[CodedAnswer]) -> Mapping[str, int]:
    """How many answers are in each state, and in "first" and "second" how many each coder has done."""
    counts: Counter[str] = Counter(dict.fromkeys((*STATES, FIRST, SECOND), 0))
    for each in coded:
        counts[each.state] += 1
        counts[FIRST] += each.first is not None
        counts[SECOND] += each.second is not None
    return counts


def count_codes(coded: Iterable[CodedAnswer]) -> tuple[Mapping[str, Mapping[str, int]], Mapping[str, int]]:
    """How many decided answers have each code by county, and how many decided answers each county has."""
    by_code: dict[str, Counter[str]] = {}
    totals: Counter[str] = Counter()
    for each in coded:
        if each.counted is None:
            continue
        totals[each.answer.county_code] += 1
        for name in each.counted or ("",):
            by_code.setdefault(name, Counter())[each.answer.county_code] += 1
    return by_code, totals
