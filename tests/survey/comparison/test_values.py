"""What one answer is to another: numbers within tolerances and over units, dates, choices through a map, texts."""

from datetime import date
from typing import Any

import pytest

from questionnaires.compared_values import DIFFERS, OLDER, OTHER_TYPES, SAME, Value, relation, value_of
from questionnaires.model import ComparedQuestion


def question(type: str = "integer", unit: str = "", **mapping: str) -> ComparedQuestion:
    return ComparedQuestion("q", "/data/q", "said", type, unit, mapping)


@pytest.mark.parametrize(
    ("asked", "raw", "value"),
    [
        (question(), 4, 4.0),
        (question(), None, None),
        (question("text"), "", None),
        (question(unit="10k_cny"), 2, 20_000.0),
        (question("decimal", unit="mu"), 1.5, 1000.0),
        (question("select_one", yes="safe", no="unsafe", dont_know=""), "yes", "safe"),
        (question("select_one", dont_know=""), "dont_know", None),
        (question("select_one"), "unsafe", "unsafe"),
        (question("select_multiple", old="elder"), ["old", "sick"], frozenset(("elder", "sick"))),
        (question("date"), "2017-03-01", date(2017, 3, 1)),
        (question("dateTime"), "2017-03-01T08:00:00.000+08:00", date(2017, 3, 1)),
        (question("date"), "soon", None),
        (question("text"), "Ａ级 危房", "a级危房"),
        (question("geopoint"), {"latitude": 33.0, "longitude": 106.0}, None),
    ],
)
def test_value_of__answer__is_in_the_form_that_is_compared(asked: ComparedQuestion, raw: Any, value: Value | None) -> None:
    assert value_of(asked, raw) == value


@pytest.mark.parametrize(
    ("filed", "said", "share", "amount", "found"),
    [
        (4.0, 4.0, 0, 0, SAME),
        (5.0, 4.0, 0, 0, DIFFERS),
        (3350.0, 3000.0, 0.1, 50, SAME),
        (3351.0, 3000.0, 0.1, 50, DIFFERS),
        (2650.0, 3000.0, 0.1, 50, SAME),
        (2649.0, 3000.0, 0.1, 50, DIFFERS),
        (110.0, 100.0, 0.1, 0, SAME),
        (1.1, 1.0, 0.1, 0, SAME),
        (date(2017, 3, 1), date(2017, 3, 31), 0, 30, SAME),
        (date(2017, 3, 1), date(2017, 4, 1), 0, 30, OLDER),
        (date(2017, 5, 2), date(2017, 4, 1), 0, 30, DIFFERS),
        ("safe", "safe", 0, 0, SAME),
        ("safe", "unsafe", 0, 0, DIFFERS),
        ("2", 2.0, 0, 0, SAME),
        ("two", 2.0, 0, 0, OTHER_TYPES),
        (date(2017, 3, 1), "safe", 0, 0, OTHER_TYPES),
        ("old", frozenset(("old",)), 0, 0, SAME),
        (frozenset(("old", "sick")), frozenset(("old",)), 0, 0, DIFFERS),
    ],
)
def test_relation__of_two_values__is_told_with_the_tolerance(filed: Value, said: Value, share: float, amount: float, found: str) -> None:
    assert relation(filed, said, share=share, amount=amount) == found


@pytest.mark.parametrize("said", [0, 999, 3000, 12345])
def test_relation__money__agrees_where_the_archive_check_lets_it_agree(said: int) -> None:
    for filed in range(max(0, said - said // 5 - 60), said + said // 5 + 61):
        is_refused = filed > said * 1.1 + 50 or filed < said * 0.9 - 50
        assert (relation(float(filed), float(said), share=0.1, amount=50) == DIFFERS) == is_refused, filed
