import json
from typing import Any

import pytest

from questionnaires.reader import read_questionnaire
from survey.tablet.plan import Look, build_plan
from tests.survey.tablet.forms import FIELD_FORM, TYPES_FORM, WIDGETS_FORM, widget_files


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    return build_plan(read_questionnaire(FIELD_FORM.encode(), "field.md"))


@pytest.fixture(scope="module")
def types_plan() -> dict[str, Any]:
    return build_plan(read_questionnaire(TYPES_FORM.encode(), "types.md"))


def number_of(plan: dict[str, Any], name: str) -> int:
    """The number of the node with this name."""
    return next(number for number, node in enumerate(plan["nodes"]) if node["p"].endswith(f"/{name}"))


def node_of(plan: dict[str, Any], name: str) -> dict[str, Any]:
    """The node with this name."""
    node: dict[str, Any] = plan["nodes"][number_of(plan, name)]
    return node


def edge(plan: dict[str, Any], source: str, target: str) -> tuple[Look, int]:
    """What of `target` is looked at again when `source` changes, and the repeat both share (-1: none)."""
    found = {each[0]: (Look(each[1]), each[2]) for each in plan["edges"].get(str(number_of(plan, source)), [])}
    return found[number_of(plan, target)]


def test_plan__of_any_form__is_json(plan: dict[str, Any]) -> None:
    assert json.loads(json.dumps(plan)) == plan


def test_edges__relevance_calculation_and_texts__lead_from_what_is_read(plan: dict[str, Any]) -> None:
    assert Look.RELEVANT in edge(plan, "water_safe", "water_why")[0]
    assert Look.CALCULATE in edge(plan, "income_cny", "per_head")[0]
    assert Look.LABEL in edge(plan, "head_name", "greeting")[0]
    assert edge(plan, "per_head", "per_head_shown")[0] == Look.RELEVANT | Look.LABEL


def test_edges__inside_one_repeat_instance__stay_in_it(plan: dict[str, Any]) -> None:
    members = number_of(plan, "members")
    assert edge(plan, "m_age", "m_school") == (Look.RELEVANT, members)
    assert edge(plan, "m_age", "n_children") == (Look.CALCULATE, -1)


def test_order__always__puts_what_is_read_before_what_reads_it(plan: dict[str, Any]) -> None:
    assert node_of(plan, "income_cny")["o"] < node_of(plan, "per_head")["o"] < node_of(plan, "per_head_shown")["o"]
    assert sorted(node["o"] for node in plan["nodes"]) == list(range(len(plan["nodes"])))


def test_texts__with_answers_in_them__name_the_expression_in_every_language(plan: dict[str, Any]) -> None:
    key = f"{node_of(plan, 'greeting')['p']}:label"
    chinese, english = plan["texts"][key]
    assert chinese.startswith("请向<span data-x=")
    assert english.startswith("Tell <span data-x=")
    assert plan["form"]["languages"][plan["form"]["default"]]["code"] == "zh"


def test_trigger__of_a_calculation__sets_it_and_does_not_keep_it_true(types_plan: dict[str, Any]) -> None:
    assert "v" in node_of(types_plan, "twice")
    assert "v" not in node_of(types_plan, "stamped")
    assert [target for target, _expression in node_of(types_plan, "whole")["tr"]] == [number_of(types_plan, "stamped")]


def test_default__fixed__is_in_the_plan(types_plan: dict[str, Any]) -> None:
    assert node_of(types_plan, "one")["d"] == "b"


def test_instance__blank__has_every_repeat_once(plan: dict[str, Any]) -> None:
    assert plan["instance"].count("<members>") == 1
    assert "xmlns=" not in plan["instance"].replace("xmlns:", "")


def test_plan__of_what_the_device_records__names_its_questions() -> None:
    plan = build_plan(read_questionnaire(WIDGETS_FORM.encode(), "widgets.md", widget_files()))
    assert node_of(plan, "all_sound")["rq"] == "voice-only"
    assert node_of(plan, "ask_where")["tg"] == [number_of(plan, "where")]
    assert plan["media"]["/data/media/house:label"] == {"image": ["house.png", "house.png"], "audio": ["hello.wav", "hello.wav"]}
    assert plan["media"]["house-0"] == {"image": ["house.png", "house.png"]}
