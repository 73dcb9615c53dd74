"""Whether a design can be carried out on a frame, said before anything is drawn. Pure.

Every village that may be drawn is looked at, not those that will be: what is said here gives nothing away.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from survey.draws.algorithm import allocate, village_strata
from survey.draws.design import CHANCE_AMONG_HOUSEHOLDS, CHANCE_AMONG_VILLAGES, Design
from survey.draws.frame import Frame, FramedVillage
from survey.draws.refusals import refusal

MAX_HOUSEHOLDS = 50_000
"""More than any visit can interview; keeps a slip of the pen from filling the database."""
SHOWN_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Shortage:
    """A quota that a village cannot fill: what of (a kind, a mark, or "all"), how many were wanted, and how many there are."""

    village: FramedVillage
    what: str
    wanted: int
    has: int


def check_frame(design: Design, frame: Frame) -> None:
    """Raise what keeps the draw from being made; the design itself is in order."""
    counties = ", ".join(sorted(design.villages.counties))
    if not frame.villages:
        raise refusal("no_households", what=counties)
    if unknown := sorted(set(design.villages.named) - set(frame.by_code)):
        raise refusal("foreign_village", what=", ".join(unknown[:SHOWN_AT_MOST]))
    if design.villages.method in CHANCE_AMONG_VILLAGES:
        _check_village_numbers(design, frame)
    candidates = candidate_villages(design, frame)
    if design.households.method == "named":
        _check_named(design, candidates)
    if design.households.method in CHANCE_AMONG_HOUSEHOLDS:
        _check_quotas(design, candidates)
    if (n := _most_households(design, candidates)) > MAX_HOUSEHOLDS:
        raise refusal("too_large", n=n, limit=MAX_HOUSEHOLDS)


def candidate_villages(design: Design, frame: Frame) -> tuple[FramedVillage, ...]:
    """The villages that may be in the result."""
    if design.villages.method != "named":
        return frame.villages
    return tuple(village for village in frame.villages if village.code in design.villages.named)


def _check_village_numbers(design: Design, frame: Frame) -> None:
    stage = design.villages
    strata = village_strata(stage, ((village.code, village.n) for village in frame.villages))
    found = {county: len(strata.get(county, ())) for county in stage.counties} if stage.is_per_county else {"": len(frame.villages)}
    for county, n in sorted(found.items()):
        if n < stage.n:
            raise refusal("too_few_villages", wanted=stage.n, what=county or ", ".join(sorted(stage.counties)), n=n)


def _check_named(design: Design, candidates: tuple[FramedVillage, ...]) -> None:
    present = {(village.code, household.number) for village in candidates for household in village.households}
    if unknown := sorted(set(design.households.named) - present):
        raise refusal("unknown_household", what=", ".join(f"{code} {number}" for code, number in unknown[:SHOWN_AT_MOST]))


def _check_quotas(design: Design, candidates: tuple[FramedVillage, ...]) -> None:
    shortages = [shortage for village in candidates for shortage in _shortages(design, village)]
    if not shortages:
        return
    if not design.households.takes_all_where_short:
        first = shortages[0]
        n_villages = len({shortage.village.code for shortage in shortages})
        raise refusal("short", n=n_villages, village=first.village.code, what=first.what, wanted=first.wanted, has=first.has)
    for what in dict.fromkeys(shortage.what for shortage in shortages):
        of_quota = [shortage for shortage in shortages if shortage.what == what]
        if len(of_quota) == len(candidates):
            best = max(of_quota, key=lambda shortage: shortage.has)
            raise refusal("nowhere", what=what, wanted=best.wanted, has=best.has, village=best.village.code)


def _shortages(design: Design, village: FramedVillage) -> Iterator[Shortage]:
    stage = design.households
    if not (design.needs_kinds or design.needs_markers):
        if village.n < stage.n:
            yield Shortage(village, "all", stage.n, village.n)
        return
    quotas = {**stage.quotas, **stage.special, **({} if design.needs_kinds else {"all": stage.n})}
    for what, missing in allocate(stage, village.profile).short.items():
        yield Shortage(village, what, quotas[what], quotas[what] - missing)


def _most_households(design: Design, candidates: tuple[FramedVillage, ...]) -> int:
    """The most households that the draw can take."""
    villages, households = design.villages, design.households
    n_of_village = {"all": None, "named": None, "stratified": sum(households.quotas.values())}.get(households.method, households.n)
    sizes = sorted((village.n if n_of_village is None else min(n_of_village, village.n) for village in candidates), reverse=True)
    if villages.method in CHANCE_AMONG_VILLAGES:
        sizes = sizes[: villages.n * (len(villages.counties) if villages.is_per_county else 1)]
    return sum(sizes)
