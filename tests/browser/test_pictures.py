"""Pictures as the device is set to take them, and what happens when there is no more room for one."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.storage import Storage
from survey.visits.models import Assignment
from tests.browser.device import until_kept
from tests.browser.field import answer_first_page, answer_member, arrived, finish, open_assignment, question

pytestmark = pytest.mark.soak

OpenPage = Callable[..., Page]
KEPT_ANSWERS = """async () => {
    const store = (await import('/static/bundles/lock.js')).$device_store.currentStore();
    const [card] = await store.interviews();
    return card ? (await store.interview(card.id)).answers.values : {};
}"""
FILL_THE_DISK = """async () => {
    const { db } = (await import('/static/bundles/lock.js')).$device_store.currentStore();
    const bytes = crypto.getRandomValues(new Uint8Array(50000));
    const fill = async (key) => db.put('values', bytes.slice(), ['filler', key]).then(() => fill(key + 1), () => key);
    return fill(0);
}"""
MAKE_ROOM = """async () => {
    const { db } = (await import('/static/bundles/lock.js')).$device_store.currentStore();
    await db.delete('values', IDBKeyRange.bound(['filler'], ['filler', []]));
}"""


def test_picture__with_the_settings_of_the_device__is_scaled_and_its_original_kept(
    open_page: OpenPage, assignment: Assignment, session: Session, storage: Storage
) -> None:
    page = open_page("lead1")
    page.evaluate("localStorage.setItem('survey-comfort', JSON.stringify({ picture: '1024', originals: 'on' }))")
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "甲", "40")
    page.click("#next")
    taken = io.BytesIO()
    Image.effect_noise((3000, 2000), 40).convert("RGB").save(taken, "JPEG", quality=80)
    picture = {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": taken.getvalue()}
    question(page, "record/house").locator("input[type=file]").set_input_files(picture)
    expect(question(page, "record/house").locator("img")).to_be_visible()
    question(page, "record/house").locator("[data-media=remove]").click()
    question(page, "record/house").locator("input[type=file]").set_input_files(picture)
    expect(question(page, "record/house").locator("img")).to_be_visible()
    finish(page)
    [submission] = arrived(page, session)
    files = {each.name: storage.get(each.sha256) for each in submission.attachments}
    [small] = [data for name, data in files.items() if name.startswith("house-") and "original" not in name]
    [original] = [data for name, data in files.items() if "original" in name]
    assert max(Image.open(io.BytesIO(small)).size) == 1024
    assert original == taken.getvalue()


def test_full_disk__at_a_picture__is_said_and_everything_else_is_kept(open_page: OpenPage, assignment: Assignment) -> None:
    page = open_page("lead1")
    # Before the database is opened, because the browser remembers for a while how much room there is.
    quota = {"origin": page.evaluate("location.origin"), "quotaSize": 12_000_000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "甲", "40")
    page.click("#next")
    until_kept(page, "/m_age")
    page.evaluate(FILL_THE_DISK)
    taken = io.BytesIO()
    Image.effect_noise((1200, 900), 90).convert("RGB").save(taken, "JPEG", quality=90)
    picture = {"name": "IMG_0002.jpg", "mimeType": "image/jpeg", "buffer": taken.getvalue()}
    house = question(page, "record/house")
    house.locator("input[type=file]").set_input_files(picture)
    expect(house.locator(".media-state")).to_contain_text("存储空间已满")
    page.evaluate(MAKE_ROOM)
    house.locator("input[type=file]").set_input_files(picture)
    expect(house.locator("img")).to_be_visible()
    kept = page.evaluate(KEPT_ANSWERS)
    assert [value for key, value in kept.items() if key.endswith("/m_name")] == ["甲"]
