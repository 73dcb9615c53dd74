"""Codes read with the tablet's camera, and a camera and a microphone that are refused."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserType, Page, expect
from sqlalchemy.orm import Session

from survey.instruments.operations import Beside, publish_questionnaire
from survey.storage import current_storage
from tests.browser.conftest import ALLOWS_DEVICES, FAKE_DEVICES, browser_path, session_cookie, signed_in_cookie
from tests.browser.field import PATIENCE_MS, READY, question
from tests.builders import NOW, find_or_add_person
from tests.survey.tablet.forms import CAPTURE_FORM, WIDGETS_FORM, capture_files, widget_files

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
def browser(chromium: BrowserType) -> Iterator[Browser]:
    """A browser whose owner refuses the camera and the microphone."""
    browser = chromium.launch(executable_path=browser_path(), args=["--no-sandbox", FAKE_DEVICES])
    yield browser
    browser.close()


@pytest.fixture
def camera(chromium: BrowserType, tmp_path: Path) -> Iterator[Browser]:
    """A browser whose camera sees a code of goods."""
    film = tmp_path / "code.y4m"
    film.write_bytes(film_of(CODE))
    options = ["--no-sandbox", FAKE_DEVICES, ALLOWS_DEVICES, f"--use-file-for-fake-video-capture={film}"]
    seeing = chromium.launch(executable_path=browser_path(), args=options)
    yield seeing
    seeing.close()


@pytest.fixture
def publish(app: Flask, session: Session) -> None:
    """The form of captures, published with its files."""
    with app.app_context():
        beside = Beside(current_storage(), capture_files())
    publish_questionnaire(session, None, CAPTURE_FORM.encode(), "capture.md", NOW, beside)
    session.commit()


@pytest.mark.soak
def test_code__held_before_the_camera__is_read(publish: None, camera: Browser, address: str, app: Flask, session: Session) -> None:
    person = find_or_add_person(session, "lead1")
    session.commit()
    context = camera.new_context(base_url=address, permissions=["camera"], locale="zh-CN", viewport={"width": 800, "height": 1280})
    context.add_cookies([session_cookie(signed_in_cookie(app, person), address)])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(PATH)
    page.wait_for_selector(READY)
    code = question(page, "kept/code")
    code.get_by_role("button", name="扫码").click()
    expect(code.locator("input")).to_have_value(CODE)
    expect(page.locator("dialog.scanner")).to_have_count(0)


def test_camera__forbidden__says_so_and_leaves_the_code_to_be_typed(publish: None, open_page: Callable[..., Page]) -> None:
    page = open_page("lead1", PATH)
    page.context.clear_permissions()
    page.wait_for_selector(READY)
    code = question(page, "kept/code")
    code.get_by_role("button", name="扫码").click()
    expect(page.locator("#toast")).to_contain_text("未获准使用摄像头")
    code.locator("input").fill(CODE)
    expect(code).to_have_class("question type-barcode is-answered")


@pytest.mark.soak
def test_microphone__forbidden__leaves_the_question_open_and_says_why(app: Flask, session: Session, open_page: Callable[..., Page]) -> None:
    with app.app_context():
        beside = Beside(current_storage(), widget_files())
    publish_questionnaire(session, None, WIDGETS_FORM.encode(), "widgets.md", NOW, beside)
    page = open_page("lead1", "/tablet/forms/widgets/1")
    page.context.clear_permissions()
    page.wait_for_selector(READY)
    page.click("#open-contents")
    voice = question(page, "media/voice")
    page.locator(".contents-entry", has_text="图片与声音").click()
    voice.locator("[data-media=record]").click()
    expect(voice.locator(".media-state")).to_contain_text("未获准使用麦克风")
