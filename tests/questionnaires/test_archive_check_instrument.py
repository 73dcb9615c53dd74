"""The archive check's own rules: what counts as agreement, which discrepancies are typed, and what is found."""

from typing import Any

import pytest

from tests.questionnaires.instruments import ITEMS, LEFT_OUT, archive_check, instrument


def test_archive_check__every_item__has_said_filed_and_result() -> None:
    names = {question.name for question in instrument("archive_check").questions()}

    assert {f"{item}_{part}" for item in ITEMS for part in ("said", "filed", "result", "page")} <= names


def test_archive_check__all_agree__compares_twelve_items() -> None:
    result = archive_check()

    assert result.findings == set()
    assert (int(result.answers["n_agreeing"]), int(result.answers["n_compared"])) == (12, 12)
    assert result.rules == set()


def test_archive_check__registered_household__is_not_asked_of_its_exit() -> None:
    result = archive_check(household_kind="registered")

    assert result.findings == set()
    assert int(result.answers["n_compared"]) == 11


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"members_said": 4, "members_filed": 5}, "members_result"),
        ({"housing_said": "unsafe", "housing_filed": "safe"}, "housing_result"),
        ({"income_said": 3000, "income_filed": 3400}, "income_result"),
    ],
)
def test_result__said_and_filed_differ__cannot_be_agreement(changes: dict[str, Any], question: str) -> None:
    assert (question, "constraint") in archive_check(**changes).findings


def test_result__money_within_a_tenth__may_agree() -> None:
    assert archive_check(income_said=3000, income_filed=3300).findings == set()


def test_discrepancies__typed__are_counted_and_leave_what_cannot_be_verified_out() -> None:
    result = archive_check(
        members_result="differs",
        members_said=4,
        members_filed=5,
        income_result="missing",
        water_result="cannot_verify",
        members_page="members_page.jpg",
        explanation="clerical",
    )

    assert result.findings == set()
    assert (int(result.answers["n_discrepancies"]), int(result.answers["n_compared"])) == (2, 11)
    assert result.answers["water_agrees"] is None


def test_discrepancy__without_a_picture__needs_a_reason() -> None:
    changes = {"income_result": "out_of_date", "explanation": "not_updated"}

    assert archive_check(**changes).findings == {("no_picture_reason", "required")}
    assert archive_check(**changes, no_picture_reason="光线太暗").findings == set()


def test_page__items_agree__is_not_asked_for() -> None:
    assert archive_check(members_page="members_page.jpg").answers["members_page"] is None


def test_file__not_shown__asks_only_why_and_raises_a_candidate() -> None:
    result = archive_check(file_shown="no", file_missing_reason="找不到了")

    assert result.findings == set()
    assert result.answers["members_result"] is None
    assert result.rules == {"file_missing"}


def test_rules__paper_better_than_life__are_raised() -> None:
    result = archive_check(
        doctor_result="differs",
        doctor_said="no",
        doctor_filed="yes",
        visits_result="differs",
        visits_said=2,
        visits_filed=12,
        housing_result="differs",
        housing_said="unsafe",
        housing_filed="safe",
        housing_seen="unsafe",
        income_result="differs",
        income_said=2500,
        income_filed=4000,
        doctor_page="doctor_page.jpg",
        explanation="none",
    )

    assert result.findings == set()
    assert result.rules == {"doctor_visit_on_paper", "visits_invented", "housing_filed_safe", "income_overstated", "many_discrepancies"}


def test_second_interviewer__has_not_confirmed__is_incomplete() -> None:
    assert archive_check(second_confirms=LEFT_OUT).findings == {("second_confirms", "required")}
