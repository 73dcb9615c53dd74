"""Sentences, and whether what one claims may have turned: more became less, reached became missed. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis.report.live.origin import Evidence

_END = re.compile(r"[。！？；\n]|[.!?;](?=\s|$)")
_DIRECTION = re.compile(
    r"[高低多少升降增减超达优劣好差]|不足|不到|未"
    r"|\b(?:high|low|above|below|more|less|few|reach|rose|rise|fell|fall|increas|decreas|better|worse|exceed|short|most|least|miss)",
    re.IGNORECASE,
)
"""Words that say a direction. Whether it turned is decided by the numbers; these only say that one was claimed."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of a sentence, before and after."""

    address: str
    old: Evidence
    new: Evidence


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around a place in the text begins and ends, without blanks."""
    first = 0
    for match in _END.finditer(text):
        if match.end() > start:
            break
        first = match.end()
    found = _END.search(text, end)
    last = found.end() if found else len(text)
    stripped = text[first:last]
    return first + len(stripped) - len(stripped.lstrip()), last - (len(stripped) - len(stripped.rstrip()))


def has_turned(sentence: str, figures: Sequence[Told]) -> bool:
    """Whether a distance in the sentence changed its sign or, where it claims a direction, two figures their order or one its side.

    A side is that of the indicator's reference value.
    """
    if any(each.address.startswith(("between:", "threshold:")) and _differs(each.old.value, each.new.value, 0.0) for each in figures):
        return True
    if not _DIRECTION.search(sentence):
        return False
    if any(each.new.reference is not None and _differs(each.old.value, each.new.value, each.new.reference) for each in figures):
        return True
    compared = [each for each in figures if each.address.startswith("estimate:") and "#value" in each.address]
    return any(_changed_order(first, second) for first, second in combinations(compared, 2))


def _changed_order(first: Told, second: Told) -> bool:
    numbers = (first.old.value, second.old.value, first.new.value, second.new.value)
    if first.new.unit != second.new.unit or any(number is None for number in numbers):
        return False
    old, new = (numbers[0] or 0.0) - (numbers[1] or 0.0), (numbers[2] or 0.0) - (numbers[3] or 0.0)
    return old * new < 0 or (old != 0) != (new != 0)


def _differs(old: float | None, new: float | None, reference: float) -> bool:
    if old is None or new is None:
        return False
    return (old >= reference) != (new >= reference) or (old > reference) != (new > reference)
