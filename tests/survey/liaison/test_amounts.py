"""Amounts in 10,000 yuan and in fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.liaison.amounts import parse_fen, ten_thousands


@pytest.mark.parametrize(
    ("text", "in_yuan", "fen"),
    [
        ("6378.58", False, 6_378_580_000),
        ("1,234.5万元", False, 1_234_500_000),
        ("0", False, 0),
        ("0.000001", False, 1),
        ("0.30000000000000004", False, 300_000),
        ("12.34", True, 1234),
        ("0.0000001", False, None),
        ("-1", False, None),
        ("NaN", False, None),
        ("1e400", False, None),
        ("十万", False, None),
        ("", False, None),
    ],
)
def test_parse_fen__of_a_text__is_exact_or_none(text: str, in_yuan: bool, fen: int | None) -> None:
    assert parse_fen(text, in_yuan=in_yuan) == fen


@given(st.integers(0, 10**15))
def test_parse_fen__of_an_amount_written_out__is_the_identity(fen: int) -> None:
    assert parse_fen(str(ten_thousands(fen))) == fen
