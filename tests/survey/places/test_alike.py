"""Bad rows that say the same, told together."""

from flask import Flask

from survey.places.alike import put_together
from survey.places.region_table import RegionProblem
from survey.places.sheet_layout import SheetProblem


def test_put_together__equal_rows__are_one_with_their_runs(app: Flask) -> None:
    problems = [SheetProblem(row, "人口数", "5人", "not_a_number") for row in (3, 4, 5, 9)] + [
        SheetProblem(4, "人口数", "五", "not_a_number")
    ]

    with app.test_request_context():
        told = [(each.rows_text, each.value) for each in put_together(problems)]

    assert told == [("3–5、9", "5人"), ("4", "五")]


def test_put_together__more_runs_than_are_told__says_how_many_rows(app: Flask) -> None:
    problems = [RegionProblem(row, "大队", "unknown_level") for row in range(2, 22, 2)]

    with app.test_request_context():
        [each] = put_together(problems)
        assert each.rows_text == "2、4、6、8……（共 10 行）"


def test_put_together__other_details_columns_and_sheets__stay_apart() -> None:
    one = SheetProblem(3, "户编号", "7", "duplicate", "2", "甲")
    others = [
        SheetProblem(4, "户编号", "7", "duplicate", "3", "甲"),
        SheetProblem(4, "村代码", "7", "duplicate", "2", "甲"),
        SheetProblem(4, "户编号", "7", "duplicate", "2", "乙"),
    ]

    assert len(put_together([one, *others])) == 4
