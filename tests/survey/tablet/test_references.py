import pytest

from survey.tablet.references import Reference, compile_expression

LISTS = ("yes_no", "villages")
LIST_OF = {"/data/village": "villages"}


@pytest.mark.parametrize(
    ("context", "text", "compiled"),
    [
        ("/data/a", "/data/b > 3", "/m/i/data/b > 3"),
        ("/data/r/a", "../b = 'x'", "../b = 'x'"),
        ("/data/a", "count(/data/r[./age < 16])", "count(/m/i/data/r[./age < 16][not(@irrelevant)])"),
        ("/data/a", "sum(/data/r/wage) > 5", "sum(/m/i/data/r/wage[not(@irrelevant)]) > 5"),
        ("/data/a", "sum(instance('villages')/root/item/n)", "sum(/m/l1/root/item/n)"),
        ("/data/a", ". >= 0 and . <= 120", ". >= 0 and . <= 120"),
        ("/data/a", "jr:choice-name(/data/village, ' /data/village ')", "jr:choice-name(/m/i/data/village, 'villages')"),
        ("/data/a", "instance('villages')/root/item[name = /data/village]/label", "/m/l1/root/item[./name = /m/i/data/village]/label"),
        ("/data/a", "pulldata('file', 'a', 'b', 'c')", "''"),
        ("/data/a", "indexed-repeat(/data/r/name, /data/r, 2)", "/m/i/data/r[position() = 2]/name"),
        ("/data/a", "- /data/b + 1", "(0 - /m/i/data/b) + 1"),
        ("/data/a", "(1 + 2) * 3", "(1 + 2) * 3"),
    ],
)
def test_expression__for_the_browser__says_the_same(context: str, text: str, compiled: str) -> None:
    assert compile_expression(text, context, LISTS, LIST_OF).text == compiled


def test_references__absolute_and_relative__tell_what_both_share() -> None:
    absolute = compile_expression("/data/r/age > 5", "/data/r/school", LISTS, LIST_OF).references
    relative = compile_expression("../age > 5", "/data/r/school", LISTS, LIST_OF).references
    assert absolute == [Reference("/data/r/age", None)]
    assert relative == [Reference("/data/r/age", "/data/r")]


def test_references__of_a_choice_filter__begin_at_the_item() -> None:
    compiled = compile_expression("county = /data/county", "/data/village", LISTS, LIST_OF, is_filter=True)
    assert compiled.text == "./county = /m/i/data/county"
    assert compiled.references == [Reference("/data/county", None)]
