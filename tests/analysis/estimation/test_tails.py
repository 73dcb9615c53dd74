"""Tails and quantiles against `scipy.stats`, which is exact and slow to load."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.estimation.tails import quantile_of_t, sign_test, smaller_tail_of_draws, tail_of_f, tail_of_t

DF = np.array([0, 0.5, 1, 2.5, 30, 1e6, np.inf, np.nan])


def test_tails__of_any_numbers__are_those_of_scipy_stats() -> None:
    np.testing.assert_allclose(quantile_of_t(0.975, DF), stats.t.ppf(0.975, DF), rtol=1e-12)
    np.testing.assert_allclose(tail_of_t(2.1, DF[1:]), stats.t.sf(2.1, DF[1:]), rtol=1e-12)
    assert tail_of_f(2.2, 3.4, 17.7) == pytest.approx(stats.f.sf(2.2, 3.4, 17.7), rel=1e-12)
    for n, n_above in ((1, 0), (7, 2), (40, 33), (101, 50)):
        assert sign_test(n_above, n) == pytest.approx(stats.binomtest(n_above, n).pvalue, rel=1e-12)


def test_smaller_tail__of_draws__is_that_of_the_hypergeometric_distribution() -> None:
    total = np.array([10.0, 40, 4000, 4000, 30, 12])
    total_found = np.array([5.0, 0, 1300, 7, 30, 6])
    n = np.array([4.0, 12, 700, 3999, 11, 6])
    n_found = np.array([4.0, 0, 190, 7, 11, 3])
    expected = np.minimum(stats.hypergeom.cdf(n_found, total, total_found, n), stats.hypergeom.sf(n_found - 1, total, total_found, n))
    np.testing.assert_allclose(smaller_tail_of_draws(n_found, n, total_found, total), expected, rtol=1e-9)
    assert np.isnan(smaller_tail_of_draws(np.array([5.0]), np.array([4.0]), np.array([9.0]), np.array([20.0]))).all()


def test_program__anywhere__leaves_scipy_stats_alone() -> None:
    root = Path(__file__).parents[3]
    sources = (path for package in ("questionnaires", "analysis", "survey") for path in (root / package).rglob("*.py"))
    loading = re.compile(r"^(?:import scipy\.stats|from scipy\.stats|from scipy import .*\bstats\b)", re.MULTILINE)
    assert [path.name for path in sources if loading.search(path.read_text(encoding="utf-8"))] == [], "half a second of every start"
