"""Speed, interviewer effect, positions, back-checks and what pairs are asked: worked by hand."""

import io
from dataclasses import replace
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest
from docx import Document

from analysis.agreement import intraclass
from analysis.quality.again import AGAIN_COLUMNS, compare_visits, type_of
from analysis.quality.asking import ask_pair, pairs_of
from analysis.quality.back_checks import back_checks, back_checks_by_interviewer
from analysis.quality.checks import CHECKS, check_quality
from analysis.quality.interviewers import interviewer_effect, one_way
from analysis.quality.material import Material
from analysis.quality.positions import metres, positions_close, positions_far, same_point
from analysis.quality.sheets import write_sheet
from analysis.quality.speed import speed_by_interviewer, speed_by_question
from analysis.quality.thresholds import DEFAULTS, Thresholds
from analysis.quality.words import HEADINGS, MEANINGS, TITLES
from analysis.quality.workbook import workbook_of
from tests.analysis.quality.materials import VILLAGE, column, make_material

OTHER_VILLAGE = "610727101202"
PLACE = [column("door_latitude", "decimal"), column("door_longitude", "decimal")]
PLACE = [type(each)(each.name, each.kind, "door", each.label, (), True) for each in PLACE]


def at(latitude: float, longitude: float = 106.15, **more: object) -> dict[str, object]:
    """An interview at this position."""
    return {"door_latitude": latitude, "door_longitude": longitude, **more}


def test_speed__of_two_people__is_the_time_beside_that_of_the_other() -> None:
    rows = [{"lead_id": "a", "q": 1}] * 12 + [{"lead_id": "b", "q": 1}] * 12
    times = [(f"i{number}", "q", 1.0 if number < 12 else 10.0) for number in range(24)] + [("i0", "unknown", 5.0), ("elsewhere", "q", 5.0)]
    material = make_material([column("q")], rows, timings=times)
    [question] = speed_by_question(material, DEFAULTS).to_dict("records")
    assert (question["n"], question["median_s"], question["n_found"], question["share"]) == (24, 5.5, 12, 0.5)
    people = speed_by_interviewer(material, DEFAULTS).set_index("interviewer")
    assert people["pace"].tolist() == pytest.approx([0.1, 10])
    assert people["is_noticed"].tolist() == [True, False]
    assert people.loc["a", "median_minutes"] == pytest.approx(1 / 60)


def test_correlation__balanced_and_by_hand__is_that_of_analysis_of_variance() -> None:
    # Groups 1 2 3, 4 5 6, 7 8 9: MSB = 27, MSW = 1, n₀ = 3, so ICC = 26 / 29.
    values, groups = np.arange(1.0, 10.0), np.repeat([0, 1, 2], 3)
    found = one_way(values, groups)
    assert found is not None
    assert (found.icc, found.n_of_one) == (pytest.approx(26 / 29), 3)
    pairs = [(3.0, 4.0), (5.0, 5.0), (8.0, 6.0), (1.0, 2.0), (9.0, 9.0)]
    own, known = one_way(np.array(pairs).ravel(), np.repeat(np.arange(5), 2)), intraclass(pairs)
    assert own is not None
    assert (own.icc, *own.interval()) == pytest.approx((known.estimate, known.ci_low, known.ci_high))


def test_correlation__shuffled_or_shifted__stays_the_same_and_constants_have_none() -> None:
    rng = np.random.default_rng(3)
    values, groups = rng.normal(size=60), rng.integers(0, 4, size=60)
    order = rng.permutation(60)
    one, other = one_way(values, groups), one_way(values[order] * 7 + 1000, groups[order])
    assert one is not None
    assert other is not None
    assert (one.icc, *one.interval()) == pytest.approx((other.icc, *other.interval()))
    assert one_way(np.full(10, 3.0), np.repeat([0, 1], 5)) is None
    assert one_way(values, np.zeros(60, dtype=int)) is None


def test_interviewer_effect__one_who_hears_other_answers__is_noticed_unless_villages_explain_it() -> None:
    rows = [{"lead_id": lead, "ok": "yes" if lead == "a" or number % 4 == 0 else "no"} for lead in "abc" for number in range(12)]
    for number, row in enumerate(rows):
        row["village_code"] = (VILLAGE, OTHER_VILLAGE)[number % 2]
    [found] = interviewer_effect(make_material([column("ok", "category", ("yes", "no"))], rows), DEFAULTS).to_dict("records")
    assert (found["n"], found["n_interviewers"], found["is_noticed"]) == (36, 3, True)
    assert found["icc"] > 0.5 > found["icc_villages"]
    assert found["deff"] == pytest.approx(1 + 11 * found["icc"])
    for row in rows:
        row["village_code"] = row["lead_id"]
    [found] = interviewer_effect(make_material([column("ok", "category", ("yes", "no"))], rows), DEFAULTS).to_dict("records")
    assert not found["is_noticed"]


def test_positions__one_of_six_eleven_kilometres_off__is_far_and_two_at_one_point_are_told() -> None:
    rows = [at(33.3 + 0.001 * number) for number in range(5)] + [at(33.4), at(33.4000001)]
    material = make_material(PLACE, rows)
    far = positions_far(material, DEFAULTS)
    assert far["instance_id"].tolist()[:2] == ["i6", "i5"]
    assert far["distance_m"].iloc[1] == pytest.approx(0.097 * 111_195, rel=0.001)
    assert far["is_noticed"].tolist() == [True, True, *[False] * 5]
    [point] = same_point(material, DEFAULTS).to_dict("records")
    assert (point["instance_ids"], point["n_households"], point["is_noticed"]) == (("i5", "i6"), 2, True)
    assert metres(np.array([0.0]), np.array([0.0]), np.array([0.0]), np.array([180.0]))[0] == pytest.approx(np.pi * 6_371_000)


def test_positions__of_a_village_all_at_its_office__are_meant_so() -> None:
    [point] = same_point(make_material(PLACE, [at(33.3)] * 4 + [at(33.31)]), DEFAULTS).to_dict("records")
    assert not point["is_noticed"]


def test_positions__of_somebody_who_sat_in_one_place__are_close_where_houses_are_scattered() -> None:
    rows = [at(33.3 + 0.00001 * number, lead_id="a") for number in range(6)] + [
        at(33.3 + 0.01 * number, lead_id="b") for number in range(12)
    ]
    found = positions_close(make_material(PLACE, rows), DEFAULTS).set_index("interviewer")
    assert found["is_noticed"].tolist() == [True, False]


def test_back_checks__by_type__count_what_both_recorded() -> None:
    material = make_material([column("house_year"), column("water_minutes"), column("satisfaction", "category", ("a", "b"))], [{}] * 10)
    told = [("house_year", 6, 4), ("water_minutes", 9, 1), ("satisfaction", 8, 2)]
    rows = [
        (f"i{number}", f"s{number}", "second_record", "main", question, "same" if number < n_same else "differs")
        for question, n_same, _n in told
        for number in range(10)
    ]
    rows.append(("i0", "s0", "second_record", "main", "house_year", "one_sided"))
    again = pd.DataFrame(rows, columns=list(AGAIN_COLUMNS))
    material = Material(material.visit_id, material.form, material.tables, again=again)
    found = back_checks(material, DEFAULTS)
    assert [(row.question, row.type, row.n, row.n_found, row.n_one_sided, row.is_noticed) for row in found.itertuples()] == [
        ("house_year", "1", 10, 4, 1, True),
        ("water_minutes", "2", 10, 1, 0, False),
        ("satisfaction", "3", 10, 2, 0, False),
    ]
    assert found["ci_low"].iloc[0] == pytest.approx(0.1682, abs=0.0001), "Wilson's interval of 4 of 10"
    assert back_checks_by_interviewer(material, DEFAULTS)["n_found"].tolist() == [4, 1, 2]
    assert type_of(replace(column("satisfaction"), back_check="1")) == "1", "the questionnaire knows better"


def test_look_back__answers_of_both_visits__are_the_same_exactly_for_facts_and_nearly_for_amounts() -> None:
    questions = [column("house_year"), column("water_minutes"), column("lenders", "multi", ("x", "y"))]
    before = make_material(questions, [{"house_year": 1990, "water_minutes": 100, "lenders": ["x", "y"]}, {"house_year": 1980}])
    now = make_material(questions, [{"house_year": 1991, "water_minutes": 91, "lenders": ["y", "x"]}, {"house_year": None}])
    now.main["instance_id"] = ["n0", "n1"]
    found = compare_visits(now.form, before.main, now.main)
    assert {(row.instance_id, row.question): row.outcome for row in found.itertuples()} == {
        ("n0", "house_year"): "differs",
        ("n1", "house_year"): "one_sided",
        ("n0", "water_minutes"): "same",
        ("n0", "lenders"): "same",
    }


@pytest.fixture(scope="module")
def careless() -> Material:
    """Two pairs, of which one rounds every number, leaves a question blank, and has an impossible income."""
    rows: list[dict[str, object]] = []
    for number in range(24):
        is_careless = number % 2 == 0
        rows.append(
            {
                "lead_id": "a" if is_careless else "b",
                "income": 900_000 if number == 4 else 1000 + 50 * number + (0 if is_careless else number % 5),
                "worry": None if is_careless else "雨",
                "minutes": 10 * (1 + number // 2 % 4) if is_careless else 11 + number,
            }
        )
    return make_material([column("income"), column("worry", "text"), column("minutes")], rows)


def test_pair__with_things_to_ask__is_asked_in_plain_sentences_of_both_languages(careless: Material) -> None:
    quality = check_quality(careless, Thresholds(outlier_least=10, digits_least_of_one=10))
    first, second = pairs_of(careless)
    assert (first.lead_id, len(first.instance_ids)) == ("b", 12), "by name: 乙 comes before 甲"
    asked = {finding.check: finding for finding in ask_pair(quality, second, "en")}
    assert asked["outliers"].text.startswith('In 1 of 12 interviews "income?" is far from what others recorded')
    assert "上石沟村 004 (900,000)" in asked["outliers"].text
    assert asked["missing_by_interviewer"].text == '"worry?" was left blank 12 of 12 times (100.0%); with the others 0.0%.'
    assert "在 12 份访谈中，有 1 份“income？”" in {each.check: each for each in ask_pair(quality, second, "zh")}["outliers"].text
    assert ask_pair(quality, first, "zh") == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sheet_and_workbook__reopened__say_the_same(careless: Material, language: str) -> None:
    quality = check_quality(careless, Thresholds(outlier_least=10))
    pair = pairs_of(careless)[1]
    content = write_sheet(quality, pair, "四月调研", language=language, today=date(2018, 4, 28))
    document = Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    for finding in ask_pair(quality, pair, language):
        assert finding.text in texts
    assert document.tables[0].rows[1].cells[0].text == "上石沟村 004"
    assert content == write_sheet(quality, pair, "四月调研", language=language, today=date(2018, 4, 28))
    book = openpyxl.load_workbook(io.BytesIO(workbook_of([("四月调研", quality)], language)))
    assert TITLES[language]["outliers"] in book.sheetnames
    rows = list(book[TITLES[language]["outliers"]].iter_rows(min_row=2, values_only=True))
    assert rows[0][5] == 900_000


def test_words__of_every_check__are_there_in_both_languages() -> None:
    for language in ("zh", "en"):
        for check in CHECKS:
            assert {check.name} <= TITLES[language].keys() & MEANINGS[language].keys()
            assert {name for name, _kind in check.columns} <= HEADINGS[language].keys()


def test_checks__of_a_form_without_rows_worth_checking__are_empty_tables_with_all_columns() -> None:
    for material in (make_material([column("q")], [{"q": None}]), make_material([column("q")], [{"q": 1}, {"q": 2}])):
        for name, table in check_quality(material).tables.items():
            wanted = {each for check in CHECKS if check.name == name for each, _kind in check.columns}
            assert wanted | {"instance_ids", "is_noticed"} <= set(table.columns), name
