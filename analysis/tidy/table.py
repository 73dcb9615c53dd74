"""Figures as one tidy table: a row per indicator and domain, in the order of the forms, their indicators, the domains and the codes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimation.parts import FIGURES, Figures
from analysis.estimation.suppression import Suppression
from analysis.functions.named import Made
from analysis.measures import unit_of

COLUMNS = (
    "form_id",
    "indicator",
    "category",
    "area",
    "visit_id",
    "county_code",
    "domain_type",
    "domain",
    "n",
    "n_missing",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "df",
    "deff",
    "unit",
    "basis",
    "suppressed",
)
"""The columns of the estimates. `visit_id` is "" for interviews outside any visit, and for domain type "all"; `county_code` is "" where a
domain reaches over counties. `n` counts usable answers, `n_missing` rows without one."""
BASES = ("census", "probability", "purposive")
"""How villages were chosen, the strongest first; a domain has the weakest basis of its villages."""

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Completed:
    """The figures of one table in the domains of one entry of `DOMAIN_KEYS`, with intervals: a row per domain, a column per measure.

    `measures` say what the columns are, `orders` the place of each one's indicator; `size` counts the rows of each domain, `basis` is its
    rank in `BASES`.
    """

    measures: Sequence[Made]
    orders: Sequence[int]
    size: Numbers
    basis: Codes
    figures: Figures
    low: Numbers
    high: Numbers

    def of_indicator(self, order: int) -> "Completed":
        """The columns of the indicator in this place alone."""
        columns = [column for column, of_column in enumerate(self.orders) if of_column == order]
        figures = self.figures
        chosen = {name: getattr(figures, name)[:, columns] for name in FIGURES}
        return replace(
            self,
            measures=[self.measures[column] for column in columns],
            orders=[order] * len(columns),
            figures=Figures(**chosen),
            low=self.low[:, columns],
            high=self.high[:, columns],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The figures of one table and one entry of `DOMAIN_KEYS`; two of the `numbers` name rows of `measures` and of `keys`."""

    measures: pd.DataFrame
    keys: pd.DataFrame
    domain_type: str
    numbers: dict[str, npt.NDArray[np.generic]]


def block_of(
    form_id: str, completed: Completed, domain_type: str, keys: pd.DataFrame, suppression: Suppression, place: tuple[int, int]
) -> Block:
    """One figure per measure and domain, measure by measure; `place` is the order of the form and of the domains."""
    figures, low, high, measures = completed.figures, completed.low, completed.high, completed.measures
    size, basis = completed.size, completed.basis
    n_domains = len(keys)
    is_part = np.broadcast_to([measure.is_part for measure in measures], figures.n.shape)
    least = np.broadcast_to([measure.indicator.minimum_n for measure in measures], figures.n.shape)
    is_suppressed = suppression.applies(figures.n, figures.estimate, figures.se, low, high, is_part, least)
    of_domain = np.tile(np.arange(n_domains), len(measures))
    told = {"estimate": figures.estimate, "se": figures.se, "ci_low": low, "ci_high": high, "df": figures.df, "deff": figures.deff}
    texts = [(form_id, each.indicator.name, each.category, each.indicator.area, unit_of(each.indicator)) for each in measures]
    return Block(
        measures=pd.DataFrame(texts, columns=["form_id", "indicator", "category", "area", "unit"]),
        keys=keys,
        domain_type=domain_type,
        numbers={
            "form_order": np.full(len(of_domain), place[0]),
            "indicator_order": np.repeat(completed.orders, n_domains),
            "block": np.full(len(of_domain), place[1]),
            "measure": np.repeat(np.arange(len(measures)), n_domains),
            "key": of_domain,
            "n": figures.n.T.ravel().astype(np.int64),
            "n_missing": (size[:, None] - figures.n).T.ravel().astype(np.int64),
            **{name: np.where(is_suppressed, np.nan, each).T.ravel() for name, each in told.items()},
            "basis": basis[of_domain],
            "suppressed": is_suppressed.T.ravel(),
        },
    )


def table_of(blocks: Sequence[Block]) -> pd.DataFrame:
    """The blocks as one table in order; texts are written once, at the end, because there are many rows and few texts."""
    if not blocks:
        return pd.DataFrame({name: pd.Series(dtype=_dtype(name)) for name in COLUMNS})
    numbers = {name: np.concatenate([block.numbers[name] for block in blocks]) for name in blocks[0].numbers}
    order = np.lexsort([numbers[name] for name in ("block", "indicator_order", "form_order")])
    texts: dict[str, pd.Series] = {}
    for names, position in (
        (("form_id", "indicator", "category", "area", "unit"), "measure"),
        (("visit_id", "county_code", "domain", "domain_type"), "key"),
    ):
        parts = [block.measures if position == "measure" else block.keys.assign(domain_type=block.domain_type) for block in blocks]
        starts = np.cumsum([0, *(len(part) for part in parts)])
        at = np.concatenate([block.numbers[position] + start for block, start in zip(blocks, starts, strict=False)])[order]
        whole = pd.concat(parts, ignore_index=True)
        texts.update({name: whole[name].astype("str").take(at).array for name in names})
    texts["basis"] = pd.Series(BASES, dtype="str").take(numbers["basis"][order]).array
    found = {**texts, **{name: each[order] for name, each in numbers.items() if name in COLUMNS and name != "basis"}}
    return pd.DataFrame({name: found[name] for name in COLUMNS})


def _dtype(column: str) -> str:
    if column in ("n", "n_missing"):
        return "int64"
    if column in ("estimate", "se", "ci_low", "ci_high", "df", "deff"):
        return "float64"
    return "bool" if column == "suppressed" else "str"
