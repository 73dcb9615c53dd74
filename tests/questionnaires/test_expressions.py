"""The meaning of expressions: the table of cases, and properties that hold for any of them."""

import math
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from questionnaires.engine import Engine, engine_of
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.expressions.evaluate import compile_expression
from questionnaires.expressions.values import MOMENT, Moment, format_number, to_number
from questionnaires.instance import parse_instance
from questionnaires.reader import read_questionnaire
from questionnaires.settle import Instance, Slot, build_instance, settle
from tests.questionnaires.expression_cases import CASES, REFUSED
from tests.questionnaires.expression_form import FILES, FORM, INSTANCE, NOW, Case


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The engine of the form that the cases are about."""
    return engine_of(read_questionnaire(FORM.encode(), "cases.md", FILES))


@pytest.fixture(scope="module")
def instance(engine: Engine) -> Instance:
    """The instance of the cases, settled."""
    instance = build_instance(engine, parse_instance(INSTANCE.encode()))
    settle(engine, instance)
    return instance


@pytest.fixture(scope="module")
def slots(instance: Instance) -> dict[etree._Element, Slot]:
    """What is where in the tree of the instance."""
    instance.root.grow()
    return {slot.element: slot for slot in (instance.root, *chain.from_iterable(instance.by_path.values()))}


@pytest.fixture(autouse=True)
def _moment() -> Iterator[None]:
    token = MOMENT.set(Moment(datetime.fromisoformat(NOW), Random(7)))
    yield
    MOMENT.reset(token)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.expression} at {case.context}")
def test_expression__of_the_table__gives_what_odk_gives(
    case: Case, engine: Engine, instance: Instance, slots: dict[etree._Element, Slot]
) -> None:
    node = instance.root.element.getroottree().xpath(case.context)[0]
    schema_path = case.context.replace("[2]", "")
    compiled = compile_expression(case.expression, schema_path, engine.scope, "a case")
    if isinstance(case.expected, bool):
        assert compiled.is_true(node) is case.expected
        assert compiled.holds_at(slots[node]) is case.expected
    elif isinstance(case.expected, float):
        assert compiled.as_number(node) == pytest.approx(case.expected, rel=1e-12, nan_ok=True)
        assert compiled.number_at(slots[node]) == pytest.approx(case.expected, rel=1e-12, nan_ok=True)
    else:
        assert compiled.as_text(node) == case.expected
        assert compiled.text_at(slots[node]) == case.expected


def test_expressions__of_the_table__are_mostly_answered_without_libxml2(engine: Engine) -> None:
    compiled = [compile_expression(case.expression, case.context.replace("[2]", ""), engine.scope, "a case") for case in CASES]
    assert sum(each.is_direct for each in compiled) > len(CASES) * 0.6


def test_table__counts__enough_cases() -> None:
    assert len(CASES) >= 400
    assert len(set(CASES)) == len(CASES)


@pytest.mark.parametrize(("expression", "said"), REFUSED)
def test_expression__that_cannot_be_evaluated__is_refused_with_its_place(expression: str, said: str, engine: Engine) -> None:
    with pytest.raises(SurveyError) as refused:
        compile_expression(expression, "/data/n", engine.scope, "'relevant' of n")
    assert refused.value.code is ErrorCode.INVALID_EXPRESSION
    assert said in str(refused.value)
    assert "'relevant' of n" in str(refused.value)


def test_expression__nested_without_end__is_refused(engine: Engine) -> None:
    with pytest.raises(SurveyError, match="nested too deeply"):
        compile_expression("(" * 5000 + "1" + ")" * 5000, "/data/n", engine.scope, "n")


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("/data/n + 1", "int"),
        ("/data/n div 2", "num"),
        ("if(/data/n > 1, /data/n, '')", "int"),
        ("if(/data/n > 1, 'yes', 'no')", "str"),
        ("sum(/data/members/wage)", "int"),
        ("round(/data/price)", "int"),
        ("round(/data/price, 1)", "num"),
        ("coalesce(/data/none, 0)", "int"),
        ("/data/n > 1", "bool"),
        ("today()", "date"),
        ("/data/county", "token"),
    ],
)
def test_kind__of_an_expression__is_inferred(expression: str, kind: str, engine: Engine) -> None:
    assert compile_expression(expression, "/data/n", engine.scope, "n").kind == kind


def test_fleeting__moment_chance_and_language__are_known(engine: Engine) -> None:
    def is_fleeting(text: str) -> bool:
        return compile_expression(text, "/data/n", engine.scope, "n").is_fleeting

    assert is_fleeting("today() - /data/born")
    assert is_fleeting("once(uuid())")
    assert is_fleeting("jr:choice-name(/data/county, '/data/county')")
    assert not is_fleeting("/data/n + 1")


def test_references__of_an_expression__are_the_paths_it_reads(engine: Engine) -> None:
    compiled = compile_expression("sum(/data/members[age > /data/n]/wage) + ../nm", "/data/members/age", engine.scope, "n")
    assert {reference.path for reference in compiled.references} == {
        "/data/members/wage",
        "/data/members/age",
        "/data/n",
        "/data/members/nm",
    }


_numbers = st.integers(-1000, 1000).map(str)
_plain = st.recursive(
    _numbers | st.sampled_from(["/data/n", "/data/price", "count(/data/members)", "string-length(/data/code)"]),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*", "div", "mod"]), inner).map(lambda parts: f"({' '.join(parts)})"),
    max_leaves=8,
)


@given(left=_plain, operator=st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), right=_plain)
def test_arithmetic__without_dates__is_that_of_libxml2(left: str, operator: str, right: str) -> None:
    text = f"{left} {operator} {right}"
    engine = engine_of(read_questionnaire_once())
    root = parse_instance(INSTANCE.encode())
    assert compile_expression(text, "/data", engine.scope, "x").is_true(root) is root.xpath(text)
    ours, theirs = compile_expression(left, "/data", engine.scope, "x").as_number(root), root.xpath(f"number({left})")
    assert ours == theirs or (math.isnan(ours) and math.isnan(theirs))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_format_number__any_number__is_read_back_without_exponent(number: float) -> None:
    text = format_number(number)
    assert "e" not in text
    assert to_number(text) == pytest.approx(number, rel=1e-14, abs=1e-20)


def read_questionnaire_once() -> object:
    """The form of the cases; the engine is kept, so that only the first call costs."""
    if "form" not in _FORMS:
        _FORMS["form"] = read_questionnaire(FORM.encode(), "cases.md", FILES)
    return _FORMS["form"]


_FORMS: dict[str, object] = {}
