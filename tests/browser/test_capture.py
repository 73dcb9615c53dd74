"""What a form takes from the world: codes through the camera, a path while walking, choices from files and from where they lie."""

import io
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from survey.instruments.operations import Beside, publish_questionnaire
from survey.storage import current_storage
from tests.browser.conftest import FAKE_DEVICES, find_chromium, signed_in_cookie
from tests.browser.field import READY, question
from tests.builders import NOW, find_or_add_person
from tests.survey.tablet.forms import CAPTURE_FORM, capture_files

PATH = "/tablet/forms/capture/1"
CODE = "6901234567892"
LEFT = {digit: f"{bits:07b}" for digit, bits in enumerate((0x0D, 0x19, 0x13, 0x3D, 0x23, 0x31, 0x2F, 0x3B, 0x37, 0x0B))}
PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")
"""The patterns of EAN-13. Source: GS1 General Specifications, section 5.2.1."""


def bars_of(code: str) -> str:
    """The bars of an EAN-13 code, 1 for black."""
    right = {digit: bits.translate(str.maketrans("01", "10")) for digit, bits in LEFT.items()}
    sides = {"L": LEFT, "G": {digit: bits[::-1] for digit, bits in right.items()}}
    digits = [int(sign) for sign in code]
    left = "".join(sides[side][digit] for side, digit in zip(PARITY[digits[0]], digits[1:7], strict=True))
    return f"101{left}01010{''.join(right[digit] for digit in digits[7:])}101"


def film_of(code: str, frames: int = 4) -> bytes:
    """A film for the browser's false camera that shows the code, as uncompressed video (YUV4MPEG2)."""
    width, height, bar = 640, 480, 4
    picture = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(picture)
    bars = bars_of(code)
    left = (width - len(bars) * bar) // 2
    for place, black in enumerate(bars):
        if black == "1":
            pen.rectangle((left + place * bar, 120, left + place * bar + bar - 1, 360), fill=0)
    grey = bytes([128]) * (width * height // 2)
    film = io.BytesIO()
    film.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode())
    for _ in range(frames):
        film.write(b"FRAME\n" + picture.tobytes() + grey)
    return film.getvalue()


@pytest.fixture
def publish(app: Flask, session: Session) -> None:
    """The form of captures, published with its files."""
    with app.app_context():
        beside = Beside(current_storage(), capture_files())
    publish_questionnaire(session, None, CAPTURE_FORM.encode(), "capture.md", NOW, beside)
    session.commit()


@pytest.fixture
def form(publish: None, open_page: Callable[..., Page]) -> Page:
    """The form of captures, opened for practice."""
    page = open_page("lead1", PATH)
    page.wait_for_selector(READY)
    return page


@pytest.fixture
def camera(browser: Browser, tmp_path: Path) -> Iterator[Browser]:
    """A browser whose camera sees a code of goods."""
    film = tmp_path / "code.y4m"
    film.write_bytes(film_of(CODE))
    options = ["--no-sandbox", *FAKE_DEVICES, f"--use-file-for-fake-video-capture={film}"]
    seeing = browser.browser_type.launch(executable_path=find_chromium(), args=options)
    yield seeing
    seeing.close()


def test_metadata__of_the_interviewer__is_that_of_the_account(publish: None, open_page: Callable[..., Page], session: Session) -> None:
    person = find_or_add_person(session, "lead1")
    person.phone, person.contact_email = "029-1234 567", "lead1@example.org"
    page = open_page("lead1", PATH)
    page.wait_for_selector(READY)
    expect(question(page, "kept/reached").locator(".question-text")).to_have_text("029-1234 567 lead1@example.org")


def test_group__with_a_picture__shows_it_under_its_title(form: Page) -> None:
    shown = form.locator(".page:not([hidden]) > .label-media img")
    expect(shown).to_have_js_property("naturalWidth", 320)
    expect(shown).to_have_attribute("src", f"{PATH}/files/yard.png")


def test_path__recorded_while_walking__has_a_point_for_every_stretch(form: Page) -> None:
    road = question(form, "kept/road")
    road.locator("[data-line-do=walk]").click()
    expect(road.locator("[data-line-do=walk]")).to_have_class("button is-recording")
    expect(road.locator(".line-points li")).to_have_count(1)
    metre = 1 / (math.pi / 180 * 6378100)
    for number, north_m in enumerate((20, 22, 40, 60)):
        form.context.set_geolocation({"latitude": 33.33191 + north_m * metre, "longitude": 106.15283, "accuracy": 5})
        # Two metres are less than the device's own doubt and make no point.
        expect(road.locator(".line-points li")).to_have_count((2, 2, 3, 4)[number])
    road.locator("[data-line-do=walk]").click()
    form.context.set_geolocation({"latitude": 33.4, "longitude": 106.15283, "accuracy": 5})
    expect(road.locator(".line-shown")).to_have_text("4 个点，长 60.0 米")
    form.wait_for_timeout(200)
    expect(road.locator(".line-points li")).to_have_count(4)


def test_moment__by_its_parts__is_an_instant_and_no_day_that_is_none(form: Page) -> None:
    moment = question(form, "kept/moment")
    moment.locator("[data-part=year]").fill("2018")
    moment.locator("[data-part=month]").select_option("02")
    moment.locator("[data-part=day]").select_option("31")
    moment.locator("[data-part=clock]").fill("09:30")
    moment.locator("[data-part=clock]").blur()
    expect(moment.locator(".question-error")).to_be_visible()
    moment.locator("[data-part=day]").select_option("28")
    expect(moment.locator(".question-error")).to_be_hidden()
    assert moment.locator("[data-part]").evaluate_all("all => all.map(each => each.value)") == ["2018", "02", "28", "09:30"]


def test_search__in_a_file__offers_what_another_answer_leaves(form: Page) -> None:
    crops = question(form, "kept/crop").locator(".option:visible")
    expect(crops).to_have_count(0)
    question(form, "kept/season").locator("input").fill("summer")
    expect(crops).to_have_text(["玉米（虚构） Maize", "黄豆（虚构） Soya"])
    crops.first.click()
    question(form, "kept/season").locator("input").fill("winter")
    expect(crops).to_have_text(["冬小麦（虚构） Winter wheat"])
    expect(question(form, "kept/crop").locator("input:checked")).to_have_count(0)


def test_choices_on_a_sheet__tapped__are_chosen_and_named(form: Page) -> None:
    well = question(form, "kept/well")
    marks = well.locator(".map-choice")
    expect(marks).to_have_count(3)
    well.locator("[data-value=upper]").click()
    expect(well.locator(".map-chosen")).to_have_text("上井")
    expect(well.locator("[data-value=upper]")).to_have_attribute("aria-checked", "true")
    well.get_by_role("button", name="放大").click()
    well.locator("[data-value=upper]").press("Enter")
    expect(well.locator(".map-chosen")).to_be_empty()
    well.locator("summary").click()
    well.locator(".option", has_text="水渠").click()
    expect(well.locator("polyline.is-chosen")).to_have_count(1)


def test_code__held_before_the_camera__is_read(publish: None, camera: Browser, address: str, app: Flask, session: Session) -> None:
    person = find_or_add_person(session, "lead1")
    session.commit()
    context = camera.new_context(base_url=address, permissions=["camera"], locale="zh-CN", viewport={"width": 800, "height": 1280})
    context.add_cookies([{"name": "session", "value": signed_in_cookie(app, person), "url": address}])
    page = context.new_page()
    page.goto(PATH)
    page.wait_for_selector(READY)
    code = question(page, "kept/code")
    code.get_by_role("button", name="扫码").click()
    expect(code.locator("input")).to_have_value(CODE)
    expect(page.locator("dialog.scanner")).to_have_count(0)


def test_camera__forbidden__says_so_and_leaves_the_code_to_be_typed(form: Page) -> None:
    form.context.clear_permissions()
    code = question(form, "kept/code")
    code.get_by_role("button", name="扫码").click()
    expect(form.locator("#toast")).to_contain_text("未获准使用摄像头")
    code.locator("input").fill(CODE)
    expect(code).to_have_class("question type-barcode is-answered")
