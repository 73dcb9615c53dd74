"""The figures that an `indicators` sheet asks for by name (`kind` is `function`): what each needs, its formula and where that comes from.

Here stands what an author has to know; `analysis/functions/` makes them. A figure that is a plain share, mean or ratio of the form's own
questions needs no function.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FigureFunction:
    """One function. `questions` must be asked once per interview; with `is_of_repeat` the rows counted are those of the repeat in `of`."""

    name: str
    questions: tuple[str, ...]
    formula: str
    unit: str
    source: str
    is_of_repeat: bool = False


_EXIT_CHECK = "State Council Leading Group Office of Poverty Alleviation, assessment of exits by a third party (2016 onwards)"
_ALL = (
    FigureFunction(
        "omission_share",
        ("below_line",),
        "members of marginal and ordinary households below the line / members of such households with a known income",
        "share",
        _EXIT_CHECK,
        is_of_repeat=True,
    ),
    FigureFunction(
        "wrong_exit_share",
        ("below_line",),
        "members of lifted-out households below the line / members of such households with a known income",
        "share",
        _EXIT_CHECK,
        is_of_repeat=True,
    ),
    FigureFunction(
        "comprehensive_incidence",
        ("below_line",),
        "(registered + wrong-exit share × lifted-out + omission share × other persons) / all persons, numbers of persons from the frame",
        "share",
        f"{_EXIT_CHECK}; interval after Zou and Donner (2008), Statistics in Medicine 27, 1693–1702",
        is_of_repeat=True,
    ),
    FigureFunction(
        "per_capita_income_cny",
        ("wage_cny", "business_cny", "property_cny", "transfer_cny", "business_cost_cny", "n_members"),
        "(wages + business + property + transfers − business costs) / members, households weighted by their members",
        "cny",
        "National Bureau of Statistics, Household Survey Office: net income of rural households",
    ),
    FigureFunction(
        "doctor_contract_share",
        ("doctor_contract", "doctor_visit"),
        "households with doctor_contract 'signed' and doctor_visit 'within_12_months' / households with doctor_contract 'signed'",
        "share",
        "State Council Medical Reform Office, guidance on family-doctor contracts (2016)",
    ),
    FigureFunction(
        "said_filed_agreement",
        (),
        "items found to agree / items compared, an item being each question whose name ends in _agrees (yes or no)",
        "share",
        "Archive check of the method",
    ),
    FigureFunction(
        "cadre_wellbeing",
        ("who5_1", "who5_2", "who5_3", "who5_4", "who5_5"),
        "4 × the sum of the five items, each 0 to 5: 0 to 100, below 52 is low",
        "points",
        "WHO (1998), Wellbeing measures in primary health care; Topp et al. (2015), Psychotherapy and Psychosomatics 84, 167–176",
    ),
)
FIGURE_FUNCTIONS: Mapping[str, FigureFunction] = {each.name: each for each in _ALL}
