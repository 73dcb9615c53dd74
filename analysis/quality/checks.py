"""The checks as one table: which function makes each, and what its columns are, so that pages, workbooks and sheets show them alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.quality.answers import (
    missing,
    missing_by_interviewer,
    non_answers,
    non_answers_by_question,
    other_specify,
    straight_lining,
)
from analysis.quality.back_checks import back_checks, back_checks_by_interviewer
from analysis.quality.digits import age_heaping, digit_preference, digits_by_interviewer
from analysis.quality.duplicates import near_identical, same_household
from analysis.quality.interviewers import interviewer_effect
from analysis.quality.material import Material
from analysis.quality.outliers import outliers
from analysis.quality.positions import positions_close, positions_far, same_point
from analysis.quality.speed import speed_by_interviewer, speed_by_question
from analysis.quality.thresholds import DEFAULTS, Thresholds

Compute = Callable[[Material, Thresholds], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `columns` are those of its table in the order to show, by name; `kinds` say how each is written.

    Kinds: "question", "interview", "person", "household", "village", "kind" (a word of `words.py`), "text", "integer", "number", "share",
    "metres", "seconds", "p".
    """

    name: str
    compute: Compute
    columns: tuple[tuple[str, str], ...]


QUESTION = ("question", "question")
PERSON = ("interviewer", "person")
COMPARED = (("n", "integer"), ("n_found", "integer"), ("share", "share"), ("share_others", "share"), ("p_value", "p"))
RATE = (("n", "integer"), ("n_found", "integer"), ("share", "share"), ("ci_low", "share"), ("ci_high", "share"), ("n_one_sided", "integer"))

CHECKS = (
    Check(
        "same_household",
        same_household,
        (("household_id", "household"), ("n", "integer"), ("n_pairs", "integer"), ("match_share", "share")),
    ),
    Check(
        "near_identical",
        near_identical,
        (
            ("instance_id", "interview"),
            ("other_id", "interview"),
            ("match_share", "share"),
            ("n_compared", "integer"),
            ("is_same_lead", "kind"),
        ),
    ),
    Check(
        "outliers",
        outliers,
        (
            QUESTION,
            ("instance_id", "interview"),
            PERSON,
            ("value", "number"),
            ("median", "number"),
            ("low", "number"),
            ("high", "number"),
            ("robust_z", "number"),
        ),
    ),
    Check("missing", missing, (QUESTION, ("n", "integer"), ("n_missing", "integer"), ("share", "share"))),
    Check("missing_by_interviewer", missing_by_interviewer, (QUESTION, PERSON, *COMPARED)),
    Check("non_answers", non_answers, (PERSON, ("kind", "kind"), *COMPARED)),
    Check(
        "non_answers_by_question",
        non_answers_by_question,
        (QUESTION, ("kind", "kind"), ("n", "integer"), ("n_found", "integer"), ("share", "share")),
    ),
    Check(
        "other_specify",
        other_specify,
        (QUESTION, ("text", "text"), ("n_found", "integer"), ("n", "integer"), ("share", "share")),
    ),
    Check("straight_lining", straight_lining, (QUESTION, ("n_questions", "integer"), PERSON, *COMPARED)),
    Check(
        "digit_preference",
        digit_preference,
        (
            QUESTION,
            ("n", "integer"),
            ("n_found", "integer"),
            ("share", "share"),
            ("chi_square", "number"),
            ("p_value", "p"),
            ("uniform_p_value", "p"),
        ),
    ),
    Check("digits_by_interviewer", digits_by_interviewer, (PERSON, *COMPARED)),
    Check("age_heaping", age_heaping, (QUESTION, ("n", "integer"), ("whipple", "number"), ("myers", "number"))),
    Check(
        "speed_by_interviewer",
        speed_by_interviewer,
        (
            PERSON,
            ("n_interviews", "integer"),
            ("median_minutes", "number"),
            ("pace", "number"),
            ("n", "integer"),
            ("n_found", "integer"),
            ("share", "share"),
        ),
    ),
    Check(
        "speed_by_question",
        speed_by_question,
        (
            QUESTION,
            ("n", "integer"),
            ("n_interviews", "integer"),
            ("median_s", "seconds"),
            ("low_s", "seconds"),
            ("high_s", "seconds"),
            ("n_found", "integer"),
            ("share", "share"),
        ),
    ),
    Check(
        "interviewer_effect",
        interviewer_effect,
        (
            QUESTION,
            ("category", "choice"),
            ("n", "integer"),
            ("n_interviewers", "integer"),
            ("icc", "number"),
            ("ci_low", "number"),
            ("ci_high", "number"),
            ("deff", "number"),
            ("icc_villages", "number"),
        ),
    ),
    Check(
        "positions_far",
        positions_far,
        (
            ("instance_id", "interview"),
            PERSON,
            ("village_code", "village"),
            ("distance_m", "metres"),
            ("spread_m", "metres"),
            ("n", "integer"),
        ),
    ),
    Check(
        "same_point",
        same_point,
        (
            ("village_code", "village"),
            ("latitude", "degrees"),
            ("longitude", "degrees"),
            ("n", "integer"),
            ("n_households", "integer"),
            ("n_interviewers", "integer"),
        ),
    ),
    Check(
        "positions_close",
        positions_close,
        (PERSON, ("village_code", "village"), ("n", "integer"), ("spread_m", "metres"), ("spread_village_m", "metres")),
    ),
    Check("back_checks", back_checks, (("source", "kind"), ("type", "kind"), QUESTION, *RATE)),
    Check("back_checks_by_interviewer", back_checks_by_interviewer, (PERSON, ("source", "kind"), ("type", "kind"), *RATE)),
)
"""Every check in the order in which it is shown."""
LISTINGS = frozenset(("same_household", "near_identical", "outliers", "same_point"))
"""Checks that have a row only for what they notice: an empty table means that nothing was found."""
CHECK_OF_NAME = {check.name: check for check in CHECKS}


@dataclass(frozen=True)
class Quality:
    """What the checks found in one form of one visit: a table by check. Every table has `instance_ids` and `is_noticed` beside its own."""

    material: Material
    tables: Mapping[str, pd.DataFrame]

    def n_noticed(self, check: str) -> int:
        """How many rows of a check are noticed."""
        return int(self.tables[check]["is_noticed"].astype(bool).sum())

    def noticed(self, check: str) -> pd.DataFrame:
        """The rows of a check that are noticed."""
        frame = self.tables[check]
        return frame[frame["is_noticed"].astype(bool)]


def check_quality(material: Material, thresholds: Thresholds = DEFAULTS) -> Quality:
    """All checks of one form of one visit."""
    return Quality(material, {check.name: check.compute(material, thresholds) for check in CHECKS})
