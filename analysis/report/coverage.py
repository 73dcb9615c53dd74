"""Who was reached: villages, households by kind, persons, files, pairs, and what review left out. Counts of records, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.bundle import Bundle
from analysis.codebook import MAIN, Form, label_in
from analysis.report.facts import PERSON_WORDS, forms_in_order, interviews_of
from analysis.report.texts import Figure
from analysis.words import KIND_NAMES

LEFT_OUT_STATES = ("received", "returned")


@dataclass(frozen=True, slots=True)
class VillageCoverage:
    """One village of the visit; `n_by_kind` counts interviewed households, `n_by_form` accepted submissions by form."""

    code: str
    name: str
    basis: str
    n_registered_households: int
    """Households that the frame has in the village, 0 when it has none."""
    n_interviewed: int
    n_by_kind: Mapping[str, int]
    n_by_form: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The county as a whole; `forms` are (form id, title, accepted submissions), `n_left_out` counts submissions by review state."""

    villages: tuple[VillageCoverage, ...]
    forms: tuple[tuple[str, str, int], ...]
    n_interviewed: int
    n_by_kind: Mapping[str, int]
    n_persons: int
    n_pairs: int
    median_minutes: float | None
    n_left_out: Mapping[str, int]
    place: str = ""
    """Visit and county as addresses of figures name them (`texts.py`)."""

    def figure(self, name: str, n: int | float, village_code: str = "") -> Figure:
        """A count of records by its name, in the county or in one village."""
        return Figure(f"{n:,.0f}", f"count:{name}@{self.place}{f'/{village_code}' if village_code else ''}")

    @property
    def bases(self) -> tuple[str, ...]:
        """How the villages were chosen, each way once."""
        return tuple(dict.fromkeys(village.basis for village in self.villages))


def read_coverage(bundle: Bundle, visit_id: str, county_code: str, language: str) -> Coverage:
    """What the visit reached in the county; villages without an accepted interview are listed with zeros."""
    forms = forms_in_order(bundle)
    interviews = {form.form_id: interviews_of(bundle, form.form_id, visit_id, county_code) for form in forms}
    principal = forms[0]
    first = interviews[principal.form_id]
    everything = pd.concat(interviews.values(), ignore_index=True)
    return Coverage(
        villages=_villages(bundle, visit_id, county_code, first, interviews),
        forms=tuple(
            (form.form_id, label_in(form.title, language, form.form_id), len(interviews[form.form_id]))
            for form in forms
            if len(interviews[form.form_id])
        ),
        n_interviewed=len(first),
        n_by_kind=_by_kind(first["household_kind"]),
        n_persons=_persons(bundle, principal, first),
        n_pairs=len(everything[["lead_id", "second_id"]].dropna().drop_duplicates()),
        median_minutes=None if first["duration_minutes"].dropna().empty else float(first["duration_minutes"].median()),
        n_left_out=_left_out(bundle, visit_id, county_code),
        place=f"{visit_id}/{county_code}",
    )


def _villages(
    bundle: Bundle, visit_id: str, county_code: str, first: pd.DataFrame, interviews: Mapping[str, pd.DataFrame]
) -> tuple[VillageCoverage, ...]:
    chosen = bundle.visit_villages
    chosen = chosen[(chosen["visit_id"] == visit_id) & (chosen["county_code"] == county_code)]
    bases = dict(zip(chosen["village_code"], chosen["basis"], strict=True))
    reached = {code for frame in interviews.values() for code in frame["village_code"].dropna()}
    frame_sizes = bundle.households.groupby("village_code").size()
    by_form = {form_id: rows.groupby("village_code").size() for form_id, rows in interviews.items()}
    by_kind = {str(code): rows for code, rows in first.groupby("village_code")["household_kind"]}
    nobody = first["household_kind"].iloc[:0]
    return tuple(
        VillageCoverage(
            code=code,
            name=bundle.place_name(code),
            basis=bases.get(code, "purposive"),
            n_registered_households=int(frame_sizes.get(code, 0)),
            n_interviewed=len(by_kind.get(code, nobody)),
            n_by_kind=_by_kind(by_kind.get(code, nobody)),
            n_by_form={form_id: int(sizes.get(code, 0)) for form_id, sizes in by_form.items()},
        )
        for code in sorted(reached | set(bases))
    )


def _by_kind(kinds: pd.Series) -> dict[str, int]:
    counts = kinds.value_counts().to_dict()
    return {kind: int(counts[kind]) for kind in KIND_NAMES["zh"] if kind in counts}


def _persons(bundle: Bundle, form: Form, interviews: pd.DataFrame) -> int:
    tables = [table.name for table in form.tables if table.name != MAIN and any(word in table.name.lower() for word in PERSON_WORDS)]
    if not tables:
        return 0
    return int(bundle.tables[form.form_id, tables[0]]["instance_id"].isin(interviews["instance_id"]).sum())


def _left_out(bundle: Bundle, visit_id: str, county_code: str) -> dict[str, int]:
    review = bundle.review
    here = review[(review["visit_id"] == visit_id) & (review["county_code"] == county_code)]
    counts = here.groupby("state")["n"].sum()
    return {state: int(counts[state]) for state in LEFT_OUT_STATES if counts.get(state, 0)}
