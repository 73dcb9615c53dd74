"""Forms written as others write them: older words, columns for other software, odd names, five scripts, files."""

from pathlib import Path

import pytest

from questionnaires.convert import convert_file
from questionnaires.instance import check_instance, parse_instance, write_instance
from questionnaires.lint.check import lint_questionnaire
from questionnaires.model import Repeat
from questionnaires.reader import read_questionnaire
from tests.questionnaires.forms import NOW
from tests.questionnaires.written_otherwise.files import FILES, FORMS


def files_of(form: Path) -> dict[str, bytes]:
    """The files that a form names."""
    return FILES if form.stem == "files" else {}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_form__written_otherwise__has_no_error_and_gives_instances_that_are_accepted(form: Path) -> None:
    assert [each for each in lint_questionnaire(form, files=files_of(form)) if each.severity == "error"] == []
    read = read_questionnaire(form, files=files_of(form))
    check = check_instance(read, parse_instance(write_instance(read, {}, instance_id="uuid:1", now=NOW)), now=NOW)
    assert {finding.code for finding in check.findings} <= {"required"}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_form__as_a_workbook_and_back__asks_the_same(form: Path) -> None:
    workbook = convert_file(form.read_bytes(), form.name, ".xlsx")
    back = convert_file(workbook, form.with_suffix(".xlsx").name, ".md")
    assert read_questionnaire(back, form.name, files_of(form)) == read_questionnaire(form, files=files_of(form))


def test_older_words__are_the_types_of_today() -> None:
    read = read_questionnaire(next(form for form in FORMS if form.stem == "older_words"))
    types = {question.name: question.type for question in read.questions()}
    assert types["crops"] == "select_multiple"
    assert types["sex_of_head"] == "select_one"
    assert (types["place"], types["picture"], types["met"], types["area"]) == ("geopoint", "image", "dateTime", "decimal")
    assert read.title == {"default": "Older words"}
    assert [choice.name for choice in read.choices["sexes"]] == ["female", "male"]


def test_external_choices__are_an_ordinary_cascade_whose_mistakes_are_told_where_they_stand() -> None:
    form = next(form for form in FORMS if form.stem == "external")
    read = read_questionnaire(form)
    assert [question.type for question in read.questions()] == ["select_one", "select_one", "select_one", "text"]
    assert [choice.name for choice in read.choices["places"]] == ["king", "king", "cook"]
    codes = {}
    for state in ("tx", "wa"):
        answers = {"state": state, "county": "cook"}
        xml = write_instance(read, answers, instance_id="uuid:1", now=NOW)
        codes[state] = [each.code for each in check_instance(read, parse_instance(xml), now=NOW).findings]
    assert codes == {"tx": ["choice"], "wa": ["choice"]}
    found = [(each.sheet, each.row, each.code) for each in lint_questionnaire(form)]
    assert found == [("entities", 2, "no_entities")]
    alone = form.read_bytes().replace(b"| | select one external places | other | Another county | state!=${state} |\n", b"")
    assert ("external_choices", 4, "never_offered") in [(each.sheet, each.row, each.code) for each in lint_questionnaire(alone, "form.md")]
    without = alone[: alone.index(b"| external_choices")]
    assert "missing_external" in [each.code for each in lint_questionnaire(without, "form.md")]


def test_loop__over_choices__asks_once_for_each() -> None:
    read = read_questionnaire(next(form for form in FORMS if form.stem == "structure"))
    asked = [question.path for question in read.questions() if question.name == "kept"]
    assert asked == ["/data/herd/sheep/kept", "/data/herd/goats/kept"]
    assert [node.path for node in read.walk() if isinstance(node, Repeat)] == ["/data/member", "/data/member/visit"]


def test_column__for_software_that_no_setting_declares__is_one_clear_error() -> None:
    source = next(form for form in FORMS if form.stem == "structure").read_text(encoding="utf-8")
    undeclared = source.replace('kb="http://example.org/keyboard"', "").encode()
    [problem] = [each for each in lint_questionnaire(undeclared, "structure.md") if each.severity == "error"]
    assert problem.code == "invalid_form"
    assert "Namespace prefix kb" in problem.message
    assert "XForm 格式不正确" in problem.in_language("zh")[0]
