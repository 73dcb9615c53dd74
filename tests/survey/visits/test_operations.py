"""The rules of planning: what is refused and why, and what each write leaves behind."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.events import Event
from survey.places.models import Household
from survey.visits import operations
from survey.visits.models import Assignment, Pair, Visit
from survey.visits.queries import list_assignments_of
from tests import builders
from tests.recorder import Statements

FIRST, LAST = date(2018, 4, 16), date(2018, 4, 20)


@pytest.fixture
def visit(session: Session, now: datetime) -> Visit:
    """A visit in planning without villages, forms and pairs."""
    return operations.create_visit(session, None, id="2018-04-test", title="调研", starts_on=FIRST, ends_on=LAST, now=now)


@pytest.fixture
def add_two(session: Session, visit: Visit, now: datetime) -> Callable[[str, str, str], Pair]:
    """A function that makes a pair of two people by user name."""

    def add(name: str, lead: str, second: str) -> Pair:
        lead_id, second_id = (builders.find_or_add_person(session, username).id for username in (lead, second))
        return operations.add_pair(session, None, visit, name=name, lead_id=lead_id, second_id=second_id, now=now)

    return add


@pytest.fixture
def ready(session: Session, visit: Visit, add_two: Callable[[str, str, str], Pair], now: datetime) -> Visit:
    """The visit with a village, a form and a pair."""
    builders.add_region(session)
    operations.add_villages(session, None, visit, [builders.VILLAGE], "purposive", now, planned_on=date(2018, 4, 17))
    operations.add_forms(session, None, visit, [builders.add_form(session)], now)
    add_two("第1组", "lead1", "second1")
    return visit


def add_households(session: Session, n: int) -> list[Household]:
    """Households of the test's village."""
    return [builders.add_household(session, f"{number:03}") for number in range(1, n + 1)]


@pytest.mark.parametrize("id", ["", "Spring", "a--b", "-a", "a b", "a" * 37, "new"])
def test_create_visit__with_an_id_that_is_no_slug__is_refused(id: str, session: Session, now: datetime) -> None:
    with pytest.raises(SurveyError) as refused:
        operations.create_visit(session, None, id=id, title="调研", starts_on=FIRST, ends_on=LAST, now=now)
    assert refused.value.code is ErrorCode.INVALID_VALUE


def test_create_visit__twice_with_one_id__is_refused(session: Session, visit: Visit, now: datetime) -> None:
    with pytest.raises(SurveyError, match="taken"):
        operations.create_visit(session, None, id=visit.id, title="调研", starts_on=FIRST, ends_on=LAST, now=now)


def test_create_visit__looking_back_on_a_later_one__is_refused(session: Session, visit: Visit, now: datetime) -> None:
    with pytest.raises(SurveyError, match="no earlier visit"):
        operations.create_visit(
            session, None, id="2018-03-x", title="x", starts_on=date(2018, 3, 1), ends_on=LAST, look_back_of_id=visit.id, now=now
        )


def test_update_visit__with_nothing_new__logs_nothing(session: Session, visit: Visit, now: datetime) -> None:
    facts = {"title": "调研", "starts_on": FIRST, "ends_on": LAST, "purpose": "", "look_back_of_id": None}

    operations.update_visit(session, None, visit, now=now, **facts)
    operations.update_visit(session, None, visit, now=now, **facts | {"title": "春季调研"})

    actions = session.execute(select(Event.action, Event.details).order_by(Event.number)).all()
    assert [action for action, _ in actions] == ["visit.created", "visit.changed"]
    assert actions[1].details == {"fields": ["title"]}


def test_opening__with_an_empty_plan__names_everything_that_is_missing(session: Session, visit: Visit, now: datetime) -> None:
    with pytest.raises(SurveyError, match="at least one village"):
        operations.set_visit_state(session, None, visit, "open", now)


def test_state__through_a_visits_life__goes_only_where_it_may(session: Session, ready: Visit, now: datetime) -> None:
    with pytest.raises(SurveyError, match="it cannot be closed"):
        operations.set_visit_state(session, None, ready, "closed", now)
    for state in ("open", "closed", "open", "planned", "open"):
        operations.set_visit_state(session, None, ready, state, now)
    pair, household = ready.pairs[0], builders.add_household(session)
    row = operations.assign(session, None, ready, pair=pair, form_id="test_form", households=[household], now=now)[0]
    builders.add_submission(session, ready.forms[0], "uuid:1", assignment=row)

    with pytest.raises(SurveyError, match="open with interviews"):
        operations.set_visit_state(session, None, ready, "planned", now)
    actions = session.scalars(
        select(Event.action)
        .where(Event.action.in_(("visit.open", "visit.closed", "visit.reopened", "visit.planned")))
        .order_by(Event.number)
    )
    assert actions.all() == ["visit.open", "visit.closed", "visit.reopened", "visit.planned", "visit.open"]


def test_closed_visit__planned_further__is_refused(session: Session, ready: Visit, now: datetime) -> None:
    ready.state = "closed"
    household = builders.add_household(session)
    attempts: list[Callable[[], object]] = [
        lambda: operations.add_villages(session, None, ready, [builders.VILLAGE], "census", now),
        lambda: operations.add_forms(session, None, ready, ready.forms, now),
        lambda: operations.remove_pair(session, None, ready.pairs[0], now),
        lambda: operations.assign(session, None, ready, pair=ready.pairs[0], form_id="test_form", households=[household], now=now),
    ]
    for attempt in attempts:
        with pytest.raises(SurveyError) as refused:
            attempt()
        assert refused.value.code is ErrorCode.INVALID_TRANSITION


def test_add_villages__again_and_unknown__adds_once_and_names_the_unknown(session: Session, ready: Visit, now: datetime) -> None:
    assert operations.add_villages(session, None, ready, [builders.VILLAGE], "census", now) == ()
    assert ready.villages[0].basis == "purposive"
    with pytest.raises(SurveyError, match="610727101999 is no village"):
        operations.add_villages(session, None, ready, ["610727101999"], "census", now)
    with pytest.raises(SurveyError, match="is no village"):
        operations.add_villages(session, None, ready, ["610727000000"], "census", now)
    with pytest.raises(SurveyError, match="basis"):
        operations.add_villages(session, None, ready, [builders.VILLAGE], "random", now)


def test_remove_village__with_an_assignment__is_refused(session: Session, ready: Visit, now: datetime) -> None:
    household = builders.add_household(session)
    rows = operations.assign(session, None, ready, pair=ready.pairs[0], form_id="test_form", households=[household], now=now)

    with pytest.raises(SurveyError, match="in use"):
        operations.remove_village(session, None, ready, builders.VILLAGE, now)
    with pytest.raises(SurveyError, match="in use"):
        operations.remove_form(session, None, ready, "test_form", now)
    operations.remove_assignments(session, None, ready, [row.id for row in rows], now)
    operations.remove_village(session, None, ready, builders.VILLAGE, now)
    operations.remove_form(session, None, ready, "test_form", now)
    assert (ready.villages, ready.forms) == ([], [])


def test_add_forms__of_another_version__takes_the_earlier_ones_place(session: Session, ready: Visit, now: datetime) -> None:
    newer = builders.add_form(session, builders.FORM.replace("2018.1", "2018.2"))

    operations.add_forms(session, None, ready, [newer], now)

    assert [version.version for version in ready.forms] == ["2018.2"]


def test_add_pair__with_a_person_twice_or_busy_or_without_role__is_refused(
    session: Session, ready: Visit, add_two: Callable[[str, str, str], Pair]
) -> None:
    with pytest.raises(SurveyError, match="two different people"):
        add_two("第2组", "lead2", "lead2")
    with pytest.raises(SurveyError, match="second1 is already in the pair '第1组'"):
        add_two("第2组", "lead2", "second1")
    with pytest.raises(SurveyError, match="author cannot sign in to the field pages"):
        add_two("第2组", "author", "second2")
    with pytest.raises(SurveyError, match="the name of another pair"):
        add_two("第1组", "lead2", "second2")
    assert len(ready.pairs) == 1


def test_update_pair__to_other_people__changes_who_sees_the_households(session: Session, ready: Visit, now: datetime) -> None:
    pair, third = ready.pairs[0], builders.find_or_add_person(session, "lead3")
    operations.assign(session, None, ready, pair=pair, form_id="test_form", households=add_households(session, 2), now=now)
    operations.set_visit_state(session, None, ready, "open", now)
    second = pair.second_id

    operations.update_pair(session, None, pair, name="新组", lead_id=pair.lead_id, second_id=third.id, now=now)

    assert list_assignments_of(session, second) == ()
    assert [row.second_name for row in list_assignments_of(session, third.id)] == ["lead3", "lead3"]


def test_remove_pair__while_it_has_assignments__is_refused(session: Session, ready: Visit, now: datetime) -> None:
    pair = ready.pairs[0]
    rows = operations.assign(session, None, ready, pair=pair, form_id="test_form", households=add_households(session, 1), now=now)

    with pytest.raises(SurveyError, match="still assigned"):
        operations.remove_pair(session, None, pair, now)
    operations.remove_assignments(session, None, ready, [rows[0].id], now)
    operations.remove_pair(session, None, pair, now)
    assert session.scalars(select(Pair)).all() == []


def test_assign__many_households_twice__makes_each_once_in_few_statements(
    session: Session, ready: Visit, now: datetime, statements: Statements
) -> None:
    households = add_households(session, 300)
    values = {"pair": ready.pairs[0], "form_id": "test_form", "households": households, "now": now}
    statements.reset()

    rows = operations.assign(session, None, ready, **values)

    assert [row.household_id for row in rows] == [household.id for household in households]
    assert {row.planned_on for row in rows} == {date(2018, 4, 17)}
    assert len(statements) < 10
    assert operations.assign(session, None, ready, **values) == ()
    assert len(session.scalars(select(Assignment.id)).all()) == 300


def test_assign__days_of_their_own__come_before_the_day_of_all(session: Session, ready: Visit, now: datetime) -> None:
    first, second = add_households(session, 2)
    own = {first.id: date(2018, 4, 19)}
    values = {"pair": ready.pairs[0], "form_id": "test_form", "households": [first, second], "now": now, "days_by_id": own}

    rows = operations.assign(session, None, ready, **values)

    assert [row.planned_on for row in rows] == [date(2018, 4, 19), date(2018, 4, 17)]
    with pytest.raises(SurveyError, match="outside the visit"):
        operations.assign(session, None, ready, **values | {"days_by_id": {first.id: date(2018, 5, 1)}})


def test_assign__of_what_is_not_in_the_visit__is_refused(session: Session, ready: Visit, now: datetime) -> None:
    elsewhere = builders.add_household(session, village_code="610728101201")
    other_pair = builders.add_pair(session, builders.add_visit(session, "other", village_codes=()), lead="lead5", second="second5")
    here = builders.add_household(session)
    shared = {"pair": ready.pairs[0], "form_id": "test_form", "households": [here], "now": now}

    with pytest.raises(SurveyError, match="610728101201 is not part of this visit"):
        operations.assign(session, None, ready, **shared | {"households": [elsewhere]})
    with pytest.raises(SurveyError, match="'unknown' is not a form of this visit; it uses test_form"):
        operations.assign(session, None, ready, **shared | {"form_id": "unknown"})
    with pytest.raises(SurveyError, match="belongs to the visit 'other'"):
        operations.assign(session, None, ready, **shared | {"pair": other_pair})
    with pytest.raises(SurveyError, match="outside the visit"):
        operations.assign(session, None, ready, **shared, planned_on=date(2018, 5, 1))


def test_remove_visit__in_planning__takes_its_plan_along(session: Session, ready: Visit, now: datetime) -> None:
    operations.assign(session, None, ready, pair=ready.pairs[0], form_id="test_form", households=add_households(session, 2), now=now)

    operations.remove_visit(session, None, ready, now)

    assert session.scalars(select(Visit)).all() == session.scalars(select(Assignment)).all() == session.scalars(select(Pair)).all() == []
    assert len(session.scalars(select(Household)).all()) == 2


def test_remove_visit__once_opened__is_refused(session: Session, ready: Visit, now: datetime) -> None:
    operations.set_visit_state(session, None, ready, "open", now)

    with pytest.raises(SurveyError, match="it cannot be removed"):
        operations.remove_visit(session, None, ready, now)


def test_record_meeting__with_wrong_values__names_the_field(session: Session, ready: Visit, now: datetime) -> None:
    values = {"region_code": builders.VILLAGE, "kind": "feedback", "held_on": date(2018, 4, 19), "title": "反馈会", "now": now}

    operations.record_meeting(session, None, ready, **values)
    for wrong in ({"kind": "party"}, {"title": " "}, {"region_code": "999"}, {"held_on": date(2018, 4, 29)}):
        with pytest.raises(SurveyError, match=next(iter(wrong))):
            operations.record_meeting(session, None, ready, **values | wrong)


def test_events__of_a_plan__hold_no_names_of_people(session: Session, ready: Visit, now: datetime) -> None:
    operations.assign(session, None, ready, pair=ready.pairs[0], form_id="test_form", households=add_households(session, 2), now=now)

    texts = [str(details) for details in session.scalars(select(Event.details))]
    assert not any("户主" in text for text in texts)
