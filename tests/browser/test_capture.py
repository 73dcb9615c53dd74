"""What a form takes from the world: a path while walking, choices from files and from where they lie, moments."""

import math
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.instruments.operations import Beside, publish_questionnaire
from survey.storage import current_storage
from tests.browser.field import READY, question
from tests.builders import NOW, find_or_add_person
from tests.survey.tablet.forms import CAPTURE_FORM, capture_files

PATH = "/tablet/forms/capture/1"


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
