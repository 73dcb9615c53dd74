"""The draw itself: from design, frame and seed to villages, households and reserves with their probabilities. Pure; whole numbers only.

`docs/draw.md` specifies every step, so that others can repeat a draw without this program. Nothing here may change under the name
"draw-1".
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from survey.draws.design import KINDS, MARKERS, Design, HouseholdStage, VillageStage
from survey.draws.frame import FramedHousehold
from survey.draws.generator import Stream, pick, pick_evenly

EVERYBODY = "all"
"""The stratum of villages or households that are not told apart."""
NAMED = "named"
"""The stratum of households that were chosen on purpose."""

Size = tuple[str, int]
"""A village's code and how many households it has."""


@dataclass(frozen=True, slots=True)
class DrawnVillage:
    """A village of the result; `inclusion` is the probability of the design that it is drawn, None when it was named.

    `rank` is its place among the reserves of its stratum, from 1; 0 for a village that was drawn.
    """

    code: str
    stratum: str
    n_households: int
    inclusion: Fraction | None
    is_certain: bool
    rank: int = 0


@dataclass(frozen=True, slots=True)
class DrawnHousehold:
    """A household of the result: `rank` counts from 1 within its village, stratum and role in the order of drawing.

    `inclusion` is the probability of being drawn once its village is; None when it was named.
    """

    village_code: str
    number: str
    stratum: str
    rank: int
    inclusion: Fraction | None


@dataclass(frozen=True, slots=True)
class Result:
    """What was drawn, by village in the order of codes; then the villages in reserve, by stratum and rank.

    Households, and their reserves, are drawn in the villages in reserve as in the others.
    """

    villages: tuple[DrawnVillage, ...]
    reserve_villages: tuple[DrawnVillage, ...]
    households: tuple[DrawnHousehold, ...]
    reserves: tuple[DrawnHousehold, ...]


def draw(design: Design, sizes: Sequence[Size], division_of: Callable[[str], "Division"], seed: str) -> Result:
    """The result for villages of these sizes; `division_of` tells the households of a drawn village apart, as `divide` does."""
    villages = draw_villages(design.villages, sizes, seed)
    waiting = draw_reserve_villages(design.villages, sizes, {village.code for village in villages}, seed)
    drawn: list[DrawnHousehold] = []
    reserves: list[DrawnHousehold] = []
    for village in (*villages, *waiting):
        chosen, spare = draw_households(design.households, village.code, division_of(village.code), seed)
        drawn += chosen
        reserves += spare
    return Result(villages, waiting, tuple(drawn), tuple(reserves))


def village_strata(stage: VillageStage, sizes: Iterable[Size]) -> dict[str, list[Size]]:
    """The villages among which each draw is made, by code: those of each county, or all."""
    strata: dict[str, list[Size]] = defaultdict(list)
    for code, n in sorted(sizes):
        strata[code[:6] if stage.is_per_county else EVERYBODY].append((code, n))
    return dict(sorted(strata.items()))


def draw_villages(stage: VillageStage, sizes: Iterable[Size], seed: str) -> tuple[DrawnVillage, ...]:
    """The villages of the first stage by code."""
    drawn: list[DrawnVillage] = []
    for stratum, villages in village_strata(stage, sizes).items():
        if stage.method == "named":
            drawn += (DrawnVillage(code, stratum, n, None, False) for code, n in villages if code in stage.named)
        elif stage.method == "all":
            drawn += (DrawnVillage(code, stratum, n, Fraction(1), True) for code, n in villages)
        else:
            drawn += _draw_stratum(stage, stratum, villages, Stream(seed, f"villages/{stratum}"))
    return tuple(sorted(drawn, key=lambda village: village.code))


def _draw_stratum(stage: VillageStage, stratum: str, villages: Sequence[Size], stream: Stream) -> Iterable[DrawnVillage]:
    if stage.method == "pps":
        return _draw_by_size(stratum, villages, stage.n, stream)
    chosen = (pick if stage.method == "simple" else pick_evenly)(villages, stage.n, stream)
    inclusion = Fraction(min(stage.n, len(villages)), len(villages))
    return (DrawnVillage(code, stratum, n, inclusion, inclusion == 1) for code, n in chosen)


def _draw_by_size(stratum: str, villages: Sequence[Size], n: int, stream: Stream) -> Iterable[DrawnVillage]:
    """Villages with probability proportional to size, systematically; one too large for that is taken for certain."""
    certain, left, n = _set_certain_apart(villages, n)
    for code, size in certain:
        yield DrawnVillage(code, stratum, size, Fraction(1), True)
    if n <= 0 or not left:
        return
    total = _total(left)
    start = stream.below(total)
    passed, turn = 0, 0
    for code, size in left:
        passed += n * size
        if turn < n and start + turn * total < passed:
            yield DrawnVillage(code, stratum, size, Fraction(n * size, total), False)
            turn += 1


def _set_certain_apart(villages: Sequence[Size], n: int) -> tuple[list[Size], list[Size], int]:
    """The villages that are too large for a draw of `n` in proportion to size, the others, and how many of those are to be drawn."""
    certain: list[Size] = []
    left = list(villages)
    while left and n > 0:
        total = _total(left)
        too_large = [each for each in left if n * each[1] >= total]
        if not too_large:
            break
        certain += too_large
        left = [each for each in left if n * each[1] < total]
        n -= len(too_large)
    return certain, left, n


def _total(villages: Iterable[Size]) -> int:
    return sum(size for _code, size in villages)


def draw_reserve_villages(stage: VillageStage, sizes: Iterable[Size], drawn: Collection[str], seed: str) -> tuple[DrawnVillage, ...]:
    """The villages in reserve, of those that were not drawn, by stratum in the order in which they come in."""
    waiting: list[DrawnVillage] = []
    for stratum, villages in village_strata(stage, sizes).items() if stage.reserves else ():
        left = [each for each in villages if each[0] not in drawn]
        stream = Stream(seed, f"village_reserves/{stratum}")
        chosen = (_pick_by_size if stage.method == "pps" else pick)(left, stage.reserves, stream)
        inclusion_of = _inclusions_of_waiting(stage, villages)
        waiting += (DrawnVillage(code, stratum, n, inclusion_of(n), False, rank) for rank, (code, n) in enumerate(chosen, start=1))
    return tuple(waiting)


def _inclusions_of_waiting(stage: VillageStage, villages: Sequence[Size]) -> Callable[[int], Fraction]:
    """The probability by size with which a village of the stratum that is not certain is drawn."""
    if stage.method != "pps":
        share = Fraction(min(stage.n, len(villages)), len(villages))
        return lambda _size: share
    _certain, left, n = _set_certain_apart(villages, stage.n)
    total = _total(left)
    return lambda size: Fraction(n * size, total)


def _pick_by_size(villages: Sequence[Size], n: int, stream: Stream) -> list[Size]:
    """`n` of the villages (all, when there are fewer) one after the other, each of those left with probability proportional to size."""
    left, chosen = list(villages), list[Size]()
    while left and len(chosen) < n:
        point = stream.below(_total(left))
        at = 0
        while point >= left[at][1]:
            point -= left[at][1]
            at += 1
        chosen.append(left.pop(at))
    return chosen


@dataclass(frozen=True, slots=True)
class Cell:
    """Households of one kind and special group, which all have the same probability: a stratum of the second stage.

    `numbers` are in canonical order; `n_first` of them are drawn before the rest of the kind, so that the group gets its quota.
    """

    stratum: str
    numbers: tuple[str, ...]
    n_first: int
    inclusion: Fraction | None


@dataclass(frozen=True, slots=True)
class Kind:
    """The households among which one quota is drawn: `n` of `numbers`, which are in canonical order."""

    name: str
    n: int
    numbers: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Division:
    """A village's households as the second stage tells them apart, and by how many each quota (kind or mark) falls short there."""

    kinds: tuple[Kind, ...]
    short: Mapping[str, int]


def draw_households(
    stage: HouseholdStage, village_code: str, division: Division, seed: str
) -> tuple[list[DrawnHousehold], list[DrawnHousehold]]:
    """The households drawn in a village and its reserves, both by stratum in the order of drawing."""
    drawn: list[DrawnHousehold] = []
    reserves: list[DrawnHousehold] = []
    for kind in division.kinds:
        chosen = _choose(stage, village_code, kind, seed)
        for cell in kind.cells:
            members = set(cell.numbers)
            drawn += _ranked(village_code, cell, [number for number in chosen if number in members])
            left = [number for number in cell.numbers if number not in chosen]
            if left and stage.reserves:
                stream = Stream(seed, f"reserves/{village_code}/{cell.stratum}")
                reserves += _ranked(village_code, cell, pick(left, stage.reserves, stream))
    return drawn, reserves


def _ranked(village_code: str, cell: Cell, numbers: Iterable[str]) -> list[DrawnHousehold]:
    return [DrawnHousehold(village_code, number, cell.stratum, rank, cell.inclusion) for rank, number in enumerate(numbers, start=1)]


def _choose(stage: HouseholdStage, village_code: str, kind: Kind, seed: str) -> dict[str, None]:
    """The numbers drawn of a kind, in the order of drawing: special groups first, then the rest of its places."""
    if kind.n == len(kind.numbers):
        return dict.fromkeys(kind.numbers)
    chosen: dict[str, None] = {}
    for cell in kind.cells:
        if cell.n_first:
            chosen.update(dict.fromkeys(pick(cell.numbers, cell.n_first, Stream(seed, f"households/{village_code}/{cell.stratum}"))))
    rest = [number for number in kind.numbers if number not in chosen]
    stream = Stream(seed, f"households/{village_code}/{kind.name}/rest")
    chosen.update(dict.fromkeys((pick_evenly if stage.method == "systematic" else pick)(rest, kind.n - len(chosen), stream)))
    return chosen


def divide(stage: HouseholdStage, village_code: str, households: Sequence[FramedHousehold]) -> Division:
    """The village's households, given in canonical order, told apart by kind and special group."""
    if stage.method == "all":
        numbers = tuple(household.number for household in households)
        return Division((Kind(EVERYBODY, len(numbers), numbers, (Cell(EVERYBODY, numbers, 0, Fraction(1)),)),), {})
    if stage.method == "named":
        named = {number for code, number in stage.named if code == village_code}
        numbers = tuple(household.number for household in households if household.number in named)
        return Division((Kind(NAMED, len(numbers), numbers, (Cell(NAMED, numbers, 0, None),)),), {})
    is_by_kind = stage.method == "stratified"
    kind_of = {household.number: household.kind if is_by_kind else EVERYBODY for household in households}
    allocation = allocate(stage, Counter((household.kind, household.markers) for household in households))
    cells: dict[CellKey, list[str]] = {key: [] for key in allocation.n_of_cell}
    for household in households:
        key = (kind_of[household.number], _group_of(allocation.groups, household.markers))
        if key in cells:
            cells[key].append(household.number)
    kinds = []
    for kind, n in allocation.wanted.items():
        numbers = tuple(household.number for household in households if kind_of[household.number] == kind)
        if numbers:
            kinds.append(Kind(kind, n, numbers, tuple(_cells_of(kind, n, len(numbers), cells, allocation.first))))
    return Division(tuple(kinds), allocation.short)


CellKey = tuple[str, str]
"""A kind ("all" where kinds are not told apart) and a special group ("" for households without a quota's mark)."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """How many households of a village are to come from where, which follows from the numbers of households alone.

    `groups` are the marks with a quota in the order in which they count; `n_of_cell` and `first` say for each cell how many households
    it has, and how many of them are drawn before the rest; `wanted` how many of each kind; `short` what is missing for each quota.
    """

    groups: tuple[str, ...]
    n_of_cell: Mapping[CellKey, int]
    first: Mapping[CellKey, int]
    wanted: Mapping[str, int]
    short: Mapping[str, int]


def allocate(stage: HouseholdStage, profile: Mapping[tuple[str, tuple[str, ...]], int]) -> Allocation:
    """The allocation for a village that has so many households of each kind with each marks."""
    is_by_kind = stage.method == "stratified"
    quotas = {kind: stage.quotas[kind] for kind in KINDS if kind in stage.quotas} if is_by_kind else {EVERYBODY: stage.n}
    eligible = {key: n for key, n in profile.items() if not is_by_kind or key[0] in quotas}
    groups = _groups_in_order(stage, eligible)
    n_of_cell: dict[CellKey, int] = {(kind, group): 0 for kind in quotas for group in ("", *groups)}
    for (kind, markers), n in eligible.items():
        n_of_cell[kind if is_by_kind else EVERYBODY, _group_of(groups, markers)] += n
    n_of_kind = {kind: sum(n_of_cell[kind, group] for group in ("", *groups)) for kind in quotas}
    wanted = {kind: min(n, n_of_kind[kind]) for kind, n in quotas.items()}
    places = {kind: n if n == n_of_kind[kind] else n - 1 for kind, n in wanted.items()}
    first, short = _share_special(stage, groups, n_of_cell, places)
    short.update({kind: n - wanted[kind] for kind, n in quotas.items() if n > wanted[kind]})
    return Allocation(groups, n_of_cell, first, wanted, short)


def _groups_in_order(stage: HouseholdStage, eligible: Mapping[tuple[str, tuple[str, ...]], int]) -> tuple[str, ...]:
    """The marks with a quota, the rarest in the village first: a household counts for the first that it has."""
    n_marked = {marker: sum(n for (_kind, markers), n in eligible.items() if marker in markers) for marker in stage.special}
    return tuple(sorted(stage.special, key=lambda marker: (n_marked[marker], MARKERS.index(marker))))


def _group_of(groups: Iterable[str], markers: Sequence[str]) -> str:
    return next((marker for marker in groups if marker in markers), "")


def _share_special(
    stage: HouseholdStage, groups: Sequence[str], n_of_cell: Mapping[CellKey, int], places: dict[str, int]
) -> tuple[dict[CellKey, int], dict[str, int]]:
    """How many of each cell are drawn first so that special groups get their quota, and what is missing of it.

    One after the other goes to the kind that has most of the group for each one it gives. One place of each kind stays open to all of
    it, so that nobody's probability is zero, unless the whole kind is taken anyway: `places` are the others.
    """
    first: dict[CellKey, int] = dict.fromkeys(n_of_cell, 0)
    short: dict[str, int] = {}
    for group in groups:
        for turn in range(stage.special[group]):
            open_kinds = [kind for kind, n in places.items() if first[kind, group] < n_of_cell[kind, group] and n > 0]
            if not open_kinds:
                short[group] = stage.special[group] - turn
                break
            kind = max(open_kinds, key=lambda each: Fraction(n_of_cell[each, group], first[each, group] + 1))
            first[kind, group] += 1
            places[kind] -= 1
    return first, short


def _cells_of(kind: str, n: int, n_all: int, cells: Mapping[CellKey, Sequence[str]], first: Mapping[CellKey, int]) -> Iterable[Cell]:
    """The cells of a kind that have households, each with the probability of being drawn first or with the rest."""
    n_first = sum(number for (of_kind, _group), number in first.items() if of_kind == kind)
    rest = Fraction(n - n_first, n_all - n_first) if n_all > n_first else Fraction(0)
    for (of_kind, group), numbers in cells.items():
        if of_kind == kind and numbers:
            own = Fraction(first[kind, group], len(numbers))
            yield Cell(f"{kind}/{group}" if group else kind, tuple(numbers), first[kind, group], own + (1 - own) * rest)
