"""One issue's whole life on the demonstration, by the people who lead it: from an answer on the tablet to closing at the look-back."""

from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.db import utc_now
from survey.field_time import field_date
from survey.household_outcomes.queries import list_open_look_backs
from survey.intake.models import Submission
from survey.issues.models import HouseholdOutcome, Issue, IssueStep
from survey.places.models import Region
from survey.visits.models import Visit
from tests.browser.conftest import TABLET, WIDE, Enter
from tests.browser.field import open_tablet
from tests.browser.test_household import fill_in

pytestmark = pytest.mark.soak

VISIT, VILLAGE = "2018-04-hanzhong", "610727901203"
"""The visit of the demonstration that is still open, and its village in the county that signs in there."""
LIFE = (
    ("raise", "raised"),
    ("ask_verification", "raised"),
    ("finish_verification", "raised"),
    ("verify", "verified"),
    ("edit", "verified"),
    ("report", "reported"),
    ("reply", "reported"),
    ("start", "rectifying"),
    ("reply", "rectifying"),
    ("rectify", "rectified"),
    ("look_back", "rectified"),
    ("close", "closed"),
)


def send(page: Page, form: str) -> None:
    """Presses the button of a form, and waits for the page that thanks for it."""
    # What a page was opened with may be a thank-you already.
    with page.expect_navigation():
        page.locator(f"{form} button[type=submit]").first.click()
    expect(page.locator(".flash.success").first).to_be_visible()


def act(page: Page, number: str, name: str, reason: str = "") -> None:
    """Takes an action on an issue's page."""
    page.goto(f"/issues/{number}")
    page.locator(f"#act-{name} > summary").click()
    if reason:
        page.fill(f"#reason-{name}", reason)
    send(page, f"#act-{name}")


def reply(page: Page, number: str, kind: str, body: str) -> None:
    """What the responsible side says; that it is rectified with proof."""
    page.goto(f"/responsible/{number}")
    page.check(f"input[name=kind][value={kind}]")
    page.fill("#body", body)
    if kind == "rectified":
        page.set_input_files("#files", {"name": "整改现场.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + b"0" * 64})
    send(page, f"form[action*='/responsible/{number}/replies']")


def accept_reply(page: Page, number: str) -> None:
    """Accepts the reply that waits, which leads the issue on as the page says."""
    page.goto(f"/issues/{number}")
    form = page.locator("form[action*='/decision']").first
    form.evaluate("form => form.closest('details').open = true")
    form.locator("input[type=radio][value=accepted]").check()
    form.locator("button[type=submit]").click()
    expect(page.locator(".flash.success").first).to_be_visible()


def interview(pair: Page, engine: object) -> tuple[str, str]:
    """(instance id, title of the household) of an interview that is held on the tablet."""
    open_tablet(pair)
    with Session(engine) as session:  # type: ignore[arg-type]
        pair.fill("#task-search", session.get_one(Region, VILLAGE).name)
    task = pair.locator(f".village[data-village='{VILLAGE}'] .house:has(.task[data-state=open] .task-open[href*='/household/'])").first
    title = f"{task.locator('.house-number').text_content()} {task.locator('.house-name').text_content()}"
    task.locator(".task[data-state=open] .task-open[href*='/household/']").first.click()
    fill_in(pair)
    expect(pair.locator("#summary")).to_have_attribute("data-outcome", "sent")
    with Session(engine) as session:  # type: ignore[arg-type]
        newest = select(Submission.instance_id).where(Submission.visit_id == VISIT).order_by(Submission.received_at.desc()).limit(1)
        return session.scalars(newest).one(), title


def accept_interview(coordinator: Page, instance_id: str) -> None:
    """The coordinator accepts an interview, saying why where something is doubted."""
    coordinator.goto(f"/review/{instance_id}")
    reason = coordinator.locator("form[action*='/accept'] textarea")
    if reason.count():
        reason.fill("演练访谈，予以采纳")
    send(coordinator, "form[action*='/accept']")


def raise_issue(coordinator: Page, candidate_id: object) -> str:
    """The number of the issue raised from what a rule found in the interview."""
    coordinator.goto(f"/issues/raise?evidence=candidate|{candidate_id}")
    coordinator.fill("#title", "演练：反映的问题没有解决")
    coordinator.fill("#finding", "走访中有农户反映，现场查看属实。")
    send(coordinator, "form[action*='/issues/raise']")
    return coordinator.url.rpartition("/")[2].partition("#")[0]


def verify(coordinator: Page, second: Page, number: str, verifier_id: str) -> None:
    """Somebody who did not raise the issue is asked to verify it and confirms it; the coordinator concludes."""
    coordinator.click("#ask > summary")
    coordinator.select_option("#task-person", verifier_id)
    send(coordinator, "#ask")
    second.goto("/issues/verifications")
    second.locator(f"a[href*='/issues/{number}/verifications/']").first.click()
    second.check("input[name=result][value=confirmed]")
    second.fill("#found", "再次入户，查看实物并听取村干部说明，情况属实。")
    send(second, "form[action*='/verifications/']")
    act(coordinator, number, "verify")


def report(coordinator: Page, number: str, today: date) -> None:
    """The coordinator says what is needed of whom until when, and reports the issue."""
    coordinator.goto(f"/issues/{number}")
    coordinator.locator("form[action*='/edit']").evaluate("form => form.closest('details').open = true")
    coordinator.select_option("#attribution", "local")
    coordinator.select_option("#scope", "single")
    coordinator.fill("#due_on", (today + timedelta(days=30)).isoformat())
    coordinator.fill("#recommendation", "由县水利局逐户核实，限期解决。")
    coordinator.fill("#responsible_body", "县水利局")
    send(coordinator, "form[action*='/edit']")
    act(coordinator, number, "report")


def plan_look_back(coordinator: Page, today: date) -> None:
    """The visit is closed, and a look-back made from it and opened."""
    coordinator.goto(f"/visits/{VISIT}/state/closed")
    send(coordinator, "form.card")
    coordinator.goto(f"/visits/{VISIT}/look-back/plan")
    coordinator.fill("#starts_on", today.isoformat())
    coordinator.fill("#ends_on", (today + timedelta(days=9)).isoformat())
    coordinator.click("button[value=make]")
    expect(coordinator.locator(".flash.success")).to_be_visible()


def look_back(pair: Page, number: str, household: str) -> None:
    """The pair asks the household on the tablet what became of the issue."""
    open_tablet(pair)
    pair.fill("#task-search", household)
    # Until the new list is here, the tablet shows the visit that is over, in which this form was filled in.
    row = pair.locator(".house:has(.task[data-state=open] .task-open[href*='/household/'])").first
    row.locator(".house-asked").click()
    part = pair.locator(f".look-back-issue[data-issue='{number}']")
    expect(part).to_contain_text("已经整改到位，请核查。")
    part.locator(".look-back-choice", has_text="已解决").click()
    part.locator("textarea").fill("现场看过，已经解决。")
    pair.click("#look-back [type=submit]")
    expect(pair.locator("#look-back")).to_have_count(0)
    expect(row.locator(".house-asked")).to_contain_text("1/")
    expect(pair.locator(".house-issues .badge")).to_have_count(0)


def test_one_issue__from_an_answer_on_the_tablet__is_led_to_its_end(enter: Enter, demo_app: Flask) -> None:
    engine = demo_app.extensions["survey.engine"]
    today = field_date(utc_now())
    pair, coordinator, county = enter("lead1", TABLET), enter("coordinator", WIDE), enter("county", WIDE)
    instance_id, household = interview(pair, engine)

    accept_interview(coordinator, instance_id)
    with Session(engine) as session:
        found = select(IssueCandidate.id).where(IssueCandidate.instance_id == instance_id).order_by(IssueCandidate.rule)
        candidate_id = session.scalars(found).first()
        verifier_id = session.scalars(select(User.id).where(User.username == "second2")).one()
    assert candidate_id is not None
    number = raise_issue(coordinator, candidate_id)
    verify(coordinator, enter("second2", WIDE), number, verifier_id)
    report(coordinator, number, today)

    reply(county, number, "progress", "已安排专人办理。")
    accept_reply(coordinator, number)
    reply(county, number, "rectified", "已经整改到位，请核查。")
    accept_reply(coordinator, number)

    plan_look_back(coordinator, today)
    with Session(engine) as session:
        made_id = session.scalars(select(Visit.id).where(Visit.look_back_of_id == VISIT)).one()
    coordinator.goto(f"/visits/{made_id}/state/open")
    send(coordinator, "form.card")
    look_back(pair, number, household)

    coordinator.goto(f"/issues/{number}")
    coordinator.locator("#look-back details.edit > summary").click()
    send(coordinator, "#look-back form")
    with Session(engine) as session:
        issue = session.scalars(select(Issue).where(Issue.number == number)).one()
        steps = session.execute(
            select(IssueStep.action, IssueStep.to_state).where(IssueStep.issue_id == issue.id).order_by(IssueStep.number)
        )
        life = [(action, state) for action, state in steps if action != "decide_reply"]
        told = session.scalars(select(HouseholdOutcome).where(HouseholdOutcome.issue_id == issue.id)).one()
        lead = session.scalars(select(User).where(User.username == "lead1")).one()
        assert (told.outcome, told.note, told.found_by_id, told.visit_id) == ("fixed", "现场看过，已经解决。", lead.id, made_id)
        assert made_id in [visit.id for visit in list_open_look_backs(session, lead.id)]
    assert tuple(life) == LIFE
