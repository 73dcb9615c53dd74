"""A builder of the material of checks: one form of one visit, from a few columns and rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.codebook import Column, Form, Table
from analysis.quality.material import TIMING_COLUMNS, Material
from questionnaires.model import Choice

VISIT, VILLAGE = "2018-04-test", "610727101201"


def column(name: str, kind: str = "integer", choices: Sequence[str] = (), *, is_asked: bool = True) -> Column:
    """One question, whose choices are called as they are named."""
    return Column(name, kind, name, {"zh": f"{name}？", "en": f"{name}?"}, tuple(Choice(each, {"en": each}) for each in choices), is_asked)


def make_material(
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    *,
    members: Sequence[Column] = (),
    member_rows: Sequence[Mapping[str, Any]] = (),
    timings: Sequence[tuple[str, str, float]] = (),
) -> Material:
    """The material of a form with these questions; a row that does not say otherwise is of its own household in one village, led by "a"."""
    usual = {"visit_id": VISIT, "village_code": VILLAGE, "lead_id": "a", "second_id": "z"}
    main = [{"instance_id": f"i{number}", "household_id": f"h{number}", **usual, **row} for number, row in enumerate(rows)]
    tables = {"main": pd.DataFrame(main)}
    made = [Table("main", None, tuple(columns))]
    if members:
        tables["members"] = pd.DataFrame([{"visit_id": VISIT, "village_code": VILLAGE, **row} for row in member_rows])
        made.append(Table("members", "main", tuple(members)))
    form = Form("household", {"zh": "问卷"}, ("1",), tuple(made), (), ())
    times = pd.DataFrame(list(timings), columns=list(TIMING_COLUMNS))
    people = {"a": "甲", "b": "乙", "c": "丙", "z": "庚"}
    return Material(
        VISIT, form, tables, times, people=people, places={VILLAGE: "上石沟村"}, numbers={f"h{n}": f"{n:03}" for n in range(999)}
    )
