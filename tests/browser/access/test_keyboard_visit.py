"""What a visit takes at desks, by keys alone: team and pairs, the sealed draw and its opening, the board, the look-back."""

from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.draws.models import Draw, DrawOpening, DrawReplacement
from survey.draws.standing import households_in
from survey.visits.models import Assignment, Pair, Visit, VisitMember
from tests.browser.access.conftest import Sit
from tests.browser.access.keyboard import choose, follow, press, send, tick, write
from tests.builders import add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.survey.draws.draws import COUNTY, VILLAGES, add_frame, add_leader

pytestmark = pytest.mark.soak

N_DRAWN = 3
TEAM = (("lead1", "leader", "组长"), ("lead2", "member", "组员"), ("second2", "member", "组员"))


def test_team__without_a_mouse__is_put_together_and_paired(sit: Sit, session: Session) -> None:
    visit = add_visit(session)
    ids = {username: find_or_add_person(session, username).id for username, *_ in TEAM}
    page = sit("coordinator", f"/visits/{visit.id}/team")
    for username, _, shown in TEAM:
        choose(page.locator("#user_id"), username)
        choose(page.locator("#role"), shown)
        send(page.locator("form[action$='/team/add'] button"))
    follow(page.locator("main a[href$='/team/pairs']"))
    send(page.locator("button[value=accept]"))
    expect(page.locator(".flash.success")).to_be_visible()
    session.rollback()
    assert dict(session.execute(select(VisitMember.user_id, VisitMember.role)).all()) == {ids[name]: role for name, role, _ in TEAM}
    [pair] = session.scalars(select(Pair)).all()
    assert {pair.lead_id, pair.second_id} < set(ids.values())


def test_draw__without_a_mouse__is_sealed_and_opened_by_the_leader(sit: Sit, session: Session) -> None:
    add_frame(session, dict(zip(VILLAGES, (6, 6), strict=False)))
    visit = add_visit(session, village_codes=())
    add_leader(session, visit)
    page = sit("coordinator", f"/visits/{visit.id}/draw")
    follow(page.locator("main a[href$='/draw/new']"))
    tick(page.locator(f"input[name=county][value='{COUNTY}']"))
    send(page.locator("form[method=get].card button"))
    form = page.locator("[data-draw]")
    tick(form.locator("input[name=village_method][value=simple]"))
    write(form.locator("#n_villages"), "1")
    write(form.locator("#n_households"), str(N_DRAWN))
    send(form.locator("button.primary"))
    expect(page.locator(".badge", has_text="已密封")).to_be_visible()
    session.rollback()
    [draw] = session.scalars(select(Draw)).all()
    assert (draw.design["villages"]["method"], draw.opening) == ("simple", None)
    leader = sit("lead1", "/")
    follow(leader.locator("main a[href$='/open']"))
    tick(leader.locator("#is_sure"))
    send(leader.locator("form.card button.primary"))
    follow(leader.locator("td a[href*='/units/'][href$='/replace']").first)
    tick(leader.locator("input[name=reason]").first)
    write(leader.locator("#note"), "全家外出")
    send(leader.locator("form.card button.primary"))
    session.rollback()
    opened_by = session.scalars(select(DrawOpening.opened_by_id)).one()
    assert opened_by == find_or_add_person(session, "lead1").id
    assert session.scalar(select(func.count()).select_from(households_in(visit.id, "drawn").subquery())) == N_DRAWN
    assert session.scalars(select(DrawReplacement.note)).all() == ["全家外出"]


def test_board__without_a_mouse__gives_households_to_a_pair_and_to_another_day(sit: Sit, session: Session) -> None:
    visit = add_visit(session, forms=[add_form(session)])
    pairs = [add_pair(session, visit, "第一组"), add_pair(session, visit, "第二组", lead="lead2", second="second2")]
    for number in range(N_DRAWN):
        add_household(session, f"00{number}")
    page = sit("coordinator", f"/visits/{visit.id}/assignments")
    follow(page.locator("main a[href$='/board/propose']").first)
    send(page.locator("form[method=get].card button"))
    send(page.locator("form[method=post] button.primary"))
    proposed = arranged(session)
    assert sum(n for *_, n in proposed) == N_DRAWN
    bundle = page.locator(".bundle").first
    other = next(pair for pair in pairs if pair.id != bundle.locator("input[name=from_pair]").input_value())
    press(bundle.locator("summary"))
    choose(bundle.locator("select[name=to_pair]"), other.name)
    choose(bundle.locator("select[name=to_day]"), "19")
    send(bundle.locator("form.move button"))
    assert (other.id, date(2018, 4, 19)) in {where[:2] for where in arranged(session) - proposed}
    send(page.locator("form[action$='/board/undo'] button"))
    assert arranged(session) == proposed


def arranged(session: Session) -> set[tuple[str, date | None, int]]:
    """Which pair has how many households on which day."""
    session.rollback()
    counted = select(Assignment.pair_id, Assignment.planned_on, func.count()).group_by(Assignment.pair_id, Assignment.planned_on)
    return {(pair_id, day, n) for pair_id, day, n in session.execute(counted)}


def test_look_back__without_a_mouse__is_planned_from_a_visit_that_is_closed_first(sit: Sit, session: Session) -> None:
    version = add_form(session)
    visit = add_visit(session, forms=[version])
    pair = add_pair(session, visit)
    for number in range(2):
        assignment = add_assignment(session, pair, add_household(session, f"00{number}"))
        add_submission(session, version, f"uuid:{number}", assignment=assignment, state="accepted")
    page = sit("coordinator", f"/visits/{visit.id}")
    follow(page.locator(".page-head a[href$='/state/closed']"))
    send(page.locator("form.card button.primary"))
    follow(page.locator(".page-head a[href$='/look-back/plan']"))
    write(page.locator("#purpose"), "看整改是否到位")
    send(page.locator("button[value=make]"))
    expect(page.locator(".visit-parts [aria-current=page]")).to_contain_text("回头看")
    follow(page.locator(".page-head a[href$='/state/open']"))
    send(page.locator("form.card button.primary"))
    session.rollback()
    states = select(Visit.look_back_of_id, Visit.state, Visit.purpose).order_by(Visit.starts_on)
    assert session.execute(states).all() == [(None, "closed", ""), (visit.id, "open", "看整改是否到位")]
    assert session.scalar(select(func.count()).select_from(Assignment).where(Assignment.visit_id != visit.id)) == 2
