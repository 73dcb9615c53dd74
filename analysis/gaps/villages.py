"""What distinguishes villages with an issue from those without: for every indicator the difference of the villages' figures.

A village has an issue when a rule raised a candidate there. Differences say what goes together, and never what causes what; an indicator
made from the very questions that a rule looks at differs by construction, and is marked.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import Form
from analysis.describe import indicators_of
from analysis.estimation.comparing import difference_of
from analysis.estimation.design import Design, design_of
from analysis.gaps.rows import Flags, Found, Numbers, basis_name, visits_in
from analysis.gaps.shuffling import add_holm, differences_within, shuffled_marks, shuffled_p
from analysis.indicators import LONELY, compute_estimates
from analysis.sampled import PROBABILITY, PURPOSIVE
from questionnaires.errors import SurveyError

COLUMNS = (
    "scope",
    "visit_id",
    "rule",
    "form_id",
    "indicator",
    "category",
    "unit",
    "n_with",
    "n_without",
    "mean_with",
    "mean_without",
    "estimate",
    "effect",
    "se",
    "ci_low",
    "ci_high",
    "df",
    "test",
    "p_value",
    "basis",
    "is_same_question",
    "rank",
    "n_tests",
    "p_holm",
)
"""The columns of the table. `scope` is "visit", or "all" for all visits that are no look-back, with differences within visits; `rule` is
"" for any issue. `effect` is the difference in standard deviations of villages, by which indicators are ranked."""
ANY_RULE = ""
MINIMUM_VILLAGES = 3
"""So many villages are needed with the issue, and as many without."""


@dataclass(frozen=True, slots=True, eq=False)
class _Villages:
    """The villages of one scope: their visits as blocks, and a figure per village (rows) and indicator (columns)."""

    scope: str
    visit_id: str
    keys: pd.MultiIndex
    blocks: npt.NDArray[np.intp]
    figures: pd.DataFrame
    design: Design | None


def village_differences(bundle: Bundle, visit_ids: Collection[str] | None = None) -> Found:
    """The differences for every rule, and for any, that enough villages have and enough have not; ranked, with Holm's p per rule and scope.

    The test shuffles which villages of a visit have the issue. Where all villages of a visit were drawn by chance, the difference has a
    standard error and Student's test instead, villages counting as drawn with replacement, which is on the safe side.
    """
    visits = visits_in(bundle, visit_ids)
    found = compute_estimates(bundle, visit_ids=[visit.id for visit in visits], domain_types=["village"])
    # A total says how many households were visited before it says anything of the village.
    totals = {(form.form_id, each.name) for form in bundle.forms.values() for each in indicators_of(form) if each.kind == "total"}
    is_total = pd.MultiIndex.from_frame(found.table[["form_id", "indicator"]]).isin(totals)
    estimates = found.table[(found.table["visit_id"] != "") & found.table["estimate"].notna() & ~is_total]
    wide = estimates.pivot_table(
        index=["visit_id", "domain"], columns=["form_id", "indicator", "category", "unit"], values="estimate", sort=True
    )
    records: list[dict[str, object]] = []
    problems: list[SurveyError] = []
    if len(wide):
        units = wide.index.get_level_values(0)
        for visit in visits:
            figures = wide[units == visit.id]
            records += _of_scope(bundle, _in_visit(bundle, visit.id, figures, problems))
        first = {visit.id for visit in visits if visit.look_back_of is None}
        if len(first) > 1:
            figures = wide[units.isin(first)]
            blocks = pd.factorize(figures.index.get_level_values(0))[0].astype(np.intp)
            records += _of_scope(bundle, _Villages("all", "", figures.index, blocks, figures, None))
    table = pd.DataFrame(records, columns=list(COLUMNS[:-3]))
    ranks = table.groupby(["scope", "visit_id", "rule"])["effect"].transform(
        lambda effect: effect.abs().rank(ascending=False, method="first")
    )
    table = add_holm(table.assign(rank=ranks.astype("Int64")), ("scope", "visit_id", "rule"))[list(COLUMNS)]
    table = table.sort_values(["scope", "visit_id", "rule", "rank"], ascending=[False, True, True, True], kind="stable", ignore_index=True)
    return Found(table, tuple(problems))


def _in_visit(bundle: Bundle, visit_id: str, figures: pd.DataFrame, problems: list[SurveyError]) -> _Villages:
    design = None
    villages = _drawn_villages(bundle, visit_id, list(figures.index.get_level_values(1)))
    if villages is not None:
        frame = pd.DataFrame(
            {
                "psu": villages.index,
                "stratum": villages["village_stratum"].fillna("").array,
                "weight": 1 / villages["inclusion_village"].to_numpy(dtype=float),
            }
        )
        try:
            design = design_of(frame, lonely=LONELY, place=f"Visit '{visit_id}'")
        except SurveyError as problem:
            problems.append(problem)
    return _Villages("visit", visit_id, figures.index, np.zeros(len(figures), dtype=np.intp), figures, design)


def _drawn_villages(bundle: Bundle, visit_id: str, codes: Sequence[str]) -> pd.DataFrame | None:
    """Stratum and probability of each of the villages, None unless all of them were drawn by chance."""
    if bundle.sample is None:
        return None
    sample = bundle.sample[(bundle.sample["visit_id"] == visit_id) & bundle.sample["inclusion_village"].notna()]
    villages = sample.drop_duplicates("village_code").set_index("village_code")[["village_stratum", "inclusion_village"]]
    return villages.loc[list(codes)] if len(codes) and set(codes) <= set(villages.index) else None


def _of_scope(bundle: Bundle, villages: _Villages) -> list[dict[str, object]]:
    candidates = bundle.candidates
    at = pd.MultiIndex.from_frame(candidates[["visit_id", "village_code"]])
    records: list[dict[str, object]] = []
    for rule in (ANY_RULE, *sorted(candidates["rule"].unique())):
        has_issue = villages.keys.isin(at if rule == ANY_RULE else at[(candidates["rule"] == rule).to_numpy()])
        if min(int(has_issue.sum()), int((~has_issue).sum())) >= MINIMUM_VILLAGES and _is_comparable(has_issue, villages.blocks):
            records += list(_of_rule(bundle, villages, rule, has_issue))
    return records


def _is_comparable(has_issue: Flags, blocks: npt.NDArray[np.intp]) -> bool:
    """Whether any visit has villages of both sorts."""
    return any(0 < int(has_issue[blocks == block].sum()) < int((blocks == block).sum()) for block in np.unique(blocks))


def _of_rule(bundle: Bundle, villages: _Villages, rule: str, has_issue: Flags) -> Iterator[dict[str, object]]:
    values = villages.figures.to_numpy(dtype=float)
    found = differences_within(values, has_issue, villages.blocks)
    others = shuffled_marks(values, has_issue, villages.blocks) if villages.design is None else np.zeros((0, values.shape[1]))
    spread = _spread(values, has_issue, villages.blocks)
    for column, (form_id, indicator, category, unit) in enumerate(villages.figures.columns.to_list()):
        known = np.isfinite(values[:, column])
        n_with, n_without = int((known & has_issue).sum()), int((known & ~has_issue).sum())
        if min(n_with, n_without) < MINIMUM_VILLAGES or not np.isfinite(found[column]) or not spread[column] > 0:
            continue
        figures: dict[str, object] = {"estimate": found[column], "se": np.nan, "ci_low": np.nan, "ci_high": np.nan, "df": np.nan}
        figures |= {"test": "shuffled_villages", "p_value": shuffled_p(found[column], others[:, column]), "basis": basis_name(PURPOSIVE)}
        if villages.design is not None:
            group = np.where(has_issue, "with", "without").astype(object)
            of_design = difference_of(villages.design, values[:, column], group, "without", "with")
            figures |= {"estimate": of_design.estimate, "se": of_design.se, "df": float(of_design.df), "p_value": of_design.p_value}
            figures |= {"ci_low": of_design.ci_low, "ci_high": of_design.ci_high, "test": "student", "basis": basis_name(PROBABILITY)}
        yield {
            "scope": villages.scope,
            "visit_id": villages.visit_id,
            "rule": rule,
            "form_id": form_id,
            "indicator": indicator,
            "category": category,
            "unit": unit,
            "n_with": n_with,
            "n_without": n_without,
            "mean_with": float(values[known & has_issue, column].mean()),
            "mean_without": float(values[known & ~has_issue, column].mean()),
            "effect": float(figures["estimate"]) / spread[column],  # type: ignore[arg-type]
            "is_same_question": _looks_at(bundle.forms[form_id], rule, indicator),
            **figures,
        }


def _spread(values: Numbers, has_issue: Flags, blocks: npt.NDArray[np.intp]) -> Numbers:
    """Per column the standard deviation of villages within visits and sorts; what is left of rounding counts as 0."""
    squares, free = np.zeros(values.shape[1]), np.zeros(values.shape[1])
    for block in np.unique(blocks):
        for sort in (True, False):
            part = values[(blocks == block) & (has_issue == sort)]
            n = np.isfinite(part).sum(axis=0)
            means = np.divide(np.nansum(part, axis=0), n, out=np.zeros(values.shape[1]), where=n > 0)
            squares += np.nansum((part - means) ** 2, axis=0)
            free += np.maximum(n - 1, 0)
    spread = np.sqrt(np.divide(squares, free, out=np.zeros_like(squares), where=free > 0))
    size = np.nanmax(np.abs(values), axis=0, initial=0.0)
    return np.where(spread > 1e-12 * size, spread, 0.0)


def _looks_at(form: Form, rule: str, name: str) -> bool:
    """Whether the rule looks at a question that the indicator is made of."""
    questions = {question for each in form.issue_rules if each.name == rule for question in each.questions}
    indicator = next((each for each in indicators_of(form) if each.name == name), None)
    return indicator is not None and bool(questions & {indicator.variable, indicator.numerator, indicator.denominator})
