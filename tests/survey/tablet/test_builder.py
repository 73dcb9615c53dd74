from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField

from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from survey.tablet.builder import build_form, fill_form
from tests.survey.tablet.forms import FIELD_FORM, TYPES_FORM

NOW = datetime(2018, 4, 20, 8, 30, tzinfo=UTC)
ANSWERS = {
    "home": {"n_members": 3, "water_safe": "no", "water_why": ["far", "dirty"], "income_cny": 9000.0},
    "members": [{"m_name": "王大", "m_age": 41}, {"m_name": "王小", "m_age": 9, "m_school": "yes"}],
    "record": {"place": {"latitude": 33.3, "longitude": 106.1, "altitude": 0.0, "accuracy": 8.0}},
}


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return read_questionnaire(FIELD_FORM.encode(), "field.md")


def test_form__of_a_questionnaire__has_a_field_per_question_in_groups_and_repeats(questionnaire: Questionnaire) -> None:
    form = build_form(questionnaire)()
    assert isinstance(form["home"], FormField)
    assert isinstance(form["members"], FieldList)
    assert form["home"].form["n_members"].label.text == "您家有几口人？"
    assert build_form(questionnaire, "English (en)")()["home"].form["n_members"].label.text == "How many members?"


def test_form__built_twice__is_one_class(questionnaire: Questionnaire) -> None:
    assert build_form(questionnaire) is build_form(questionnaire)


def test_answers__put_in__come_out_as_they_were(questionnaire: Questionnaire) -> None:
    assert fill_form(questionnaire, ANSWERS).answers() == ANSWERS


def test_answers__posted__have_their_types(questionnaire: Questionnaire) -> None:
    posted = MultiDict(
        [
            ("home-n_members", "3"),
            ("home-water_why", "far"),
            ("home-water_why", "dirty"),
            ("home-income_cny", "12.5"),
            ("members-0-m_name", "王大"),
            ("members-0-m_age", "old"),
            ("record-place", "33.3 106.1 0 8"),
        ]
    )
    answers = build_form(questionnaire)(posted).answers()
    assert answers["home"] == {"n_members": 3, "water_why": ["far", "dirty"], "income_cny": 12.5}
    assert answers["members"] == [{"m_name": "王大", "m_age": "old"}]
    assert answers["record"]["place"] == {"latitude": 33.3, "longitude": 106.1, "altitude": 0.0, "accuracy": 8.0}


def test_validate__allowed_answers__is_true(questionnaire: Questionnaire) -> None:
    form = fill_form(questionnaire, ANSWERS)
    assert form.validate(now=NOW), form.findings


@pytest.mark.parametrize(
    ("language", "message"), [("中文 (zh)", "年龄应在 0 到 120 之间。"), ("English (en)", "Between 0 and 120, please.")]
)
def test_validate__wrong_in_a_repeat__puts_the_message_at_that_instance(questionnaire: Questionnaire, language: str, message: str) -> None:
    answers = ANSWERS | {"members": [{"m_name": "王大", "m_age": 41}, {"m_name": "王小", "m_age": 900}]}
    form = fill_form(questionnaire, answers, language)
    assert not form.validate(now=NOW)
    assert list(form["members"].entries[1].form["m_age"].errors) == [message]
    assert not form["members"].entries[0].form["m_age"].errors
    assert [finding.position for finding in form.findings] == [(2,)]


def test_validate__required_but_not_relevant__is_not_asked(questionnaire: Questionnaire) -> None:
    form = fill_form(questionnaire, ANSWERS | {"home": {"n_members": 3, "water_safe": "yes"}})
    assert form.validate(now=NOW), form.findings
    form = fill_form(questionnaire, ANSWERS | {"home": {"n_members": 3, "water_safe": "no"}})
    assert not form.validate(now=NOW)
    assert [(finding.question, finding.code) for finding in form.findings] == [("water_why", "required")]


def test_field_at__unknown_place__is_none(questionnaire: Questionnaire) -> None:
    form = fill_form(questionnaire, ANSWERS)
    root = questionnaire.children[0].path.split("/")[1]
    assert form.field_at(f"/{root}/members/m_age", (2,)).data == 9  # type: ignore[union-attr]
    assert form.field_at(f"/{root}/members/m_age", (3,)) is None
    assert form.field_at(f"/{root}/nowhere") is None


def test_field__with_a_name_that_wtforms_means_something_by__is_built() -> None:
    source = (
        "| survey |\n| | type | name | label |\n| | text | data | D |\n| | text | errors | E |\n| settings |\n| | form_id |\n| | odd |\n"
    )
    questionnaire = read_questionnaire(source.encode(), "odd.md")
    answers = {"data": "one", "errors": "two"}
    assert fill_form(questionnaire, answers).answers() == answers


def test_form__of_every_type__validates_what_it_was_given() -> None:
    questionnaire = read_questionnaire(TYPES_FORM.encode(), "types.md")
    answers = {
        "words": "a",
        "whole": 7,
        "part": 2.5,
        "day": "2018-04-20",
        "one": "a",
        "many": ["a", "b"],
        "order": ["b", "a"],
        "seen": "OK",
    }
    form = fill_form(questionnaire, answers)
    assert form.validate(now=NOW), form.findings
