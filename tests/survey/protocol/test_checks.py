"""The pure checks: what raises a doubt, where its limit lies, and that 0 switches it off."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from questionnaires.reader import read_questionnaire
from survey.intake.flags import PRESENCE_ANSWERS, Ground, InterviewFacts, Position, flag_scales, raise_flags
from survey.protocol.checks import BLOCKS, CHECKS, EFFECTS, NEEDS_REASON, NOTE, blocking, effect_of, needs_reason
from survey.protocol.limits import DEFAULTS, Limits, deviations, read_limits
from survey.protocol.relations import Stop, doubt_speed

ROOT = Path(__file__).parents[3]
HELD = datetime(2018, 4, 20, 1, 0, tzinfo=UTC)
HOUSE = Position(33.3300, 106.1500)
NORTH_2_KM = Position(33.3480, 106.1500)
SCALE_FORM = """
| survey | | | |
| | type | name | label |
| | select_one yes_no | works | Works? |
| | begin_group | mood | Mood |
| | select_one often | calm | Calm |
| | select_one often | active | Active |
| | note | half | Half |
| | select_one often | rested | Rested |
| | end_group | | |
| choices | | |
| | list_name | name | label |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| | often | 0 | Never |
| | often | 1 | Rarely |
| | often | 2 | Often |
| | often | 3 | Always |
| settings | |
| | form_id | version |
| | scales | 1 |
"""


def facts(**changes: object) -> InterviewFacts:
    """A blameless interview of forty minutes with a long form, changed as given."""
    blameless = InterviewFacts(
        n_questions=100,
        started_at=HELD,
        ended_at=HELD + timedelta(minutes=40),
        received_at=HELD + timedelta(hours=8),
        position_question="place",
        has_position=True,
        position=HOUSE,
        named_assignment="a",
        is_assignment_known=True,
        is_assignment_answered=False,
        is_sender_of_pair=True,
    )
    return replace(blameless, **changes)  # type: ignore[arg-type]


def ground(**changes: object) -> Ground:
    """A visit in whose days it was held, at a house whose place is known."""
    known = Ground(DEFAULTS, date(2018, 4, 16), date(2018, 4, 27), household=HOUSE, village=HOUSE)
    return replace(known, **changes)  # type: ignore[arg-type]


def raised(interview: InterviewFacts, around: Ground | None = None, **answers: object) -> set[str]:
    """The checks that doubt it."""
    return {flag.check for flag in raise_flags(interview, answers, around or ground())}


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("cadres_present", "yes"),
        ("superiors_present", "yes"),
        ("cadres_withdrew", "no"),
        ("people_present", ["neighbours", "work_team"]),
    ],
)
def test_checks__somebody_in_office_could_hear__is_a_doubt_however_it_was_said(question: str, value: str | list[str]) -> None:
    [flag] = raise_flags(facts(), {"cadres_present": "no", question: value}, ground())
    assert (flag.check, flag.question) == ("cadre_present", question)


def test_checks__words_for_somebody_in_office__are_those_of_the_questionnaires_and_of_the_tablet() -> None:
    on_tablet = (ROOT / "survey/static/tablet/screen/second_look.js").read_text(encoding="utf-8")
    offered = {}
    for name in ("household.md", "village_cadre.md"):
        form = read_questionnaire((ROOT / "questionnaires" / name).read_bytes(), name)
        offered |= {each.name: {choice.name for choice in form.choices[each.list_name]} for each in form.questions() if each.list_name}
    for question, telling in PRESENCE_ANSWERS.items():
        assert telling <= offered[question]
        named = ", ".join(f'"{value}"' for value in sorted(telling))
        assert f"{question}: [{named}]" in on_tablet


def test_checks__blameless_interview__raises_nothing() -> None:
    assert raised(facts(), cadres_present="no") == set()


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"ended_at": HELD + timedelta(minutes=14)}, "short_interview"),
        ({"ended_at": HELD - timedelta(minutes=1)}, "clock_wrong"),
        ({"ended_at": HELD + timedelta(hours=40)}, "clock_wrong"),
        ({"position": NORTH_2_KM}, "far_position"),
        ({"position": None, "has_position": False}, "no_position"),
        ({"is_assignment_known": False}, "unknown_assignment"),
        ({"is_assignment_answered": True}, "repeated_assignment"),
        ({"is_sender_of_pair": False}, "outside_pair"),
    ],
)
def test_checks__one_thing_amiss__raises_that_doubt(changes: dict[str, object], check: str) -> None:
    assert raised(facts(**changes)) == {check}


def test_checks__cadre_or_no_signature__are_doubted() -> None:
    assert raised(facts(), cadres_present=["yes"]) == {"cadre_present"}
    assert raised(facts(), ground(is_countersigned=False)) == {"not_countersigned"}


@pytest.mark.parametrize(("day", "limit", "is_doubted"), [(15, 1, True), (16, 1, False), (28, 1, True), (28, 2, False), (28, 0, False)])
def test_days__before_or_after_the_visit__are_doubted_from_the_limit_on(day: int, limit: int, is_doubted: bool) -> None:
    held = datetime(2018, 4, day, 2, 0, tzinfo=UTC)
    interview = facts(started_at=held, ended_at=held + timedelta(minutes=40), received_at=held + timedelta(hours=8))
    assert (raised(interview, ground(limits=Limits(days_outside=limit))) == {"outside_days"}) is is_doubted


def test_days__late_evening_at_greenwich__is_the_next_day_in_the_field() -> None:
    held = datetime(2018, 4, 27, 17, 0, tzinfo=UTC)
    interview = facts(started_at=held, ended_at=held + timedelta(minutes=40), received_at=held + timedelta(hours=1))
    [flag] = raise_flags(interview, {}, ground())
    assert (flag.check, flag.value) == ("outside_days", "2018-04-28")


def test_distance__house_known__decides_alone_and_accuracy_is_taken_off() -> None:
    [flag] = raise_flags(facts(position=NORTH_2_KM), {}, ground())
    assert flag.value == "2002 m"
    assert raised(facts(position=replace(NORTH_2_KM, accuracy_m=1100))) == set()
    assert raised(facts(position=NORTH_2_KM), ground(household=None)) == set(), "two kilometres from the village are near"
    assert raised(facts(position=NORTH_2_KM), ground(household=None, limits=Limits(far_village_m=1500))) == {"far_position"}
    assert raised(facts(position=NORTH_2_KM), ground(limits=Limits(far_household_m=0))) == set()
    assert raised(facts(position=NORTH_2_KM), ground(household=None, village=None)) == set()


def test_length__limits_of_the_visit__decide() -> None:
    short = facts(ended_at=HELD + timedelta(minutes=20))
    assert raised(short, ground(limits=Limits(short_minutes=25))) == {"short_interview"}
    assert raised(replace(short, n_questions=60), ground(limits=Limits(short_minutes=25))) == set()
    assert raised(replace(short, n_questions=60), ground(limits=Limits(short_minutes=25, long_form_questions=10))) == {"short_interview"}


def test_scales__all_alike__are_noted_at_the_first_and_short_lists_are_no_scales() -> None:
    form = read_questionnaire(SCALE_FORM.encode(), "scales.md")
    alike = {"works": "no", "calm": "2", "active": "2", "rested": "2"}
    three = Limits(straight_questions=3)
    [flag] = flag_scales(form, alike, three)
    assert (flag.check, flag.severity, flag.question, flag.value) == ("straight_answers", "notice", "calm", "3")
    assert flag_scales(form, {**alike, "active": "1"}, three) == ()
    assert flag_scales(form, {**alike, "active": None}, three) == ()
    assert flag_scales(form, alike, Limits(straight_questions=4)) == ()
    assert flag_scales(form, alike, Limits(straight_questions=0)) == ()


def stop(minutes: float, place: Position, *, lasts: float = 40, name: str = "uuid:1") -> Stop:
    """An interview that began so many minutes after nine o'clock."""
    began = HELD + timedelta(minutes=minutes)
    return Stop(name, began, began + timedelta(minutes=lasts), place)


FAR = Position(33.5100, 106.1500)
"""Twenty kilometres north of the house."""


@pytest.mark.parametrize(
    ("minutes", "place", "is_doubted"),
    [(50, FAR, True), (53, FAR, True), (54, FAR, False), (20, FAR, True), (41, NORTH_2_KM, True), (41, Position(33.3470, 106.15), False)],
)
def test_speed__between_two_interviews__is_doubted_of_the_later_one(minutes: float, place: Position, is_doubted: bool) -> None:
    doubt = doubt_speed(stop(0, HOUSE), stop(minutes, place, name="uuid:2"), DEFAULTS)
    assert (doubt is not None) is is_doubted
    if doubt:
        assert (doubt.instance_id, doubt.flag.other_id) == ("uuid:2", "uuid:1")


def test_speed__interview_that_lay_open_for_hours__says_nothing_of_the_way() -> None:
    assert doubt_speed(stop(0, HOUSE, lasts=300), stop(60, FAR), DEFAULTS) is None
    assert doubt_speed(stop(0, HOUSE), stop(50, FAR), Limits(speed_kmh=0)) is None


def test_table__every_check__has_its_words_and_a_known_effect() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.effect in EFFECTS
        assert check.severity == ("serious" if check.leaves_figures else "notice")
        assert "%(" not in check.said(DEFAULTS)
        assert not check.limit or not check.is_on(replace(DEFAULTS, **{check.limit: 0}))


def test_effects__of_several_flags__are_the_strictest() -> None:
    assert (effect_of("repeated_assignment"), effect_of("cadre_present"), effect_of("wrong_media")) == (BLOCKS, NEEDS_REASON, NOTE)
    assert effect_of("a check of an earlier version") == NEEDS_REASON
    assert blocking(["cadre_present", "repeated_assignment"]) == ("repeated_assignment",)
    assert needs_reason(["wrong_media", "cadre_present"])
    assert not needs_reason(["wrong_media"])


def test_limits__kept_of_a_visit__are_only_what_differs() -> None:
    assert deviations({"short_minutes": 15.0, "speed_kmh": 60.0, "gone": 1.0}) == {"speed_kmh": 60.0}
    assert read_limits({"speed_kmh": 60.0, "gone": 1.0}) == Limits(speed_kmh=60.0)
    assert read_limits(None) == DEFAULTS
