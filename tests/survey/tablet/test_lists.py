"""The lists beside the plan: what is drawn stays in it, what is long and searched goes beside it, and neither is there twice."""

import json

from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from survey.tablet.lists import build_lists, build_shipped_lists
from survey.tablet.plan import build_plan

CHOICES = "".join(f"|  | towns | t{number} | 镇{number} | Town {number} | {number % 7} |\n" for number in range(150))
FORM = """
| survey  |                                    |          |                  |                     |               |            |
|         | type                               | name     | label::中文 (zh) | label::English (en) | choice_filter | appearance |
|         | integer                            | n        | 数               | Number              |               |            |
|         | select_one towns                   | town     | 镇               | Town                | part = ${n}   | LOOK       |
|         | select_one_from_file shops.csv     | shop     | 店               | Shop                |               |            |
|         | xml-external                       | tree     |                  |                     |               |            |
| choices |                                    |          |                  |                     |               |            |
|         | list_name                          | name     | label::中文 (zh) | label::English (en) | part          |            |
"""
FILES = {
    "shops.csv": "\n".join(["name,label", *(f"s{number},Shop {number}" for number in range(600))]).encode(),
    "tree.xml": b"<tree><leaf id='a'>green</leaf></tree>",
}


def questionnaire(look: str = "", files: dict[str, bytes] | None = None) -> Questionnaire:
    """The form with 150 towns, and its files."""
    return read_questionnaire((FORM.replace("LOOK", look) + CHOICES).encode(), "lists.md", FILES if files is None else files)


def test_lists__long_and_searched__lie_beside_the_plan() -> None:
    form = questionnaire()
    plan, shipped = build_plan(form), build_shipped_lists(form)
    assert sorted(shipped["lists"]) == ["shops", "towns"]
    assert shipped["choices"]["towns"]["texts"][0][:2] == ["镇0", "镇1"]
    assert shipped["choices"]["towns"]["texts"][1][149] == "Town 149"
    assert shipped["choices"]["shops"] == {"list": "shops", "value": "name", "label": "label"}
    assert "towns-0" not in plan["texts"]
    assert sorted(plan["lists"]) == ["tree"]
    assert "镇7" not in json.dumps(plan, ensure_ascii=False)


def test_lists__whose_choices_the_page_draws__stay_in_the_plan() -> None:
    form = questionnaire("label")
    assert "towns" in build_lists(form)["lists"]
    assert "towns-149" in build_plan(form)["texts"]
    assert "towns" not in build_shipped_lists(form)["lists"]


def test_lists__that_are_short__need_no_second_document() -> None:
    form = questionnaire(files={**FILES, "shops.csv": b"name,label\na,A\n"})
    plan = build_plan(
        read_questionnaire((FORM.replace("LOOK", "") + CHOICES[:200]).encode(), "lists.md", {"shops.csv": b"name,label\na,A\n"})
    )
    assert plan["shipped"] == ""
    assert plan["lists"]["shops"] == {"columns": ["name", "label"], "rows": [["a", "A"]]}
    assert "shops" in build_lists(form)["lists"]


def test_shipped_tag__changes_with_a_file__so_that_a_browser_fetches_it_anew() -> None:
    first, again = build_plan(questionnaire())["shipped"], build_plan(questionnaire())["shipped"]
    other = build_plan(questionnaire(files={**FILES, "shops.csv": FILES["shops.csv"] + b"\nlast,Last\n"}))["shipped"]
    assert first == again != other


def test_filter__of_a_question__is_a_key_and_no_expression_per_choice() -> None:
    plan = build_plan(questionnaire())
    node = next(node for node in plan["nodes"] if node["p"].endswith("/town"))
    assert [(column, plan["expressions"][number]) for column, number in node["fk"]] == [("part", "/m/i/data/n")]
    assert "f" not in node
