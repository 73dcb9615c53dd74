"""What makes filling in a form safe and easy: notes, earlier answers, the log, undo, keys, large targets, and drafts that survive."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.audit_log import AuditEvent, read_audit_log, time_answers
from survey.candidates.models import IssueCandidate
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import AnswerNote, Submission
from survey.storage import Storage
from survey.visits.models import Assignment, Visit
from tests.browser.conftest import TABLET, WIDE
from tests.browser.device import until_kept
from tests.browser.field import (
    READY,
    answer_first_page,
    answer_member,
    arrived,
    begin,
    choose,
    crash,
    enter_tablet,
    fill,
    finish,
    go_to_summary,
    open_assignment,
    open_tablet,
    question,
)
from tests.builders import NOW, add_form, add_pair, add_submission, add_visit

SignIn = Callable[[str], FlaskClient]
OpenPage = Callable[..., Page]
HOUSEHOLD = (Path(__file__).parents[2] / "questionnaires" / "household.md").read_text(encoding="utf-8")
ASKED = "track-changes=true track-changes-reasons=on-form-edit identify-user=true"
PLACES = "location-priority=balanced location-min-interval=1 location-max-age=600"
AUDITED = f"""
| survey |
| | type | name | label | parameters | constraint |
| | audit | audit | | {ASKED} {PLACES} | |
| | begin_group | home | Home | | |
| | text | who | Who? | | |
| | integer | age | How old? | | . < 120 |
| | end_group | | | | |
| settings |
| | form_title | form_id | version |
| | Audited | audited | 1 |
"""
EARLIER_XML = b"""<data id="field_form" version="2018.1">
  <home><n_members>2</n_members><water_safe>no</water_safe><water_why>far dirty</water_why></home>
  <members><m_name>W</m_name><m_age>41</m_age></members><members><m_name>Z</m_name><m_age>7</m_age></members>
  <meta><instanceID>uuid:earlier</instanceID></meta>
</data>"""
KEPT_ANSWERS = """async () => {
    const store = (await import('/static/bundles/lock.js')).$device_store.currentStore();
    const [card] = await store.interviews();
    return card ? (await store.interview(card.id)).answers.values : {};
}"""
PLACE_IS_KNOWN = "new Promise((known) => navigator.geolocation.getCurrentPosition(() => known(), () => known(), { maximumAge: Infinity }))"
MOST_TYPED = 2000
"""So many signs are typed without a pause before something of them lies on the tablet, however busy the machine is."""
SMALL = """() => [...document.querySelectorAll(
    'main button, .option, input.control:not([type=range]), select, .bar a, .bar button, .steps button, dialog[open] button, summary')]
    .filter((each) => each.checkVisibility() && (each.getBoundingClientRect().height < 48 || each.getBoundingClientRect().width < 40))
    .map((each) => each.outerHTML)"""


def log_of(submission: Submission, storage: Storage) -> tuple[AuditEvent, ...]:
    """The events of the log that came with a submission."""
    [file] = [each for each in submission.attachments if each.name == "audit.csv"]
    return read_audit_log(storage.get(file.sha256))


def write_note(page: Page, path: str, text: str) -> None:
    """A note on the question at a path below the form's root."""
    box = question(page, path)
    box.locator(".note-open").click()
    box.locator(".note-field").fill(text)


def reopen_draft(page: Page) -> None:
    """The draft that lies on the tablet, opened from the list."""
    open_tablet(page)
    begin(page)


@pytest.fixture
def look_back(session: Session, assignment: Assignment) -> Assignment:
    """The household of `assignment`, which answered at an earlier visit and of which something is still open."""
    earlier = add_visit(session, "2017-04-test")
    earlier.state = "closed"
    visit = session.get_one(Visit, assignment.visit_id)
    visit.look_back_of_id = earlier.id
    found = add_submission(session, visit.forms[0], "uuid:earlier", state="accepted")
    found.visit_id, found.household_id, found.xml = earlier.id, assignment.household_id, EARLIER_XML
    found.started_at = datetime(2017, 4, 18, 20, 0, tzinfo=UTC)
    issue = {"title": {"zh": "饮水不安全", "en": "Unsafe water"}, "area": "water", "level": "household", "severity": "acute"}
    session.add(
        IssueCandidate(
            rule="water",
            visit_id=earlier.id,
            instance_id="uuid:earlier",
            household_id=assignment.household_id,
            evidence={},
            raised_at=NOW,
            **issue,
        )
    )
    session.commit()
    return assignment


@pytest.mark.soak
def test_earlier_answers__beside_the_questions__are_taken_over_with_a_tap(
    open_page: OpenPage, look_back: Assignment, session: Session
) -> None:
    page = open_page("lead1")
    open_assignment(page)
    expect(page.locator("#issues summary")).to_have_text("该户有 1 条未了结的问题线索")
    members = question(page, "home/n_members")
    expect(members.locator(".earlier-said")).to_have_text("上次（2017-04）：2")
    members.locator(".earlier-take").click()
    expect(members.locator("input")).to_have_value("2")
    expect(members.locator(".earlier-take")).to_have_text("已与上次相同")
    expect(question(page, "home/water_safe").locator(".earlier-said")).to_have_text("上次（2017-04）：否")
    question(page, "home/water_safe").locator(".earlier-take").click()
    expect(question(page, "home/water_why").locator(".earlier-said")).to_have_text("上次（2017-04）：取水远、水质差")
    question(page, "home/water_why").locator(".earlier-take").click()
    page.click("#next")
    page.locator(".repeat-add").click()
    expect(page.locator(".instance").nth(1).locator("[data-path$='/m_name'] .earlier-said")).to_have_text("上次（2017-04）：Z")
    page.locator(".instance").nth(0).locator(".instance-toggle").click()
    for number in (0, 1):
        card = page.locator(".instance").nth(number)
        card.locator("[data-path$='/m_name'] .earlier-take").click()
        card.locator("[data-path$='/m_age'] .earlier-take").click()
    finish(page)
    answers = max(arrived(page, session), key=lambda each: each.received_at).answers
    assert answers["home"]["water_why"] == ["far", "dirty"]
    assert [(each["m_name"], each["m_age"]) for each in answers["members"]] == [("W", 41), ("Z", 7)]


def test_interview__with_notes_and_second_thoughts__is_sent_with_its_log(
    open_page: OpenPage, assignment: Assignment, session: Session, storage: Storage, sign_in: SignIn
) -> None:
    page = open_page("lead1")
    open_assignment(page)
    answer_first_page(page, "30")
    page.click("#next")
    expect(question(page, "home/n_members").locator(".question-error")).to_be_visible()
    write_note(page, "home/n_members", "户口本上 4 口，本人说 3 口")
    fill(page, "home/n_members", "3")
    choose(page, "home/water_safe", "否")
    choose(page, "home/water_why", "取水远")
    page.click("#next")
    answer_member(page, 0, "甲", "40")
    page.click("#open-contents")
    expect(page.locator(".contents-entry").first).to_contain_text("✎ 1")
    page.locator("[data-list=noted]").click()
    expect(page.locator("#contents .summary-link")).to_have_count(1)
    page.locator("[data-list=open]").click()
    page.locator("#contents .summary-link", has_text="全年纯收入").click()
    expect(question(page, "home/income_cny").locator("input")).to_be_focused()
    finish(page)
    [submission] = arrived(page, session)
    events = log_of(submission, storage)
    names = [event.name for event in events]
    assert names[:2] == ["form start", "group questions"]
    assert names[-1] == "form finalize"
    assert {"jump", "constraint error", "end screen", "form save"} <= set(names)
    asked = [
        (event.path.rpartition("/")[2], event.position, event.old_value, event.new_value) for event in events if event.name == "question"
    ]
    assert ("n_members", (), "", "*") in asked
    assert ("n_members", (), "*", "*") in asked
    assert ("m_age", (1,), "", "*") in asked
    assert {event.user for event in events if event.name == "question"} == {"lead1"}
    assert all(event.ended_at is None or event.started_at <= event.ended_at for event in events)
    assert time_answers(events)["/data/home/n_members", ()].n_changes >= 1
    [note] = session.scalars(select(AnswerNote))
    assert (note.node, note.text, note.username) == ("/data/home/n_members", "户口本上 4 口，本人说 3 口", "lead1")
    assert "本人说 3 口" in sign_in("coordinator").get(f"/review/{submission.instance_id}").text

    submission.review_state, submission.review_reason = "returned", "请核对人口"
    session.commit()
    open_tablet(page)
    begin(page)
    go_to_summary(page)
    expect(page.locator("#summary .optional", has_text="备注")).to_have_count(1)
    page.locator("#back").click()
    finish(page)
    edit = next(each for each in arrived(page, session) if each.deprecated_id)
    edited = [event.name for event in log_of(edit, storage)]
    assert edited[: len(names)] == names
    assert "form resume" in edited[len(names) :]
    assert len(session.scalars(select(AnswerNote).where(AnswerNote.instance_id == edit.instance_id)).all()) == 1


def test_log__of_a_form_that_asks_for_more__has_answers_places_and_reasons(open_page: OpenPage, session: Session, storage: Storage) -> None:
    add_pair(session, add_visit(session, forms=[add_form(session, AUDITED, "audited.md")]))
    session.commit()
    page = open_page("lead1", "/tablet/#forms/audited/1?new=1")
    enter_tablet(page)
    page.wait_for_selector(READY)
    expect(page.locator("#toast")).to_contain_text("附上位置")
    question(page, "home/who").locator("input").fill("W")
    page.evaluate(PLACE_IS_KNOWN)
    question(page, "home/age").locator("input").fill("41")
    finish(page)
    [submission] = arrived(page, session)
    [file] = submission.attachments
    header, *rows = storage.get(file.sha256).decode().splitlines()
    assert header == "event,node,start,end,latitude,longitude,accuracy,old-value,new-value,user,change-reason"
    assert any(row.startswith("question,/data/home/age,") and "33.3" in row and ",,41,lead1," in row for row in rows)
    submission.review_state, submission.review_reason, submission.lead_id = "returned", "please check", submission.received_from_id
    session.commit()
    page.goto(f"/tablet/#forms/audited/1?edit={submission.instance_id}")
    # Until then the form that was sent is still to be seen.
    expect(page.locator("#banner")).to_contain_text("please check")
    page.wait_for_selector(READY)
    question(page, "home/age").locator("input").fill("42")
    go_to_summary(page)
    expect(page.locator("#finish")).to_be_disabled()
    page.locator(".change-reason textarea").fill("misheard")
    finish(page)
    edit = next(each for each in arrived(page, session) if each.deprecated_id)
    events = log_of(edit, storage)
    assert [event.reason for event in events if event.name == "change reason"] == ["misheard"]
    assert ("41", "42") in [(event.old_value, event.new_value) for event in events]


def test_draft__while_somebody_types_on__survives_the_end_of_the_browser(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1")
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    name = page.locator(".instance").nth(0).locator("[data-path$='/m_name'] input")
    name.focus()
    typed = ""
    while not any(key.endswith("/m_name") and len(value) >= 20 for key, value in page.evaluate(KEPT_ANSWERS).items()):
        assert len(typed) < MOST_TYPED, "the draft is written while the typing goes on, not once it pauses"
        page.keyboard.type("a" * 20, delay=12)
        typed += "a" * 20
    until_kept(page, "/m_name", typed)
    page = crash(page)
    reopen_draft(page)
    expect(page.locator("#progress")).to_have_attribute("value", "3")
    expect(page.locator("[data-path$='/m_name'] input").first).to_have_value(typed)


@pytest.mark.soak
def test_undo__of_what_was_removed_or_cleared__works_on_the_next_page_too(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1")
    open_assignment(page)
    answer_first_page(page)
    choose(page, "home/water_safe", "是")
    expect(page.locator("#toast")).to_contain_text("已清除“饮水安全吗？”的答案。")
    page.locator("#toast button").click()
    expect(question(page, "home/water_safe").locator("input[value=yes]")).to_be_checked()
    page.click("#next")
    answer_member(page, 0, "甲", "40")
    page.locator(".instance-remove").first.click()
    page.click("#next")
    page.locator("#toast button").click()
    page.click("#back")
    expect(page.locator("[data-path$='/m_name'] input").first).to_have_value("甲")


def test_keyboard__alone__goes_through_the_questions(open_page: OpenPage, session: Session) -> None:
    add_form(session, HOUSEHOLD, "household.md")
    session.commit()
    version = page_version(session)
    page = open_page("lead1", f"/tablet/forms/household/{version}#try", WIDE)
    page.wait_for_selector(READY)
    page.keyboard.press("Alt+ArrowDown")
    first = page.evaluate("document.activeElement.closest('.question').dataset.path")
    page.keyboard.press("Space")
    page.keyboard.press("PageDown")
    second = page.evaluate("document.activeElement.closest('.question').dataset.path")
    assert first != second
    page.keyboard.press("Alt+n")
    page.keyboard.type("备注?")
    expect(page.locator(".note-field")).to_have_value("备注?")
    page.keyboard.press("PageUp")
    assert page.evaluate("document.activeElement.closest('.question').dataset.path") == first
    page.keyboard.press("Alt+h")
    expect(page.locator("#help")).to_be_visible()
    expect(page.locator("#help")).to_contain_text("Alt + ↓ / PageDown")
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+c")
    expect(page.locator("#contents")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toast")).to_contain_text("需要处理")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#page-number")).not_to_contain_text("第 1 ")


def page_version(session: Session) -> str:
    """The version of the household form that is published."""
    return session.scalars(select(QuestionnaireVersion.version).where(QuestionnaireVersion.form_id == "household")).one()


@pytest.mark.parametrize(
    ("size", "wanted"),
    [(WIDE, ("type-normal", "theme-dark")), (TABLET, ("type-largest", "sunlight-on"))],
    ids=["lying, dark", "upright, largest, in the sun"],
)
@pytest.mark.soak
def test_household_form__as_old_eyes_and_the_sun_want_it__fits_with_large_targets(
    open_page: OpenPage, session: Session, size: tuple[int, int], wanted: tuple[str, ...]
) -> None:
    add_form(session, HOUSEHOLD, "household.md")
    session.commit()
    page = open_page("lead1", f"/tablet/forms/household/{page_version(session)}#try", size)
    page.wait_for_selector(READY)
    for path in ("guided_by_cadre", "cadres_present", "consent"):
        page.locator(f"[data-path$='/{path}'] .option").first.click()
    page.click("#open-help")
    for setting in wanted:
        page.locator(f"[data-comfort={setting}]").click()
    assert page.evaluate(SMALL) == []
    page.keyboard.press("Escape")
    page.click("#open-contents")
    assert page.evaluate(SMALL) == []
    count = page.locator(".contents-entry").count()
    page.keyboard.press("Escape")
    assert count > 10
    for number in range(count):
        page.click("#open-contents")
        page.locator(".contents-entry").nth(number).click()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), number
        assert page.evaluate(SMALL) == [], number
    page.reload()
    page.wait_for_selector(READY)
    assert page.locator("html.sunlight").count() == ("sunlight-on" in wanted)
    assert page.locator("html[data-theme=dark]").count() == ("theme-dark" in wanted)
