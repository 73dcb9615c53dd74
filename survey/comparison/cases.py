"""A comparison with the household it is about and what was decided on it; which of them a reader wants. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from survey.comparison.join import AGREES, APART, CANNOT_VERIFY, Comparison

OPEN, CORRECTED, OFFERED = "open", "corrected", "offered"
DECIDED = (OPEN, CORRECTED, OFFERED)
EVERYTHING = "all"
"""The kind of a filter that agreement passes too."""
WAITING_TOO = "received"
"""The scope that takes in submissions that wait for review."""


@dataclass(frozen=True, slots=True)
class HouseholdOf:
    """The household of a comparison, and where it lives."""

    id: str
    number: str
    head_name: str
    kind: str
    village_code: str
    village_name: str


@dataclass(frozen=True, slots=True)
class Correction:
    """The kind that a coordinator gave, why, who and when; it holds as long as the answers are those of then (`applies`)."""

    kind: str
    found_kind: str
    reason: str
    by: str
    at: object
    applies: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One item of one household with what was decided on it."""

    household: HouseholdOf
    comparison: Comparison
    correction: Correction | None = None
    candidate_id: str = ""
    """The issue candidate that was made of it."""

    @property
    def item(self) -> str:
        """The item's code."""
        return self.comparison.item

    @property
    def kind(self) -> str:
        """What counts: the coordinator's kind, else what was found."""
        return self.correction.kind if self.correction and self.correction.applies else self.comparison.kind

    @property
    def basis(self) -> str:
        """Where the kind comes from: "corrected", "judged" or "computed"."""
        return CORRECTED if self.correction and self.correction.applies else self.comparison.basis

    @property
    def is_discrepancy(self) -> bool:
        """Whether there is anything to look at: all but agreement."""
        return self.kind != AGREES

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is to be remarked about it, by code."""
        return (*self.comparison.remarks, *(("older_values",) if self.correction and not self.correction.applies else ()))

    @property
    def decided(self) -> str:
        """How far it has come: "offered" as evidence, "corrected", or "open"."""
        return OFFERED if self.candidate_id else CORRECTED if self.basis == CORRECTED else OPEN


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What is looked for; "" means no limit, and as `kind` whatever differs, is missing or out of date. `scope` is "" or "received"."""

    item: str = ""
    kind: str = ""
    village: str = ""
    decided: str = ""
    scope: str = ""

    def parameters(self) -> dict[str, Any]:
        """The filters that limit something, as the parameters of an address."""
        return {name: value for name, value in asdict(self).items() if value}

    def but(self, **changes: str) -> "CaseFilter":
        """The filter with some of its limits changed."""
        return replace(self, **changes)

    def select(self, cases: Iterable[Case]) -> tuple[Case, ...]:
        """The cases that pass."""
        return tuple(case for case in cases if self._passes(case))

    def _passes(self, case: Case) -> bool:
        is_kind = case.kind in APART if not self.kind else self.kind in (EVERYTHING, case.kind)
        is_place = not self.village or case.household.village_code == self.village
        return is_kind and is_place and self.item in ("", case.item) and self.decided in ("", case.decided)


@dataclass(frozen=True, slots=True)
class Tally:
    """How comparisons turned out; the shares are 0 to 1, None where nothing was compared.

    `n_agreeing_as_filed` of `n_as_filed` is the indicator `said_filed_agreement` over the same submissions.
    """

    n_households: int
    by_kind: dict[str, int]
    n_as_filed: int
    n_agreeing_as_filed: int

    @property
    def n_compared(self) -> int:
        """Items that could be compared."""
        return sum(self.by_kind[kind] for kind in (AGREES, *APART))

    @property
    def n_discrepancies(self) -> int:
        """Items that differ, are missing or out of date."""
        return self.n_compared - self.by_kind[AGREES]

    @property
    def agreeing_share(self) -> float | None:
        """Items that agree of those compared."""
        return self.by_kind[AGREES] / self.n_compared if self.n_compared else None

    @property
    def as_filed_share(self) -> float | None:
        """Items of which said and filed agree of those counted, as in the indicator."""
        return self.n_agreeing_as_filed / self.n_as_filed if self.n_as_filed else None


def tally(cases: Iterable[Case]) -> Tally:
    """The counts of some comparisons."""
    households, by_kind, n_as_filed, n_agreeing = set(), dict.fromkeys((AGREES, *APART, CANNOT_VERIFY), 0), 0, 0
    for case in cases:
        households.add(case.household.id)
        by_kind[case.kind] += 1
        n_as_filed += case.comparison.agrees_as_filed is not None
        n_agreeing += case.comparison.agrees_as_filed is True
    return Tally(len(households), by_kind, n_as_filed, n_agreeing)


def tally_by(cases: Iterable[Case], key: str) -> dict[str, Tally]:
    """The counts by "item" or "village", in the order in which they come."""
    parts: dict[str, list[Case]] = {}
    for case in cases:
        parts.setdefault(case.item if key == "item" else case.household.village_code, []).append(case)
    return {name: tally(found) for name, found in parts.items()}
