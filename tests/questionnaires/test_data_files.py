"""Data files beside a form: what is read from each kind, what is refused, and what questions and expressions make of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from questionnaires.data_files import digest_files, items_element, named_files, read_data_file
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import Check, check_instance, parse_instance, write_instance
from questionnaires.lint.check import lint_questionnaire
from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire

NOW = datetime(2018, 4, 20, 9, 30, tzinfo=UTC)
TABLE = """
| survey |                    |         |         |             |               |              |
|        | type               | name    | label   | parameters  | choice_filter | media::image | calculation |
|        | select_one_from_file counties.xml       | county  | County  |                        |                    | map.png |
|        | select_one_from_file villages.csv       | village | Village | value=code label=title | county = ${county} |
|        | select_multiple_from_file wells.geojson | wells   | Wells   |
|        | csv-external       | prices  |         |
|        | xml-external       | rules   |         |
|        | text               | crop    | Crop    |
"""
CALCULATIONS = {
    "pulled": "pulldata('prices', 'price', 'crop', ${crop})",
    "found": "instance('prices')/root/item[crop = ${crop}]/price * 2",
    "rule": "instance('rules')/rules/rule[@crop = ${crop}]",
    "place": "jr:choice-name(${village}, '${village}')",
}
FORM = TABLE + "".join(f"|  | calculate | {name} | | | | | {text} |\n" for name, text in CALCULATIONS.items())
FILES = {
    "counties.xml": b"<root><item><name>a</name><label>Left</label></item><item><name>b</name><label>Right</label></item></root>",
    "villages.csv": '\ufeffcode,title,county\nv1,第一村,a\nv2,"Second, the",b\n\nv1,Namesake,b\n'.encode(),
    "wells.geojson": b'{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "w1", "geometry": {"type": "Point", '
    b'"coordinates": [108.25, 33.5]}, "properties": {"title": "Old well", "depth": 12}}]}',
    "prices.csv": b"crop;price\nmaize;2.5\nmaize;9\nwalnut;30\n",
    "rules.xml": b"<rules><rule crop='maize'>dry it</rule><rule crop='walnut'>crack it</rule></rules>",
    "map.png": b"\x89PNG\r\n\x1a\n",
}


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    """The form with its files."""
    return read_questionnaire(FORM.encode(), "files.md", FILES)


def checked(questionnaire: Questionnaire, **answers: Any) -> Check:
    """What the server says of these answers."""
    xml = write_instance(questionnaire, answers, instance_id="uuid:1", now=NOW)
    return check_instance(questionnaire, parse_instance(xml), now=NOW)


def without(*names: str) -> dict[str, bytes]:
    """The files but some."""
    return {name: data for name, data in FILES.items() if name not in names}


def test_named_files__of_a_form__are_its_data_and_media(questionnaire: Questionnaire) -> None:
    assert named_files(questionnaire.xform) == {
        "counties.xml": "counties",
        "villages.csv": "villages",
        "wells.geojson": "wells",
        "prices.csv": "prices",
        "rules.xml": "rules",
        "map.png": "",
    }


def test_choices__from_files__have_names_labels_and_properties(questionnaire: Questionnaire) -> None:
    by_name = {
        question.name: questionnaire.choices[question.list_name or ""] for question in questionnaire.questions() if question.list_name
    }
    assert [(choice.name, choice.label["default"]) for choice in by_name["county"]] == [("a", "Left"), ("b", "Right")]
    assert [choice.label["default"] for choice in by_name["village"]] == ["第一村", "Second, the", "Namesake"]
    (well,) = by_name["wells"]
    assert (well.name, well.label["default"], well.properties["geometry"]) == ("w1", "Old well", "33.5 108.25 0 0")
    assert well.properties["depth"] == "12"


def test_check_instance__choice_from_a_file__is_checked_with_its_filter(questionnaire: Questionnaire) -> None:
    assert checked(questionnaire, county="a", village="v1", wells=["w1"]).findings == ()
    refused = checked(questionnaire, county="a", village="v2", wells=["w9"]).findings
    assert [(finding.question, finding.code) for finding in refused] == [("village", "choice"), ("wells", "choice")]
    assert checked(questionnaire, county="b", village="v1").findings == ()


def test_check_instance__calculations_over_files__are_computed(questionnaire: Questionnaire) -> None:
    answers = checked(questionnaire, county="a", village="v1", crop="maize").answers
    assert answers["pulled"] == "2.5"
    assert answers["found"] == 5
    assert answers["rule"] == "dry it"
    assert answers["place"] == "第一村"
    assert "pulled" not in checked(questionnaire, crop="tea").answers


def test_check_instance__wrong_calculation_over_a_file__is_found(questionnaire: Questionnaire) -> None:
    xml = write_instance(questionnaire, {"crop": "maize"}, instance_id="uuid:1", now=NOW).replace(b"<pulled>2.5<", b"<pulled>3<")
    findings = check_instance(questionnaire, parse_instance(xml), now=NOW).findings
    assert [(finding.question, finding.code) for finding in findings] == [("pulled", "calculation")]


def test_check_instance__without_the_files__leaves_open_what_only_they_know() -> None:
    bare = read_questionnaire(FORM.encode(), "files.md")
    xml = write_instance(bare, {"county": "zz", "pulled": "7", "crop": "maize"}, instance_id="uuid:1", now=NOW)
    assert check_instance(bare, parse_instance(xml), now=NOW).findings == ()


def test_version__made_from_content__changes_with_a_file() -> None:
    first = read_questionnaire(FORM.encode(), "files.md", FILES).version
    assert read_questionnaire(FORM.encode(), "files.md", FILES).version == first
    assert read_questionnaire(FORM.encode(), "files.md", {**FILES, "map.png": b"other"}).version != first


def test_digest_files__names_and_bytes__both_count() -> None:
    assert digest_files({}) == ""
    assert len({digest_files({"a": b"x"}), digest_files({"b": b"x"}), digest_files({"a": b"y"})}) == 3


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", "名称\n".encode("gb18030"), "UTF-8"),
        ("a.csv", b"", "no column names"),
        ("a.csv", b"name,name\n1,2\n", "called 'name'"),
        ("a.csv", b"name,,label\n1,2,3\n", "column 2 has no name"),
        ("a.csv", b"name,label\n1,2\n3,4,5\n", "row 3 has more cells"),
        ("a.csv", b'name,label\n1,"2\n', "no table"),
        ("a.xml", b"<root><item></root>", "not well-formed"),
        ("a.xml", b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', "document type"),
        ("a.geojson", b"{", "not JSON"),
        ("a.geojson", b'{"type": "Point"}', "no FeatureCollection"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"properties": {}}]}', "feature 1 has no geometry"),
        (
            "a.geojson",
            b'{"type": "FeatureCollection", "features": [{"geometry": {"type": "MultiPoint", "coordinates": []}}]}',
            "only Point, LineString and Polygon",
        ),
        (
            "a.geojson",
            b'{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point", "coordinates": ["x", 1]}}]}',
            "no pair of numbers",
        ),
        (
            "a.geojson",
            b'{"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": [{"x": 1}]}}]}',
            "no pair of numbers",
        ),
        (
            "a.geojson",
            b'{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point", "coordinates": [1%s, 2]}}]}' % (b"0" * 400),
            "no pair of numbers",
        ),
        ("a.geojson", b"[" * 100_000, "not JSON"),
        ("a.csv", b"name,label\n1,a\x15b\n", "row 2 holds an invisible"),
        (
            "a.geojson",
            b'{"type": "FeatureCollection", "features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}, "id": "\\ud800"}]}',
            "feature 1 holds an invisible",
        ),
    ],
)
def test_read_data_file__that_cannot_be_used__says_why(name: str, data: bytes, said: str) -> None:
    with pytest.raises(SurveyError) as refused:
        read_data_file(name, data)
    assert refused.value.code is ErrorCode.INVALID_DATA_FILE
    assert said in str(refused.value)


def test_read_data_file__shapes_of_geojson__become_traces() -> None:
    line = '{"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[108, 33], [108.5, 33.5, 900]]}, "properties": null}'
    ring = '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]]]}, "properties": {"ok": true}}'
    file = read_data_file("a.geojson", f'{{"type": "FeatureCollection", "features": [{line}, {ring}]}}'.encode())
    assert file.columns == ("geometry", "ok")
    assert file.rows == (("33 108 0 0;33.5 108.5 0 0", ""), ("2 1 0 0;4 3 0 0;2 1 0 0", "true"))


def test_items_element__column_that_no_expression_can_name__is_left_out() -> None:
    held = items_element(read_data_file("a.csv", b"name,how many\nx,3\n"))
    assert [child.tag for child in held[0][0]] == ["name"]


@pytest.mark.parametrize(
    ("files", "code", "row", "said"),
    [
        (without("villages.csv"), "missing_file", 3, "villages.csv"),
        (without("map.png"), "missing_file", 2, "map.png"),
        (without("prices.csv"), "missing_file", 5, "prices.csv"),
        ({**FILES, "notes.txt": b"x"}, "unused_file", None, "notes.txt"),
        ({**FILES, "villages.csv": b"\xff"}, "bad_file", 3, "UTF-8"),
        ({**FILES, "villages.csv": b"code,county\nv1,a\n"}, "missing_file_column", 3, "'title'"),
        ({**FILES, "villages.csv": b"code,title,county\n,x,a\n"}, "empty_file_choice", 3, "row 2"),
        ({**FILES, "counties.xml": b"<root><item><nom>a</nom><label>A</label></item></root>"}, "missing_file_column", 2, "'name'"),
        ({**FILES, "prices.csv": b"crop,price,how many\nx,1,2\n"}, "unusable_file_column", 5, "how many"),
        (
            {**FILES, "wells.geojson": FILES["wells.geojson"].replace(b'"w1"', b'"w 1"')},
            "space_in_file_choice",
            4,
            "'w 1'",
        ),
    ],
)
def test_lint__of_files__tells_what_is_wrong_where(files: dict[str, bytes], code: str, row: int | None, said: str) -> None:
    found = [problem for problem in lint_questionnaire(FORM.encode(), "files.md", files) if problem.code == code]
    assert [problem.row for problem in found] == [row]
    assert said in found[0].message


def test_lint__of_a_bad_file__is_said_in_chinese_too() -> None:
    problems = lint_questionnaire(FORM.encode(), "files.md", {**FILES, "villages.csv": "村\n".encode("gb18030")})
    message, _remedy = next(problem for problem in problems if problem.code == "bad_file").in_language("zh")
    assert message == "数据文件 villages.csv 无法使用：不是 UTF-8 编码的文本，请另存为“CSV UTF-8”。"


def test_lint__with_all_files__finds_nothing() -> None:
    assert [problem for problem in lint_questionnaire(FORM.encode(), "files.md", FILES) if problem.severity == "error"] == []
