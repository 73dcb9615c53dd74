"""What offices keep beside the visits, by keys alone: lists that are imported, tablets, people's rights, reminders, questionnaires."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import utc_now
from survey.devices.models import Device, PinReset
from survey.devices.operations import Waiting, register_device
from survey.instruments.models import QuestionnaireVersion
from survey.liaison.models import Assistance
from survey.places.models import Household, Region
from survey.protection.answers import ERASED
from survey.protection.models import ErasureRequest
from survey.registry.models import HouseholdMember, Identification
from survey.reminders.models import ReminderChannel
from tests.browser.access.conftest import Sit
from tests.browser.access.keyboard import attach, expect_told, follow, press, send, tick, write
from tests.browser.pins import give_pin
from tests.builders import FORM, VILLAGE, add_form, add_household, add_region, find_or_add_person
from tests.survey.liaison.test_assistance import csv as assistance_file
from tests.survey.places.rosters import GOOD_ROWS, changed, workbook
from tests.survey.registry.lists import HAPPENED, IDENTIFICATION_HEADINGS, MEMBERS, members_file, text_file

pytestmark = pytest.mark.soak

PEOPLE = "用户名,姓名,角色,单位,电话,电子邮箱,地区代码\nliu,刘访谈,访谈员,,,,\nzhang san,张三,访谈员,,,,\n"
GIFT = "甲公司,企业,资金,12.5,county 610727,2019,"
PLACES = "代码,名称\n610728000000,镇巴县\n610728101000,泾洋镇\n610728101201,某村（虚构）\n"


def read(page: Page, file: Path, content: bytes) -> None:
    """Have a list read that is chosen on its page."""
    file.write_bytes(content)
    attach(page.locator("main input[type=file]").first, file)
    send(page.locator("main form .button.primary").first)


def mend(page: Page, field: str) -> None:
    """Go from the list of what is wrong to the field that it names."""
    expect(page.locator(".error-summary")).to_be_focused()
    press(page.locator(".error-summary a").first)
    expect(page.locator(field)).to_be_focused()


def test_lists__without_a_mouse__are_refused_looked_at_and_imported(sit: Sit, session: Session, tmp_path: Path) -> None:
    add_region(session)
    page = sit("admin", "/places/roster")
    read(page, tmp_path / "别的.csv", b"a,b\n1,2\n")
    mend(page, "#file")
    read(page, tmp_path / "农户.xlsx", workbook(*GOOD_ROWS, changed(GOOD_ROWS[0], number="0009", members="很多")))
    imported = page.locator("form[action$='/import'] button.primary")
    send(imported)
    mend(page, "#keep_good")
    page.keyboard.press("Space")
    send(imported)
    expect_told(page)
    follow(page.locator("nav.tabs a[href$='/members']"))
    for button in ("button[form=drop]", "form[action$='/import'] button.primary"):
        read(page, tmp_path / "人员.csv", members_file(*((VILLAGE, "0001", *row[2:]) for row in MEMBERS)))
        send(page.locator(button))
        expect_told(page, of=".flash")
    page.goto("/places/import")
    read(page, tmp_path / "地区.csv", PLACES.encode())
    send(imported)
    expect_told(page)
    page.goto("/first-run/people")
    read(page, tmp_path / "空.csv", b"")
    mend(page, "#file-people")
    read(page, tmp_path / "人员.csv", PEOPLE.encode())
    accounts = page.locator("#people form[action*='/lists/people/'] button.primary")
    send(accounts)
    mend(page, "#keep-good-people")
    page.keyboard.press("Space")
    send(accounts)
    follow(page.locator("a.button.primary"))
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Household)) == len(GOOD_ROWS)
    assert session.scalar(select(func.count()).select_from(HouseholdMember)) == len(MEMBERS)
    assert session.get(Region, "610728101201") is not None
    assert session.scalars(select(User.name).where(User.username == "liu")).all() == ["刘访谈"]


def test_registers__without_a_mouse__are_imported_and_continued_and_corrected_by_hand(sit: Sit, session: Session, tmp_path: Path) -> None:
    add_region(session)
    household = add_household(session, "001")
    page = sit("coordinator", "/places/lists/identification")
    read(page, tmp_path / "登记.csv", text_file(IDENTIFICATION_HEADINGS, *HAPPENED))
    send(page.locator("form[action$='/import'] button.primary"))
    expect_told(page)
    page.goto(f"/places/households/{household.id}")
    press(page.locator("details", has=page.locator("form[action$='/register']")).locator("summary"))
    send(page.locator("form[action$='/register'] button[type=submit]"))
    expect_told(page)
    follow(page.locator("main a[href$='/correct']").last)
    write(page.locator("#note"), "入户核实后更正")
    write(page.locator("#reason"), "登记时写错")
    send(page.locator("main form button.primary"))
    expect_told(page)
    page.goto("/liaison/assistance/import")
    read(page, tmp_path / "帮扶.csv", assistance_file(GIFT, GIFT))
    with_duplicates = page.locator("#with_duplicates")
    tick(with_duplicates)
    send(page.locator("main form button.primary"))
    expect_told(page)
    follow(page.locator("main tbody a.button").first)
    write(page.locator("#giver"), "乙公司")
    send(page.locator("main form button.primary"))
    expect_told(page)
    session.rollback()
    assert sorted(session.scalars(select(Assistance.giver))) == ["乙公司", "甲公司"]
    assert session.scalar(select(func.count()).select_from(Identification)) == len(HAPPENED) + 2


def test_one_persons_data__without_a_mouse__are_given_corrected_and_erased_by_two(sit: Sit, session: Session) -> None:
    household = add_household(session)
    member = HouseholdMember(household_id=household.id, position=1, name="张大山", birth_year=1958)
    session.add(member)
    page = sit("coordinator", "/protection/people")
    write(page.locator("#q"), "张大")
    page.keyboard.press("Enter")
    found = page.locator(f"tbody a[href*='member={member.id}']")
    follow(found)
    with page.expect_download() as download:
        press(page.locator("form[action*='/file'] button"))
    assert download.value.suggested_filename.endswith(".zip")
    follow(page.locator(f"main a[href$='{household.id}'].button"))
    follow(page.locator("tbody th a"))
    write(page.locator("#birth_year"), "1959")
    send(page.locator("form.card button.primary"))
    expect_told(page)
    for reason in ("本人来信要求", "误报"):
        page.goto(f"/protection/people/{household.id}?member={member.id}")
        write(page.locator("#reason"), reason)
        send(page.locator("form:has(#reason) button"))
        expect_told(page)
    other = sit("admin", "/protection/people")
    send(other.locator("tbody tr", has_text="误报").locator("form[action$='/decline'] button"))
    expect_told(other)
    follow(other.locator("tbody tr", has_text="本人来信").locator("a.danger"))
    send(other.locator("main form button.danger"))
    expect_told(other)
    session.rollback()
    assert session.execute(select(HouseholdMember.name, HouseholdMember.birth_year)).all()[0][0] == ERASED
    decided = select(ErasureRequest.reason, ErasureRequest.is_erased).order_by(ErasureRequest.reason)
    assert dict(session.execute(decided).all()) == {"本人来信要求": True, "误报": False}


def test_tablets_and_reminders__without_a_mouse__are_revoked_allowed_and_set(sit: Sit, session: Session, app: Flask) -> None:
    lead = find_or_add_person(session, "lead1")
    for device, name in (("tablet-0001", "红色平板"), ("tablet-0002", "蓝色平板")):
        register_device(session, lead, device, name, Waiting(n_drafts=1, n_unsent=2), utc_now())
    give_pin(app, session, lead)
    page = sit("coordinator", "/tablets")
    expect(page.get_by_role("link", name="蓝色平板")).to_have_accessible_name("停用…… 蓝色平板")
    follow(page.get_by_role("link", name="蓝色平板"))
    send(page.locator("form.card button"))
    mend(page, "#reason")
    page.keyboard.type("遗失")
    send(page.locator("form.card button"))
    expect_told(page)
    for reason in ("当面确认", "再次确认"):
        follow(page.locator(f"main a[href$='/pins/{lead.id}']"))
        write(page.locator("#reason"), reason)
        send(page.locator("form.card button"))
        expect_told(page, "lead1")
        if reason == "当面确认":
            send(page.locator("form[action$='/withdraw'] button"))
            expect_told(page, "lead1")
    page.goto("/reminders")
    tick(page.locator("input[name=frequency][value=weekly]"))
    send(page.locator("form[action$='/frequency'] button"))
    expect_told(page)
    send(page.locator("form[action$='/calendar'] button"))
    expect_told(page, of=".token-made")
    page.goto("/reminders/groups")
    write(page.locator("#name"), "工作群")
    write(page.locator("#address"), "ftp://x")
    send(page.locator("details button.primary"))
    mend(page, "#address")
    page.keyboard.press("Control+a")
    page.keyboard.type("https://qyapi.weixin.qq.com/send?key=k")
    send(page.locator("details button.primary"))
    expect_told(page)
    send(page.locator("form[action$='/off'] button"))
    expect_told(page, "工作群")
    session.rollback()
    revoked = select(Device.id, Device.revoke_reason).where(Device.revoked_at.is_not(None))
    assert session.execute(revoked).all() == [("tablet-0002", "遗失")]
    assert session.scalars(select(PinReset.reason)).all() == ["当面确认", "再次确认"]
    assert session.execute(select(ReminderChannel.name, ReminderChannel.is_active)).all() == [("工作群", False)]


def test_questionnaire__without_a_mouse__is_checked_mended_and_published_anew(sit: Sit, session: Session, tmp_path: Path) -> None:
    add_form(session)
    page = sit("coordinator", "/instruments")
    follow(page.locator(".page-head a.primary"))
    file = tmp_path / "form.md"
    read(page, file, FORM.replace("select_one yes_no", "select_one no_list").encode())
    expect_told(page, "form.md", of="#found")
    press(page.locator("section:has(#found) tbody a").first)
    read(page, file, FORM.replace("您家有几口人", "家里几口人").replace("2018.1 ", "2018.2 ").encode())
    expect_told(page, "form.md", of="#found")
    send(page.locator("form[action$='/publish'] [type=submit]"))
    expect_told(page)
    session.rollback()
    assert session.scalars(select(QuestionnaireVersion.version).order_by(QuestionnaireVersion.version)).all() == ["2018.1", "2018.2"]
