"""Where two records differ, what passes as the same, which entries belong together, and what the decisions make of both."""

from dataclasses import replace
from typing import Any

import pytest

from questionnaires.model import Question, Questionnaire
from questionnaires.reader import read_questionnaire
from survey.reconciling.differences import LEFT as TAKE_LEFT
from survey.reconciling.differences import OTHER, compare_records
from survey.reconciling.differences import RIGHT as TAKE_RIGHT
from survey.reconciling.merging import Decision, Reconciled, open_nodes, reconcile_records
from survey.reconciling.tolerances import Tolerances, is_same, normalised
from tests.builders import NOW
from tests.survey.reconciling.pairs import DIFFERING, FORM, LEFT, RIGHT


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    """The form with two people's records."""
    return read_questionnaire(FORM.encode(), "two_records.md")


def merged(questionnaire: Questionnaire, **decisions: Decision) -> Reconciled:
    """What the decisions make of `LEFT` and `RIGHT`."""
    return reconcile_records(questionnaire, LEFT, RIGHT, decisions, now=NOW)


def question(kind: str, name: str = "x") -> Question:
    """A question of this type."""
    return Question(name=name, path=f"/data/{name}", type=kind, label={"en": name})


@pytest.mark.parametrize(
    ("kind", "left", "right", "expected"),
    [
        ("integer", 1000, 1050, True),
        ("integer", 1000, 1060, False),
        ("integer", 3, 4, False),
        ("integer", 0, 0, True),
        ("decimal", -1000.0, -1040.0, True),
        ("text", "ＡＢ 一二，", "ab一二", True),
        ("text", "王大", "王二", False),
        ("text", "？", "！", False),
        ("select_one", "yes", "yes", True),
        ("select_one", "yes", "no", False),
        ("select_multiple", ["a", "b"], ["b", "a"], True),
        ("select_multiple", ["a"], ["a", "b"], False),
        ("rank", ["a", "b"], ["b", "a"], False),
        ("date", "2018-04-20", "2018-04-20", True),
        ("date", "2018-04-20", "2018-04-21", False),
        ("time", "23:55:00.000+08:00", "00:05:00.000+08:00", True),
        ("time", "08:00:00.000+08:00", "09:00:00.000+08:00", False),
        ("dateTime", "2018-04-20T08:00:00+08:00", "2018-04-20T00:10:00Z", True),
        ("geopoint", {"latitude": 33.0, "longitude": 106.0}, {"latitude": 33.0008, "longitude": 106.0}, True),
        ("geopoint", {"latitude": 33.0, "longitude": 106.0}, {"latitude": 33.001, "longitude": 106.0}, False),
    ],
)
def test_is_same__by_type__keeps_the_usual_tolerances(kind: str, left: Any, right: Any, expected: bool) -> None:
    assert is_same(question(kind), left, right, Tolerances()) is expected
    assert is_same(question(kind), right, left, Tolerances()) is expected


def test_is_same__tolerances_of_the_visit__decide() -> None:
    assert not is_same(question("integer"), 1000, 1050, Tolerances(number_percent=0))
    assert is_same(question("date"), "2018-04-20", "2018-04-23", Tolerances(date_days=3))
    assert not is_same(question("text"), "a b", "ab", Tolerances(is_text_loose=False))


def test_is_same__years_and_numbers_of_documents__have_to_be_equal() -> None:
    assert not is_same(question("integer", "birth_year"), 1950, 1951, Tolerances())
    assert is_same(question("integer", "birth_year"), 1950, 1951, Tolerances(exact_names="*_no"))


def test_normalised__text_of_signs_only__stays() -> None:
    assert (normalised("　Ａ－１ "), normalised("？")) == ("a1", "?")


def test_compare__two_records__finds_what_differs_and_nothing_else(questionnaire: Questionnaire) -> None:
    found = compare_records(questionnaire, LEFT, RIGHT, Tolerances())
    assert tuple(each.node for each in found if not each.is_agreeing) == DIFFERING
    agreeing = {each.node for each in found if each.is_agreeing}
    assert {"/data/needs", "/data/money/wage_cny", "/data/place", "/data/home/members[1]/member_name"} <= agreeing
    assert not any(each.node.endswith(("income_cny", "well", "assignment_id")) for each in found), "nobody was asked for these"


def test_compare__members_in_another_order__are_put_together_by_name(questionnaire: Questionnaire) -> None:
    found = {each.node: each for each in compare_records(questionnaire, LEFT, RIGHT, Tolerances())}
    second = found["/data/home/members[2]/insured"]
    assert (second.left, second.right) == ("yes", "no")
    assert (second.left_node, second.right_node) == ("/data/home/members[2]/insured", "/data/home/members[1]/insured")
    extra = found["/data/home/members[3]"]
    assert (extra.left, extra.right["member_name"], extra.right_node) == (None, "王小", "/data/home/members[3]")


def test_compare__name_written_otherwise__is_the_same_member_when_the_rest_is_alike(questionnaire: Questionnaire) -> None:
    members = [{"member_name": "王达", "birth_year": 1950, "insured": "yes"}]
    other = [{"member_name": "王大", "birth_year": 1950, "insured": "yes"}, {"member_name": "赵三", "birth_year": 1990, "insured": "no"}]
    found = compare_records(questionnaire, {"home": {"members": members}}, {"home": {"members": other}}, Tolerances())
    assert [each.node for each in found if not each.is_agreeing] == ["/data/home/members[1]/member_name", "/data/home/members[2]"]


def test_reconcile__nothing_decided__is_the_leads_record(questionnaire: Questionnaire) -> None:
    found = merged(questionnaire)
    assert found.answers == LEFT
    assert (found.broken, found.moot) == ((), frozenset())


def test_reconcile__decisions__change_answers_calculations_and_what_applies(questionnaire: Questionnaire) -> None:
    decisions = {"/data/money/crop_cny": Decision(TAKE_RIGHT), "/data/water_safe": Decision(TAKE_RIGHT)}
    found = merged(questionnaire, **decisions)
    assert found.answers["money"] == {"wage_cny": 10_000.0, "crop_cny": 5_000.0, "income_cny": 15_000.0}
    assert "water_problem" not in found.answers
    assert found.moot == {"/data/water_problem"}
    waiting = open_nodes(compare_records(questionnaire, LEFT, RIGHT, Tolerances()), decisions, found.moot)
    assert waiting == DIFFERING[:4]


def test_reconcile__entries__are_taken_over_or_left_out(questionnaire: Questionnaire) -> None:
    taken = merged(questionnaire, **{"/data/home/members[3]": Decision(TAKE_RIGHT)})
    assert [each["member_name"] for each in taken.answers["home"]["members"]] == ["王大", "李二", "王小"]
    swapped = reconcile_records(questionnaire, RIGHT, LEFT, {"/data/home/members[3]": Decision(TAKE_RIGHT)}, now=NOW)
    assert [each["member_name"] for each in swapped.answers["home"]["members"]] == ["李二", "王 大"]
    kept = reconcile_records(questionnaire, RIGHT, LEFT, {"/data/home/members[3]": Decision(TAKE_LEFT)}, now=NOW)
    assert len(kept.answers["home"]["members"]) == 3


def test_reconcile__another_answer__is_judged_by_its_question(questionnaire: Questionnaire) -> None:
    fine = merged(questionnaire, **{"/data/home/n_members": Decision(OTHER, "4"), "/data/needs": Decision(OTHER, "road")})
    assert (fine.answers["home"]["n_members"], fine.answers["needs"], fine.broken) == (4, ["road"], ())
    for value, code in (("40", "constraint"), ("many", "type"), ("", "required")):
        broken = merged(questionnaire, **{"/data/home/n_members": Decision(OTHER, value)}).broken
        assert [(each.node, each.finding.code) for each in broken] == [("/data/home/n_members", code)]
    unknown = merged(questionnaire, **{"/data/home/members[2]/insured": Decision(OTHER, "perhaps")}).broken
    assert [(each.node, each.finding.code) for each in unknown] == [("/data/home/members[2]/insured", "choice")]


def test_reconcile__broken_rule_behind_a_left_out_entry__is_told_of_the_right_one(questionnaire: Questionnaire) -> None:
    left = {"home": {"n_members": 2, "members": [{"member_name": "甲", "birth_year": 1900}, *LEFT["home"]["members"]]}}
    decisions = {"/data/home/members[1]": Decision(TAKE_RIGHT), "/data/home/members[2]/insured": Decision(OTHER, "perhaps")}
    found = reconcile_records(questionnaire, left, LEFT, decisions, now=NOW)
    assert [each["member_name"] for each in found.answers["home"]["members"]] == ["王大", "李二"]
    assert [each.node for each in found.broken] == ["/data/home/members[2]/insured"]


def test_compare__records_swapped__differ_in_as_many_places(questionnaire: Questionnaire) -> None:
    strict = replace(Tolerances(), number_percent=0.0)
    for tolerances in (Tolerances(), strict):
        one, other = (compare_records(questionnaire, *pair, tolerances) for pair in ((LEFT, RIGHT), (RIGHT, LEFT)))
        assert sum(each.is_agreeing for each in one) == sum(each.is_agreeing for each in other)
        assert len(one) == len(other)
