"""Every appearance in a real browser: what a tap, a stroke or a typed word becomes in the answers, and how the pages fit the screen."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from survey.instruments.operations import Beside, publish_questionnaire
from survey.storage import current_storage
from tests.browser.conftest import TABLET, WIDE
from tests.browser.device import until_kept, until_recorded
from tests.browser.field import READY, box_of, choose, crash, drafts, files_of, finish, open_tablet, question, sign, stored
from tests.builders import NOW, add_pair, add_visit
from tests.survey.tablet.forms import WIDGETS_FORM, widget_files

pytestmark = pytest.mark.soak

PAGES = ("typed", "scales", "days", "choices", "table", "media", "places", "texts", "fields", "plots")


@pytest.fixture
def open_form(app: Flask, session: Session, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """A function that opens the form of widgets at one of its pages; `hash` says whose interview it is."""
    with app.app_context():
        beside = Beside(current_storage(), widget_files())
    version = publish_questionnaire(session, None, WIDGETS_FORM.encode(), "widgets.md", NOW, beside)
    add_pair(session, add_visit(session, forms=[version]))
    session.commit()

    def open_form(at: str = "typed", hash: str = "try", size: tuple[int, int] = TABLET) -> Page:
        page = open_page("lead1", f"/tablet/forms/widgets/1#{hash}", size)
        page.wait_for_selector(READY)
        go(page, at)
        return page

    return open_form


def go(page: Page, name: str) -> None:
    """To a page of the form through the list of contents."""
    page.click("#open-contents")
    page.locator(".contents-entry").nth(PAGES.index(name)).click()


def answers_of(page: Page, session: Session) -> dict[str, dict[str, object]]:
    """Finishes, and gives the answers that the server stored."""
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    return submission.answers


def drag(page: Page, grip: Locator, target: Locator) -> None:
    """Drags a handle to the lower edge of another row as a finger would, once the page around it has come to rest."""
    grip.hover()
    from_box, to_box = box_of(grip), box_of(target)
    page.mouse.move(from_box["x"] + 10, from_box["y"] + from_box["height"] / 2)
    page.mouse.down()
    page.mouse.move(from_box["x"] + 10, to_box["y"] + to_box["height"] - 4, steps=12)
    page.mouse.up()


def test_typed__with_separators_and_buttons__is_stored_plain(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("typed", "new=1")
    income = question(page, "typed/income").locator("input")
    income.fill("1234567")
    income.blur()
    expect(income).to_have_value("1,234,567")
    question(page, "typed/pigs").locator("[data-step='1']").click(click_count=3)
    question(page, "typed/pigs").locator("[data-step='-1']").click()
    question(page, "typed/code").locator("input").fill("6901234567892")
    secret = question(page, "typed/secret").locator("input")
    secret.fill("hidden word")
    assert secret.evaluate("each => getComputedStyle(each).webkitTextSecurity") == "disc"
    assert question(page, "typed/digits").locator("input").get_attribute("inputmode") == "decimal"
    answers = answers_of(page, session)
    assert answers["typed"] == {"income": 1234567, "pigs": 2, "code": "6901234567892", "secret": "hidden word"}


def test_scales__touched__are_numbers_and_untouched_stay_empty(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("scales", "new=1")
    expect(question(page, "scales/plain_range").locator(".range-value")).to_have_text("未答")
    question(page, "scales/pick").locator("select").select_option("0.75")
    stars = question(page, "scales/stars").locator(".star")
    stars.nth(3).click()
    expect(question(page, "scales/stars").locator(".star.filled")).to_have_count(4)
    upright = question(page, "scales/upright")
    upright.locator("[data-step='1']").click()
    upright.locator("[data-step='1']").click()
    box = box_of(upright.locator("input"))
    assert box["height"] > box["width"]
    assert upright.locator("datalist").count() == 0
    assert question(page, "scales/plain_range").locator("datalist option").count() == 11
    falling = question(page, "scales/falling").locator("input")
    assert falling.get_attribute("dir") == "rtl"
    falling.fill("8")
    answers = answers_of(page, session)
    assert answers["scales"] == {"pick": 0.75, "stars": 4, "upright": 3, "falling": 8}


def test_parts_of_a_day__unfinished__are_refused_and_kept(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("days", "new=1")
    day = question(page, "days/day")
    day.locator("[data-part=year]").fill("２０１８")
    day.locator("[data-part=month]").select_option("02")
    expect(day.locator(".question-error")).to_be_hidden()
    day.locator("[data-part=day]").select_option("30")
    expect(day.locator(".question-error")).to_have_text("请填完整日期。")
    day.locator("[data-part=day]").select_option("28")
    expect(day.locator(".question-error")).to_be_hidden()
    question(page, "days/month").locator("[data-part=year]").fill("2017")
    question(page, "days/month").locator("[data-part=month]").select_option("11")
    question(page, "days/year").locator("[data-part=year]").fill("1998")
    answers = answers_of(page, session)
    assert answers["days"] == {"day": "2018-02-28", "month": "2017-11-01", "year": "1998-01-01"}


def test_choices__by_tap_and_by_search__are_stored_in_order(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("choices", "new=1")
    choose(page, "choices_page/in_three", "绿")
    choose(page, "choices_page/packed", "白")
    choose(page, "choices_page/likert", "同意")
    folded = question(page, "choices_page/folded")
    expect(folded.locator(".option").first).to_be_hidden()
    folded.locator("summary").click()
    choose(page, "choices_page/folded", "红", "蓝")
    expect(folded.locator(".fold-chosen")).to_have_text("红、蓝")
    town = question(page, "choices_page/town").locator("[role=combobox]")
    assert question(page, "choices_page/town").locator("li").count() == 0
    town.fill("第13")
    expect(question(page, "choices_page/town").locator("[role=option]")).to_have_count(11)
    town.press("ArrowDown")
    town.press("ArrowDown")
    town.press("Enter")
    expect(question(page, "choices_page/town").locator(".chosen")).to_contain_text("第130镇（虚构）")
    towns = question(page, "choices_page/towns")
    for name in ("第7镇", "第8镇", "第9镇"):
        towns.locator("[role=combobox]").fill(name)
        towns.locator("[role=option]").first.click()
    towns.locator(".chosen", has_text="第8镇").click()
    towns.locator("[role=combobox]").fill("nowhere")
    expect(towns.locator(".found-note")).to_have_text("没有符合的选项。")
    answers = answers_of(page, session)
    assert answers["choices_page"] == {
        "in_three": "green",
        "packed": "white",
        "likert": "a3",
        "folded": ["red", "blue"],
        "town": "t130",
        "towns": ["t007", "t009"],
    }


def test_quick_choice__tapped__goes_on_to_the_next_question(open_form: Callable[..., Page]) -> None:
    page = open_form("choices")
    choose(page, "choices_page/fast", "否")
    expect(question(page, "choices_page/folded").locator("input").first).to_be_attached()
    middle = "each => { const box = each.getBoundingClientRect(); return Math.abs((box.top + box.bottom) / 2 - innerHeight / 2) }"
    assert question(page, "choices_page/folded").evaluate(middle) < 200


def test_order__dragged_and_moved_by_arrows__is_stored(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("choices", "new=1")
    order = question(page, "choices_page/order")
    drag(page, order.locator("[data-value=red] .grip"), order.locator("[data-value=green]"))
    expect(order.locator("li").nth(2)).to_have_attribute("data-value", "red")
    order.locator("[data-value=white] [data-move='-1']").click()
    assert answers_of(page, session)["choices_page"]["order"] == ["blue", "green", "white", "red"]


def test_random_order__with_a_seed__is_the_same_every_time(open_form: Callable[..., Page]) -> None:
    orders = []
    for _ in range(2):
        page = open_form("choices")
        options = question(page, "choices_page/mixed").locator("input")
        orders.append([option.get_attribute("value") for option in options.all()])
    assert orders[0] == orders[1]
    assert sorted(map(str, orders[0])) == ["a0", "a1", "a2", "a3", "a4"]
    assert orders[0] != sorted(map(str, orders[0]))


def test_table_of_questions__answered__is_one_row_each(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("table", "new=1")
    expect(page.locator("[data-page]:not([hidden]) h1")).to_have_text("家电")
    heads = page.locator(".heads .option-head")
    expect(heads).to_have_text(["是", "否"])
    places = [box_of(head) for head in heads.all()]
    buttons = [box_of(option) for option in question(page, "table/fridge").locator(".option").all()]
    for head, button in zip(places, buttons, strict=True):
        assert abs(head["x"] - button["x"]) < 3
    question(page, "table/tv").locator(".option").nth(0).click()
    question(page, "table/washer").locator(".option").nth(1).click()
    assert answers_of(page, session)["table"] == {"tv": "yes", "washer": "no"}


def test_image_map__tapped__chooses_a_region_and_runs_nothing(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("media", "new=1")
    room = question(page, "media/room")
    room.locator("#bedroom").click()
    expect(room.locator("#bedroom")).to_have_attribute("aria-checked", "true")
    expect(room.locator("#bedroom")).to_have_attribute("aria-label", "卧室")
    room.locator("#bedroom").press("Enter")
    expect(room.locator("#bedroom")).to_have_attribute("aria-checked", "false")
    room.locator("#kitchen").press(" ")
    assert room.locator("script").count() == 0
    assert room.locator("#bedroom").get_attribute("onclick") is None
    assert room.locator("#bedroom").evaluate("each => getComputedStyle(each).strokeWidth") == "2px"
    assert answers_of(page, session)["media"] == {"room": "kitchen"}


def test_media_of_questions_and_choices__are_shown_and_enlarged(open_form: Callable[..., Page]) -> None:
    page = open_form("media")
    house = question(page, "media/house")
    for picture in house.locator("img").all():
        expect(picture).to_have_js_property("naturalWidth", 320)
    expect(house.locator("audio")).to_have_attribute("src", re.compile("/tablet/forms/widgets/1/files/hello.wav$"))
    house.locator(".label-media .enlarge").click()
    expect(page.locator("dialog.enlarged")).to_be_visible()
    page.locator("dialog.enlarged button").click()
    expect(page.locator("dialog.enlarged")).to_have_count(0)


def test_drawings__undone_and_annotated__are_kept_as_pictures(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("media", "new=1")
    sketch = question(page, "media/sketch")
    sketch.locator("[data-pen=blue]").click()
    sign(page, sketch.locator("canvas"))
    sketch.locator("[data-draw=undo]").click()
    expect(sketch).not_to_have_class(re.compile("is-answered"))
    sign(page, sketch.locator("canvas"))
    marked = question(page, "media/marked")
    marked.locator("input[type=file]").set_input_files({"name": "wall.png", "mimeType": "image/png", "buffer": widget_files()["house.png"]})
    expect(marked).to_have_class(re.compile("is-answered"))
    assert marked.locator("canvas").evaluate("each => [each.width, each.height]") == [320, 200]
    sign(page, marked.locator("canvas"))
    answers = answers_of(page, session)["media"]
    assert str(answers["sketch"]).endswith(".png")
    assert str(answers["marked"]).endswith(".jpg")
    [submission] = stored(session)
    assert sorted(each.media_type for each in files_of(submission)) == ["image/jpeg", "image/png"]


def test_sound__recorded__travels_with_the_answers(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("media", "new=1")
    voice = question(page, "media/voice")
    expect(voice.locator("label.button")).to_be_hidden()
    voice.locator("[data-media=record]").click()
    expect(voice.locator("[data-media=record]")).to_have_text("停止录音")
    until_recorded(page)
    voice.locator("[data-media=record]").click()
    expect(voice.locator("audio")).to_be_visible()
    answers_of(page, session)
    [submission] = stored(session)
    [file] = files_of(submission)
    assert file.name == submission.answers["media"]["voice"]
    assert file.size_bytes > 500


def test_sound__when_the_page_dies__is_kept_but_for_the_last_seconds(open_form: Callable[..., Page]) -> None:
    page = open_form("media", "new=1")
    recording = question(page, "media/voice").locator("[data-media=record]")
    recording.click()
    expect(question(page, "media/voice")).to_have_class(re.compile("is-answered"))
    until_recorded(page)
    page = crash(page)
    open_tablet(page)
    [draft] = drafts(page)
    kept = """async (id) => {
        const store = (await import('/static/bundles/lock.js')).$device_store.currentStore();
        return (await store.fileFacts(id)).map((file) => [file.name.split('-')[0], file.n_bytes > 1000]);
    }"""
    assert page.evaluate(kept, draft["id"]) == [["voice", True]]


def test_background_sound__allowed__is_recorded_until_the_end(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("typed", "new=1")
    bar = page.locator("#recording")
    expect(bar).to_contain_text("请先征得受访人同意")
    bar.get_by_role("button", name="已同意，开始录音").click()
    expect(bar).to_have_class(re.compile("is-on"))
    until_recorded(page)
    answers_of(page, session)
    [submission] = stored(session)
    assert [each.name for each in files_of(submission)] == [submission.answers["all_sound"]]


def test_background_sound__refused__records_nothing_and_says_so(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("typed", "new=1")
    page.locator("#recording").get_by_role("button", name="不同意，不录音").click()
    expect(page.locator("#recording")).to_contain_text("未录音。")
    assert "all_sound" not in answers_of(page, session)


def test_positions__from_the_device_by_hand_and_by_tap__are_stored(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("places", "new=1")
    point = question(page, "places_page/point")
    point.locator("[data-position=record]").click()
    expect(point.locator(".position-shown")).to_contain_text("33.33191")
    box = box_of(point.locator("svg"))
    point.locator("svg").click(position={"x": box["width"] / 2, "y": box["height"] / 4})
    road, field = question(page, "places_page/road"), question(page, "places_page/field")
    road.locator("[data-line-do=here]").click()
    expect(road.locator(".line-points li")).to_have_count(1)
    road.locator("details summary").click()
    road.locator("input").fill("33.3320，106.1530")
    road.locator("[data-line-do=add]").click()
    expect(road.locator(".line-shown")).to_have_text(re.compile(r"^2 个点，长 1\d\.\d 米$"))
    field.locator("details summary").click()
    field.locator("input").fill("33.3310 106.1510; 33.3310 106.1520; 33.3320 106.1520")
    field.locator("[data-line-do=add]").click()
    expect(field.locator(".line-shown")).to_contain_text("亩")
    expect(field.locator("polygon")).to_be_visible()
    field.locator(".line-points button").first.click()
    field.locator(".line-points button").first.blur()
    expect(field.locator(".question-error")).to_contain_text("至少添加三个点")
    page.click("#toast button")
    expect(field.locator(".line-points li")).to_have_count(3)
    answers = answers_of(page, session)
    placed = answers["places_page"]["point"]
    assert isinstance(placed, dict)
    assert placed["latitude"] == pytest.approx(33.33191 + 0.000225, abs=2e-5)
    assert str(answers["places_page"]["road"]).count(";") == 1
    corners = str(answers["places_page"]["field"]).split("; ")
    assert len(corners) == 4
    assert corners[0] == corners[3]
    began = answers["began_at"]
    assert began["latitude"] == 33.33191


def test_texts__with_markup_and_answers__follow_them(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("texts", "new=1")
    question(page, "texts/who").locator("input").fill("王<b>五")
    told = question(page, "texts/told")
    expect(told.locator(".md-head strong [data-x]")).to_have_text("王<b>五")
    assert told.locator("[data-color]").evaluate("each => getComputedStyle(each).getPropertyValue('--told')") == "#9c2412"
    expect(told.locator("a")).to_have_attribute("href", "https://example.org/a_b_c")
    told.locator(".guidance summary").click()
    expect(told.locator(".guidance p strong")).to_have_text("仔细")
    choose(page, "texts/ask_where", "是")
    until_kept(page, "/where")
    where = answers_of(page, session)["texts"]["where"]
    assert isinstance(where, dict)
    assert where["longitude"] == 106.15283


def test_repeats_in_repeats__counted_and_added__keep_their_answers(open_form: Callable[..., Page], session: Session) -> None:
    page = open_form("fields", "new=1")
    question(page, "n_fields").locator("input").fill("2")
    go(page, "plots")
    plots = page.locator("[data-path='/data/plots'] > .repeat-instances > .instance")
    expect(plots).to_have_count(2)
    expect(plots.nth(1).locator("> header .instance-title")).to_contain_text("地块2")
    plots.nth(1).locator("> header .instance-toggle").click()
    crops = plots.nth(1).locator("[data-path$='/crops']")
    crops.locator("[data-path$='/crop'] input").fill("玉米")
    crops.locator(".repeat-add").click()
    crops.locator("[data-path$='/crop'] input").nth(1).fill("土豆")
    expect(crops.locator("[data-path$='/crop_told'] .question-text").nth(1)).to_have_text("地块2/土豆")
    go(page, "fields")
    question(page, "n_fields").locator("input").fill("1")
    go(page, "plots")
    expect(plots).to_have_count(1)
    go(page, "fields")
    question(page, "n_fields").locator("input").fill("2")
    answers = answers_of(page, session)
    assert [[crop.get("crop") for crop in plot["crops"]] for plot in answers["plots"]] == [[None], ["玉米", "土豆"]]
    assert answers["plots"][1]["crops"][1]["crop_key"] == "地块2/土豆"


@pytest.mark.parametrize("size", [TABLET, WIDE], ids=["800x1280", "1280x800"])
def test_widgets__at_tablet_size__fit_and_offer_large_targets(open_form: Callable[..., Page], size: tuple[int, int]) -> None:
    page = open_form("typed", "try", size)
    for language in ("中文", "English"):
        page.select_option("#language", label=language)
        for name in PAGES:
            go(page, name)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
            small = page.evaluate(
                """() => [...document.querySelectorAll('main button, .option, input.control:not([type=range]), select')]
                    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 48).map((each) => each.outerHTML)"""
            )
            assert small == [], name
