"""What lies on a tablet: sealed with the PIN, locked after idleness, opened again after a forgotten one, wiped when it is revoked."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import session_scope, utc_now
from survey.devices.models import Device, PersonPin
from survey.devices.operations import allow_reset, revoke_device
from survey.visits.models import Assignment
from tests.browser.conftest import session_cookie, signed_in_cookie
from tests.browser.device import SOME_INTERVIEW, in_store, until_kept
from tests.browser.field import (
    HOME_READY,
    READY,
    answer_both_pages,
    answer_first_page,
    answer_member,
    drafts,
    enter_tablet,
    open_assignment,
    open_tablet,
    reload_tablet,
)
from tests.browser.pins import PIN, give_pin
from tests.builders import find_or_add_person

pytestmark = pytest.mark.soak

OTHER_PIN = "836152"
LOCKED = "body.is-locked"
OpenPage = Callable[..., Page]


def enter(page: Page, pin: str) -> None:
    """Enters a PIN on the keys of the screen."""
    for digit in pin:
        page.click(f".lock-key[data-key='{digit}']")


def said(page: Page, text: str | re.Pattern[str]) -> None:
    """Expects the PIN screen to say this below the digits."""
    expect(page.locator(".lock-state")).to_contain_text(text)


def stored_text(page: Page) -> str:
    """Everything in the browser's database as text: the bytes as UTF-8, so that what is not encrypted can be found in it."""
    script = """async () => {
        const db = await (await import('/static/bundles/lock.js')).$device_database.openDatabase();
        const texts = [];
        for (const name of db.objectStoreNames) {
            for (const value of await db.getAll(name))
                texts.push(value instanceof Uint8Array ? new TextDecoder('utf-8').decode(value) : JSON.stringify(value));
        }
        return texts.join(' ');
    }"""
    text: str = page.evaluate(script)
    return text


def test_first_pin__weak_or_mistyped__is_refused_and_what_is_kept_afterwards_is_unreadable_without_it(
    open_page: OpenPage, assignment: Assignment, session: Session
) -> None:
    page = open_page("lead1", "/")
    page.goto("/tablet/")
    expect(page.locator("#lock-title")).to_have_text("设置 6 位数字 PIN")
    enter(page, "123456")
    said(page, "太容易被猜到")
    enter(page, PIN)
    expect(page.locator("#lock-title")).to_have_text("再输入一次")
    page.keyboard.type("27041")
    page.keyboard.press("Backspace")
    page.keyboard.type("99")
    said(page, "两次输入不一致")
    enter_tablet(page)
    session.rollback()
    assert session.scalars(select(PersonPin)).one().rounds == 600_000
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "王显眼", "41")
    until_kept(page, "/m_age", "41")
    in_store(page, "await store.saveFile((await store.interviews())[0].id, 'a.txt', new Blob(['照片里的话']));")
    text = stored_text(page)
    assert "lead1" in text
    assert not [secret for secret in ("王显眼", "户主001", "照片里的话", "field_form", "n_members") if secret in text]
    page.goto("/tablet/")
    page.wait_for_selector(".lock-key")
    expect(page.locator("#home-columns")).to_be_hidden()
    enter(page, "999991")
    said(page, "还可以试 4 次")
    enter_tablet(page)
    [draft] = drafts(page)
    assert (draft["state"], draft["title"]) == ("draft", "001 户主001")
    assert in_store(page, "return (await store.file(arg, 'a.txt')).text();", draft["id"]) == "照片里的话"


def move_failure(page: Page, to: str) -> bool:
    """Moves the instant of the last wrong PIN on the tablet to a script's number of milliseconds; whether there was one."""
    script = """async () => {
        const db = await (await import('/static/bundles/lock.js')).$device_database.openDatabase();
        const record = await db.get('vaults', 'lead1');
        await db.put('vaults', { ...record, failed_at: %s }, 'lead1');
        return record.failed_at > 0;
    }"""
    return bool(page.evaluate(script % to))


def test_wrong_pins__too_many__have_to_be_waited_out_also_after_a_restart(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1", "/tablet/")
    page.reload()
    page.wait_for_selector(".lock-key")
    for left in (4, 3, 2, 1):
        page.keyboard.type("111119")
        said(page, f"还可以试 {left} 次")
    page.keyboard.type("111119")
    said(page, re.compile(r"请等 (30|[12]\d) 秒"))
    # Counted down for the eye, and said once.
    told = page.locator("#lock [role=alert]")
    words = str(told.text_content())
    expect(page.locator(".lock-state")).not_to_have_text(words)
    expect(told).to_have_text(words)
    page.reload()
    page.wait_for_selector(".lock-key")
    # Right now, however long it took the machine to come back.
    assert move_failure(page, "Date.now()")
    page.keyboard.type(PIN)
    said(page, re.compile(r"请等 \d+ 秒"))
    # Half a minute later, told to the record instead of waited for.
    move_failure(page, "record.failed_at - 31000")
    page.keyboard.type("111119")
    said(page, re.compile(r"请等 (60|[345]\d) 秒"))
    move_failure(page, "Date.now() + 86400000")
    page.keyboard.type(PIN)
    said(page, re.compile(r"请等 (60|[345]\d) 秒"))


def test_idleness__over_a_form__locks_with_the_answers_kept_and_comes_back_exactly_there(
    open_page: OpenPage, app: Flask, assignment: Assignment, session: Session
) -> None:
    page = open_page("lead1", "/")
    give_pin(app, session, find_or_add_person(session, "lead1"))
    page.clock.install()
    open_assignment(page)
    answer_both_pages(page)
    page.clock.fast_forward("09:31")
    counted = page.locator(".lock-soon [aria-hidden=true]")
    expect(counted).to_contain_text("秒后锁定")
    # Counted for the eye, and said once.
    told = str(page.locator(".lock-soon .visually-hidden").inner_text())
    before = str(counted.inner_text())
    page.clock.run_for(3000)
    expect(counted).not_to_have_text(before)
    expect(page.locator(".lock-soon .visually-hidden")).to_have_text(told)
    page.mouse.click(400, 900)
    expect(page.locator(".lock-soon")).to_have_count(0)
    page.locator(".instance [data-path$='/m_age'] input").first.fill("42")
    page.clock.fast_forward("10:05")
    page.wait_for_selector(f"{LOCKED} .lock-key")
    expect(page.locator(".lock-person")).to_have_text("lead1")
    expect(page.locator("#next")).not_to_be_visible()
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(page.locator(".lock-key").first).to_be_visible()
    assert page.evaluate("import('/static/bundles/lock.js').then((bundle) => bundle.$device_store.currentStore().isOpen)") is False
    enter(page, PIN)
    expect(page.locator("#next")).to_be_visible()
    expect(page.locator(".instance [data-path$='/m_age'] input").first).to_have_value("42")
    answer_member(page, 0, "王大有", "42")
    until_kept(page, "/m_name", "王大有")
    [card] = drafts(page)
    answers = in_store(page, "return (await store.interview(arg)).answers.values;", card["id"])
    assert {"3", "yes", "王大有", "42"} <= set(answers.values())


def test_new_pin__chosen_on_one_tablet__is_asked_for_once_on_the_other_and_then_opens_it(
    open_page: OpenPage, assignment: Assignment
) -> None:
    first, second = open_page("lead1", "/tablet/"), open_page("lead1", "/tablet/")
    in_store(second, "await store.save(arg);", SOME_INTERVIEW)
    first.click("#open-menu")
    first.get_by_role("button", name="更换 PIN").click()
    enter(first, "999991")
    said(first, "PIN 不对")
    enter(first, PIN)
    expect(first.locator("#lock-title")).to_have_text("设置新的 PIN")
    enter(first, PIN)
    said(first, "新的 PIN 与原来的相同")
    enter(first, OTHER_PIN)
    enter(first, OTHER_PIN)
    expect(first.locator("#lock-title")).to_contain_text("PIN 已更改")
    first.click("[data-action=lock_back]")
    reload_tablet(first, OTHER_PIN)
    second.reload()
    second.wait_for_selector(".lock-key")
    enter(second, PIN)
    expect(second.locator("#lock-title")).to_have_text("您在另一台平板上改过 PIN")
    enter(second, PIN)
    said(second, "不是您在另一台平板上设置的 PIN")
    enter(second, OTHER_PIN)
    second.wait_for_selector(HOME_READY)
    reload_tablet(second, OTHER_PIN)
    assert [each["id"] for each in drafts(second)] == ["one"]


def test_forgotten_pin__allowed_by_a_coordinator__is_replaced_and_nothing_is_lost(
    open_page: OpenPage, app: Flask, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    in_store(page, "await store.save(arg);", SOME_INTERVIEW)
    page.wait_for_function("""async () => {
        const { escrowOf } = (await import('/static/bundles/lock.js')).$device_vault;
        const { currentStore } = (await import('/static/bundles/lock.js')).$device_store;
        return (await escrowOf(currentStore().db, 'lead1')).length === 1;
    }""")
    page.reload()
    page.wait_for_selector(".lock-key")
    page.click("[data-action=lock_forgot]")
    expect(page.locator("#lock")).to_contain_text("一份也不会丢")
    page.click("[data-action=lock_recover]")
    said(page, "还没有获准")
    with session_scope(app) as writing:
        lead = find_or_add_person(writing, "lead1")
        allow_reset(writing, find_or_add_person(writing, "coordinator"), lead, "忘记了", utc_now())
    page.click("[data-action=lock_recover]")
    expect(page.locator("#lock-title")).to_have_text("设置新的 PIN")
    enter(page, OTHER_PIN)
    enter(page, OTHER_PIN)
    page.wait_for_selector(HOME_READY)
    reload_tablet(page, OTHER_PIN)
    assert in_store(page, "return (await store.interview('one')).answers;") == SOME_INTERVIEW["answers"]


def test_forgotten_pin__without_a_visit_that_it_was_sealed_to__says_what_would_be_lost_before_it_is_erased(
    open_page: OpenPage, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    in_store(page, "await store.save(arg); await store.lock();", SOME_INTERVIEW)
    page.evaluate("""async () => {
        const db = await (await import('/static/bundles/lock.js')).$device_database.openDatabase();
        await db.put('vaults', { ...(await db.get('vaults', 'lead1')), escrow: {} }, 'lead1');
    }""")
    page.reload()
    page.click("[data-action=lock_forgot]")
    expect(page.locator("#lock")).to_contain_text("您的 1 份草稿和 0 份未上报的答卷")
    page.click("[data-action=lock_start_anew]")
    page.click("[data-action=lock_back]")
    page.click("[data-action=lock_start_anew]")
    page.click("[data-action=lock_erase_mine]")
    expect(page.locator("#lock-title")).to_have_text("输入您的 PIN")
    enter_tablet(page)
    assert drafts(page) == []


def test_two_people__on_one_tablet__see_each_their_own(open_page: OpenPage, app: Flask, session: Session, assignment: Assignment) -> None:
    page = open_page("lead1", "/tablet/")
    in_store(page, "await store.save(arg);", SOME_INTERVIEW)
    second = find_or_add_person(session, "second1")
    give_pin(app, session, second, OTHER_PIN)
    sign_in_as(page, app, second)
    open_tablet(page, OTHER_PIN)
    assert drafts(page) == []
    assert in_store(page, "return (await store.interview('one')) === undefined;")
    sign_in_as(page, app, find_or_add_person(session, "lead1"))
    page.click("#lock-now")
    page.click("[data-action=lock_other]")
    expect(page.locator("#lock-title")).to_have_text("输入 PIN")
    expect(page.locator(".lock-person")).to_have_text("lead1")
    page.click("[data-action=lock_other]")
    expect(page.locator(".lock-choice")).to_have_count(1)
    page.locator(".lock-choice").click()
    enter_tablet(page)
    assert [each["id"] for each in drafts(page)] == ["one"]


def test_pin_of_whoever_is_signed_in__entered_before_that_is_known__is_asked_for_again_in_their_name(
    open_page: OpenPage, app: Flask, session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    second = find_or_add_person(session, "second1")
    give_pin(app, session, second, OTHER_PIN)
    sign_in_as(page, app, second)
    held: list[Route] = []
    page.route("**/tablet/session.json", lambda route: held.append(route))
    with page.expect_request("**/tablet/session.json"):
        page.goto("/tablet/")
    expect(page.locator(".lock-person")).to_have_text("lead1")
    page.keyboard.type(OTHER_PIN[:3])
    with page.expect_response("**/tablet/session.json"):
        for each in held:
            each.continue_()
    page.unroute("**/tablet/session.json")
    page.keyboard.type(OTHER_PIN[3:])
    expect(page.locator(".lock-person")).to_have_text("second1")
    enter_tablet(page, OTHER_PIN)
    page.wait_for_selector(HOME_READY)
    assert drafts(page) == []


def sign_in_as(page: Page, app: Flask, person: User) -> None:
    """Makes the browser that of another person, as signing out and in would."""
    address = page.evaluate("window.location.origin")
    page.context.add_cookies([session_cookie(signed_in_cookie(app, person), address)])


def test_revoked_tablet__at_its_next_contact__forgets_everything_and_says_so_in_both_languages(
    open_page: OpenPage, app: Flask, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_first_page(page)
    until_kept(page, "/water_safe")
    with session_scope(app) as writing:
        [device] = writing.scalars(select(Device))
        revoke_device(writing, find_or_add_person(writing, "coordinator"), device, "遗失", utc_now())
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#lock")).to_contain_text("已全部清除")
    expect(page.locator("#lock")).to_contain_text("have been erased")
    expect(page.locator(".question")).to_have_count(0)
    left = "async () => [(await indexedDB.databases()).length, (await caches.keys()).length, localStorage.length]"
    assert page.evaluate(left) == [0, 0, 0]
    page.goto("/tablet/")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_insecure_address__without_encryption__explains_and_offers_practice_only(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1", "/")
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { get: () => false })")
    page.goto("/tablet/")
    expect(page.locator("#lock-title")).to_contain_text("此网址不安全")
    page.click(".lock-language")
    expect(page.locator("#lock-title")).to_contain_text("not secure")
    page.click(".lock-language")
    page.click("[data-action=lock_practise]")
    page.wait_for_selector(HOME_READY)
    page.locator("#practice a").first.click()
    page.wait_for_selector(READY)
    answer_first_page(page)
    page.wait_for_timeout(300)
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
