"""Weights from inclusion probabilities: adjusted for households that gave no interview, and brought to totals known of the frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from questionnaires.errors import ErrorCode, SurveyError

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
ROUNDS = 200
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """Known totals of one division: `codes` are the categories of the rows, `names` and `totals` have one entry per category."""

    title: str
    names: Sequence[str]
    codes: Codes
    totals: Numbers


def adjust_for_response(weights: Numbers, responded: npt.NDArray[np.bool_], classes: Sequence[Codes]) -> Numbers:
    """The weights of those who responded, 0 for the others: in each class respondents stand for all of it, as if they were a random part.

    `classes` go from fine to coarse; the weight of a class where nobody responded is carried by the next coarser one that has respondents
    (Little 1986; Särndal, Swensson and Wretman 1992, section 15.6). The total stays the same as long as the coarsest has any.
    """
    adjusted = np.where(responded, weights, 0.0)
    left = np.where(responded, 0.0, weights)
    for codes in classes:
        size = int(codes.max(initial=-1)) + 1
        carried = np.bincount(codes, weights=left, minlength=size).astype(float)
        bearing = np.bincount(codes, weights=adjusted, minlength=size).astype(float)
        adjusted = adjusted * carrying_factor(bearing, carried)[codes]
        left = np.where(bearing[codes] > 0, 0.0, left)
    return adjusted


def carrying_factor(bearing: Numbers, carried: Numbers) -> Numbers:
    """By what the weights of a class are multiplied when those who responded, `bearing`, also stand for what is `carried`; else 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bearing > 0, (bearing + carried) / bearing, 1.0)


def rake(weights: Numbers, margins: Sequence[Margin], *, bounds: tuple[float, float] | None = None, place: str = "The sample") -> Numbers:
    """The weights nearest to those given whose sums are the totals of every margin (Deming and Stephan 1940; Deville et al. 1993).

    `bounds` keep the factor by which a weight changes between two numbers. Raises NOT_CONVERGED, naming the category, when a category
    with a total has nobody in the sample, or when the margins cannot all be met.
    """
    for margin in margins:
        _check_margin(margin, weights, place)
    raked = weights.copy()
    worst, where = np.inf, ""
    for _ in range(ROUNDS):
        for margin in margins:
            sums = np.bincount(margin.codes, weights=raked, minlength=len(margin.totals))
            raked = raked * np.divide(margin.totals, sums, out=np.ones_like(sums), where=sums > 0)[margin.codes]
        if bounds:
            raked = np.clip(raked, weights * bounds[0], weights * bounds[1])
        worst, where = max((_distance(margin, raked) for margin in margins), default=(0.0, ""))
        if worst < TOLERANCE:
            return raked
    detail = (
        "{where} is still {worst} away after {rounds} rounds. Widen the bounds, join small categories, or check that the totals of all "
        "margins come from the same frame."
    )
    raise SurveyError(ErrorCode.NOT_CONVERGED, place=place, detail=detail, where=where, worst=f"{worst:.1%}", rounds=ROUNDS)


def _distance(margin: Margin, weights: Numbers) -> tuple[float, str]:
    """How far the worst category of the margin is from its total, as a share of it, and its name."""
    sums = np.bincount(margin.codes, weights=weights, minlength=len(margin.totals))
    away = np.abs(sums - margin.totals) / np.where(margin.totals > 0, margin.totals, 1)
    worst = int(away.argmax())
    return float(away[worst]), f"{margin.title} '{margin.names[worst]}'"


def _check_margin(margin: Margin, weights: Numbers, place: str) -> None:
    sums = np.bincount(margin.codes, weights=weights, minlength=len(margin.totals))
    empty = np.flatnonzero((margin.totals > 0) & (sums == 0))
    if len(empty):
        name = f"{margin.title} '{margin.names[int(empty[0])]}'"
        detail = "{name} has {totals} in the frame and nobody in the sample. Join it with another category."
        raise SurveyError(ErrorCode.NOT_CONVERGED, place=place, detail=detail, name=name, totals=f"{margin.totals[empty[0]]:g}")
