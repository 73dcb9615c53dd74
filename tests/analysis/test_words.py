"""Numbers as reports write them."""

import pytest

from analysis.words import UNIT_NAMES, number_text, value_text
from tests.questionnaires.instruments import instrument
from tests.questionnaires.test_instrument_notes import FORMS


@pytest.mark.parametrize(
    ("amount_cny", "zh", "en"),
    [
        (0.0, "0.0元", "CNY 0.0"),
        (2952.0, "2,952元", "CNY 2,952"),
        (9999.4, "9,999元", "CNY 9,999"),
        (9999.6, "1万元", "CNY 10,000"),
        (12_340.0, "1.23万元", "CNY 12,340"),
        (-250_000.0, "−25万元", "CNY −250,000"),
        (63_785_800.0, "6,378.58万元", "CNY 63,785,800"),
        (None, "—", "—"),
    ],
)
def test_money__of_any_size__is_told_as_offices_do(amount_cny: float | None, zh: str, en: str) -> None:
    assert (value_text(amount_cny, "cny", "zh"), value_text(amount_cny, "cny", "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (5.0, "houses", "5处", "5 houses"),
        (1.0, "items", "1项", "1 item"),
        (2.5, "times", "2.5次", "2.5 times"),
        (90.0, "minutes", "90.0分钟", "90.0 minutes"),
        (-1e-17, "share", "0.0%", "0.0%"),
        (229.4, "wan_cny", "229.4万元", "CNY 2,294,000"),
    ],
)
def test_number__of_what_is_counted__has_decimals_only_where_it_is_broken(value: float, unit: str, zh: str, en: str) -> None:
    assert (value_text(value, unit, "zh"), value_text(value, unit, "en")) == (zh, en)


@pytest.mark.parametrize(("value", "unit", "text"), [(-0.0123, "share", "−1.2%"), (-1234.0, "cny", "−1,234"), (-0.04, "", "0.0")])
def test_number__below_zero__has_a_minus_sign_and_no_hyphen(value: float, unit: str, text: str) -> None:
    assert number_text(value, unit) == text


@pytest.mark.parametrize("form", FORMS)
def test_unit__of_an_instruments_figure__has_a_word_in_chinese(form: str) -> None:
    assert {each.unit for each in instrument(form).indicators if each.unit} - UNIT_NAMES["zh"].keys() == set()
