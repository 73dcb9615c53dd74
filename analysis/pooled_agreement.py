"""Agreement of two people over many questions at once: of a section of a questionnaire, or of one pair. Pure.

Answers of one interview hang together, so intervals come from drawing whole interviews anew, with a seed. A pooled kappa is that of
De Vries, Elliott, Kanouse & Teleki (2008), Using Pooled Kappa to Summarize Interrater Agreement across Many Items, Field Methods 20,
272–282: the mean observed against the mean expected agreement of the questions. Alpha is pooled the same way over disagreement.

Questions with numbers have scales of their own: a sum over yuan and persons would be a sum over yuan. Each is therefore brought to a total
variance of one before its share of variance between what was recorded is pooled. An intraclass correlation is that share, so the pooled
one is the mean of the questions', weighted by how many answers each has; a question whose numbers never vary has none and no weight.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.agreement import SEED, Coefficient, Numbers, missing, percentile_interval, resampling_weights

MIN_INTERVIEWS = 2
_EXACT = 1e-12


@dataclass(frozen=True, slots=True)
class Item:
    """One question as both recorded it: `agrees`, and the two answers, of each unit; `interviews` are the numbers of the interviews."""

    interviews: Sequence[int]
    agrees: Sequence[bool]
    left: Sequence[Hashable] = ()
    """For choices: the categories that the first recorded; empty for other questions."""
    right: Sequence[Hashable] = ()
    left_numbers: Sequence[float] = ()
    """For numbers: what the first recorded; empty for other questions."""
    right_numbers: Sequence[float] = ()


def pooled_share(items: Sequence[Item], n_interviews: int, *, seed: int = SEED) -> Coefficient:
    """The share of all answers that agree; `n` counts answers."""
    sums = np.zeros((n_interviews, 2))
    for item in items:
        np.add.at(sums, item.interviews, np.column_stack((np.asarray(item.agrees, dtype=float), np.ones(len(item.agrees)))))
    n = int(sums[:, 1].sum())
    return _estimated("share", [sums], n, n_interviews, lambda parts: _divided(parts[0][:, 0], parts[0][:, 1]), seed)


def pooled_kappa(items: Sequence[Item], n_interviews: int, *, seed: int = SEED) -> Coefficient:
    """Cohen's kappa pooled over the questions with choices; `n` counts answers."""
    tables = [_choice_sums(item, n_interviews) for item in items if len(item.left)]

    def kappa(parts: Sequence[Numbers]) -> Numbers:
        observed = np.stack([_divided(part[:, 0], part[:, 1]) for part in parts])
        expected = np.stack([_chance(part) for part in parts])
        return _ratio(_mean(observed) - _mean(expected), 1 - _mean(expected))

    return _estimated("kappa", tables, _answers(tables), n_interviews, kappa, seed)


def pooled_alpha(items: Sequence[Item], n_interviews: int, *, seed: int = SEED) -> Coefficient:
    """Krippendorff's nominal alpha pooled over the questions with choices; `n` counts answers."""
    tables = [_choice_sums(item, n_interviews) for item in items if len(item.left)]

    def alpha(parts: Sequence[Numbers]) -> Numbers:
        observed = np.stack([1 - _divided(part[:, 0], part[:, 1]) for part in parts])
        expected = np.stack([_disagreement_by_chance(part) for part in parts])
        return 1 - _ratio(_mean(observed), _mean(expected))

    return _estimated("alpha", tables, _answers(tables), n_interviews, alpha, seed)


def pooled_intraclass(items: Sequence[Item], n_interviews: int, *, model: int = 1, seed: int = SEED) -> Coefficient:
    """ICC(1,1) or, with `model` 2, ICC(2,1) (Shrout & Fleiss 1979) pooled over the questions with numbers; `n` counts answers.

    The mean of the questions' coefficients, weighted by their answers; of one question it is that question's own. Questions that have
    none, because their numbers never vary, are not among `n`.
    """
    of_question = _icc_one_way if model == 1 else _icc_two_way
    tables = [_number_sums(item, n_interviews) for item in items if len(item.left_numbers)]
    tables = [table for table in tables if not np.isnan(of_question(table.sum(axis=0)[None, :])[0])] or tables

    def pooled(parts: Sequence[Numbers]) -> Numbers:
        return _mean(np.stack([of_question(part) for part in parts]), np.stack([part[:, 1] for part in parts]))

    return _estimated(f"icc_{model}_1", tables, _answers(tables), n_interviews, pooled, seed)


def _estimated(
    name: str,
    tables: Sequence[Numbers],
    n: int,
    n_interviews: int,
    compute: Callable[[Sequence[Numbers]], Numbers],
    seed: int,
) -> Coefficient:
    """The coefficient of the sums by interview, with its bootstrap over interviews."""
    if n == 0:
        return missing(name, 0, "no_units")
    estimate = float(compute([table.sum(axis=0)[None, :] for table in tables])[0])
    if np.isnan(estimate):
        return missing(name, n, "no_variance")
    if n_interviews < MIN_INTERVIEWS:
        return Coefficient(name, estimate, None, None, n, "too_few")
    if 1 - estimate < _EXACT:
        return Coefficient(name, 1.0, None, None, n, "no_disagreement")
    weights = resampling_weights(n_interviews, seed)
    low, high = percentile_interval(compute([weights @ table for table in tables]))
    return Coefficient(name, estimate, low, high, n)


def _answers(tables: Sequence[Numbers]) -> int:
    return int(sum(table[:, 1].sum() for table in tables))


def _choice_sums(item: Item, n_interviews: int) -> Numbers:
    """By interview: agreeing answers, answers, then how often each category was recorded by the first and by the second."""
    index = {category: number for number, category in enumerate(dict.fromkeys((*item.left, *item.right)))}
    k = len(index)
    sums = np.zeros((n_interviews, 2 + 2 * k))
    for interview, one, other in zip(item.interviews, item.left, item.right, strict=True):
        sums[interview, 0] += one == other
        sums[interview, 1] += 1
        sums[interview, 2 + index[one]] += 1
        sums[interview, 2 + k + index[other]] += 1
    return sums


def _chance(part: Numbers) -> Numbers:
    k = (part.shape[1] - 2) // 2
    return _divided((part[:, 2 : 2 + k] * part[:, 2 + k :]).sum(axis=1), part[:, 1] ** 2)


def _disagreement_by_chance(part: Numbers) -> Numbers:
    k = (part.shape[1] - 2) // 2
    counts = part[:, 2 : 2 + k] + part[:, 2 + k :]
    n = 2 * part[:, 1]
    return _divided(n**2 - (counts**2).sum(axis=1), n * (n - 1))


def _number_sums(item: Item, n_interviews: int) -> Numbers:
    """By interview: squared differences, answers, the sum of the pair's means and of their squares, about the mean of all; differences."""
    left, right = np.asarray(item.left_numbers, dtype=float), np.asarray(item.right_numbers, dtype=float)
    means = (left + right) / 2 - float((left + right).mean()) / 2
    sums = np.zeros((n_interviews, 5))
    np.add.at(sums, item.interviews, np.column_stack(((left - right) ** 2, np.ones(len(left)), means, means**2, left - right)))
    return sums


def _between(part: Numbers) -> Numbers:
    """The mean square between what was recorded, of two recording."""
    return _divided(2 * (part[:, 3] - _divided(part[:, 2] ** 2, part[:, 1])), part[:, 1] - 1)


def _icc_one_way(part: Numbers) -> Numbers:
    between, within = _between(part), _divided(part[:, 0] / 2, part[:, 1])
    return _ratio(between - within, between + within)


def _icc_two_way(part: Numbers) -> Numbers:
    n, between = part[:, 1], _between(part)
    of_people = _divided(part[:, 4] ** 2, n) / 2
    error = _divided(part[:, 0] / 2 - of_people, n - 1)
    return _ratio(between - error, between + error + _divided(2 * (of_people - error), n))


def _mean(of_questions: Numbers, weights: Numbers | None = None) -> Numbers:
    """The mean over the questions (rows) that have a value, weighted alike or as told, NaN where none has."""
    weight = np.where(np.isnan(of_questions), 0.0, 1.0 if weights is None else weights)
    return _divided((np.nan_to_num(of_questions) * weight).sum(axis=0), weight.sum(axis=0))


def _divided(one: Numbers, other: Numbers) -> Numbers:
    """The quotient, NaN where the divisor is not positive: a question that no drawn interview answered."""
    is_there = other > 0
    return np.where(is_there, one / np.where(is_there, other, 1), np.nan)


def _ratio(one: Numbers, other: Numbers) -> Numbers:
    is_varied = other > _EXACT
    return np.where(is_varied, one / np.where(is_varied, other, 1), np.nan)
