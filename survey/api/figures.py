"""A visit's estimates as they are kept for its pages, made first where something changed since; with what is withheld."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds
from flask import Flask
from sqlalchemy.orm import Session

from analysis.tabulate import label_estimates
from survey.api import schemas
from survey.api.queries import find_visit
from survey.api.released import rows_between
from survey.bundles.of_visits import folder_of_visit
from survey.db import reading_scope, utc_now
from survey.figures.keeping import Kept, frame_of, read_kept
from survey.figures.making import make_figures
from survey.figures.queries import read_since
from survey.figures.reading import withhold
from survey.kept import state_of_data

NUMBERS = ("estimate", "se", "ci_low", "ci_high", "df", "deff")


def whole_figures(app: Flask, visit_id: str) -> Kept | None:
    """The figures of the visit as of now; None where nothing of it was accepted. NOT_FOUND for an unknown visit."""
    with reading_scope(app) as session:
        find_visit(session, visit_id)
        kept = kept_figures(session, visit_id)
        if kept is None or not _is_current(session, kept, visit_id):
            make_figures(session, visit_id, utc_now())
            kept = kept_figures(session, visit_id)
    return kept


def kept_figures(session: Session, visit_id: str) -> Kept | None:
    """The figures that are kept of the visit."""
    with folder_of_visit(session, visit_id) as folder:
        return read_kept(folder)


def _is_current(session: Session, kept: Kept, visit_id: str) -> bool:
    return kept.digest == state_of_data(session) or read_since(session, kept, visit_id).is_nothing


def figure_rows(kept: Kept) -> ds.Dataset:
    """All estimates of the visit, a row each."""
    return ds.dataset(kept.estimates, format="parquet")


def estimates_of(kept: Kept, wanted: pc.Expression | None, offset: int, limit: int, least: int, language: str) -> list[schemas.Estimate]:
    """So many of the estimates that are wanted after so many others, those from fewer than `least` answers withheld."""
    found = rows_between(figure_rows(kept), wanted, offset, limit).to_pandas()
    return list(_records(kept, found, least, language)) if len(found) else []


def _records(kept: Kept, found: pd.DataFrame, least: int, language: str) -> Iterator[schemas.Estimate]:
    labelled = label_estimates(frame_of(kept), withhold(frame_of(kept), found, least), language)
    for row in labelled.to_dict("records"):
        numbers: dict[str, Any] = {name: None if pd.isna(row[name]) else float(row[name]) for name in NUMBERS}
        counts: dict[str, Any] = {name: None if pd.isna(row[name]) else int(row[name]) for name in ("n", "n_missing")}
        texts: dict[str, Any] = {
            name: str(row[name] or "") for name in ("form_id", "indicator", "category", "domain_type", "domain", "county_code")
        }
        yield schemas.Estimate(
            **texts,
            **counts,
            **numbers,
            label=row["indicator_label"],
            domain_name=str(row["domain_name"] or ""),
            unit=str(row["unit"]),
            basis=str(row["basis"]),
            suppressed=bool(row["suppressed"]),
        )
