"""The numbers of the Word draft, fetched over HTTP and reopened, against a plain pandas group-by of the same interviews in the database."""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx.table import Table
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import Indicator, Questionnaire
from questionnaires.reader import read_questionnaire
from survey.accounts.models import User
from survey.intake.models import Submission
from survey.places.models import Region
from tests.signing_in import sign_in_as
from tests.word_files import open_word

VISIT, COUNTY = "2017-04-lueyang", "610727"
INSTRUMENTS = Path(__file__).parents[3] / "questionnaires"
CELL = re.compile(r"(?P<value>-?[\d,]+(?:\.\d+)?)(?P<percent>%?)\n(?P<n>[\d,]+)/(?P<n_missing>[\d,]+)")
"""A cell of the annex: the figure, and below it how many answers it rests on and how many are missing."""

OPEN = ("dont_know", "unsaid")
"""Choices of the two questionnaires that are no answer to a share."""


def leaves(answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every answer outside repeats with its question's name."""
    for name, value in answers.items():
        if isinstance(value, dict):
            yield from leaves(value)
        else:
            yield name, value


def repeats(answers: Mapping[str, Any], wanted: str) -> Iterator[Mapping[str, Any]]:
    """Every instance of the repeat of this name."""
    for name, value in answers.items():
        if name == wanted and isinstance(value, list):
            yield from value
        elif isinstance(value, dict):
            yield from repeats(value, wanted)


def interviews(session: Session, form_id: str) -> pd.DataFrame:
    """One row per accepted interview of the visit in the county: its village's name and its answers as received."""
    rows = session.execute(
        select(Region.name, Submission.answers)
        .join(Region, Region.code == Submission.village_code)
        .where(Submission.visit_id == VISIT, Submission.form_id == form_id, Submission.review_state == "accepted")
        .where(Submission.village_code.startswith(COUNTY))
    )
    return pd.DataFrame([(village, answers) for village, answers in rows], columns=["village", "answers"])


def cases(frame: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """One row per thing that the indicator looks at (a household, or a member), with its answers as columns."""
    found = []
    for village, answers in zip(frame["village"], frame["answers"], strict=True):
        units = repeats(answers, indicator.of) if indicator.of else [answers]
        found.extend({"village": village, **dict(leaves(unit))} for unit in units)
    names = [name for name in (indicator.variable, indicator.numerator, indicator.denominator) if name]
    return pd.DataFrame(found).reindex(columns=["village", *names])


def expected(frame: pd.DataFrame, indicator: Indicator) -> dict[str, tuple[float, int]]:
    """(value, answers it rests on) for the county and each village, by a plain group-by."""
    table = cases(frame, indicator)
    if indicator.kind == "ratio":
        table = table.dropna().assign(top=pd.to_numeric(table[indicator.numerator]), bottom=pd.to_numeric(table[indicator.denominator]))
        groups = {"": table, **dict(iter(table.groupby("village")))}
        return {name: (group["top"].sum() / group["bottom"].sum(), len(group)) for name, group in groups.items() if len(group)}
    table = table.dropna(subset=[indicator.variable])
    if indicator.kind == "share":
        table = table[~table[indicator.variable].astype(str).isin(OPEN)]
        values = table[indicator.variable].astype(str).isin(indicator.values).astype(float)
    else:
        values = pd.to_numeric(table[indicator.variable])
    by_village = values.groupby(table["village"])
    if indicator.kind in ("median", "quantile"):
        level = 0.5 if indicator.kind == "median" else indicator.p
        groups = {"": values, **dict(iter(by_village))}
        # The smallest answer that at least this share does not exceed.
        return {name: (sorted(group)[math.ceil(len(group) * level) - 1], len(group)) for name, group in groups.items()}
    figure, figures = (values.sum(), by_village.sum()) if indicator.kind == "total" else (values.mean(), by_village.mean())
    return {"": (figure, len(values)), **{name: (figures[name], int(count)) for name, count in by_village.count().items()}}


def annex(table: Table) -> dict[str, dict[str, str]]:
    """The cells of the annex by indicator and column; the county's column is called ""."""
    header = ["", "", *(cell.text for cell in table.rows[0].cells[2:])]
    rows = ([cell.text for cell in row.cells] for row in table.rows[1:])
    return {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}


@pytest.fixture(params=["small_demo", pytest.param("demo", marks=pytest.mark.soak)])
def demonstration(request: pytest.FixtureRequest) -> tuple[Flask, Session]:
    """The small demonstration and, in long tests, the whole one: the application on a copy, and its rows as they were built."""
    return request.getfixturevalue(f"{request.param}_app"), request.getfixturevalue(f"{request.param}_session")


@pytest.fixture
def draft(demonstration: tuple[Flask, Session]) -> bytes:
    """The draft as a coordinator's browser gets it from the button."""
    app, session = demonstration
    coordinator = session.scalars(select(User).where(User.username == "coordinator")).one()
    client = app.test_client()
    sign_in_as(client, coordinator)
    response = client.post(f"/reports/draft/county?visit={VISIT}&county={COUNTY}", data={"language": "zh", "audience": "inward"})
    assert response.status_code == 302
    page = client.get(response.location)
    address = re.search(r'data-fetch-at-once href="([^"]+)"', page.text)
    assert address is not None
    return client.get(address.group(1)).data


def test_county_draft__its_numbers__are_those_of_a_plain_group_by(draft: bytes, demonstration: tuple[Flask, Session]) -> None:
    session = demonstration[1]
    document = open_word(draft)
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert f"共入户访谈{len(interviews(session, 'household'))}户" in text
    assert "演示数据" in text
    [table] = [table for table in document.tables if table.rows[0].cells[0].text == "指标"]
    told = annex(table)
    n_compared = 0
    for form_id in ("household", "archive_check"):
        questionnaire: Questionnaire = read_questionnaire((INSTRUMENTS / f"{form_id}.md").read_bytes(), f"{form_id}.md")
        frame = interviews(session, form_id)
        assert len(frame) > 10
        for indicator in questionnaire.indicators:
            if indicator.kind in ("distribution", "function"):
                # What functions make is worked by hand in tests/analysis/functions.
                continue
            label = indicator.label[questionnaire.language("zh")]
            row = next(cells for name, cells in told.items() if name == label or name.startswith(f"{label}（"))
            for village, (value, n) in expected(frame, indicator).items():
                if n == 0:
                    assert row[village].startswith("—"), (indicator.name, village, row[village])
                    continue
                cell = CELL.fullmatch(row[village])
                assert cell is not None, (indicator.name, village, row[village])
                assert int(cell["n"].replace(",", "")) == n, (indicator.name, village)
                shown = float(cell["value"].replace(",", ""))
                n_decimals = len(cell["value"].partition(".")[2])
                wanted = value * 100 if cell["percent"] else value
                assert abs(shown - wanted) <= 0.5 * 10**-n_decimals + 1e-9, (indicator.name, village, shown, wanted)
                n_compared += 1
    assert n_compared > 150
