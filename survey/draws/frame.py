"""The list that a draw is made from, in its canonical form, and its hash.

A household is one line: its number, its kind and its marks, the last two only as far as the design depends on them, so that a
published draw tells nobody more than it must. Names are never in it. Pure.
"""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from survey.draws.design import MARKERS, Design
from survey.draws.refusals import refusal

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


def make_frame(design: Design, rows: Iterable[tuple[str, str, str, Iterable[str]]]) -> Frame:
    """The frame of these households, given as (village code, number, kind, marks); refused when a number occurs twice in a village."""
    wanted = tuple(marker for marker in MARKERS if marker in design.households.special)
    tails: dict[tuple[str, tuple[str, ...]], str] = {}
    lines: dict[str, list[str]] = defaultdict(list)
    for code, number, kind, markers in rows:
        key = (kind, tuple(markers))
        tail = tails.get(key)
        if tail is None:
            kept = ",".join(marker for marker in wanted if marker in key[1])
            tail = tails[key] = f"\t{kind if design.needs_kinds else UNUSED}\t{kept if wanted else UNUSED}"
        if not (number.isascii() and number.isalnum()):
            number = canonical_number(number)
        if not number:
            raise refusal("bad_number", village=code)
        lines[code].append(number + tail)
    return Frame(tuple(_village(code, found) for code, found in sorted(lines.items())))


def canonical_number(number: str) -> str:
    """The number as frames have it: in Unicode's compatibility form NFKC, runs of blanks as one, none around it."""
    return " ".join(unicodedata.normalize("NFKC", number).split())


def read_line(line: str) -> FramedHousehold:
    """The household of a canonical line; raises ValueError for what is no such line."""
    number, kind, markers = line.split("\t")
    return FramedHousehold(number, kind, tuple(markers.split(",")) if markers not in ("", UNUSED) else ())


def canonical_order(line: str) -> tuple[int, str]:
    """Sorts lines: shorter numbers first, those of one length by their characters."""
    number = line.partition("\t")[0]
    return len(number), number


def _village(code: str, lines: list[str]) -> FramedVillage:
    lines.sort(key=canonical_order)
    for one, other in pairwise(lines):
        number = one.partition("\t")[0]
        if other.startswith(f"{number}\t"):
            raise refusal("duplicate", village=code, what=number)
    return FramedVillage(code, tuple(lines))


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
