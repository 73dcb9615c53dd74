"""Expressions answered without libxml2: whatever is asked of whatever answers, both ways say the same."""

import math
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.engine import Engine, build_engine
from questionnaires.expressions.direct import MAX_DEPTH, divided, remainder, xpath_number
from questionnaires.expressions.evaluate import compile_expression
from questionnaires.expressions.values import MOMENT, Moment
from questionnaires.settle import Instance, compose_instance, make_irrelevant
from tests.questionnaires.expression_form import NOW
from tests.questionnaires.forms import form

ENGINE: Engine = build_engine(
    form(
        "integer | n | n | | | | | |",
        "decimal | price | price | | | | | |",
        "text | code | code | | | | | |",
        "date | born | born | | | | | |",
        "begin_group | g | g | | | | | |",
        "text | inner | inner | | | | | |",
        "end_group | | | | | | | |",
        "begin_repeat | r | r | | | | | |",
        "integer | x | x | | | | | |",
        "text | y | y | | | | | |",
        "begin_repeat | s | s | | | | | |",
        "integer | z | z | | | | | |",
        "end_repeat | | | | | | | |",
        "end_repeat | | | | | | | |",
    )
)
TEXTS = st.sampled_from(
    (
        "",
        "0",
        "4",
        "-2",
        "2.5",
        ".5",
        "5.",
        "1e3",
        " 7 ",
        "+1",
        "yes",
        "a b",
        "2018-04-20",
        "2018-04-20T08:30:00.000+08:00",
        "NaN",
        "inf",
        "１",
    )
)
PATHS = (
    ".",
    "../x",
    "../y",
    "/data/n",
    "/data/price",
    "/data/code",
    "/data/born",
    "/data/g/inner",
    "../s/z",
    "/data/r/x",
    "./null",
    "/data/g",
)
"""Seen from x in the second instance of r; those that lead to several nodes stay with libxml2."""
_atoms = st.sampled_from(
    (
        *(*PATHS, "0", "2.5", "''", "'yes'", "'2018-04-20'", "today()", "sum(/data/r/x)", "position(..)"),
        *("count(/data/r/s/z)", "count(/data/r)", "count(../../r)", "count(../s)", "count(..)", "count(/data/r/s)"),
    )
)
_expressions = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("=", "!=", "<", ">=", "+", "-", "*", "div", "mod", "and", "or")), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        st.tuples(st.sampled_from(("not", "number", "string", "boolean", "round", "string-length", "count-selected", "-")), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
        st.tuples(st.sampled_from(("coalesce", "selected", "contains", "concat", "starts-with")), inner, inner).map(
            lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"
        ),
        st.tuples(inner, inner, inner).map(lambda parts: f"if({', '.join(parts)})"),
    ),
    max_leaves=6,
)


def instance_of(texts: list[str]) -> Instance:
    """Three instances of r, the last of them irrelevant."""
    n, price, code, born, inner, *rows = texts
    r = [{"x": x, "y": y, "s": [{"z": x}, {"z": y}]} for x, y in zip(rows[::2], rows[1::2], strict=True)]
    answers = {"n": n, "price": price, "code": code, "born": born, "g": {"inner": inner}, "r": r}
    instance = compose_instance(ENGINE, answers, lambda _plan, value: value or "")
    make_irrelevant(instance.by_path["/data/r"][2])
    return instance


def same(one: object, other: object) -> bool:
    return one == other or (isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other))


@settings(max_examples=150, deadline=None)
@given(expression=_expressions, texts=st.lists(TEXTS, min_size=11, max_size=11))
def test_expression__any_answers__is_the_same_with_and_without_libxml2(expression: str, texts: list[str]) -> None:
    token = MOMENT.set(Moment(datetime.fromisoformat(NOW)))
    try:
        slot = instance_of(texts).by_path["/data/r/x"][1]
        compiled = compile_expression(expression, "/data/r/x", ENGINE.scope, "x")
        by_libxml2 = replace(compiled, _result=None, _truth=None)
        assert compiled.holds_at(slot) is by_libxml2.holds_at(slot)
        assert compiled.text_at(slot) == by_libxml2.text_at(slot)
        assert same(compiled.number_at(slot), by_libxml2.number_at(slot))
    finally:
        MOMENT.reset(token)


@pytest.mark.parametrize(
    ("expression", "is_direct"),
    [
        (". >= 0 and . <= 20", True),
        ("selected(/data/code, 'a')", True),
        ("if(../y = 'yes', /data/n + 1, '')", True),
        ("sum(/data/r/x) > position(..)", True),
        ("count(/data/r) > 1", True),
        ("count(../../r) = 2", True),
        ("count(../s) = 2", False),
        ("format-date(today(), '%Y') - ../x", True),
        ("/data/r/x > 4", False),
        ("/data/r[1]/x = 4", False),
        ("count(/data/*) > 2", False),
        (" + ".join(["/data/n"] * (MAX_DEPTH + 2)), False),
    ],
)
def test_shape__of_an_expression__says_whether_libxml2_is_asked(expression: str, is_direct: bool) -> None:
    compiled = compile_expression(expression, "/data/r/x", ENGINE.scope, "x")
    assert compiled.is_direct is is_direct
    slot = instance_of(["4"] * 11).by_path["/data/r/x"][1]
    compiled.holds_at(slot)
    assert (slot._grown is None) is is_direct, "no tree grows for what is answered without it"


def test_numbers__of_xpath__are_read_and_divided_as_libxml2_does() -> None:
    assert [xpath_number(text) for text in ("12", " -3.5\n", ".5", "5.", "1e3")] == [12, -3.5, 0.5, 5, 1000]
    assert all(math.isnan(xpath_number(text)) for text in ("", "+1", "- 1", "inf", "1_000", "１", "0x1", "."))
    assert (divided(1, 0), divided(-1, 0), divided(1, -0.0)) == (math.inf, -math.inf, -math.inf)
    assert all(math.isnan(each) for each in (divided(0, 0), remainder(5, 0), remainder(math.inf, 2)))
    assert (remainder(-7, 3), remainder(7, -3), remainder(5.5, 2)) == (-1, 1, 1.5)
