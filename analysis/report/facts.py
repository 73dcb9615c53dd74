"""What a report on one county of one visit says in numbers: rows of the estimates and counts of records, ready to be looked up.

Nothing is computed here that the estimates do not hold, except counts of records.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN, Form, label_in
from analysis.describe import indicators_of
from analysis.measures import SHARE_UNIT, unit_of
from analysis.report.texts import Figure
from analysis.words import value_text
from questionnaires.model import Indicator

PERSON_WORDS = ("member", "person", "people")


@dataclass(frozen=True, slots=True)
class Value:
    """One figure of one domain; `estimate` is None when there is no usable answer or the figure is suppressed."""

    n: int
    n_missing: int
    estimate: float | None
    is_suppressed: bool = False
    interval: tuple[float, float] | None = None
    """Where the figure is estimated; None where it is observed."""
    source: str = ""
    """The figure's address (`texts.py`), as far as it names the row of the estimates."""
    se: float | None = None
    df: float | None = None
    """Standard error and degrees of freedom, where the figure is estimated and not certain."""

    def figure(self, part: str, text: str, form: str = "") -> Figure:
        """A `part` of the figure ("value", "n", "counted", "low", "high") as `text`, written in this `form` ("text" or "number")."""
        return Figure(text, f"{self.source}#{part}{f'!{form}' if form else ''}")

    @property
    def n_counted(self) -> int:
        """For a share: how many of the `n` count."""
        return round(self.estimate * self.n) if self.estimate is not None else 0


NOTHING = Value(0, 0, None)


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator, or one `category` of a distribution, in every domain of the county; `counted` says what `n` counts."""

    form: Form
    indicator: Indicator
    category: str
    label: str
    unit: str
    counted: str
    """"household", "person" or "answer"."""
    values: Mapping[tuple[str, str], Value]

    @property
    def is_share(self) -> bool:
        """Whether the value is a number of cases out of `n`."""
        return self.indicator.kind in ("share", "distribution")

    @property
    def is_percentage(self) -> bool:
        """Whether the value is written as per cent, as a ratio without a unit is too."""
        return self.unit == SHARE_UNIT

    def value(self, domain_type: str, domain: str) -> Value:
        """The figure of a domain; one without answers when nobody of that domain was interviewed."""
        return self.values.get((domain_type, domain), NOTHING)


@dataclass(frozen=True, slots=True)
class IssueCount:
    """One rule with how many of the interviews it was true for, and in how many villages; `counted` says what they are, as in `Line`."""

    rule: str
    title: str
    area: str
    level: str
    severity: str
    n_found: int
    n_asked: int
    n_villages: int
    counted: str = "household"
    is_of_county: bool = False
    """Whether the form tells of counties, so that villages are beside the point."""
    source: str = ""
    """The address of its counts, without what is counted (`found`, `asked`, `villages` or `share`)."""

    def figure(self, part: str, text: str) -> Figure:
        """A `part` of the counts as `text`."""
        return Figure(text, f"{self.source}#{part}")


def read_lines(bundle: Bundle, estimates: pd.DataFrame, visit_id: str, county_code: str, language: str) -> tuple[Line, ...]:
    """Every line of the county, by forms (the one with most indicators first) and in the order of their indicators."""
    is_here = (estimates["visit_id"] == visit_id) & (estimates["county_code"] == county_code)
    return _lines(bundle, estimates[is_here], language)


def read_visit_lines(bundle: Bundle, estimates: pd.DataFrame, visit_id: str, language: str) -> tuple[Line, ...]:
    """As `read_lines` for a visit as a whole: its figures, those of its counties, of kinds of household and of marks over all counties."""
    is_whole = (estimates["county_code"] == "") | (estimates["domain_type"] == "county")
    return _lines(bundle, estimates[(estimates["visit_id"] == visit_id) & is_whole], language)


def _lines(bundle: Bundle, estimates: pd.DataFrame, language: str) -> tuple[Line, ...]:
    values: dict[tuple[str, str, str], dict[tuple[str, str], Value]] = {}
    for row in estimates.itertuples(index=False):
        value = read_value(row)
        values.setdefault((row.form_id, row.indicator, row.category), {})[row.domain_type, row.domain] = value
    lines = []
    for form in forms_in_order(bundle):
        indicators = {indicator.name: indicator for indicator in indicators_of(form)}
        for (form_id, name, category), by_domain in values.items():
            if form_id == form.form_id:
                lines.append(_line(bundle, form, indicators[name], category, by_domain, language))
    return tuple(lines)


def read_value(row: Any) -> Value:
    """The figure of one row of the estimates."""
    estimate = None if pd.isna(row.estimate) else float(row.estimate)
    is_estimated = estimate is not None and not pd.isna(row.ci_low) and not pd.isna(row.ci_high)
    interval = (float(row.ci_low), float(row.ci_high)) if is_estimated else None
    name = "/".join(filter(None, (row.form_id, row.indicator, row.category)))
    source = f"estimate:{name}@{row.visit_id}/{row.county_code}/{row.domain_type}/{row.domain}"
    se, df = (float(row.se), float(row.df)) if is_estimated and row.se > 0 and row.df >= 1 else (None, None)
    return Value(int(row.n), int(row.n_missing), estimate, bool(row.suppressed), interval, source, se, df)


def forms_in_order(bundle: Bundle) -> list[Form]:
    """The forms of the bundle, the one with most indicators first: it is the one that the visit is about."""
    return sorted(bundle.forms.values(), key=lambda form: (-len(form.indicators), form.form_id))


def count_issues(bundle: Bundle, visit_id: str, county_code: str, language: str) -> tuple[IssueCount, ...]:
    """Every rule that was true for an accepted interview of the county, the most frequent first."""
    candidates = bundle.candidates
    is_here = (candidates["visit_id"] == visit_id) & (candidates["county_code"] == county_code)
    found = candidates[is_here]
    counts = []
    for form in forms_in_order(bundle):
        asked = interviews_of(bundle, form.form_id, visit_id, county_code)["instance_id"]
        of_form = found[found["instance_id"].isin(asked)]
        titles = {rule.name: label_in(rule.title, language) for rule in form.issue_rules}
        for rule, group in of_form.groupby("rule", sort=True):
            first = group.iloc[0]
            counts.append(
                IssueCount(
                    rule=str(rule),
                    title=titles.get(str(rule)) or str(first[f"title_{language}"]),
                    area=str(first["area"]),
                    level=str(first["level"]),
                    severity=str(first["severity"]),
                    n_found=int(group["instance_id"].nunique()),
                    n_asked=len(asked),
                    n_villages=int(group["village_code"].nunique()),
                    counted=_unit_of(bundle, form),
                    is_of_county=form.is_of_county,
                    source=f"candidates:{form.form_id}/{rule}@{visit_id}/{county_code}",
                )
            )
    return tuple(sorted(counts, key=lambda count: (-count.n_found, -count.n_villages, count.rule)))


def interviews_of(bundle: Bundle, form_id: str, visit_id: str, county_code: str) -> pd.DataFrame:
    """The accepted submissions of the form in the county during the visit."""
    main = bundle.tables[form_id, MAIN]
    return main[(main["visit_id"] == visit_id) & (main["county"] == county_code)]


def _line(bundle: Bundle, form: Form, indicator: Indicator, category: str, values: Mapping[tuple[str, str], Value], language: str) -> Line:
    label = label_in(indicator.label, language, indicator.name)
    if category:
        table = form.table_of(indicator)
        column = table.find(indicator.variable or "") if table else None
        choice = next((choice for choice in column.choices if choice.name == category), None) if column else None
        label = label_in(choice.label, language, category) if choice else category
    return Line(form, indicator, category, label, unit_of(indicator), _counted(bundle, form, indicator), values)


def counted_by(bundle: Bundle, form: Form, name: str) -> str:
    """What the `n` of the form's indicator of this name counts: "household", "person" or "answer"."""
    return _counted(bundle, form, next(indicator for indicator in indicators_of(form) if indicator.name == name))


def _counted(bundle: Bundle, form: Form, indicator: Indicator) -> str:
    if indicator.of:
        return "person" if any(word in indicator.of.lower() for word in PERSON_WORDS) else "answer"
    return _unit_of(bundle, form)


def _unit_of(bundle: Bundle, form: Form) -> str:
    """What one record of the form stands for: "household", or "answer" where it is no interview of a household."""
    households = bundle.tables[form.form_id, MAIN]["household_id"]
    return "household" if households.notna().mean() > 0.5 else "answer"


def beside(line: Line, value: Value) -> Value:
    """The value as it may stand beside that of all visited: NOTHING for the total of a whole village beside a sum over those visited.

    Where households were drawn in villages that somebody chose, a village's total is an estimate for all its households, and the county's
    is the sum over those interviewed: the village's could be the larger one.
    """
    is_other = (value.interval is None) != (total_of(line).interval is None)
    return NOTHING if line.indicator.kind == "total" and is_other else value


def total_of(line: Line) -> Value:
    """The value of everybody interviewed in the county."""
    return next((value for (domain_type, _), value in line.values.items() if domain_type == "county"), NOTHING)


def value_of(line: Line, value: Value, language: str) -> Figure:
    """The value as text with its unit."""
    return value.figure("value", "…" if value.is_suppressed else value_text(value.estimate, line.unit, language), "text")


def n_of(value: Value) -> Figure:
    """How many usable answers the value rests on."""
    return value.figure("n", f"{value.n:,}")


def distributions_in(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines of each distribution together, in order."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.category:
            groups.setdefault((line.form.form_id, line.indicator.name), []).append(line)
    return list(groups.values())


def most_frequent(lines: Sequence[Line]) -> list[Line]:
    """The lines of one distribution, the most frequent answer of the county first."""
    return sorted(lines, key=lambda line: -(total_of(line).estimate or 0.0))


def indicator_label(line: Line, language: str) -> str:
    """The label of the indicator that a line of a distribution belongs to."""
    label = line.indicator.label
    return label.get(language) or next(iter(label.values()), line.indicator.name)


def counties_of(bundle: Bundle, visit_id: str) -> tuple[str, ...]:
    """The six-digit codes of the counties in which the visit has accepted interviews."""
    found: set[str] = set()
    for (_, table), frame in bundle.tables.items():
        if table == MAIN:
            found.update(frame.loc[frame["visit_id"] == visit_id, "county"])
    return tuple(sorted(found))
