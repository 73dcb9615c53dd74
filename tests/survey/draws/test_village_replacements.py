"""Replacing drawn villages from those in reserve: in order, with a reason, with what was assigned; taking it back; the published file."""

import json
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.draws.models import Draw, DrawVillage, DrawVillageReplacement
from survey.draws.operations import open_draw
from survey.draws.public_record import read_public_record
from survey.draws.published import check_published
from survey.draws.queries import list_replacements, list_village_replacements, read_sample, read_villages
from survey.draws.replacement_operations import replace_household, take_back_replacement
from survey.draws.standing import households_in, inclusions
from survey.draws.village_replacement_operations import replace_village, take_back_village_replacement
from survey.events import Event
from survey.visits.models import Assignment, Visit, VisitVillage
from survey.visits.operations import assign, assign_villages, set_village
from survey.visits.progress_queries import count_replacements
from tests import builders
from tests.survey.draws.draws import SIMPLE_WITH_RESERVES, VILLAGES, add_frame, add_leader, sealed_draw
from tests.survey.draws.test_pages import SignIn

DAY = date(2018, 4, 18)


@pytest.fixture
def visit(session: Session) -> Visit:
    """An open visit with a leader, a form and a pair; five villages on the roster."""
    add_frame(session, dict(zip(VILLAGES, (9, 10, 11, 8, 7), strict=False)))
    visit = builders.add_visit(session, village_codes=(), forms=[builders.add_form(session)])
    builders.add_pair(session, visit)
    add_leader(session, visit)
    return visit


@pytest.fixture
def made(session: Session, visit: Visit, now: datetime) -> Draw:
    """The visit's opened draw: two villages, and two in reserve."""
    made = sealed_draw(session, visit, now, SIMPLE_WITH_RESERVES)
    open_draw(session, builders.find_or_add_person(session, "lead1"), made, now)
    return made


def rows_in(session: Session, made: Draw, state: str) -> list[DrawVillage]:
    return [each.row for each in read_villages(session, made) if each.state == state]


def refused(reason: str, call: object, /, *args: object, **kwargs: object) -> None:
    with pytest.raises(SurveyError) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    assert caught.value.values["reason"] == reason


def assigned_in(session: Session, code: str) -> list[Assignment]:
    return list(session.scalars(select(Assignment).where(Assignment.village_code == code)))


def test_opening__with_villages_in_reserve__brings_only_the_drawn_ones(session: Session, visit: Visit, made: Draw) -> None:
    drawn, waiting = rows_in(session, made, "drawn"), rows_in(session, made, "reserve")

    assert {row.village_code for row in visit.villages} == {row.village_code for row in drawn}
    assert [row.rank for row in waiting] == [1, 2]
    codes = {row.village_code for row in waiting}
    assert {each.state for each in read_sample(session, made) if each.unit.village_code in codes} == {"out"}
    assert len(session.scalars(households_in(visit.id, "drawn")).all()) == 6
    assert len(session.scalars(households_in(visit.id, "reserve")).all()) == 2
    assert len(session.execute(select(inclusions([visit.id]))).all()) == 6
    assert count_replacements(session, visit.id) == (6, 0)


def test_replacement__of_a_village__brings_the_next_with_pairs_and_days(session: Session, visit: Visit, made: Draw, now: datetime) -> None:
    (left, _other), (first, second) = rows_in(session, made, "drawn"), rows_in(session, made, "reserve")
    set_village(session, None, visit, left.village_code, "probability", DAY, now)
    households = [each.unit.household for each in read_sample(session, made) if each.unit.village_code == left.village_code]
    assign(session, None, visit, pair=visit.pairs[0], form_id="test_form", households=households[:3], now=now)
    assign_villages(session, None, visit, pair=visit.pairs[0], form_id="test_form", village_codes=[left.village_code], now=now)

    refused("unknown_reason", replace_village, session, None, made, left, reason="far", now=now)
    refused("no_reason", replace_village, session, None, made, left, reason="other", note=" ", now=now)
    refused("village_not_in_sample", replace_village, session, None, made, second, reason="cut_off", now=now)
    done = replace_village(session, None, made, left, reason="cut_off", note="塌方", now=now)

    assert done.reserve_code == first.village_code
    assert {row.village_code: row.planned_on for row in visit.villages}[first.village_code] == DAY
    assert left.village_code not in {row.village_code for row in visit.villages}
    sample = set(session.scalars(households_in(visit.id, "drawn")))
    passed = assigned_in(session, first.village_code)
    assert {each.household_id for each in passed if each.household_id} == {
        each.unit.household_id
        for each in read_sample(session, made)
        if each.unit.village_code == first.village_code and each.state == "drawn"
    }
    assert {each.household_id for each in passed if each.household_id} <= sample
    assert [each.planned_on for each in passed] == [DAY] * 4
    assert assigned_in(session, left.village_code) == []
    assert count_replacements(session, visit.id) == (6, 3)
    event = session.scalars(select(Event).where(Event.action == "draw.village_replaced")).one()
    assert event.details["reserve"] == first.village_code


def test_replacement__of_every_village__goes_on_in_order_until_none_is_left(session: Session, made: Draw, now: datetime) -> None:
    came = []
    for _turn in range(3):
        row = next(each.row for each in read_villages(session, made) if each.is_in_sample)
        came.append(replace_village(session, None, made, row, reason="announced", now=now).reserve_code)
    assert came[:2] == [row.village_code for row in session.scalars(select(DrawVillage).where(DrawVillage.rank > 0).order_by("rank"))]
    assert came[2] is None


def test_replacement__taken_back__lets_both_villages_be_as_before(session: Session, visit: Visit, made: Draw, now: datetime) -> None:
    (left, _other), (first, _second) = rows_in(session, made, "drawn"), rows_in(session, made, "reserve")
    units = [each.unit for each in read_sample(session, made) if each.unit.village_code == left.village_code]
    assign(session, None, visit, pair=visit.pairs[0], form_id="test_form", households=[units[0].household], now=now)
    done = replace_village(session, None, made, left, reason="cut_off", now=now)
    refused("not_in_sample", replace_household, session, None, made, units[0], reason="moved", now=now)
    refused("no_reason", take_back_village_replacement, session, None, made, done, " ", now)
    take_back_village_replacement(session, None, made, done, "道路已抢通", now + timedelta(hours=2))

    assert [each.household_id for each in assigned_in(session, left.village_code)] == [units[0].household_id]
    assert session.get(VisitVillage, (visit.id, first.village_code)) is None
    assert {each.state for each in read_villages(session, made)} == {"drawn", "reserve"}
    refused("already_reverted", take_back_village_replacement, session, None, made, done, "再次", now)


def test_replacement__once_interviews_have_arrived__stands(
    session: Session, visit: Visit, made: Draw, now: datetime, sign_in: SignIn
) -> None:
    left, other = rows_in(session, made, "drawn")
    done = replace_village(session, None, made, left, reason="cut_off", now=now)
    again = replace_village(session, None, made, session.get_one(DrawVillage, (made.id, done.reserve_code)), reason="cut_off", now=now)
    refused("later_village_replacement", take_back_village_replacement, session, None, made, done, "误录", now)
    for code in (other.village_code, again.reserve_code):
        unit = next(each.unit for each in read_sample(session, made) if each.unit.village_code == code and each.is_in_sample)
        assignment = builders.add_assignment(session, visit.pairs[0], unit.household)
        builders.add_submission(session, visit.forms[0], f"uuid:{code}", assignment=assignment)

    refused("village_answered", replace_village, session, None, made, other, reason="announced", now=now)
    page = sign_in("coordinator").get(f"/draws/{made.id}/villages/{other.village_code}/replace").text
    assert 'name="reason"' not in page
    refused("reserve_village_answered", take_back_village_replacement, session, None, made, again, "误录", now)


def test_published_file__with_replaced_villages_and_households__is_true_and_a_wrong_order_is_named(
    session: Session, made: Draw, now: datetime
) -> None:
    left = rows_in(session, made, "drawn")[0]
    before = next(each.unit for each in read_sample(session, made) if each.unit.village_code == left.village_code)
    moved = replace_household(session, None, made, before, reason="moved", now=now)
    done = replace_village(session, None, made, left, reason="announced", now=now + timedelta(minutes=1))
    refused("village_out", take_back_replacement, session, None, made, moved, "误录", now)
    unit = next(each.unit for each in read_sample(session, made) if each.unit.village_code == done.reserve_code and each.is_in_sample)
    replace_household(session, None, made, unit, reason="refused", now=now + timedelta(minutes=2))
    record = json.loads(
        json.dumps(read_public_record(session, made, list_replacements(session, made), list_village_replacements(session, made)))
    )

    assert check_published(record) == ()
    assert [step["step"] for step in record["replacements"]] == ["replaced", "village replaced", "replaced"]
    wrong = {**record, "replacements": [dict(step) for step in record["replacements"]]}
    wrong["replacements"][1]["by"] = record["reserve_villages"][1]["code"]
    assert any("the next reserve was" in said for said in check_published(wrong))
    early = {**record, "replacements": record["replacements"][::-1]}
    assert any("without being in the sample" in said for said in check_published(early))
    fewer = {**record, "reserve_villages": record["reserve_villages"][:1]}
    assert any("which the file does not have" in said for said in check_published(fewer))


def test_pages__of_a_village_that_is_replaced__ask_for_the_reason_and_show_it_in_public(
    session: Session, made: Draw, sign_in: SignIn, client: FlaskClient
) -> None:
    left = rows_in(session, made, "drawn")[0]
    url = f"/draws/{made.id}/villages/{left.village_code}/replace"
    leader = sign_in("lead1")
    assert left.village.name in leader.get(url).text
    assert leader.post(url, data={"reason": "other"}).status_code == 200
    assert session.scalars(select(DrawVillageReplacement)).all() == []
    assert leader.post(url, data={"reason": "cut_off", "note": "暴雨塌方"}, follow_redirects=True).status_code == 200

    coordinator = sign_in("coordinator")
    assert "暴雨塌方" in coordinator.get(f"/visits/{made.visit_id}/draw").text
    coordinator.post(f"/visits/{made.visit_id}/draw/{made.id}/publish", data={"public": "yes"})
    public = client.get(f"/public/draws/{made.id}")
    assert "暴雨塌方" not in public.text
    assert check_published(client.get(f"/public/draws/{made.id}.json").get_json()) == ()
    done = session.scalars(select(DrawVillageReplacement)).one()
    coordinator.post(f"/draws/{made.id}/village-replacements/{done.id}/take-back", data={"reason": "道路已抢通"})
    assert done.revert_reason == "道路已抢通"
    assert sign_in("lead2").post(url, data={"reason": "cut_off"}).status_code == 403
