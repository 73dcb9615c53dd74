"""Positions in lists of places and rosters: understood as people write them, told where they are wrong, kept where nothing is said."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.places import operations
from survey.places.models import Household, Region
from survey.places.positions import NoDegrees, read_degrees, read_position
from survey.places.region_table import read_regions
from survey.places.roster import read_roster
from tests import builders
from tests.survey.places.rosters import GOOD_ROWS, HEADINGS, workbook

WITH_POSITION = (*HEADINGS, "北纬", "东经（度）")


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("33.3297", 33.3297),
        ("Ｎ３３．３２９７", 33.3297),
        ("33.3297 N", 33.3297),
        ("33°19′47″", 33.3297222),
        ("33度19分47秒", 33.3297222),
        ("北纬33.5°", 33.5),
        ("-33.5", -33.5),
        ("33.5S", -33.5),
        ("", None),
    ],
)
def test_read_degrees__as_people_write_them__is_understood(text: str, degrees: float | None) -> None:
    assert read_degrees(text, "latitude") == degrees


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        ("106.15", "33.33", "outside_degrees"),
        ("33.33", "", "half_position"),
        ("33,33", "106.15", "not_degrees"),
        ("33°61′", "106.15", "not_degrees"),
        ("略阳", "106.15", "not_degrees"),
    ],
)
def test_read_position__wrong__says_why(latitude: str, longitude: str, reason: str) -> None:
    with pytest.raises(NoDegrees, match=reason):
        read_position(latitude, longitude)


def test_roster__with_positions__stores_them_and_keeps_those_it_does_not_name(session: Session, now: datetime) -> None:
    builders.add_region(session)
    rows = [(*GOOD_ROWS[0], "33.3297", "106.1521"), (*GOOD_ROWS[1], "", ""), (*GOOD_ROWS[2], "106.15", "33.33")]
    roster = read_roster(workbook(*rows, headings=WITH_POSITION), "roster.xlsx")

    assert [(problem.row, problem.column, problem.reason) for problem in roster.problems] == [(4, "北纬", "outside_degrees")]
    operations.import_roster(session, None, roster, keep_good=True, now=now)
    operations.import_roster(session, None, read_roster(workbook(*GOOD_ROWS), "roster.xlsx"), keep_good=True, now=now)

    stored = {row.number: (row.latitude, row.longitude) for row in session.scalars(select(Household))}
    assert stored == {"0001": (33.3297, 106.1521), "0002": (None, None), "0003": (None, None)}


def test_regions__with_positions__place_new_and_known_ones(session: Session, now: datetime) -> None:
    builders.add_region(session, "610700000000")
    text = "代码,名称,纬度,经度\n610728,镇巴县,32.54,107.9\n610728101,乙镇,,\n610728101201,乙村,32.5,107.8\n610728101202,丙村,32.5,\n"
    table = read_regions(text.encode(), "places.csv")
    assert [(problem.row, problem.reason) for problem in table.problems] == [(5, "half_position")]
    operations.import_regions(session, None, table, keep_good=True, now=now)

    moved = operations.import_regions(
        session, None, read_regions(text.replace("32.5,107.8", "32.6,107.8").encode(), "places.csv"), keep_good=True, now=now
    )
    plain = operations.import_regions(
        session, None, read_regions("代码,名称\n610728101201,乙村\n".encode(), "p.csv"), keep_good=True, now=now
    )

    assert (moved.n_new, moved.n_placed, moved.n_unchanged) == (0, 1, 2)
    assert (plain.n_placed, plain.n_unchanged) == (0, 1)
    village = session.get_one(Region, "610728101201")
    assert (village.latitude, village.longitude) == (32.6, 107.8)
