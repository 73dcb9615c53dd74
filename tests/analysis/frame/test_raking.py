"""Weights of several visits brought to the frame's totals, each visit by itself."""

import pandas as pd
import pytest

from analysis.frame.population import incomplete_frames
from analysis.frame.raking import rake_sample
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.frame.frames import VILLAGES, bundle_of, frame, sample


def test_raking__of_several_visits__touches_each_alone_and_leaves_chosen_villages_as_they_are() -> None:
    """By hand: of 12 households 8 are registered and 4 ordinary; one visit met 3 and 1 of them, another 2 and 2, a third none by chance."""
    counted = pd.concat(
        [
            sample("first", ["registered"] * 3 + ["ordinary"]),
            sample("second", ["registered"] * 2 + ["ordinary"] * 2),
            sample("chosen", ["registered"] * 2, inclusion_village=None),
        ],
        ignore_index=True,
    ).assign(weight=3.0)
    raked = rake_sample(counted, frame(), ("household_kind",), {}, "Form 'x'")
    assert raked.problems == ()
    assert raked.weights == pytest.approx([8 / 3, 8 / 3, 8 / 3, 4, 4, 4, 2, 2, 3, 3])
    assert raked.categories.sum(axis=0).tolist() == [1, 3, 2, 2]
    told = SurveyError(ErrorCode.INCOMPLETE_FRAME, place="second", found=2, wanted=9)
    kept = rake_sample(counted, frame(), ("household_kind", "county"), {"second": told}, "Form 'x'")
    assert kept.problems == (told,)
    assert kept.weights == pytest.approx([8 / 3, 8 / 3, 8 / 3, 4, 3, 3, 3, 3, 3, 3])


def test_frame__with_other_villages_than_were_drawn_from__is_told_with_counties_and_numbers() -> None:
    whole = sample("first", ["registered"] * 2, n_villages_frame=len(VILLAGES))
    assert list(incomplete_frames(bundle_of(whole), ["first"])) == []
    [(visit, problem)] = incomplete_frames(bundle_of(whole.assign(n_villages_frame=9)), ["first"])
    assert visit == "first"
    assert problem.code is ErrorCode.INCOMPLETE_FRAME
    assert "counties 610727" in str(problem)
    assert "9 villages" in str(problem)
    assert list(incomplete_frames(bundle_of(None), ["first"])) == []
