"""Answers that were recorded twice, one row each: by both of a pair, or at two visits to the same household.

Back-checks sort questions into three types, as Innovations for Poverty Action's manual and its program bcstats do: type 1, plain facts
that do not change, where a difference says that somebody did not ask or write down carefully; type 2, what takes skill to ask or to judge,
where it calls for training; type 3, what changes or what people feel differently about, where it tells how far the answer can be relied on.
"""

from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.codebook import CHOICE_KINDS, NUMERIC_KINDS, Column, Form
from analysis.quality.thresholds import DEFAULTS

AGAIN_COLUMNS = ("instance_id", "other_id", "source", "table", "question", "outcome")
SECOND_RECORD, LOOK_BACK = "second_record", "look_back"
"""Both of a pair heard the same interview; or the household was asked again at a later visit."""
SAME, DIFFERS, ONE_SIDED = "same", "differs", "one_sided"
"""What became of an answer: the same, another one, or only one of the two has it."""
TYPES = ("1", "2", "3", "")
UNTYPED = ""

FACTS = frozenset(
    (
        "registered_year",
        "exit_year",
        "member_name",
        "relation",
        "sex",
        "birth_year",
        "disability",
        "dwelling",
        "house_structure",
        "house_year",
        "housing_help",
        "housing_help_year",
        "housing_cost_cny",
        "housing_subsidy_cny",
        "exit_signed",
        "applied",
        "refusal_explained",
    )
)
"""Type 1: plain facts that do not change between two conversations."""
SKILLED = frozenset(
    (
        "kind_said",
        "n_members",
        "special_seen",
        "health",
        "chronic_illness",
        "work_ability",
        "main_work",
        "months_away",
        "wage_local_cny",
        "wage_migrant_cny",
        "crop_income_cny",
        "livestock_income_cny",
        "other_business_cny",
        "business_cost_cny",
        "rent_cny",
        "dividend_cny",
        "dibao_cny",
        "pension_cny",
        "subsidy_cny",
        "family_gift_cny",
        "debt_cny",
        "housing_debt_cny",
        "debt_reasons",
        "lenders",
        "water_source",
        "water_minutes",
        "water_quality",
        "house_damage",
        "house_safe_seen",
        "house_grade",
        "house_area_m2",
        "medical_cost_cny",
        "medical_own_cny",
        "doctor_contract",
        "doctor_visit",
        "doctor_deeds",
        "school_minutes",
        "project_kinds",
        "works_seen",
        "helper_deeds",
        "aids",
        "register_correct",
        "people_present",
        "respondent",
        "signature_genuine",
        "file_shown_by",
    )
)
"""Type 2: what takes skill to ask, to reckon or to judge."""
CHANGEABLE = frozenset(
    (
        "main_cause",
        "medical_insured",
        "school_status",
        "school_stage",
        "income_check",
        "dibao",
        "debt",
        "food_enough",
        "protein_times",
        "clothes_enough",
        "bedding_enough",
        "water_enough",
        "water_cut_days",
        "water_cut_seasons",
        "water_tested",
        "moved_in",
        "relocated_work",
        "housing_satisfaction",
        "hospital",
        "untreated",
        "school_worry",
        "project",
        "project_result",
        "produce_sold",
        "sale_problems",
        "works_useful",
        "payments",
        "payments_known",
        "helper_known",
        "helper_visits",
        "measures_fit",
        "posted",
        "fairness",
        "complained",
        "n_signings",
        "favours",
        "coached",
        "dibao_should",
        "exit_knows",
        "exit_agrees",
        "satisfaction",
        "life_change",
        "wishes",
        "openness",
        "file_place",
    )
)
"""Type 3: what may change between two conversations, and what people think."""
_TYPE_OF: Mapping[str, str] = {**dict.fromkeys(FACTS, "1"), **dict.fromkeys(SKILLED, "2"), **dict.fromkeys(CHANGEABLE, "3")}


def type_of(column: Column | None) -> str:
    """The back-check type that the questionnaire gives a column, else that of the built-in questionnaires; "" where nobody gave one."""
    return column.back_check or _TYPE_OF.get(column.question, UNTYPED) if column else UNTYPED


def compare_visits(form: Form, before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Every answer about the household itself that two visits asked for, a row each (`AGAIN_COLUMNS`); `before` and `now` are main tables.

    Households are known again by their id; where one was interviewed several times at a visit it is left out. Free texts, files and what
    neither visit has an answer to are left out; amounts that are recalled are the same within a tenth.
    """
    columns = [each for each in form.tables[0].columns if each.is_asked and each.kind in (*CHOICE_KINDS, *NUMERIC_KINDS, "date")]
    columns = [each for each in columns if each.name in before and each.name in now and not each.name.endswith(("_latitude", "_longitude"))]
    both = _once(now).merge(_once(before), on="household_id", suffixes=("", "__before"))
    parts = [_compare(both, column) for column in columns]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(AGAIN_COLUMNS))
    return found.astype(object)


def _once(main: pd.DataFrame) -> pd.DataFrame:
    known = main[main["household_id"].notna()]
    return known[~known["household_id"].duplicated(keep=False)]


def _compare(both: pd.DataFrame, column: Column) -> pd.DataFrame:
    now, before = both[column.name], both[f"{column.name}__before"]
    # Without households that were asked twice the answers of "map" would have the type of the column.
    has_now, has_before = now.map(_is_answer).astype(bool), before.map(_is_answer).astype(bool)
    same = pd.Series(
        [a and b and is_same(column, one, other) for a, b, one, other in zip(has_now, has_before, now, before, strict=True)],
        index=both.index,
        dtype=bool,
    )
    outcome = same.map({True: SAME, False: DIFFERS}).where(has_now & has_before, ONE_SIDED)
    frame = pd.DataFrame(
        {
            "instance_id": both["instance_id"],
            "other_id": both["instance_id__before"],
            "source": LOOK_BACK,
            "table": "main",
            "question": column.name,
            "outcome": outcome,
        }
    )
    return frame[has_now | has_before]


def _is_answer(value: object) -> bool:
    if isinstance(value, str):
        return value != ""
    if isinstance(value, Iterable):
        return len(list(value)) > 0
    return value is not None and not pd.isna(value)


def is_same(column: Column, one: object, other: object) -> bool:
    """Whether two answers say the same: sets in any order, facts exactly, other amounts within a tenth of the larger."""
    if column.kind in NUMERIC_KINDS:
        left, right = float(str(one)), float(str(other))
        allowed = 0.0 if type_of(column) == "1" else DEFAULTS.amount_share * max(abs(left), abs(right))
        return abs(left - right) <= allowed
    if column.kind == "multi":
        return _as_set(one) == _as_set(other)
    return str(one) == str(other)


def _as_set(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else frozenset((str(value),))
