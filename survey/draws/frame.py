"""The list that a draw is made from, in its canonical form, and its hash.

A household is one line: its number, its kind and its marks, the last two only as far as the design depends on them, so that a
published draw tells nobody more than it must. Names are never in it. Pure.
"""

import hashlib
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

from survey.draws.design import MARKERS, Design
from survey.draws.refusals import refusal

Profile = tuple[str, tuple[str, ...]]
"""A kind and marks."""
UNUSED = "-"
"""Stands where the design does not depend on the kind, or on the marks."""


@dataclass(frozen=True, slots=True)
class FramedHousehold:
    """One household of the frame; `kind` is "-" and `markers` are empty where the design does not ask for them."""

    number: str
    kind: str
    markers: tuple[str, ...]


@dataclass(frozen=True)
class FramedVillage:
    """One village of the frame: its households as canonical lines, in canonical order."""

    code: str
    lines: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many households it has."""
        return len(self.lines)

    @cached_property
    def sha256(self) -> str:
        """The hash of its lines, each ended by a line feed."""
        return _sha256(self.lines)

    @cached_property
    def households(self) -> tuple[FramedHousehold, ...]:
        """Its households in canonical order."""
        return tuple(read_line(line) for line in self.lines)

    @cached_property
    def profile(self) -> Mapping[Profile, int]:
        """How many households it has of each kind with each marks."""
        counts = Counter(line.partition("\t")[2] for line in self.lines)
        of_tails = ((read_line(f"0\t{tail}"), n) for tail, n in counts.items())
        return {(household.kind, household.markers): n for household, n in of_tails}

    def summary(self) -> "VillageSummary":
        """What the hash of the whole frame covers of the village."""
        return VillageSummary(self.code, self.n, self.sha256)


@dataclass(frozen=True, slots=True)
class VillageSummary:
    """How many households a village of the frame has, and the hash of their lines."""

    code: str
    n: int
    sha256: str


@dataclass(frozen=True)
class Frame:
    """Every village of the chosen counties that has households, by code."""

    villages: tuple[FramedVillage, ...]

    @property
    def n_households(self) -> int:
        """How many households the frame has."""
        return sum(village.n for village in self.villages)

    @cached_property
    def sha256(self) -> str:
        """The hash of the frame."""
        return frame_sha256(village.summary() for village in self.villages)

    @cached_property
    def by_code(self) -> Mapping[str, FramedVillage]:
        """The villages by code."""
        return {village.code: village for village in self.villages}


def frame_sha256(villages: Iterable[VillageSummary]) -> str:
    """The hash of a frame from what it covers of each village."""
    return _sha256(f"{village.code}\t{village.n}\t{village.sha256}" for village in sorted(villages, key=lambda each: each.code))


def make_frame(
    design: Design, codes: Sequence[str], numbers: Sequence[str], kinds: Sequence[str] = (), markers: Sequence[tuple[str, ...]] = ()
) -> Frame:
    """The frame of these households, given as columns: village code, number, and kind and marks as far as the design needs them.

    Refused when a number occurs twice in a village. A frame may have hundreds of thousands of rows, so that what is done for each of
    them is left to Python's own loops.
    """
    order = sorted(range(len(codes)), key=codes.__getitem__)
    tails = _tails(design, len(codes), kinds, markers)
    sorted_codes = [codes[at] for at in order]
    villages, start = [], 0
    while start < len(order):
        code = sorted_codes[start]
        end = bisect_right(sorted_codes, code, start)
        own = order[start:end]
        villages.append(_village(code, [numbers[at] for at in own], [tails[at] for at in own]))
        start = end
    return Frame(tuple(villages))


class _TailOf(dict[tuple[str, tuple[str, ...]], str]):
    """The end of a household's line by its kind and marks."""

    def __init__(self, design: Design) -> None:
        super().__init__()
        self._wanted = tuple(marker for marker in MARKERS if marker in design.households.special)

    def __missing__(self, key: tuple[str, tuple[str, ...]]) -> str:
        kind, markers = key
        kept = ",".join(marker for marker in self._wanted if marker in markers)
        tail = self[key] = f"\t{kind}\t{kept if self._wanted else UNUSED}"
        return tail


def _tails(design: Design, n: int, kinds: Sequence[str], markers: Sequence[tuple[str, ...]]) -> list[str]:
    of_kinds = kinds if design.needs_kinds else repeat(UNUSED, n)
    of_markers: Iterable[tuple[str, ...]] = markers if design.needs_markers else repeat((), n)
    return list(map(_TailOf(design).__getitem__, zip(of_kinds, of_markers, strict=True)))


def canonical_number(number: str) -> str:
    """The number as frames have it: in Unicode's compatibility form NFKC, runs of blanks as one, none around it."""
    return " ".join(unicodedata.normalize("NFKC", number).split())


def read_line(line: str) -> FramedHousehold:
    """The household of a canonical line; raises ValueError for what is no such line."""
    number, kind, markers = line.split("\t")
    return FramedHousehold(number, kind, tuple(markers.split(",")) if markers not in ("", UNUSED) else ())


def canonical_order(number: str) -> tuple[int, str]:
    """Sorts numbers: shorter ones first, those of one length by their characters."""
    return len(number), number


def _village(code: str, numbers: list[str], tails: list[str]) -> FramedVillage:
    together = "".join(numbers)
    if not (together.isascii() and together.isalnum() and all(numbers)):
        numbers = [canonical_number(number) for number in numbers]
        if not all(numbers):
            raise refusal("bad_number", village=code)
    if len(set(numbers)) < len(numbers):
        raise refusal("duplicate", village=code, what=Counter(numbers).most_common(1)[0][0])
    is_even = len({*map(len, numbers)}) == 1
    order = sorted(range(len(numbers)), key=(numbers if is_even else [canonical_order(number) for number in numbers]).__getitem__)
    return FramedVillage(code, tuple(numbers[at] + tails[at] for at in order))


def _sha256(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class VillageChange:
    """A village whose households are others than when the draw was made; equal numbers mean other households, kinds or marks."""

    code: str
    n_then: int
    n_now: int


def changes_since(then: Iterable[VillageSummary], frame: Frame) -> tuple[VillageChange, ...]:
    """The villages that differ between the frame of a draw and the frame as it is now, by code."""
    before = {village.code: village for village in then}
    now = {village.code: village.summary() for village in frame.villages}
    return tuple(
        VillageChange(code, before[code].n if code in before else 0, now[code].n if code in now else 0)
        for code in sorted(before.keys() | now.keys())
        if before.get(code) != now.get(code)
    )
