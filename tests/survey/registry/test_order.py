"""The register moves only along its table, and a household's state on any day follows from its rows."""

from datetime import date

import pytest

from survey.registry.models import IDENTIFICATION_KINDS
from survey.registry.order import AFTER, KIND_OF_STATE, Step, find_break, kind_on, may_follow, state_on


def rows(*happened: tuple[str, int]) -> list[Step]:
    """A register with these kinds in January of these years, in the order of writing."""
    return [Step(str(turn), kind, date(year, 1, 1), turn) for turn, (kind, year) in enumerate(happened, start=1)]


LIFE = rows(
    ("registered", 2014), ("supported", 2015), ("lifted_out", 2016), ("accepted", 2016), ("struck_off", 2017), ("registered_again", 2018)
)


def test_order__of_every_kind__leads_somewhere() -> None:
    assert set(AFTER) - {""} == set(IDENTIFICATION_KINDS) == set(KIND_OF_STATE)
    assert find_break(LIFE) is None
    assert find_break([*LIFE, Step("7", "lifted_out", date(2019, 1, 1), 7)]) is None


@pytest.mark.parametrize(
    ("happened", "before", "kind"),
    [
        ((("lifted_out", 2016),), "", "lifted_out"),
        ((("registered", 2014), ("accepted", 2015)), "registered", "accepted"),
        ((("registered", 2014), ("lifted_out", 2016), ("supported", 2015), ("registered_again", 2015)), "supported", "registered_again"),
        ((("registered", 2016), ("lifted_out", 2014)), "", "lifted_out"),
    ],
)
def test_find_break__rows_in_disorder__names_the_first(happened: tuple[tuple[str, int], ...], before: str, kind: str) -> None:
    broken = find_break(rows(*happened))

    assert broken is not None
    assert (broken.before, broken.row.kind) == (before, kind)


@pytest.mark.parametrize(
    ("day", "state", "kind"),
    [
        (date(2013, 12, 31), "", "ordinary"),
        (date(2014, 1, 1), "registered", "registered"),
        (date(2016, 6, 1), "accepted", "lifted_out"),
        (date(2017, 6, 1), "struck_off", "lifted_out"),
        (date(2018, 4, 20), "registered_again", "registered"),
    ],
)
def test_state_on__any_day__follows_from_the_rows(day: date, state: str, kind: str) -> None:
    assert state_on(LIFE, day) == state
    assert kind_on(LIFE, day) == kind


def test_state_on__after_corrections__is_what_should_have_been_written() -> None:
    corrected = Step("7", "lifted_out", date(2015, 6, 1), 3, corrects_id="3")
    withdrawn = Step("8", "registered_again", date(2018, 1, 1), 6, corrects_id="6", is_withdrawn=True)
    register = [*LIFE, corrected, withdrawn]

    assert find_break(register) is None
    assert state_on(register, date(2015, 7, 1)) == "lifted_out"
    assert state_on(register, date(2018, 4, 20)) == "struck_off"
    assert may_follow(register) == ("registered_again",)


def test_kind_on__without_rows__is_for_the_roster_to_say() -> None:
    assert kind_on([], date(2018, 4, 20)) is None
    assert may_follow([]) == ("registered",)
