"""An issue from its report to its end, by keys alone: its deadline changed, replied to, looked back on and closed."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db import utc_now
from survey.field_time import field_date
from survey.issues.models import HouseholdOutcome, Issue, IssueReply
from survey.visits.models import Visit
from tests.browser.access.conftest import Sit
from tests.browser.access.keyboard import attach, choose, follow, press, send, set_day, tab_to, tick, write
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_visit
from tests.survey.responsible.reported import COUNTY, add_county_office, add_verified

pytestmark = pytest.mark.soak

SAID = "已整改到位，请核查。"


def add_look_back(session: Session, visit: Visit) -> Visit:
    """The look-back of the visit, by one pair to one household, which is under way."""
    made = add_visit(session, "2018-08-back", forms=[add_form(session)])
    made.look_back_of_id, made.ends_on = visit.id, field_date(utc_now()) + timedelta(days=9)
    add_assignment(session, add_pair(session, made), add_household(session))
    return made


def saved(page: Page) -> date:
    """The due date that was in the form, which is saved."""
    chosen = date.fromisoformat(page.locator("#due_on").input_value())
    send(page.locator("#edit button.primary"))
    expect(page.locator(".flash.success")).to_be_visible()
    return chosen


def take(page: Page, action: str) -> None:
    """Lead the issue on by one of its actions."""
    press(page.locator(f"#act-{action} > summary"))
    send(page.locator(f"#act-{action} form button.primary"))
    expect(page.locator(".flash.success")).to_be_visible()


def stored(session: Session) -> Issue:
    """The issue as it is now."""
    session.expire_all()
    session.rollback()
    return session.scalars(select(Issue)).one()


def test_issue__without_a_mouse__is_reported_replied_to_looked_back_on_and_closed(sit: Sit, session: Session, tmp_path: Path) -> None:
    visit = add_visit(session)
    add_county_office(session)
    issue = add_verified(session, NOW, visit_id=visit.id)
    made = add_look_back(session, visit)
    proof = tmp_path / "整改现场.jpg"
    proof.write_bytes(b"\xff\xd8\xff" + b"0" * 64)

    page = sit("coordinator", f"/issues/{issue.number}")
    press(page.locator("#edit > summary"))
    choose(page.locator("#attribution"), "本级可解决")
    choose(page.locator("#scope"), "个案")
    set_day(page.locator("#due_on"), 2)
    write(page.locator("#recommendation"), "修复管网，逐户核实。")
    write(page.locator("#responsible_body"), "县水利局")
    choose(page.locator("#responsible_code"), f"county {COUNTY[:6]}")
    assert stored(session).due_on is None
    due_on = saved(page)
    take(page, "report")
    issue = stored(session)
    assert (issue.state, issue.responsible_code, issue.due_on) == ("reported", COUNTY, due_on)

    press(page.locator("#edit > summary"))
    tab_to(page.locator("#due_on"))
    page.keyboard.press("ArrowUp")
    put_off = saved(page)
    assert stored(session).due_on == put_off > due_on

    county = sit("county", "/")
    follow(county.locator("tbody a").first)
    tick(county.locator("input[name=kind][value=rectified]"))
    write(county.locator("#body"), SAID)
    attach(county.locator("#files"), proof)
    send(county.locator("form[action$='/replies'] button.primary"))
    session.rollback()
    [reply] = session.scalars(select(IssueReply)).all()
    assert (reply.kind, reply.body, [file.name for file in reply.files]) == ("rectified", SAID, [proof.name])

    page = sit("coordinator", "/issues/replies")
    follow(page.locator("tbody a").first)
    press(page.locator("#replies article summary"))
    tick(page.locator("#replies article input[value=accepted]"))
    send(page.locator("#replies article form button.primary"))
    assert stored(session).state == "rectified"

    pair = sit("lead1", f"/visits/{made.id}/issues")
    follow(pair.locator("tbody a").first)
    choose(pair.locator("table.outcomes select"), "已解决")
    write(pair.locator("table.outcomes input[placeholder]"), "现场看过")
    send(pair.locator("main form button.primary"))
    session.rollback()
    assert session.scalars(select(HouseholdOutcome.outcome)).all() == ["fixed"]

    page = sit("coordinator", f"/issues/{issue.number}")
    press(page.locator("#look-back details.edit > summary"))
    send(page.locator("#look-back form button.primary"))
    assert stored(session).state == "closed"
