"""Several questionnaires of one household joined item by item, and how a discrepancy is typed. The cases are worked by hand."""

from functools import cache
from typing import Any

import pytest

from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from survey.comparison.join import Comparison, Record, compare_household, merge_items
from tests.survey.comparison.forms import FILE_CHECK, INTERVIEW


@cache
def interview() -> Questionnaire:
    return read_questionnaire(INTERVIEW.encode(), "interview.md")


@cache
def file_check() -> Questionnaire:
    return read_questionnaire(FILE_CHECK.encode(), "file_check.md")


def compared(asked: dict[str, Any] | None, read: dict[str, Any] | None) -> dict[str, Comparison]:
    """What is found of a household by item; None for a questionnaire that was not filled in."""
    records = []
    if asked is not None:
        records.append(Record("uuid:asked", "interview", interview(), asked))
    if read is not None:
        grouped: dict[str, dict[str, Any]] = {}
        for name, value in read.items():
            grouped.setdefault(f"{name.split('_', 1)[0]}_item", {})[name] = value
        records.append(Record("uuid:read", "file_check", file_check(), grouped))
    items = merge_items((interview(), file_check()))
    return {each.item: each for each in compare_household(records, items)}


def test_merge_items__two_questionnaires__take_name_area_and_tolerance_from_the_one_that_reads_the_file() -> None:
    items = merge_items((interview(), file_check()))

    assert list(items) == ["members", "land", "water", "doctor", "pigs"]
    assert items["members"].label == {"zh": "人口", "en": "Members"}
    assert (items["members"].area, items["land"].area) == ("identification", "other")
    assert items["land"].tolerance_share == 0.1
    assert {name: item.n_sources for name, item in items.items()} == {"members": 2, "land": 2, "water": 3, "doctor": 2, "pigs": 1}


@pytest.mark.parametrize(
    ("asked", "read", "item", "kind"),
    [
        ({"land_mu": 3.0}, {"land_ha": 0.2}, "land", "agrees"),
        ({"land_mu": 3.0}, {"land_ha": 0.22}, "land", "agrees"),
        ({"land_mu": 3.0}, {"land_ha": 0.23}, "land", "differs"),
        ({"land_mu": 3.0}, {"water_filed": "safe"}, "land", "missing"),
        ({"land_mu": None}, {"land_ha": 0.2}, "land", "cannot_verify"),
        ({"water_told": "good"}, {"water_filed": "safe"}, "water", "agrees"),
        ({"water_told": "bad"}, {"water_filed": "safe"}, "water", "differs"),
        ({"water_told": "good", "water_seen": "unsafe"}, {"water_filed": "safe"}, "water", "differs"),
        ({"water_told": "dont_know"}, {"water_filed": "safe"}, "water", "cannot_verify"),
        ({"water_told": "dont_know", "water_seen": "safe"}, {"water_filed": "safe"}, "water", "agrees"),
        ({"doctor_day": "2018-03-01"}, {"doctor_filed": "2018-02-10"}, "doctor", "agrees"),
        ({"doctor_day": "2018-03-01"}, {"doctor_filed": "2017-06-01"}, "doctor", "out_of_date"),
        ({"doctor_day": "2017-06-01"}, {"doctor_filed": "2018-03-01"}, "doctor", "differs"),
    ],
)
def test_compare_household__answers_alone__type_the_discrepancy(asked: dict[str, Any], read: dict[str, Any], item: str, kind: str) -> None:
    found = compared(asked, read)[item]

    assert (found.kind, found.basis) == (kind, "computed")


@pytest.mark.parametrize(
    ("asked", "read", "kind", "basis", "remarks", "as_filed"),
    [
        (4, {"members_filed": 4, "members_result": "agrees"}, "agrees", "judged", (), True),
        (4, {"members_filed": 5, "members_result": "differs"}, "differs", "judged", (), False),
        # The pair typed it more finely than the answers can.
        (4, {"members_filed": 5, "members_result": "out_of_date"}, "out_of_date", "judged", (), False),
        (4, {"members_filed": 5, "members_result": "cannot_verify"}, "cannot_verify", "judged", (), None),
        # At the file they had noted what the file says; the interview says otherwise. The indicator counts what they found.
        (
            4,
            {"members_said": 5, "members_filed": 5, "members_result": "agrees"},
            "differs",
            "computed",
            ("said_otherwise", "against_file_check"),
            True,
        ),
        # Nothing was read.
        (4, {"members_said": None}, "cannot_verify", "computed", ("not_read",), None),
        # Agreement found without writing the number down stands.
        (4, {"members_result": "agrees"}, "agrees", "judged", (), True),
    ],
)
def test_compare_household__judged_at_the_file__stands_but_for_agreement_that_the_answers_deny(
    asked: int, read: dict[str, Any], kind: str, basis: str, remarks: tuple[str, ...], as_filed: bool | None
) -> None:
    found = compared({"n_members": asked}, read)["members"]

    assert (found.kind, found.basis, found.remarks, found.agrees_as_filed) == (kind, basis, remarks, as_filed)


def test_compare_household__nobody_judges__agreement_as_filed_is_of_said_and_filed_alone() -> None:
    seen_otherwise = compared({"water_told": "good", "water_seen": "unsafe"}, {"water_filed": "safe"})["water"]
    missing = compared({"water_told": "good"}, {"members_result": "agrees"})["water"]
    unsaid = compared({"water_seen": "safe"}, {"water_filed": "safe"})["water"]

    assert (seen_otherwise.kind, seen_otherwise.agrees_as_filed) == ("differs", True)
    assert (missing.kind, missing.agrees_as_filed) == ("missing", False)
    assert (unsaid.kind, unsaid.agrees_as_filed) == ("agrees", None)


def test_compare_household__without_the_file__compares_said_and_seen_alone() -> None:
    found = compared({"n_members": 4, "water_told": "good", "water_seen": "unsafe", "pigs_seen": 2}, None)

    assert {item: each.kind for item, each in found.items()} == {"water": "differs"}
    assert found["water"].agrees_as_filed is None


def test_compare_household__readings__name_the_interview_first_and_pictures_by_their_source() -> None:
    asked = {"n_members": 4, "water_seen": "safe", "water_picture": "w.jpg"}
    found = compared(
        asked, {"members_said": 4, "members_filed": 4, "members_page": "p.jpg", "members_result": "agrees", "water_filed": "safe"}
    )

    assert [(each.record.form_id, each.raw) for each in found["members"].readings["said"]] == [("interview", 4), ("file_check", 4)]
    assert [(each.instance_id, each.source, each.name) for each in found["members"].pictures] == [("uuid:read", "filed", "p.jpg")]
    assert [(each.instance_id, each.source, each.name) for each in found["water"].pictures] == [("uuid:asked", "seen", "w.jpg")]
    assert found["members"].instance_id == "uuid:read"
    assert found["members"].told == {"said": [4, 4], "filed": [4], "seen": [], "judged": "agrees"}


def test_compare_household__other_forms_of_answer__are_left_to_the_eye() -> None:
    asked = Record("uuid:asked", "interview", interview(), {"water_told": "good"})
    source = FILE_CHECK.replace("select_one safe | water_filed", "integer | water_filed").replace("file_check | 1", "file_check | 2")
    read = Record("uuid:read", "file_check", read_questionnaire(source.encode(), "f.md"), {"water_item": {"water_filed": 3}})
    [water] = [
        each for each in compare_household([asked, read], merge_items((asked.questionnaire, read.questionnaire))) if each.item == "water"
    ]

    assert (water.kind, water.remarks) == ("cannot_verify", ("other_types",))
