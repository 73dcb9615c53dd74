"""Tables, columns and rows."""

from questionnaires.columns import tables_of
from questionnaires.stacking import rows_of
from tests.questionnaires.forms import ANSWERS, checked, form, household, written


def test_tables__of_a_form_with_a_repeat__are_main_and_the_repeat() -> None:
    main, members = tables_of(household())
    assert (main.name, main.path, main.parent) == ("main", "/data", None)
    assert (members.name, members.path, members.parent) == ("members", "/data/members", "main")
    assert [column.name for column in members.columns] == ["nm", "born", "age", "wage", "earns"]
    kinds = {column.name: column.kind for column in main.columns}
    assert kinds == {
        "start": "datetime",
        "device": "text",
        "n": "integer",
        "total": "integer",
        "per_head": "decimal",
        "county": "category",
        "village": "category",
        "crops": "multi",
        "place": "position",
        "area": "decimal",
        "hour": "text",
    }


def test_column__of_a_question__carries_label_choices_and_place() -> None:
    columns = {column.name: column for column in tables_of(household())[0].columns}
    assert columns["county"].label == {"中文 (zh)": "县", "English (en)": "County"}
    assert [choice.name for choice in columns["county"].choices] == ["a", "b"]
    assert columns["county"].path == "/data/home/county"
    assert columns["county"].is_asked
    assert not columns["total"].is_asked
    assert not columns["start"].is_asked


def test_names__that_clash__are_told_apart_by_their_groups() -> None:
    clashing = form(
        "begin group | husband | H",
        "text | name | N",
        "end group",
        "begin group | wife | W",
        "text | name | N",
        "integer | age | A",
        "end group",
    )
    assert [column.name for column in tables_of(clashing)[0].columns] == ["husband_name", "wife_name", "age"]
    assert rows_of(clashing, {"wife": {"name": "B", "age": 3}})["main"] == [{"husband_name": None, "wife_name": "B", "age": 3}]


def test_names__that_groups_do_not_tell_apart__are_numbered() -> None:
    awkward = form("text | a_b | X", "begin group | a | A", "text | b | B", "end group", "begin group | c | C", "text | b | B", "end group")
    names = [column.name for column in tables_of(awkward)[0].columns]
    assert names == ["a_b", "a_b_2", "c_b"]


def test_table__of_a_repeat__never_has_a_question_named_as_its_keys() -> None:
    keyed = form("begin repeat | r | R", "integer | position | P", "end repeat")
    names = [column.name for column in tables_of(keyed)[1].columns]
    assert names == ["r_position"]
    assert rows_of(keyed, {"r": [{"position": 7}]})["r"] == [{"position": 1, "parent_position": None, "r_position": 7}]


def test_rows__of_a_repeat_beside_a_question_named_as_its_keys__are_under_no_row() -> None:
    keyed = form("integer | position | P", "begin repeat | r | R", "integer | a | A", "end repeat")
    found = rows_of(keyed, {"position": 7, "r": [{"a": 1}]})
    assert found == {"main": [{"position": 7}], "r": [{"position": 1, "parent_position": None, "a": 1}]}


def test_rows__of_answers__have_every_column() -> None:
    small = household()
    rows = rows_of(small, checked(small, written(small, ANSWERS)).answers)
    assert len(rows["main"]) == 1
    assert rows["main"][0]["county"] == "a"
    assert rows["main"][0]["crops"] == ["maize", "walnut"]
    assert rows["main"][0]["hour"] is None
    assert [(row["position"], row["parent_position"], row["nm"], row["wage"]) for row in rows["members"]] == [
        (1, None, "甲", 100),
        (2, None, "乙", None),
    ]


def test_rows__of_nested_repeats__are_keyed_over_the_whole_submission() -> None:
    nested = form(
        "begin repeat | houses | H",
        "text | street | S",
        "begin repeat | rooms | R",
        "integer | m2 | M2",
        "end repeat",
        "end repeat",
    )
    assert [(table.name, table.parent) for table in tables_of(nested)] == [("main", None), ("houses", "main"), ("rooms", "houses")]
    rows = rows_of(nested, {"houses": [{"street": "a", "rooms": [{"m2": 1}, {"m2": 2}]}, {"street": "b", "rooms": [{"m2": 3}]}]})
    assert [(row["position"], row["parent_position"], row["m2"]) for row in rows["rooms"]] == [(1, 1, 1), (2, 1, 2), (3, 2, 3)]


def test_rows__of_nothing__are_one_empty_row() -> None:
    rows = rows_of(household(), {})
    assert set(rows["main"][0].values()) == {None}
    assert rows["members"] == []
