"""Said against filed: of each thing that a household tells and its file tells too, how often both agree, and which way they err.

What is compared, within which tolerance, and which judgement of the pair counts is what the questionnaires say (`compare_item` and its
neighbours); an item agrees by the definition of the indicator `said_filed_agreement`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle, Visit
from analysis.codebook import MAIN, Form
from analysis.estimation.comparing import mean_of
from analysis.estimation.estimate import estimate
from analysis.estimation.intervals import SHARE_INTERVAL, SHARE_INTERVALS
from analysis.estimation.tails import sign_test
from analysis.gaps.rows import Flags, Found, Numbers, VisitRows, basis_name, read_rows, visits_in
from analysis.gaps.shuffling import add_holm
from analysis.measures import Measure
from analysis.sampled import PURPOSIVE
from questionnaires.compared import JUDGED, KINDS
from questionnaires.compared_values import SAME, Value, relation, value_of
from questionnaires.errors import SurveyError
from questionnaires.model import ComparedItem, ComparedQuestion, Indicator, Text
from questionnaires.question_types import QUESTION_TYPES

COLUMNS = (
    "form_id",
    "item",
    "area",
    "visit_id",
    "domain_type",
    "county_code",
    "domain",
    "n",
    "n_not_verified",
    "n_missing_in_file",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "df",
    "n_above",
    "n_below",
    "direction",
    "test",
    "p_value",
    "basis",
    "n_tests",
    "p_holm",
)
"""The columns of the table. `estimate` is the share of the `n` compared that agrees; `n_above` counts files that tell more (for two
answers: the better one, which stands first among the choices) than the household, `n_below` those that tell less, and `direction` is the
difference of both as a share of those compared. The test is of the direction."""
AGREES, _DIFFERS, _MISSING, _OUT_OF_DATE, CANNOT_VERIFY = KINDS
SAID, FILED = "said", "filed"
TWO = 2


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is compared, by the form that reads the file; `parts` are what each form asks of it, the household's first."""

    name: str
    label: Text
    area: str
    form_id: str
    share: float
    amount: float
    parts: tuple[tuple[Form, ComparedItem], ...]

    def questions(self, source: str) -> Iterator[tuple[Form, ComparedQuestion]]:
        """The questions of one source whose answers are compared, pictures left aside."""
        for form, part in self.parts:
            for question in part.questions:
                if question.source == source and (source == JUDGED or QUESTION_TYPES[question.type].kind != "media"):
                    yield form, question


def compared_items(bundle: Bundle) -> tuple[Item, ...]:
    """What can be compared: told by a household, and by a form that reads its file."""
    told = [(form, part) for form in bundle.forms.values() for part in form.compared]
    found = []
    for name in dict.fromkeys(part.name for _, part in told):
        parts = sorted(((form, part) for form, part in told if part.name == name), key=lambda each: _reads_file(each[1]))
        filing = next(((form, part) for form, part in parts if _reads_file(part)), None)
        if filing is None:
            continue
        allowing = next((part for _, part in parts if part.tolerance_share or part.tolerance_amount), filing[1])
        area = next((part.area for _, part in parts if part.area != "other"), "other")
        item = Item(name, filing[1].label, area, filing[0].form_id, allowing.tolerance_share, allowing.tolerance_amount, tuple(parts))
        if any(item.questions(SAID)) and any(item.questions(FILED)):
            found.append(item)
    return tuple(found)


def said_against_filed(bundle: Bundle, visit_ids: Collection[str] | None = None) -> Found:
    """The agreement and direction of every item, for each visit and its counties; p values are Holm's per visit and level.

    Households with a file that was read count, each with its newest records. Where they were sampled by chance, shares have the
    interval of tables (`SHARE_INTERVAL`) and the direction a design-based test; elsewhere figures are observed, and the direction has the
    exact sign test (binomial, of those that differ).
    """
    problems: list[SurveyError] = []
    records: list[dict[str, object]] = []
    items = compared_items(bundle)
    for visit in visits_in(bundle, visit_ids):
        for form_id in dict.fromkeys(item.form_id for item in items):
            found = read_rows(bundle, bundle.forms[form_id], visit.id, problems)
            if found is None:
                continue
            of_form = [item for item in items if item.form_id == form_id]
            counted = _newest(found.rows)
            for item in of_form:
                records += list(_of_item(found, item, _compare(bundle, visit, found, item, counted)))
    table = pd.DataFrame(records, columns=list(COLUMNS[:-2]))
    return Found(add_holm(table, ("visit_id", "domain_type"))[list(COLUMNS)], tuple({str(each): each for each in problems}.values()))


def _reads_file(part: ComparedItem) -> bool:
    return any(question.source in (FILED, JUDGED) for question in part.questions)


def _newest(rows: pd.DataFrame) -> Flags:
    """Of each household of the visit the newest row."""
    ordered = rows.sort_values("received_at", kind="stable") if "received_at" in rows else rows
    is_last = ~ordered["household_id"].duplicated(keep="last") & ordered["household_id"].notna()
    return np.asarray(is_last.reindex(rows.index), dtype=bool)


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """One item over the rows of the form that reads the file. `agrees` is 1, 0, or NaN where it was not compared."""

    agrees: Numbers
    sign: Numbers
    """1 where the file tells more, -1 where it tells less, 0 where neither; NaN where it was not compared or has no order."""
    is_unverified: Flags
    is_missing: Flags


def _compare(bundle: Bundle, visit: Visit, found: VisitRows, item: Item, counted: Flags) -> _Compared:
    homes = found.units["household_id"]
    said = _first([_read(bundle, visit, found, form, question, homes) for form, question in item.questions(SAID)], len(homes))
    filed = _first([_read(bundle, visit, found, form, question, homes) for form, question in item.questions(FILED)], len(homes))
    judged = [_judged(bundle, visit, found, form, question, homes) for form, question in item.questions(JUDGED)]
    order = _order(item)
    agrees, sign = np.full(len(homes), np.nan), np.full(len(homes), np.nan)
    is_unverified, is_missing = np.zeros(len(homes), dtype=bool), np.zeros(len(homes), dtype=bool)
    for row in np.flatnonzero(counted):
        kind = next((each[row] for each in judged if each[row]), "")
        is_unverified[row], is_missing[row] = kind == CANNOT_VERIFY, kind == _MISSING
        is_told = said[row] is not None
        if judged:
            is_agreeing = None if kind in ("", CANNOT_VERIFY) else kind == AGREES
        else:
            is_missing[row] = is_told and filed[row] is None
            is_agreeing = _is_same(item, filed[row], said[row]) if is_told else None
        if is_agreeing is not None:
            agrees[row] = is_agreeing
            sign[row] = 0 if is_agreeing else _sign(filed[row], said[row], order)
    return _Compared(agrees, sign, is_unverified, is_missing)


def _is_same(item: Item, filed: Value | None, said: Value | None) -> bool:
    return filed is not None and said is not None and relation(filed, said, share=item.share, amount=item.amount) == SAME


def _sign(filed: Value | None, said: Value | None, order: Sequence[str]) -> float:
    """Which way a file errs that does not agree; NaN where that cannot be said."""
    if filed is None or said is None:
        return np.nan
    if isinstance(filed, float) and isinstance(said, float):
        return float(np.sign(filed - said))
    if isinstance(filed, str) and isinstance(said, str) and {filed, said} == set(order):
        return 1.0 if filed == order[0] else -1.0
    return np.nan


def _order(item: Item) -> tuple[str, ...]:
    """The codes of a question with two answers, the first choice first; () where there are more, which have no order."""
    for owner, question in item.questions(FILED):
        table = owner.table(MAIN)
        column = table.find(question.name) if table else None
        if column is None or column.kind != "category":
            continue
        codes = dict.fromkeys(value_of(question, choice.name) for choice in column.choices)
        known = tuple(code for code in codes if isinstance(code, str))
        return known if len(known) == TWO else ()
    return ()


def _first(readings: Sequence[Sequence[Value | None]], n: int) -> list[Value | None]:
    """Per row the first value that any of the questions tells."""
    return [next((each[row] for each in readings if each[row] is not None), None) for row in range(n)]


def _read(
    bundle: Bundle, visit: Visit, found: VisitRows, form: Form, question: ComparedQuestion, homes: "pd.Series[str]"
) -> list[Value | None]:
    return [value_of(question, _plain(raw)) for raw in _raw(bundle, visit, found, form, question, homes)]


def _judged(bundle: Bundle, visit: Visit, found: VisitRows, form: Form, question: ComparedQuestion, homes: "pd.Series[str]") -> list[str]:
    told = [_plain(raw) for raw in _raw(bundle, visit, found, form, question, homes)]
    mapped = ["" if raw is None else question.mapping.get(str(raw), str(raw)) for raw in told]
    return [kind if kind in KINDS else "" for kind in mapped]


def _raw(
    bundle: Bundle, visit: Visit, found: VisitRows, form: Form, question: ComparedQuestion, homes: "pd.Series[str]"
) -> npt.NDArray[np.object_]:
    """The answer of each row's household to the question of a form: of the row itself, or of the household's newest other record."""
    table = form.table(MAIN)
    column = table.find(question.name) if table else None
    rows = found.rows if form.form_id == found.form.form_id else bundle.tables[form.form_id, MAIN]
    if column is None or column.name not in rows:
        return np.full(len(homes), None, dtype=object)
    if form.form_id == found.form.form_id:
        return np.asarray(rows[column.name], dtype=object)
    of_visit = rows[(rows["visit_id"] == visit.id).to_numpy()].reset_index(drop=True)
    newest = of_visit[_newest(of_visit)]
    told = pd.Series(newest[column.name].to_numpy(dtype=object), index=newest["household_id"].to_numpy(dtype=object), dtype=object)
    return np.asarray(told.reindex(homes.to_numpy(dtype=object)), dtype=object)


def _plain(raw: Any) -> Any:
    """A cell of a table as an answer: lists, days as texts, numbers, None for what is missing."""
    if isinstance(raw, np.ndarray | list | tuple):
        return [str(each) for each in raw]
    if raw is None or raw is pd.NaT or (isinstance(raw, float) and np.isnan(raw)):
        return None
    if isinstance(raw, date):
        return raw.isoformat()
    return raw.item() if isinstance(raw, np.generic) else raw


def _of_item(found: VisitRows, item: Item, compared: _Compared) -> Iterator[dict[str, object]]:
    is_valid = np.isfinite(compared.agrees)
    if not is_valid.any():
        return
    basis = found.basis_of(is_valid)
    counties = found.units["county_code"].astype(str).to_numpy(dtype=object)
    for domain_type, county in [("visit", ""), *(("county", code) for code in sorted(set(counties[is_valid])))]:
        inside = is_valid & ((counties == county) if county else True)
        yield {
            "form_id": item.form_id,
            "item": item.name,
            "area": item.area,
            "visit_id": found.visit_id,
            "domain_type": domain_type,
            "county_code": county,
            "domain": county or found.visit_id,
            "n_not_verified": int((compared.is_unverified & ((counties == county) if county else True)).sum()),
            "n_missing_in_file": int((compared.is_missing & inside).sum()),
            "basis": basis_name(basis),
            **_figures(found, compared, inside, is_sampled=basis < PURPOSIVE),
        }


def _figures(found: VisitRows, compared: _Compared, inside: Flags, *, is_sampled: bool) -> dict[str, object]:
    above, below = compared.sign[inside] > 0, compared.sign[inside] < 0
    has_order = bool(np.isfinite(compared.sign[inside]).any()) and bool((above | below).any())
    plain: dict[str, object] = {
        "n": int(inside.sum()),
        "estimate": float(compared.agrees[inside].mean()),
        "se": np.nan,
        "ci_low": np.nan,
        "ci_high": np.nan,
        "df": np.nan,
        "n_above": int(above.sum()),
        "n_below": int(below.sum()),
        "direction": float((int(above.sum()) - int(below.sum())) / inside.sum()) if has_order else np.nan,
        "test": "sign" if has_order else "",
        "p_value": sign_test(int(above.sum()), int((above | below).sum())) if has_order else np.nan,
    }
    if not is_sampled or found.design is None:
        return plain
    taken, valid = compared.agrees[found.at], inside[found.at]
    if not valid.any():
        return plain
    measure = Measure(Indicator("", {}, "other", "share"), "", np.where(valid, taken, 0.0), valid.astype(float), valid)
    figures = estimate(found.design, [measure])
    share, se, df, n = figures.estimate[0], figures.se[0], figures.df[0], figures.n[0]
    low, high = SHARE_INTERVALS[SHARE_INTERVAL](share, se, df, n)
    told: dict[str, object] = {"n": int(n[0]), "estimate": float(share[0]), "se": float(se[0]), "df": float(df[0])}
    told |= {"ci_low": float(low[0]), "ci_high": float(high[0])}
    if has_order:
        sign = np.where(valid & np.isfinite(compared.sign[found.at]), compared.sign[found.at], np.where(valid, 0.0, np.nan))
        difference = mean_of(found.design, sign)
        told |= {"direction": difference.estimate, "test": "student", "p_value": difference.p_value}
    return {**plain, **told}
