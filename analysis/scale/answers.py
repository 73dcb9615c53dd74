"""Answers that are read straight from their columns: what each interview of a part adds to every measure, with no row in pandas.

Shares ask of an answer no more than whether it is there and whether it counts, so that eight of them are added up at once, a byte each in
one whole number; means, totals and ratios are numbers as they stand. Whatever else an indicator is, `analysis.measures` makes it of rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.codebook import Table
from analysis.estimation.sums import Reduce, Sums, is_repeated, reducer
from analysis.measures import Measure
from analysis.scale.coded import coded, is_there
from questionnaires.model import Indicator
from questionnaires.non_answers import left_out_of

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Words = npt.NDArray[np.uint64]
Lanes = dict[tuple[tuple[str, ...], bool], int]
"""By answers, and whether one of them or any other is marked, the byte that does so."""
BYTES, BITS, MOST = 8, 8, 255
"""Of a whole number, of a byte; and how many rows an interview may have so that none of its bytes runs over."""
NOTHING = np.zeros(0)
UNITS_AT_ONCE = 4096
NAMES = ("n", "y", "x", "ryy", "rxy", "rxx")


@dataclass(frozen=True, slots=True, eq=False)
class Direct:
    """One measure that is read from columns: a share of one with the `counted` answers, else a number over another, or over the answers."""

    measure: Measure
    above: str
    below: str = ""
    counted: tuple[str, ...] | None = None
    left_out: tuple[str, ...] = ()
    """The answers that are none to a share."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitSums:
    """The sums of every unit (an interview, or a row): a row per unit, a column per measure, named as in `Sums`.

    `ryy`, `rxy` and `rxx` add up products of single rows. What stands below the line is the number of answers where `x` is `n`.
    """

    n: Numbers
    y: Numbers
    x: Numbers
    ryy: Numbers
    rxy: Numbers
    rxx: Numbers

    def take(self, units: Codes) -> "UnitSums":
        """Those of these units alone, which may stand there more than once."""
        if len(units) == len(self.n) and (units == np.arange(len(units))).all():
            return self
        n, y, ryy = (each[units] for each in (self.n, self.y, self.ryy))
        if self.x is self.n:
            return UnitSums(n, y, n, ryy, y, n)
        return UnitSums(n, y, self.x[units], ryy, self.rxy[units], self.rxx[units])

    def grouped(self, groups: Codes, n_groups: int, ssu: Codes, centres: Numbers) -> Sums:
        """The sums by the group of every unit; units with the same `ssu` in a group are one household."""
        if is_repeated(ssu):
            _, first, of_unit = np.unique(groups * (int(ssu.max(initial=0)) + 1) + ssu, return_index=True, return_inverse=True)
            add = reducer(of_unit.astype(np.intp), len(first))
            n, y, ryy = add(self.n), add(self.y), add(self.ryy)
            x, rxy, rxx = (n, y, n) if self.x is self.n else (add(self.x), add(self.rxy), add(self.rxx))
            households, groups = UnitSums(n, y, x, ryy, rxy, rxx), groups[first]
        else:
            households = self
        return households._by_group(groups, n_groups, centres)

    def _by_group(self, groups: Codes, n_groups: int, centres: Numbers) -> Sums:
        add = reducer(groups, n_groups)
        n, y, ryy = add(self.n), add(self.y), add(self.ryy)
        is_divided = self.x is not self.n
        x, rxy, rxx = (add(self.x), add(self.rxy), add(self.rxx)) if is_divided else (n, y, n)
        if self.n.max(initial=0.0) <= 1 and not is_divided:
            # Each household has one row, whose products are those of the household.
            return Sums(centres, n, n, y, x, ryy, rxy, rxx, ryy, rxy, rxx)
        n_ssu, yy, xy, xx = add((self.n > 0).astype(float)), add(self.y**2), add(self.x * self.y), add(self.x**2)
        return Sums(centres, n, n_ssu, y, x, yy, xy, xx, ryy, rxy, rxx)


def side_by_side(parts: Sequence[UnitSums], columns: Sequence[Codes]) -> UnitSums:
    """The measures of all parts together; `columns` says for each part where its own stand."""
    if len(parts) == 1 and (columns[0] == np.arange(len(columns[0]))).all():
        return parts[0]
    n_units, n_measures = len(parts[0].n), sum(len(places) for places in columns)
    names = NAMES if any(part.x is not part.n for part in parts) else ("n", "y", "ryy")
    found = {name: np.empty((n_units, n_measures)) for name in names}
    for part, places in zip(parts, columns, strict=True):
        for name in names:
            found[name][:, places] = getattr(part, name)
    if len(names) < len(NAMES):
        return UnitSums(found["n"], found["y"], found["n"], found["ryy"], found["y"], found["n"])
    return UnitSums(**found)


def direct_measures(indicator: Indicator, table: Table, rows: pa.Table) -> list[Direct] | None:
    """The measures of the indicator that can be read from columns of `rows`; None where it has to be made of rows."""
    if indicator.kind == "ratio":
        above, below = (_column(table, name, rows) for name in (indicator.numerator, indicator.denominator))
        if above and below and _is_number(rows, above) and _is_number(rows, below):
            return [Direct(_bare(indicator), above, below)]
        return None
    name = _column(table, indicator.variable, rows)
    if name is None:
        return None
    if indicator.kind in ("mean", "total"):
        return [Direct(_bare(indicator), name)] if _is_number(rows, name) else None
    if not _is_coded(rows, name):
        return None
    column = table.find(indicator.variable or "")
    if indicator.kind == "share":
        left_out = left_out_of(indicator, column.choices if column is not None else ())
        return [Direct(_bare(indicator), name, counted=indicator.values, left_out=left_out)]
    if indicator.kind == "distribution" and column is not None and column.choices:
        return [Direct(_bare(indicator, choice.name), name, counted=(choice.name,)) for choice in column.choices]
    return None


def _bare(indicator: Indicator, category: str = "") -> Measure:
    return Measure(indicator, category, NOTHING, NOTHING, NOTHING.astype(bool), indicator.kind == "total")


def _column(table: Table, question: str | None, rows: pa.Table) -> str | None:
    column = table.find(question) if question else None
    return column.name if column is not None and column.kind != "multi" and column.name in rows.column_names else None


def _is_number(rows: pa.Table, name: str) -> bool:
    kind = rows.schema.field(name).type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_coded(rows: pa.Table, name: str) -> bool:
    kind = rows.schema.field(name).type
    return bool(pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type))


def sum_units(direct: Sequence[Direct], rows: pa.Table, unit: Codes | None, n_units: int, centres: Numbers) -> UnitSums:
    """The sums of the measures by the unit of every row; None where every row is a unit of its own. `centres` has one entry per measure."""
    if not direct:
        nothing = np.zeros((n_units, 0))
        return UnitSums(nothing, nothing, nothing, nothing, nothing, nothing)
    flags, numbers = _Flags(rows.num_rows), _Numbers(rows)
    lanes = [_lanes(each, flags) for each in direct]
    counts = flags.read(rows, numbers)
    adding = _Adding.of(unit, n_units)
    found, add = adding.bytes(counts), adding.reduce
    n = found[:, [valid for valid, _ in lanes]].astype(float)
    is_divided = any(each.below for each in direct)
    columns: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in (NAMES[1:] if is_divided else ("y", "ryy"))}
    # Where every row is a unit of its own, what is made of the rows is what is kept.
    room = (None, None) if unit is None else tuple(np.empty((2, rows.num_rows)))
    for k, (each, (_, counted), centre) in enumerate(zip(direct, lanes, centres, strict=True)):
        made: dict[str, npt.NDArray[Any]] = {"x": n[:, k], "rxx": n[:, k]}
        if counted is not None:
            made |= dict.fromkeys(("y", "ryy", "rxy"), found[:, counted])
        else:
            values, is_valid = numbers.of(each.above, each.below)
            below = numbers.values(each.below) if each.below else None
            above = np.subtract(values, centre if below is None else centre * below, out=room[0])
            above *= is_valid
            made |= {"y": add(above), "ryy": add(np.square(above, out=room[1]))}
            made["rxy"] = made["y"]
            if below is not None:
                below = np.where(is_valid, below, 0.0)
                made |= {"x": add(below), "rxx": add(below**2), "rxy": add(above * below)}
        for name, column in columns.items():
            column.append(made[name])
    turned = {name: _turned(column, n_units) for name, column in columns.items()}
    return UnitSums(n=n, **({"x": n, "rxy": turned["y"], "rxx": n} | turned))


def _turned(columns: Sequence[npt.NDArray[Any]], n_units: int) -> Numbers:
    """The columns beside each other, some rows after the others: numbers far from each other are slow to write."""
    found = np.empty((n_units, len(columns)))
    for start in range(0, n_units, UNITS_AT_ONCE):
        rows = slice(start, start + UNITS_AT_ONCE)
        found[rows] = np.ascontiguousarray(np.array([column[rows] for column in columns], dtype=float).T)
    return found


def _lanes(direct: Direct, flags: "_Flags") -> tuple[int, int | None]:
    """The bytes in which usable answers are counted, and those that the share counts."""
    if direct.counted is None:
        return flags.of_numbers(direct.above, direct.below), None
    return flags.of_texts(direct.above, direct.left_out, is_among=False), flags.of_texts(direct.above, direct.counted, is_among=True)


class _Numbers:
    """The numbers of columns, read once, NaN where there is none."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows
        self._read: dict[str, tuple[Numbers, npt.NDArray[np.bool_]]] = {}

    def values(self, name: str) -> Numbers:
        """The column's values; what stands where there is none must not be asked for."""
        return self._column(name)[0]

    def of(self, above: str, below: str = "") -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """The column's values, and which of them are usable, over another one if it is named."""
        values, is_valid = self._column(above)
        return (values, is_valid & self._column(below)[1]) if below else (values, is_valid)

    def _column(self, name: str) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        if name not in self._read:
            self._read[name] = numbers_of(self._rows[name])
        return self._read[name]


def numbers_of(column: pa.ChunkedArray) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The numbers of a column, and which of them are there; what stands where there is none must not be asked for, but is a number."""
    is_valid = is_there(column)
    values = np.empty(len(column))
    dtype = column.type.to_pandas_dtype()
    start = 0
    for chunk in filter(len, column.iterchunks()):
        end = start + len(chunk)
        # What lies in the column itself is taken as it is: filling gaps first would copy it once more.
        values[start:end] = np.frombuffer(chunk.buffers()[1], dtype=dtype, count=chunk.offset + len(chunk))[chunk.offset :]
        start = end
    if pa.types.is_floating(column.type):
        is_valid &= np.isfinite(values)
        if not is_valid.all():
            np.copyto(values, 0.0, where=~is_valid)
    return values, is_valid


class _Flags:
    """Marks of rows, a byte each in whole numbers of eight bytes, so that adding the numbers adds up every mark by itself."""

    def __init__(self, n_rows: int) -> None:
        self._n_rows = n_rows
        self._texts: dict[str, Lanes] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._n_lanes = 0

    def of_texts(self, name: str, answers: tuple[str, ...], *, is_among: bool) -> int:
        """The byte that marks an answer of the column that is one of `answers`, or one that is not."""
        lanes = self._texts.setdefault(name, {})
        if (answers, is_among) not in lanes:
            lanes[answers, is_among] = self._next()
        return lanes[answers, is_among]

    def of_numbers(self, above: str, below: str) -> int:
        """The byte that marks a number in the column, or in both."""
        if (above, below) not in self._numbers:
            self._numbers[above, below] = self._next()
        return self._numbers[above, below]

    def _next(self) -> int:
        self._n_lanes += 1
        return self._n_lanes - 1

    def read(self, rows: pa.Table, numbers: _Numbers) -> Words:
        """The marks: an array of whole numbers per eight of them, with an entry per row."""
        words = np.zeros((-(-self._n_lanes // BYTES), self._n_rows), dtype="<u8")
        for name, lanes in self._texts.items():
            _mark_texts(rows[name], lanes, words)
        for (above, below), lane in self._numbers.items():
            words[lane // BYTES].view(np.uint8)[lane % BYTES :: BYTES] = numbers.of(above, below)[1]
        return words


def _mark_texts(column: pa.ChunkedArray, lanes: Lanes, words: Words) -> None:
    known = coded(column)
    # One more than the code, so that 0 is a missing answer; a byte each is enough for the choices of a question.
    places: npt.NDArray[np.integer[Any]] = (known.codes + 1).astype(np.uint8 if len(known.values) < MOST else np.int32)
    marked = np.empty(len(places), dtype="<u8")
    for word, marks in _marks_of(known.values, lanes).items():
        words[word] |= marks.take(places, out=marked, mode="clip")


def _marks_of(values: Sequence[str], lanes: Lanes) -> dict[int, Words]:
    """By the number of the word the marks of a missing answer, which are none, and of each value."""
    found: dict[int, list[int]] = {}
    for (answers, is_among), lane in lanes.items():
        marks = found.setdefault(lane // BYTES, [0] * (len(values) + 1))
        for place, text in enumerate(values, start=1):
            if text and (text in answers) == is_among:
                marks[place] |= 1 << (BITS * (lane % BYTES))
    return {word: np.array(marks, dtype="<u8") for word, marks in found.items()}


@dataclass(frozen=True, slots=True, eq=False)
class _Adding:
    """Adds up rows by their unit."""

    unit: Codes | None
    n_units: int
    reduce: Reduce
    starts: Codes
    """Where each unit's rows begin, if they stand together and are few enough for their bytes to be added up; else nothing."""

    @classmethod
    def of(cls, unit: Codes | None, n_units: int) -> "_Adding":
        nowhere = np.zeros(0, dtype=np.intp)
        if unit is None:
            return cls(None, n_units, lambda values: values, nowhere)
        starts = nowhere
        if len(unit) and (unit[1:] >= unit[:-1]).all():
            found = np.flatnonzero(np.diff(unit, prepend=-1))
            starts = found if int(np.diff(found, append=len(unit)).max()) <= MOST else nowhere
        return cls(unit, n_units, reducer(unit, n_units), starts)

    def bytes(self, words: Words) -> npt.NDArray[np.uint8] | Numbers:
        """The sum of each byte (units × bytes)."""
        if self.unit is None:
            return np.ascontiguousarray(words.T).view(np.uint8)
        if len(self.starts):
            added = np.zeros((self.n_units, len(words)), dtype="<u8")
            at = self.unit[self.starts]
            for word, each in enumerate(words):
                added[at, word] = np.add.reduceat(each, self.starts)
            return added.view(np.uint8)
        return self.reduce(np.ascontiguousarray(words.T).view(np.uint8).astype(float))
