import pytest

from survey.tablet.references import Reference, compile_expression, compile_filter

LIST_OF = {"/data/village": "villages"}


@pytest.mark.parametrize(
    ("context", "text", "compiled"),
    [
        ("/data/a", "/data/b > 3", "/m/i/data/b > 3"),
        ("/data/r/a", "../b = 'x'", "../b = 'x'"),
        ("/data/a", "count(/data/r[./age < 16])", "count(/m/i/data/r[./age < 16][not(@irrelevant)])"),
        ("/data/a", "sum(/data/r/wage) > 5", "sum(/m/i/data/r/wage[not(@irrelevant)]) > 5"),
        ("/data/a", "sum(instance('villages')/root/item/n)", "sum(odk-items('villages')/n)"),
        ("/data/a", ". >= 0 and . <= 120", ". >= 0 and . <= 120"),
        ("/data/a", "jr:choice-name(/data/village, ' /data/village ')", "jr:choice-name(/m/i/data/village, 'villages')"),
        ("/data/a", "instance('villages')/root/item[name = /data/village]/label", "odk-items('villages', 'name', /m/i/data/village)/label"),
        (
            "/data/a",
            "instance('villages')/root/item[n > 3 and current()/../b = county and 'x' = kind][2]/label",
            "odk-items('villages', 'county', current()/./../b, 'kind', 'x')[./n > 3][2]/label",
        ),
        (
            "/data/a",
            "instance('villages')/root/item[county = 'a' and position() = 1]",
            "odk-items('villages')[./county = 'a' and position() = 1]",
        ),
        ("/data/a", "instance('villages')/root/item[county = town]", "odk-items('villages')[./county = ./town]"),
        ("/data/a", "instance('tree')/trees/tree[@id = /data/b]", "odk-instance('tree')/trees/tree[@id = /m/i/data/b]"),
        ("/data/a", "pulldata('file', 'a', 'b', /data/b)", "pulldata('file', 'a', 'b', /m/i/data/b)"),
        ("/data/a", "pull-data('file', 'a', 'b', 'c')", "pulldata('file', 'a', 'b', 'c')"),
        ("/data/a", "indexed-repeat(/data/r/name, /data/r, 2)", "/m/i/data/r[position() = 2]/name"),
        ("/data/a", "- /data/b + 1", "(0 - /m/i/data/b) + 1"),
        ("/data/a", "(1 + 2) * 3", "(1 + 2) * 3"),
    ],
)
def test_expression__for_the_browser__says_the_same(context: str, text: str, compiled: str) -> None:
    assert compile_expression(text, context, LIST_OF).text == compiled


def test_references__absolute_and_relative__tell_what_both_share() -> None:
    absolute = compile_expression("/data/r/age > 5", "/data/r/school", LIST_OF).references
    relative = compile_expression("../age > 5", "/data/r/school", LIST_OF).references
    assert absolute == [Reference("/data/r/age", None)]
    assert relative == [Reference("/data/r/age", "/data/r")]


def test_reference__beside_an_instance__shares_only_what_is_around_the_repeat() -> None:
    beside = compile_expression("../preceding-sibling::r[1]/age + ../age", "/data/g/r/older", LIST_OF).references
    assert beside == [Reference("/data/g/r/age", "/data/g"), Reference("/data/g/r/age", "/data/g/r")]


def test_filter__of_equal_columns__becomes_keys() -> None:
    compiled = compile_filter("county = /data/county and n > /data/least", "/data/village", LIST_OF)
    assert compiled.keys == [("county", "/m/i/data/county")]
    assert compiled.rest == "./n > /m/i/data/least"
    assert compiled.references == [Reference("/data/county", None), Reference("/data/least", None)]


@pytest.mark.parametrize(
    "text",
    [
        "county = /data/county or n = 1",
        "county != 'a'",
        "county = town",
        "not(county = 'a')",
        "county = (/data/b = 'x')",
        "county = 'a' or 1 = 1",
    ],
)
def test_filter__that_is_no_set_of_equal_columns__is_evaluated_on_every_item(text: str) -> None:
    compiled = compile_filter(text, "/data/village", LIST_OF)
    assert compiled.keys == []
    assert compiled.rest


def test_filter__inside_a_repeat__keeps_its_references_to_the_instance() -> None:
    compiled = compile_filter("county = current()/../county", "/data/r/village", LIST_OF)
    assert compiled.keys == [("county", "current()/./../county")]
    assert compiled.references == [Reference("/data/r/county", "/data/r")]
