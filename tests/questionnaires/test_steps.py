"""Expressions answered by Python at the slots of an instance, and by libxml2 on its tree: the same in every order in which they hang
on each other."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from questionnaires.engine import Engine, build_engine
from questionnaires.model import Questionnaire
from questionnaires.settle import compose_instance, settle
from questionnaires.typed_values import to_xml_text
from tests.questionnaires.forms import checked, form, written

NAMES = ("a", "b", "c", "d", "e", "f")


def chained() -> Questionnaire:
    """A form whose questions hang on each other, across groups, out of a repeat, and on a calculation."""
    return form(
        "integer | a | a | | | | | |",
        "integer | b | b | ${a} > 1 | | | | |",
        "begin_group | g | g | ${b} != 2 | | | | |",
        "integer | c | c | ${a} > 0 or ${f} = 1 | | | | |",
        "integer | d | d | ${c} != '' | | | | |",
        "end_group | | | | | | | |",
        "calculate | twice | | | ${d} * 2 | | | |",
        "begin_repeat | r | r | ${twice} > 2 | | | | |",
        "integer | x | x | ${a} < 4 | | | | |",
        "calculate | place | | | position(..) | | | |",
        "end_repeat | | | | | | | |",
        "integer | e | e | sum(${x}) > 1 | | | | |",
        "integer | f | f | not(${b} = 3) | | | | |",
    )


def by_libxml2(questionnaire: Questionnaire) -> Engine:
    engine = build_engine(questionnaire)
    for plan in engine.plans.values():
        plan.relevant = plan.relevant and replace(plan.relevant, _result=None, _truth=None)
        plan.calculation = plan.calculation and replace(plan.calculation, _result=None, _truth=None)
    return engine


CHAINED = chained()
DIRECTLY, BY_LIBXML2 = build_engine(CHAINED), by_libxml2(CHAINED)


def settled(engine: Engine, answers: dict[str, object]) -> bytes:
    instance = compose_instance(engine, answers, lambda _plan, value: to_xml_text(value))
    settle(engine, instance)
    return etree.tostring(instance.root.element)


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({}, optional={name: st.integers(0, 4) for name in NAMES}), st.lists(st.integers(0, 3), max_size=3))
def test_steps__any_answers__settle_both_ways_alike(answers: dict[str, int], xs: list[int]) -> None:
    grouped = {"g": {name: answers[name] for name in ("c", "d") if name in answers}, "r": [{"x": x} for x in xs]}
    whole = {**{name: value for name, value in answers.items() if name not in ("c", "d")}, **grouped}

    assert settled(DIRECTLY, whole) == settled(BY_LIBXML2, whole)


def test_rules__several__are_those_that_hold_one_by_one() -> None:
    questionnaire = form(
        "integer | a | a | | | | | |",
        more="""
| issue_rules | | | | | |
| | name | title | when | area | level | severity |
| | low | Low | ${a} < 3 | other | village | minor |
| | odd | Odd | ${a} mod 2 = 1 | other | village | minor |
| | never | Never | false() | other | village | minor |
""",
    )

    for value, names in ((1, ["low", "odd"]), (2, ["low"]), (5, ["odd"]), (6, [])):
        assert [rule.name for rule in checked(questionnaire, written(questionnaire, {"a": value})).rules] == names
