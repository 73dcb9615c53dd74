"""Relevances that are found together: the same as one by one, in every order in which they hang on each other."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from questionnaires.engine import Engine, Step, build_engine
from questionnaires.expressions.evaluate import compile_together
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
        "end_repeat | | | | | | | |",
        "integer | e | e | sum(${x}) > 1 | | | | |",
        "integer | f | f | not(${b} = 3) | | | | |",
    )


def one_by_one(questionnaire: Questionnaire) -> Engine:
    engine = build_engine(questionnaire)
    engine.steps = tuple(Step((plan,), step.is_calculation) for step in engine.steps for plan in step.plans)
    return engine


CHAINED = chained()
TOGETHER, SINGLY = build_engine(CHAINED), one_by_one(CHAINED)


def settled(engine: Engine, answers: dict[str, object]) -> bytes:
    instance = compose_instance(engine, answers, lambda _plan, value: to_xml_text(value))
    settle(engine, instance)
    return etree.tostring(instance.root.element)


def test_steps__chained_form__are_fewer_than_its_relevances() -> None:
    assert any(len(step.plans) > 1 for step in TOGETHER.steps)
    assert len(TOGETHER.steps) < len(SINGLY.steps)
    assert all(plan.name != "x" or step.together is None for step in TOGETHER.steps for plan in step.plans), "one slot per instance of r"


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({}, optional={name: st.integers(0, 4) for name in NAMES}), st.lists(st.integers(0, 3), max_size=3))
def test_steps__any_answers__settle_as_one_by_one(answers: dict[str, int], xs: list[int]) -> None:
    grouped = {"g": {name: answers[name] for name in ("c", "d") if name in answers}, "r": [{"x": x} for x in xs]}
    whole = {**{name: value for name, value in answers.items() if name not in ("c", "d")}, **grouped}

    assert settled(TOGETHER, whole) == settled(SINGLY, whole)


def test_steps__relevance_by_chance_or_moment__is_found_alone() -> None:
    engine = build_engine(
        form(
            "integer | a | a | | | | | |",
            "text | b | b | random() > 2 | | | | |",
            "text | c | c | today() > '2000-01-01' | | | | |",
            "text | d | d | ${a} = 1 | | | | |",
        )
    )

    assert [[plan.name for plan in step.plans] for step in engine.steps if step.together] == [["d"]]


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


def test_compile_together__nothing__has_no_values() -> None:
    assert list(compile_together(()).are_true(etree.Element("data"))) == []
