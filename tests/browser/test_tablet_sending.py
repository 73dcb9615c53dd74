"""From a finished interview to a stored submission: files, the outbox, refusals, conflicts, corrections, practice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import ApiToken
from survey.db import session_scope
from survey.intake.models import QuarantinedSubmission, Submission
from survey.visits.models import Assignment
from tests.browser.device import in_store, until_in_store, until_kept
from tests.browser.field import (
    HOME_READY,
    READY,
    answer_both_pages,
    answer_first_page,
    answer_member,
    begin,
    drafts,
    files_of,
    files_still_to_come,
    fill,
    finish,
    open_assignment,
    open_tablet,
    question,
    reload_tablet,
    sign,
    stored,
)
from tests.builders import add_form, add_submission
from tests.survey.tablet.forms import FIELD_FORM


@pytest.mark.soak
def test_files__picture_and_signature__arrive_with_the_interview(
    open_page: Callable[..., Page], session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    picture = tmp_path / "house.png"
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(picture, compress_level=1)
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_both_pages(page)
    page.click("#next")
    question(page, "record/house").locator("input[type=file]").set_input_files(picture)
    expect(question(page, "record/house").locator("img")).to_be_visible()
    sign(page, question(page, "record/signature").locator("canvas"))
    until_kept(page, "/signature")
    reload_tablet(page)
    page.wait_for_selector(READY)
    expect(question(page, "record/house").locator("img")).to_be_visible()
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    files = {each.name.split("-")[0]: each for each in files_of(submission)}
    assert {name: each.media_type for name, each in files.items()} == {"house": "image/jpeg", "signature": "image/png"}
    assert submission.answers["record"]["house"] == files["house"].name
    assert files["house"].size_bytes < picture.stat().st_size


@pytest.mark.soak
def test_finish__without_network__waits_on_the_device_and_goes_by_itself_once_there_is_one(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_both_pages(page)
    page.context.set_offline(True)
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "finished")
    expect(page.locator("#summary")).to_contain_text("没有网络，答卷仍在本机。")
    assert stored(session) == []
    page.context.set_offline(False)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    open_tablet(page)
    expect(page.locator("[data-assignment]")).to_have_attribute("data-state", "received")
    assert [each.answers["home"]["n_members"] for each in stored(session)] == [3]
    assert files_still_to_come(session) == []


def test_finish__after_the_sign_in_ended__is_sent_by_the_key_of_the_tablet(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/", keeps_app=True)
    page.wait_for_selector(HOME_READY)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.click("#download")
    page.wait_for_selector("#package[data-state=complete]")
    until_in_store(page, "return Boolean(await store.kept('key for sending'));")
    page.context.clear_cookies()
    open_tablet(page)
    expect(page.locator("#connection")).to_have_text("需重新登录")
    begin(page)
    answer_both_pages(page)
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    assert [each.answers["home"]["n_members"] for each in stored(session)] == [3]
    assert files_still_to_come(session) == []
    used = session.scalars(select(ApiToken).where(ApiToken.device_id.is_not(None))).one()
    assert used.last_used_at is not None


@pytest.mark.soak
def test_sending__with_a_large_and_a_lost_file__asks_before_the_one_goes_on_without_the_other_and_clears(
    open_page: Callable[..., Page], session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    picture = tmp_path / "house.png"
    Image.effect_noise((600, 400), 60).convert("RGB").save(picture)
    page = open_page("lead1", "/tablet/")
    page.wait_for_selector(HOME_READY)
    page.check("#outbox [name=asks_before_large]")
    page.check("#outbox [name=clears]")
    begin(page)
    answer_both_pages(page)
    page.click("#next")
    question(page, "record/house").locator("input[type=file]").set_input_files(picture)
    sign(page, question(page, "record/signature").locator("canvas"))
    until_kept(page, "/signature")
    grow = """
        const [card] = await store.interviews();
        const house = (await store.fileFacts(card.id)).find(({ name }) => name.startsWith("house"));
        await store.saveFile(card.id, house.name, new Blob([new Uint8Array(2_500_000)], { type: house.type }));"""
    in_store(page, grow)
    page.context.set_offline(True)
    finish(page)
    lose = """
        const [card] = await store.interviews();
        const key = [store.username, card.id, card.file_names.find((each) => each.startsWith("signature"))];
        await store.db.delete("pieces", IDBKeyRange.bound(key, [...key, []]));"""
    in_store(page, lose)
    page.context.set_offline(False)
    page.click("#leave")
    page.wait_for_selector(HOME_READY)
    expect(page.locator("#outbox [data-interview]")).to_contain_text("附件 1/3")
    expect(page.locator("#outbox")).to_contain_text("1 个大附件")
    assert len(files_still_to_come(session)) == 2
    page.locator("#outbox .button", has_text="上传大附件").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#outbox .button", has_text="不要这些附件").click()
    expect(page.locator("#outbox-state")).to_have_text("没有等待上报的答卷。")
    [submission] = stored(session)
    assert [(each.name.split("-")[0], each.size_bytes) for each in files_of(submission)] == [("house", 2_500_000)]
    [receipt] = in_store(page, "return store.interviews();")
    assert (receipt["state"], receipt.get("has_copy", False)) == ("sent", False)
    assert in_store(page, "return store.fileFacts(arg);", receipt["id"]) == []


@pytest.mark.soak
def test_refusal__by_the_server__is_shown_at_the_question_and_can_be_mended(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_both_pages(page, "3")
    page.context.set_offline(True)
    finish(page)
    damage_draft(page, "<n_members>3</n_members>", "<n_members>55</n_members>")
    page.context.set_offline(False)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "refused")
    open_tablet(page)
    expect(page.locator("[data-assignment] .task-state")).to_have_text("需修改")
    session.rollback()
    assert [each.state for each in session.scalars(select(QuarantinedSubmission))] == ["waiting"]
    begin(page)
    expect(page.locator(".summary-link").first).to_contain_text("人口数应在 1 到 20 之间。")
    page.locator(".summary-link").first.click()
    expect(question(page, "home/n_members").locator(".question-error")).to_have_text("人口数应在 1 到 20 之间。")
    fill(page, "home/n_members", "4")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    assert [each.answers["home"]["n_members"] for each in stored(session)] == [4]


def damage_draft(page: Page, found: str, put: str) -> None:
    """Changes the finished interview where it lies on the device, so that the server has something to refuse."""
    script = """async ([found, put]) => {
        const store = (await import('/static/bundles/lock.js')).$device_store.currentStore();
        const [card] = await store.interviews();
        const interview = await store.interview(card.id);
        await store.save({ ...interview, xml: interview.xml.replace(found, put) });
    }"""
    page.evaluate(script, [found, put])


@pytest.mark.soak
def test_conflict__with_another_version_on_the_server__can_be_sent_as_a_correction(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_both_pages(page)
    until_kept(page, "/m_age", "41")
    instance_id = drafts(page)[0]["instance_id"]
    version = add_form(session, FIELD_FORM)
    add_submission(session, version, instance_id, assignment=assignment)
    session.commit()
    finish(page)
    expect(page.locator("#summary")).to_contain_text("先到的版本已保留")
    page.get_by_text("作为修改件上报").last.click()
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    first, second = stored(session)
    assert (first.instance_id, first.review_state) == (instance_id, "replaced")
    assert second.deprecated_id == instance_id


def give_back(app: Flask, reason: str) -> None:
    """The only interview came back."""
    with session_scope(app) as writing:
        [first] = writing.scalars(select(Submission))
        first.review_state, first.review_reason = "returned", reason


@pytest.mark.soak
def test_returned_interview__before_its_files_have_all_arrived__gets_them_once_they_have(
    open_page: Callable[..., Page], app: Flask, session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_both_pages(page)
    page.click("#next")
    sign(page, question(page, "record/signature").locator("canvas"))
    until_kept(page, "/signature")
    page.route("**/tablet/uploads/**/signature-*", lambda route: route.abort())
    finish(page)
    [first] = stored(session)
    give_back(app, "人口数不对")
    open_tablet(page)
    until_in_store(page, "return Object.values((await store.kept('returned')) || {}).join() === '';")
    until_in_store(page, "return Object.keys((await store.kept('returned')) || {}).length === 1;")
    page.unroute("**/tablet/uploads/**/signature-*")
    reload_tablet(page)
    arrived = "return (await store.fileFacts(`copy of ${arg}`)).some(({ name }) => name.startsWith('signature'));"
    until_in_store(page, arrived, first.instance_id)


@pytest.mark.soak
def test_returned_interview__opened_for_correction__has_its_answers_and_replaces_the_first(
    open_page: Callable[..., Page], app: Flask, session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_both_pages(page)
    page.locator(".repeat-add").click()
    answer_member(page, 1, "王小", "9")
    page.click("#next")
    sign(page, question(page, "record/signature").locator("canvas"))
    until_kept(page, "/signature")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    give_back(app, "人口数不对")
    open_tablet(page)
    expect(page.locator(".task-reason")).to_contain_text("人口数不对")
    # It came along with the list, files and all, so that it can be corrected where there is no network.
    until_in_store(page, "return Object.keys((await store.kept('returned')) || {}).length === 1;")
    page.route("**/tablet/submissions/**", lambda route: route.abort())
    begin(page)
    expect(page.locator("#banner")).to_contain_text("人口数不对")
    expect(question(page, "home/n_members").locator("input")).to_have_value("3")
    fill(page, "home/n_members", "2")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    replaced, edit = stored(session)
    assert (replaced.review_state, edit.deprecated_id) == ("replaced", replaced.instance_id)
    assert edit.answers["home"]["n_members"] == 2
    assert [member["m_name"] for member in edit.answers["members"]] == ["王大", "王小"]
    assert len(files_of(edit)) == 1
    open_tablet(page)
    expect(page.locator("[data-assignment]")).to_have_attribute("data-state", "received")
    until_in_store(page, "return Object.keys(await store.kept('returned')).length === 0;")
    assert in_store(page, "return store.fileFacts(`copy of ${arg}`)", replaced.instance_id) == []
    assert in_store(page, "return store.missing()") == []


def test_practice__to_its_end__keeps_and_sends_nothing(open_page: Callable[..., Page], session: Session, assignment: Assignment) -> None:
    page = open_page("coordinator", "/tablet/")
    page.locator(".practice a").click()
    page.wait_for_selector(READY)
    expect(page.locator("#banner")).to_contain_text("试填")
    answer_both_pages(page)
    # The bar above every page says so, too.
    expect(page.locator("#interview-title")).to_contain_text("练习（虚构）")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "trial")
    assert stored(session) == []
    assert drafts(page) == []


@pytest.mark.soak
def test_unlisted_household__from_the_village__is_kept_and_sent_without_assignment(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    page.locator(".village .more summary").click()
    page.locator(".village .more a").click()
    page.wait_for_selector(READY)
    expect(page.locator("#interview-title")).to_contain_text("名单外农户")
    answer_first_page(page)
    until_kept(page, "/water_safe")
    reload_tablet(page)
    page.wait_for_selector(READY)
    expect(question(page, "home/n_members").locator("input")).to_have_value("3")
    page.click("#open-contents")
    page.locator(".contents-entry").nth(1).click()
    answer_member(page, 0, "王大", "41")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    assert (submission.assignment_id, submission.answers["home"]["n_members"]) == (None, 3)
