"""Instances judged as a whole: what is allowed, what is found, what is written."""

import gc
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import identify, iter_answers, parse_instance, write_instance
from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from questionnaires.settle import Instance, Slot
from tests.questionnaires.forms import ANSWERS, LATER, NOW, checked, codes, form, household, written


@pytest.fixture(scope="module")
def small() -> Questionnaire:
    return household()


def test_write_then_check__answers_in_order__come_back_with_what_is_computed(small: Questionnaire) -> None:
    check = checked(small, written(small, ANSWERS))
    assert check.findings == ()
    assert check.answers == {
        "start": "2018-04-20T09:30:00.000+08:00",
        "n": 2,
        "members": [
            {"nm": "甲", "born": "1980-01-01", "age": 38, "wage": 100, "earns": "yes"},
            {"nm": "乙", "born": "2010-05-05", "age": 7, "earns": "no"},
        ],
        "total": 100,
        "per_head": 50,
        "home": {"county": "a", "village": "v1", "crops": ["maize", "walnut"]},
        "place": {"latitude": 33.5, "longitude": 108.25, "altitude": 900.0, "accuracy": 5.0},
        "area": 2.5,
    }


def test_write_instance__irrelevant_answers__are_left_out(small: Questionnaire) -> None:
    answers = {**ANSWERS, "members": [{"nm": "甲", "born": "2010-01-01", "wage": 9}], "n": 1}
    xml = written(small, answers)
    assert b"<wage/>" in xml
    assert b"<county/>" in xml
    check = checked(small, xml)
    assert check.findings == ()
    assert "home" not in check.answers
    assert check.answers["total"] == 0


def test_write_instance__preloads_and_edit__are_written(small: Questionnaire) -> None:
    xml = write_instance(small, ANSWERS, instance_id="uuid:2", now=NOW, deprecated_id="uuid:1", preloads={"deviceid": "tablet-7"})
    identity = identify(parse_instance(xml))
    assert (identity.form_id, identity.version, identity.instance_id, identity.deprecated_id) == ("small", "1", "uuid:2", "uuid:1")
    assert checked(small, xml).answers["device"] == "tablet-7"


def test_identify__nothing_said__is_empty_text() -> None:
    identity = identify(parse_instance(b"<data/>"))
    assert (identity.form_id, identity.version, identity.instance_id, identity.deprecated_id) == ("", "", "", "")


def test_identify__namespaced_meta__is_read() -> None:
    meta = "<orx:meta><orx:instanceID>uuid:9</orx:instanceID></orx:meta>"
    xml = f'<data xmlns:orx="http://openrosa.org/xforms" id="f" orx:version="2">{meta}</data>'.encode()
    identity = identify(parse_instance(xml))
    assert (identity.form_id, identity.version, identity.instance_id) == ("f", "2", "uuid:9")


@pytest.mark.parametrize("xml", [b"", b"<data>", b"no xml", b"<a/><b/>", b"\xff\xfe<data/>"])
def test_parse_instance__not_xml__is_refused(xml: bytes) -> None:
    with pytest.raises(SurveyError) as refused:
        parse_instance(xml)
    assert refused.value.code is ErrorCode.MALFORMED_XML


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>',
        b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>',
        b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd"><d/>',
        b"<!DOCTYPE d><d>&e;</d>",
    ],
)
def test_parse_instance__document_type__is_refused_unread(xml: bytes) -> None:
    with pytest.raises(SurveyError) as refused:
        parse_instance(xml)
    assert refused.value.code is ErrorCode.UNSAFE_XML


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"<n>2</n>", b"<n>two</n>", ("n", "type")),
        (b"<n>2</n>", b"<n>2.5</n>", ("n", "type")),
        (b"<n>2</n>", b"<n>99</n>", ("n", "constraint")),
        (b"<n>2</n>", b"<n/>", ("n", "required")),
        (b"<area>2.5</area>", b"<area>much</area>", ("area", "type")),
        (b"<hour/>", b"<hour>25:00</hour>", ("hour", "type")),
        (b"<place>33.5 108.25 900 5</place>", b"<place>north</place>", ("place", "type")),
        (b"<place>33.5 108.25 900 5</place>", b"<place>133.5 108.25</place>", ("place", "type")),
        (b"<born>1980-01-01</born>", b"<born>1980-02-30</born>", ("born", "type")),
        (b"<born>2010-05-05</born>", b"<born>2030-05-05</born>", ("born", "constraint")),
        (b"<county>a</county>", b"<county>z</county>", ("county", "choice")),
        (b"<county>a</county>", b"<county/>", ("county", "required")),
        (b"<village>v1</village>", b"<village>v2</village>", ("village", "choice")),
        (b"<crops>maize walnut</crops>", b"<crops>maize rice</crops>", ("crops", "choice")),
        (b"<crops>maize walnut</crops>", b"<crops>maize potato walnut</crops>", ("crops", "constraint")),
        (b"<total>100</total>", b"<total>999</total>", ("total", "calculation")),
        (b"<earns>yes</earns>", b"<earns>no</earns>", ("earns", "calculation")),
        (b"<area>", b"<bribe>1</bribe><area>", ("bribe", "unknown")),
        (b"<area>", b"<area>1</area><area>", ("area", "unknown")),
    ],
)
def test_check__one_wrong_answer__is_found(small: Questionnaire, old: bytes, new: bytes, expected: tuple[str, str]) -> None:
    xml = written(small, ANSWERS)
    assert xml.count(old) >= 1
    assert expected in codes(checked(small, xml.replace(old, new, 1)))


def test_check__finding_in_a_repeat__names_question_position_value_and_message(small: Questionnaire) -> None:
    xml = written(small, ANSWERS).replace(b"<born>2010-05-05</born>", b"<born>2030-05-05</born>")
    finding = next(each for each in checked(small, xml).findings if each.code == "constraint")
    assert (finding.question, finding.path, finding.position, finding.value) == ("born", "/data/members/born", (2,), "2030-05-05")
    assert finding.message["中文 (zh)"] == "“2030-05-05”不符合本题的取值要求，请核对后重新填写。"
    assert finding.message["English (en)"].startswith("“2030-05-05” is not an answer that this question allows.")


def test_check__own_message__is_given_in_every_language(small: Questionnaire) -> None:
    finding = checked(small, written(small, {**ANSWERS, "n": 50})).findings[0]
    assert finding.message["中文 (zh)"] == "应为 1 至 19 人"
    assert set(finding.message) == {"中文 (zh)", "English (en)"}


def test_check__repeat_count__must_be_kept(small: Questionnaire) -> None:
    check = checked(small, written(small, {**ANSWERS, "n": 3}))
    assert ("members", "repeat_count") in codes(check)
    assert check.findings[0].value == "2"


def test_check__irrelevant_answer_that_arrives__is_dropped_without_finding(small: Questionnaire) -> None:
    xml = written(small, ANSWERS).replace(b"<wage/>", b"<wage>70</wage>")
    check = checked(small, xml)
    assert check.findings == ()
    assert "wage" not in check.answers["members"][1]


def test_check__everything_wrong__tells_everything_in_document_order(small: Questionnaire) -> None:
    xml = written(small, ANSWERS)
    for old, new in ((b"<n>2</n>", b"<n>x</n>"), (b"<nm>\xe7\x94\xb2</nm>", b"<nm/>"), (b"<area>2.5", b"<area>x")):
        xml = xml.replace(old, new)
    assert [code for code in codes(checked(small, xml)) if code[1] in ("type", "required")] == [
        ("n", "type"),
        ("nm", "required"),
        ("area", "type"),
    ]


def test_check__long_whole_number__keeps_every_digit() -> None:
    questionnaire = form("integer | n | n | | | | | |")
    assert checked(questionnaire, written(questionnaire, {"n": 123456789012345678})).answers["n"] == 123456789012345678


def test_check__nodes_missing__count_as_unanswered(small: Questionnaire) -> None:
    check = checked(small, '<data id="small" version="1"><n>1</n><members><nm>A</nm></members></data>')
    assert check.findings == ()
    assert check.answers == {"n": 1, "members": [{"nm": "A", "earns": "no"}], "total": 0, "per_head": 0}


def test_check__other_namespace_prefix_and_order__are_all_the_same(small: Questionnaire) -> None:
    xml = '<x:data xmlns:x="urn:any" id="small" version="1"><x:area>2</x:area><x:members><x:nm>A</x:nm></x:members><x:n>1</x:n></x:data>'
    check = checked(small, xml)
    assert check.findings == ()
    assert (check.answers["area"], check.answers["n"]) == (2.0, 1)


def test_check__repeat_template__is_no_instance(small: Questionnaire) -> None:
    members = '<members jr:template=""><nm/></members><members><nm>A</nm></members>'
    xml = f'<data xmlns:jr="http://openrosa.org/javarosa" id="small"><n>1</n>{members}</data>'
    assert checked(small, xml).findings == ()


def test_check__sent_weeks_later__today_is_the_day_of_the_interview(small: Questionnaire) -> None:
    xml = written(small, {**ANSWERS, "members": [{"nm": "A", "born": "2018-04-21"}, {"nm": "B"}]})
    assert ("born", "constraint") in codes(checked(small, xml, LATER))
    in_time = written(small, {**ANSWERS, "members": [{"nm": "A", "born": "2018-04-20"}, {"nm": "B"}]})
    assert checked(small, in_time, NOW - timedelta(days=30)).findings == ()


def test_check__calculation_of_the_moment__keeps_what_arrived(small: Questionnaire) -> None:
    xml = written(small, ANSWERS).replace(b"<age>38</age>", b"<age>37</age>")
    check = checked(small, xml)
    assert check.findings == ()
    assert check.answers["members"][0]["age"] == 37


def test_check__calculation_of_the_moment__must_still_be_of_its_kind(small: Questionnaire) -> None:
    xml = written(small, ANSWERS).replace(b"<age>38</age>", b"<age>old</age>")
    assert ("age", "calculation") in codes(checked(small, xml))


def test_check__required_where_nobody_is_asked__says_nothing() -> None:
    hidden = form("hidden | h | | | | | yes", "note | n | N | | | | yes", "text | t | T | | | | yes")
    assert codes(checked(hidden, written(hidden, {}))) == [("t", "required")]


def test_check__endless_repeat__is_refused_and_bounded() -> None:
    many = form("begin repeat | r | R", "text | t | T", "end repeat")
    check = checked(many, '<data id="form">' + "<r/>" * 10_003 + "</data>")
    assert codes(check) == [("r", "unknown")]
    assert len(check.answers["r"]) == 10_000


@pytest.mark.parametrize(("arrived", "is_same"), [("50.0", True), ("50", True), ("5e1", True), ("50.001", False), ("", True)])
def test_check__calculation__is_compared_as_a_number(small: Questionnaire, arrived: str, is_same: bool) -> None:
    xml = written(small, ANSWERS).replace(b"<per_head>50<", f"<per_head>{arrived}<".encode())
    check = checked(small, xml)
    assert (("per_head", "calculation") not in codes(check)) is is_same
    assert check.answers["per_head"] == 50


def test_check__chain_of_relevance_and_calculation__settles_in_order() -> None:
    chain = form(
        "calculate | c | | | ${b} + 1",
        "calculate | b | | | ${a} * 2",
        "integer | a | A",
        "text | d | D | ${c} > 6",
        "text | e | E | ${d} = ''",
    )
    assert checked(chain, written(chain, {"a": 2, "d": "x", "e": "y"})).answers == {"c": 5, "b": 4, "a": 2, "e": "y"}
    assert checked(chain, written(chain, {"a": 3, "d": "x", "e": "y"})).answers == {"c": 7, "b": 6, "a": 3, "d": "x"}


def test_check__group_irrelevant__takes_everything_inside_along() -> None:
    nested = form(
        "select_one yn | q | Q",
        "begin group | g | G | ${q} = 'yes'",
        "text | t | T | | | | yes",
        "begin repeat | r | R",
        "integer | i | I | | | . > 0",
        "end repeat",
        "calculate | s | | | sum(${i})",
        "end group",
        "calculate | all | | | ${s} + 1",
        choices=("yn | yes | Yes", "yn | no | No"),
    )
    answers = {"q": "no", "g": {"t": "x", "r": [{"i": 0}, {"i": 5}]}}
    assert checked(nested, written(nested, answers)).answers == {"q": "no"}
    check = checked(nested, written(nested, {**answers, "q": "yes"}))
    assert codes(check) == [("i", "constraint")]
    assert check.answers["all"] == 6


def test_check__running_total_over_earlier_instances__is_no_circle() -> None:
    running = form(
        "begin repeat | r | R",
        "integer | x | X",
        "calculate | sofar | | | ${x} + coalesce(indexed-repeat(${sofar}, ${r}, position(..) - 1), 0)",
        "end repeat",
    )
    check = checked(running, written(running, {"r": [{"x": 1}, {"x": 2}, {"x": 4}]}))
    assert [each["sofar"] for each in check.answers["r"]] == [1, 3, 7]


def test_check__what_stands_beside_an_instance__is_no_circle() -> None:
    beside = form(
        "begin repeat | r | R",
        "integer | x | X",
        "calculate | place | | | count(../preceding-sibling::r) + position(..)",
        "calculate | before | | | coalesce(../preceding-sibling::r[1]/x, 0) + ${place}",
        "calculate | upto | | | sum(../../r[position() <= position(current()/..)]/x) + ${before}",
        "end repeat",
        "calculate | v | | | /data/@version",
        "calculate | w | | | concat(${v}, count(${r}))",
    )
    check = checked(beside, written(beside, {"r": [{"x": 1}, {"x": 2}, {"x": 4}]}))
    assert [(each["place"], each["before"], each["upto"]) for each in check.answers["r"]] == [(1, 1, 2), (3, 4, 7), (5, 7, 14)]
    assert check.answers["w"].endswith("3")


def test_check__nested_repeats__have_positions_of_both() -> None:
    nested = form(
        "begin repeat | houses | H",
        "begin repeat | rooms | R",
        "integer | m2 | M2 | | | . < 100",
        "end repeat",
        "end repeat",
    )
    check = checked(nested, written(nested, {"houses": [{"rooms": [{"m2": 10}]}, {"rooms": [{"m2": 20}, {"m2": 500}]}]}))
    assert [(finding.position, finding.value) for finding in check.findings] == [((2, 2), "500")]


def test_check__choices_from_a_repeat__are_its_answers() -> None:
    roster = form(
        "begin repeat | people | P",
        "text | who | Who",
        "end repeat",
        "select_one ${who} | head | Head",
    )
    assert checked(roster, written(roster, {"people": [{"who": "Ann"}, {"who": "Bo"}], "head": "Bo"})).findings == ()
    assert codes(checked(roster, written(roster, {"people": [{"who": "Ann"}], "head": "Cy"}))) == [("head", "choice")]


def test_check__choices_from_a_repeat_whose_question_is_called_as_lists_call_theirs__are_its_answers() -> None:
    roster = form("begin repeat | people | P", "text | name | Who", "end repeat", "select_one ${name} | head | Head")
    assert checked(roster, written(roster, {"people": [{"name": "Bo"}], "head": "Bo"})).findings == ()
    assert codes(checked(roster, written(roster, {"people": [{"name": "Ann"}], "head": "Cy"}))) == [("head", "choice")]


def test_check__quoted_answer_in_a_message__is_filled_in() -> None:
    quoting = read_questionnaire(
        b"""
        | survey | | | | | |
        | | type | name | label | constraint | constraint_message |
        | | integer | top | Top | | |
        | | begin repeat | r | R | | |
        | | integer | x | X | . <= ${top} | At most ${top}, not ${x} |
        | | end repeat | | | | |
        """,
        "quoting.md",
    )
    check = checked(quoting, written(quoting, {"top": 5, "r": [{"x": 1}, {"x": 9}]}))
    assert [(finding.position, finding.message) for finding in check.findings] == [((2,), {"default": "At most 5, not 9"})]


def test_rules__that_hold__are_given_in_order(small: Questionnaire) -> None:
    assert [rule.name for rule in checked(small, written(small, ANSWERS)).rules] == ["child"]
    poor = written(small, {"n": 1, "members": [{"nm": "A"}]})
    assert [rule.name for rule in checked(small, poor).rules] == ["poor"]


def test_iter_answers__every_question__once_per_instance(small: Questionnaire) -> None:
    answers = checked(small, written(small, ANSWERS)).answers
    seen = [(question.name, position, value) for question, position, value in iter_answers(small, answers)]
    assert ("hour", (), None) in seen
    assert [(position, value) for name, position, value in seen if name == "nm"] == [((1,), "甲"), ((2,), "乙")]
    assert [value for name, _, value in seen if name == "wage"] == [100, None]


_member = st.fixed_dictionaries(
    {"nm": st.text("甲乙丙abc ", min_size=1).filter(str.strip)},
    optional={"born": st.dates(min_value=NOW.date() - timedelta(days=36500), max_value=NOW.date()).map(str), "wage": st.integers(0, 10**6)},
)


@settings(max_examples=40, deadline=None)
@given(members=st.lists(_member, min_size=1, max_size=6), county=st.sampled_from("ab"), area=st.floats(0, 1e6, allow_nan=False))
def test_write_then_check__any_valid_answers__pass_and_stay_the_same(members: list[dict[str, Any]], county: str, area: float) -> None:
    small = household()
    first = checked(small, written(small, {"n": len(members), "members": members, "home": {"county": county}, "area": area}))
    assert first.findings == ()
    again = checked(small, written(small, first.answers))
    assert again.findings == ()
    assert again.answers == first.answers


def test_check_instance__checked__leaves_nothing_for_the_collector(small: Questionnaire) -> None:
    xml = written(small, ANSWERS)
    check = checked(small, xml)
    gc.collect()
    gc.disable()
    try:
        assert [checked(small, xml) for _ in range(3)] == [check] * 3
        assert written(small, ANSWERS) == xml
        assert not [each for each in gc.get_objects() if isinstance(each, Slot | Instance)]
    finally:
        gc.enable()
