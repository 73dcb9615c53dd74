"""Sums of answers per group of rows and measure, from which every estimate and variance is made.

They add up: those of two parts of the data, taken with the same groups and centres, are those of the whole, as long as no household is
in both parts. So rows may come in any number of parts, one after the other or on many machines. Nothing here knows of places.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.measures import Measure

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Reduce = Callable[[Numbers], Numbers]


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """One row per group, one column per measure. `y` is what stands above the line less `centre` times what stands below it, `x` below.

    `n` counts usable answers and `n_ssu` households with one. `yy`, `xy` and `xx` add up products of the sums of households, and `ryy`,
    `rxy` and `rxx` those of single rows; they are the same arrays where each household has one row.
    """

    centre: Numbers
    n: Numbers
    n_ssu: Numbers
    y: Numbers
    x: Numbers
    yy: Numbers
    xy: Numbers
    xx: Numbers
    ryy: Numbers
    rxy: Numbers
    rxx: Numbers

    def __add__(self, other: "Sums") -> "Sums":
        """The sums of both parts, whose groups and centres must be the same."""
        if self.n.shape != other.n.shape or not np.array_equal(self.centre, other.centre):
            raise ValueError("Sums of other groups or with other centres cannot be added.")
        added = {each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self) if each.name != "centre"}
        return replace(self, **added)

    def map(self, change: Callable[[Numbers, int], Numbers]) -> "Sums":
        """Each array changed by `change(array, power)`; the power says how often the weight counts in it, twice in products of households.

        An array that stands under several names with the same power is changed once.
        """
        done: dict[tuple[int, int], Numbers] = {}

        def changed(name: str) -> Numbers:
            array, power = getattr(self, name), _POWERS[name]
            key = (id(array), power)
            if key not in done:
                done[key] = change(array, power)
            return done[key]

        return replace(self, **{name: changed(name) for name in _POWERS})

    def take(self, groups: Codes) -> "Sums":
        """The sums of these groups alone."""
        if len(groups) == len(self.n):
            return self
        return self.map(lambda array, _: array[groups])

    def grouped(self, codes: Codes, n_groups: int) -> "Sums":
        """The sums of unions of groups: `codes` says for every group to which one it belongs."""
        reduce = reducer(codes, n_groups)
        return self.map(lambda array, _: reduce(array))


_POWERS = {"n": 0, "n_ssu": 0, "y": 1, "x": 1, "yy": 2, "xy": 2, "xx": 2, "ryy": 1, "rxy": 1, "rxx": 1}


def reducer(codes: Codes, n_groups: int) -> Reduce:
    """A function that adds up the rows of an array by their codes; a code that no row has gives zeros."""
    if len(codes) == n_groups and (codes == np.arange(n_groups)).all():
        return lambda array: array
    is_sorted = bool((codes[1:] >= codes[:-1]).all())
    order = np.arange(len(codes)) if is_sorted else np.argsort(codes, kind="stable")
    ends = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=n_groups))])
    adding = sparse.csr_array((np.ones(len(codes)), order, ends), shape=(n_groups, len(codes)))
    return lambda array: np.asarray(adding @ array, dtype=float)


def centres_of(measures: Sequence[Measure]) -> Numbers:
    """The centre of each measure: the plain value over all rows, 0 for shares. It keeps differences of large sums exact."""
    centres = np.zeros(len(measures))
    for position, measure in enumerate(measures):
        below = measure.denominator.sum()
        if not measure.is_share and below != 0:
            centres[position] = measure.numerator.sum() / below
    return centres


def sum_measures(measures: Sequence[Measure], groups: Codes, n_groups: int, *, ssu: Codes | None = None, centres: Numbers) -> Sums:
    """The sums of the measures by the group of every row; `ssu` is the household of every row, None where each row is one.

    Raises ValueError for a median or quantile, which no sums give.
    """
    if any(measure.level is not None for measure in measures):
        raise ValueError("Medians and quantiles are not made of sums.")
    if ssu is None or not is_repeated(ssu):
        return _sum_rows(measures, groups, n_groups, centres)
    _, first, of_row = np.unique(groups * (int(ssu.max(initial=0)) + 1) + ssu, return_index=True, return_inverse=True)
    rows = _sum_rows(measures, of_row.astype(np.intp), len(first), centres)
    reduce = reducer(groups[first], n_groups)
    return Sums(
        centre=centres,
        n=reduce(rows.n),
        n_ssu=reduce((rows.n > 0).astype(float)),
        y=reduce(rows.y),
        x=reduce(rows.x),
        yy=reduce(rows.y**2),
        xy=reduce(rows.x * rows.y),
        xx=reduce(rows.x**2),
        ryy=reduce(rows.ryy),
        rxy=reduce(rows.rxy),
        rxx=reduce(rows.rxx),
    )


def is_repeated(codes: Codes) -> bool:
    """Whether any code, none of which is below 0, is there twice."""
    return int(np.bincount(codes).max(initial=0)) > 1


def _sum_rows(measures: Sequence[Measure], groups: Codes, n_groups: int, centres: Numbers) -> Sums:
    """The sums as if each row were a household."""
    reduce = reducer(groups, n_groups)
    shape = (n_groups, len(measures))
    n, y, yy = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    is_divided = any(measure.is_ratio for measure in measures)
    x, xy, xx = (np.zeros(shape), np.zeros(shape), np.zeros(shape)) if is_divided else (n, y, n)
    for k, (measure, centre) in enumerate(zip(measures, centres, strict=True)):
        above = measure.numerator
        n[:, k] = reduce(measure.is_valid.astype(float))
        if measure.is_ratio:
            below = measure.denominator
            x[:, k], xx[:, k] = reduce(below), reduce(below**2)
            above = above - centre * below
            xy[:, k] = reduce(above * below)
        elif centre:
            above = above - centre * measure.is_valid
        y[:, k] = reduce(above)
        yy[:, k] = y[:, k] if measure.is_share else reduce(above**2)
        if is_divided and not measure.is_ratio:
            x[:, k], xx[:, k], xy[:, k] = n[:, k], n[:, k], y[:, k]
    return Sums(centres, n, n, y, x, yy, xy, xx, yy, xy, xx)
