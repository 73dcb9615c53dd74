"""What became of each issue candidate between two visits: still there, gone, new, or nobody could tell. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from survey.candidates.raised_queries import Raised

FATES = ("still", "gone", "new", "not_met", "not_asked")
Key = tuple[str, str, str]
"""Form id, rule, household id."""
Asked = Collection[tuple[str, str]]
"""(household id, form id) of the forms that count at one visit."""


@dataclass(frozen=True, slots=True)
class Fate:
    """One candidate and what became of it; `before` and `after` are the instances that raised it, "" where none did."""

    raised: Raised
    fate: str
    before: str
    after: str

    @property
    def household_id(self) -> str:
        """The household it is about."""
        return self.raised.household_id or ""


def follow_candidates(
    before: Iterable[Raised], after: Iterable[Raised], asked_before: Asked, asked_after: Asked, rules: Mapping[str, Collection[str]]
) -> tuple[Fate, ...]:
    """The fate of everything raised at either visit, each rule once per household, in the order of the earlier visit.

    A candidate is gone when the household was asked again with a form that still has the rule and the rule did not hold. `rules` are the
    rules of the form versions used now, by form id. Households whom nobody asked at the earlier visit are left out: nothing can be new.
    """
    old, now = _by_key(before), _by_key(after)
    found = []
    for key, raised in old.items():
        form_id, rule, household_id = key
        if key in now:
            fate = "still"
        elif (household_id, form_id) not in asked_after:
            fate = "not_met"
        else:
            fate = "gone" if rule in rules.get(form_id, ()) else "not_asked"
        found.append(Fate(raised, fate, raised.instance_id, now[key].instance_id if key in now else ""))
    for key, raised in now.items():
        if key not in old and (key[2], key[0]) in asked_before:
            found.append(Fate(raised, "new", "", raised.instance_id))
    return tuple(found)


def _by_key(raised: Iterable[Raised]) -> dict[Key, Raised]:
    found: dict[Key, Raised] = {}
    for each in raised:
        if each.household_id:
            found.setdefault((each.form_id, each.rule, each.household_id), each)
    return found


@dataclass(frozen=True, slots=True)
class FateCount:
    """How many candidates of one rule or village had each fate; `raised` is one of them, which says what they are called."""

    key: str
    raised: Raised
    counts: Mapping[str, int]

    @property
    def n_before(self) -> int:
        """How many the earlier visit raised."""
        return sum(n for fate, n in self.counts.items() if fate != "new")

    @property
    def n_after(self) -> int:
        """How many the look-back raised in households known before."""
        return self.counts.get("still", 0) + self.counts.get("new", 0)


def count_fates(fates: Sequence[Fate], part: Callable[[Fate], str]) -> tuple[FateCount, ...]:
    """The counts by what `part` gives of each, the most often raised before first."""
    groups: dict[str, list[Fate]] = {}
    for fate in fates:
        groups.setdefault(part(fate), []).append(fate)
    counted = (
        FateCount(key, group[0].raised, {name: n for name in FATES if (n := sum(fate.fate == name for fate in group))})
        for key, group in groups.items()
    )
    return tuple(sorted(counted, key=lambda row: (-row.n_before, -row.n_after, row.key)))


def rule_key(fate: Fate) -> str:
    """What names a rule over all forms, for addresses and tables."""
    return f"{fate.raised.form_id}:{fate.raised.rule}"
