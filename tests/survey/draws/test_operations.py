"""Making, opening, voiding and publishing a draw; replacing households: who may, what is refused, and that nothing leaks before."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.draws.design import Design, HouseholdStage, VillageStage
from survey.draws.models import Draw, DrawEnvelope, DrawUnit
from survey.draws.operations import arrange_opening, make_draw, open_draw, publish_draw, void_draw
from survey.draws.queries import list_openable, read_changes, read_sample
from survey.draws.replacement_operations import replace_household, take_back_replacement
from survey.draws.standing import households_in
from survey.events import Event
from survey.handover.layout import handed_tables
from survey.outcomes.models import AssignmentOutcome
from survey.places.models import Household
from survey.sealing.fields import MARK
from survey.visits.models import Assignment, Visit, VisitVillage
from survey.visits.operations import remove_village, remove_visit, set_village
from tests import builders
from tests.recorder import Statements
from tests.survey.draws.draws import COUNTY, SECRET, SIMPLE, VILLAGES, add_frame, add_leader, sealed_draw


@pytest.fixture
def visit(session: Session) -> Visit:
    """A visit with a leader, and three villages of 9, 10 and 11 households on the roster."""
    add_frame(session, dict(zip(VILLAGES, (9, 10, 11), strict=False)))
    visit = builders.add_visit(session, village_codes=())
    add_leader(session, visit)
    return visit


def opened(session: Session, visit: Visit, now: datetime, design: Design = SIMPLE) -> Draw:
    made = sealed_draw(session, visit, now, design)
    open_draw(session, builders.find_or_add_person(session, "lead1"), made, now)
    return made


def refused(expected: str, call: object, /, *args: object, **kwargs: object) -> None:
    with pytest.raises(SurveyError) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    assert caught.value.values["reason"] == expected


def test_sealed_draw__looked_at_from_everywhere_but_the_envelope__tells_nobody(session: Session, visit: Visit, now: datetime) -> None:
    made = sealed_draw(session, visit, now)

    assert session.scalars(select(VisitVillage)).all() == []
    assert session.scalars(select(DrawUnit)).all() == []
    said = [str(event.details) for event in session.scalars(select(Event))] + [str(made.design), str(made.frame_villages)]
    for table in handed_tables():
        said += [str(row) for row in session.execute(select(table))]
    assert SECRET not in "".join(said)
    assert {table.name for table in handed_tables()}.isdisjoint({"draw_envelopes"})
    assert made.commitment in "".join(said)
    stored = str(session.scalar(text("SELECT content FROM draw_envelopes")))
    assert MARK in stored
    assert SECRET not in stored, "whoever has the database alone does not learn who was drawn"


def test_opening__by_the_leader__brings_villages_and_units_and_is_an_event(session: Session, visit: Visit, now: datetime) -> None:
    made = opened(session, visit, now)

    rows = session.scalars(select(VisitVillage).order_by(VisitVillage.village_code)).all()
    assert [row.basis for row in rows] == ["probability", "probability"]
    sample = read_sample(session, made)
    assert [each.state for each in sample].count("drawn") == 6
    assert [each.state for each in sample].count("reserve") == 4
    assert all(each.unit.household is not None for each in sample)
    assert made.opening is not None
    assert (made.opening.seed, made.opening.opened_by.username, made.opening.early_reason) == (SECRET, "lead1", "")
    assert session.get(DrawEnvelope, made.id) is None
    event = session.scalars(select(Event).where(Event.action == "draw.opened")).one()
    assert event.details["n_households"] == 6
    assert "early_reason" not in event.details


@pytest.mark.parametrize("username", ["coordinator", "admin", "lead2"])
def test_opening__by_anybody_else__is_refused(username: str, session: Session, visit: Visit, now: datetime) -> None:
    made = sealed_draw(session, visit, now)

    with pytest.raises(SurveyError) as caught:
        open_draw(session, builders.find_or_add_person(session, username), made, now)
    assert caught.value.code is ErrorCode.NOT_ALLOWED
    assert made.state == "sealed"


def test_opening__before_the_departure__needs_a_reason_that_is_kept(session: Session, visit: Visit, now: datetime) -> None:
    made = sealed_draw(session, visit, now)
    leader = builders.find_or_add_person(session, "lead1")
    arrange_opening(session, None, made, departs_at=now + timedelta(hours=2), opener_id=None, now=now)

    refused("early", open_draw, session, leader, made, now)
    opening = open_draw(session, leader, made, now, reason=" 山路将封 ")

    assert opening.early_reason == "山路将封"
    assert session.scalars(select(Event).where(Event.action == "draw.opened")).one().details["early_reason"] == "山路将封"


def test_opener__named_on_the_draw__counts_only_without_a_leader(session: Session, now: datetime) -> None:
    add_frame(session, {VILLAGES[0]: 9, VILLAGES[1]: 9})
    visit = builders.add_visit(session, village_codes=())
    named = builders.add_person(session, "lead9", "interviewer")
    made = sealed_draw(session, visit, now)
    arrange_opening(session, None, made, departs_at=now, opener_id=named.id, now=now)
    assert [each.draw_id for each in list_openable(session, named.id)] == [made.id]

    add_leader(session, visit)
    assert list_openable(session, named.id) == ()
    with pytest.raises(SurveyError, match="may not open this draw"):
        open_draw(session, named, made, now)


def test_villages__in_the_visit_already__get_the_basis_of_the_draw(session: Session, visit: Visit, now: datetime) -> None:
    visit.villages.append(VisitVillage(village_code=VILLAGES[0], basis="purposive", planned_on=visit.starts_on))
    session.flush()
    opened(session, visit, now, Design(VillageStage("all", (COUNTY,)), HouseholdStage("all")))

    found = {row.village_code: row for row in session.scalars(select(VisitVillage))}
    assert {row.basis for row in found.values()} == {"census"}
    assert found[VILLAGES[0]].planned_on == visit.starts_on


def test_second_draw__before_the_first_is_voided__is_refused(session: Session, visit: Visit, now: datetime) -> None:
    first = sealed_draw(session, visit, now)

    refused("drawn_already", sealed_draw, session, visit, now)
    refused("no_reason", void_draw, session, None, first, "  ", now)
    void_draw(session, None, first, "花名册有误", now)
    second = sealed_draw(session, visit, now)

    assert (first.state, second.state) == ("voided", "sealed")
    assert session.get(DrawEnvelope, first.id) is not None
    refused("not_sealed", open_draw, session, builders.find_or_add_person(session, "lead1"), first, now)


def test_closed_visit__drawn_for__is_refused(session: Session, visit: Visit, now: datetime) -> None:
    visit.state = "closed"

    with pytest.raises(SurveyError) as caught:
        sealed_draw(session, visit, now)
    assert caught.value.code is ErrorCode.INVALID_TRANSITION


def test_refused_draw__of_any_kind__leaves_nothing(session: Session, visit: Visit, now: datetime) -> None:
    elsewhere = Design(VillageStage("all", ("610728",)), HouseholdStage("all"))
    refused("no_households", make_draw, session, None, visit, elsewhere, departs_at=now, now=now)
    refused("unknown_person", make_draw, session, None, visit, SIMPLE, departs_at=now, now=now, opener_id="nobody")

    assert session.scalars(select(Draw)).all() == []
    assert session.scalars(select(Event)).all() == []


def test_roster__changed_after_the_draw__is_told_and_the_draw_stays(session: Session, visit: Visit, now: datetime) -> None:
    made = sealed_draw(session, visit, now)
    assert read_changes(session, made) == ()
    commitment = made.commitment
    builders.add_household(session, "099", village_code=VILLAGES[0])

    assert [(change.code, change.n_then, change.n_now) for change in read_changes(session, made)] == [(VILLAGES[0], 9, 10)]
    open_draw(session, builders.find_or_add_person(session, "lead1"), made, now)
    assert made.commitment == commitment


def test_household__gone_from_the_roster_before_the_opening__stays_in_the_draw(session: Session, visit: Visit, now: datetime) -> None:
    made = sealed_draw(session, visit, now)
    drawn = session.get_one(DrawEnvelope, made.id).content["households"][0]
    session.delete(session.get_one(Household, drawn["household_id"]))
    session.flush()
    open_draw(session, builders.find_or_add_person(session, "lead1"), made, now)

    assert [each.unit.number for each in read_sample(session, made) if each.unit.household_id is None] == [drawn["number"]]


def test_replacement__with_a_reason__takes_the_next_reserve_and_its_assignments(session: Session, visit: Visit, now: datetime) -> None:
    form = builders.add_form(session)
    visit.forms = [form]
    made = opened(session, visit, now)
    unit = next(each.unit for each in read_sample(session, made) if each.state == "drawn")
    pair = builders.add_pair(session, visit)
    old = builders.add_assignment(session, pair, unit.household)

    refused("unknown_reason", replace_household, session, None, made, unit, reason="lazy", now=now)
    refused("no_reason", replace_household, session, None, made, unit, reason="other", note=" ", now=now)
    done = replace_household(session, None, made, unit, reason="refused", note="不愿接受访谈", now=now)

    assert done.reserve is not None
    assert (done.reserve.village_code, done.reserve.stratum, done.reserve.rank) == (unit.village_code, unit.stratum, 1)
    new = session.scalars(select(Assignment).where(Assignment.household_id == done.reserve.household_id)).one()
    assert (new.pair_id, new.form_id) == (pair.id, "test_form")
    assert [(row.assignment_id, row.outcome) for row in session.scalars(select(AssignmentOutcome))] == [(old.id, "refused")]
    sample = set(session.scalars(households_in(visit.id, "drawn")))
    assert done.reserve.household_id in sample
    assert unit.household_id not in sample
    assert done.reserve.household_id not in set(session.scalars(households_in(visit.id, "reserve")))
    refused("not_in_sample", replace_household, session, None, made, unit, reason="moved", now=now)


def test_replacement__when_no_reserve_is_left__gives_the_household_up(session: Session, visit: Visit, now: datetime) -> None:
    made = opened(session, visit, now)
    drawn = [each.unit for each in read_sample(session, made) if each.state == "drawn"]
    of_village = [unit for unit in drawn if unit.village_code == drawn[0].village_code]
    came = [replace_household(session, None, made, unit, reason="moved", now=now).reserve for unit in of_village]

    assert [reserve.rank if reserve else None for reserve in came] == [1, 2, None]


def test_replacement__taken_back__lets_the_reserve_wait_again(session: Session, visit: Visit, now: datetime) -> None:
    visit.forms = [builders.add_form(session)]
    made = opened(session, visit, now)
    unit = next(each.unit for each in read_sample(session, made) if each.state == "drawn")
    builders.add_assignment(session, builders.add_pair(session, visit), unit.household)
    done = replace_household(session, None, made, unit, reason="absent", now=now)
    refused("no_reason", take_back_replacement, session, None, made, done, "", now)
    take_back_replacement(session, None, made, done, "人已回家", now + timedelta(hours=1))

    assert {each.state for each in read_sample(session, made)} == {"drawn", "reserve"}
    assert [row.household_id for row in session.scalars(select(Assignment))] == [unit.household_id]
    assert [row.outcome for row in session.scalars(select(AssignmentOutcome).order_by(AssignmentOutcome.recorded_at))] == [
        "absent",
        "taken_back",
    ]
    refused("already_reverted", take_back_replacement, session, None, made, done, "再次", now)


def test_replacement__whose_reserve_was_replaced_in_turn__is_not_taken_back(session: Session, visit: Visit, now: datetime) -> None:
    made = opened(session, visit, now)
    unit = next(each.unit for each in read_sample(session, made) if each.state == "drawn")
    first = replace_household(session, None, made, unit, reason="moved", now=now)
    replace_household(session, None, made, first.reserve, reason="died", now=now)

    refused("later_replacement", take_back_replacement, session, None, made, first, "误录", now)


def test_plan__of_a_visit_that_was_drawn_for__keeps_what_the_draw_says(session: Session, visit: Visit, now: datetime) -> None:
    visit.state = "planned"
    opened(session, visit, now)
    code = session.scalars(select(VisitVillage.village_code)).first()

    refused("basis_drawn", set_village, session, None, visit, code, "purposive", None, now)
    for call, args in ((remove_village, (visit, code)), (remove_visit, (visit,))):
        with pytest.raises(SurveyError) as caught:
            call(session, None, *args, now)
        assert caught.value.code is ErrorCode.INVALID_TRANSITION


def test_publication__of_a_sealed_draw__is_refused(session: Session, visit: Visit, now: datetime) -> None:
    made = sealed_draw(session, visit, now)

    refused("not_opened", publish_draw, session, None, made, True, now)


def test_drawing__from_a_larger_frame__sends_no_more_statements(
    session: Session, visit: Visit, now: datetime, statements: Statements
) -> None:
    sealed_draw(session, visit, now)
    n_small = len(statements)
    other = builders.add_visit(session, "2018-05-test", village_codes=())
    add_frame(session, dict(zip(VILLAGES[3:], (40, 50, 60), strict=False)))
    statements.reset()
    sealed_draw(session, other, now, Design(VillageStage("simple", (COUNTY,), n=5), HouseholdStage("simple", n=8, reserves=1)))

    assert len(statements) <= n_small
