"""The field pages in a real browser: from the list through a questionnaire to a stored submission, and everything in between."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.instruments.operations import publish_questionnaire
from survey.intake.models import QuarantinedSubmission, Submission
from survey.visits.models import Assignment
from tests.browser.conftest import TABLET, WIDE
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.survey.tablet.forms import FIELD_FORM, TYPES_FORM

READY = "body[data-ready]"
FORM_PATH = "/tablet/forms/field_form/2018.1"


@pytest.fixture
def assignment(session: Session) -> Assignment:
    """One household of the pair lead1 and second1, to be asked with the field form."""
    version = add_form(session, FIELD_FORM)
    pair = add_pair(session, add_visit(session, forms=[version]))
    assignment = add_assignment(session, pair, add_household(session), "field_form")
    session.commit()
    return assignment


def question(page: Page, path: str) -> Locator:
    """The question at a path below the form's root."""
    return page.locator(f"[data-path='/data/{path}']")


def fill(page: Page, path: str, text: str) -> None:
    """Types an answer and leaves the question."""
    box = question(page, path).locator("input.control")
    box.fill(text)
    box.blur()


def choose(page: Page, path: str, *labels: str) -> None:
    """Taps choices by what is written on them."""
    for label in labels:
        question(page, path).locator(".option", has_text=re.compile(f"^{label}$")).click()


def open_assignment(page: Page) -> None:
    """From the list into the one household's form."""
    page.goto("/tablet/")
    page.locator(".task-open").first.click()
    page.wait_for_selector(READY)


def answer_first_page(page: Page, n_members: str = "3") -> None:
    """The least that the first page asks for."""
    fill(page, "home/n_members", n_members)
    choose(page, "home/water_safe", "是")


def answer_member(page: Page, number: int, name: str, age: str) -> None:
    """One member's name and age."""
    card = page.locator(".instance").nth(number)
    card.locator("[data-path$='/m_name'] input").fill(name)
    card.locator("[data-path$='/m_age'] input").fill(age)


def go_to_summary(page: Page) -> None:
    """To the last page through the list of contents."""
    page.click("#open-contents")
    page.locator(".contents-entry").last.click()


def finish(page: Page) -> None:
    """Finishes and waits until it is known what became of it."""
    go_to_summary(page)
    page.click("#finish")
    page.wait_for_selector("#summary[data-outcome]:not([data-outcome=sending])")


def stored(session: Session) -> list[Submission]:
    """The submissions that the server has, as it has them now."""
    session.expire_all()
    session.rollback()
    return list(session.scalars(select(Submission).order_by(Submission.received_at)))


def test_interview__from_list_to_server__is_stored_with_what_was_given_beforehand(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    expect(page.locator("#interview-title")).to_have_text("001 户主001")
    expect(question(page, "home/greeting")).to_contain_text("请向户主001说明来意。")
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "王大", "41")
    page.click("#next")
    question(page, "record/place").locator("[data-position=record]").click()
    expect(question(page, "record/place").locator(".position-shown")).to_contain_text("33.33191")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    assert submission.assignment_id == assignment.id
    assert submission.lead_id == assignment.pair.lead_id
    assert submission.answers["home"] == {"n_members": 3, "water_safe": "yes"}
    assert submission.answers["members"] == [{"m_name": "王大", "m_age": 41}]
    assert submission.answers["record"]["place"]["latitude"] == 33.33191
    assert submission.started_at is not None
    assert submission.ended_at is not None
    page.goto("/tablet/")
    expect(page.locator("[data-assignment]")).to_have_attribute("data-state", "received")


def test_skip_logic__and_calculation__follow_the_answers(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", f"{FORM_PATH}")
    page.wait_for_selector(READY)
    why = question(page, "home/water_why")
    expect(why).to_be_hidden()
    choose(page, "home/water_safe", "否")
    expect(why).to_be_visible()
    choose(page, "home/water_safe", "否")
    expect(why).to_be_hidden()
    fill(page, "home/n_members", "4")
    fill(page, "home/income_cny", "１2,000")
    expect(question(page, "home/per_head_shown").locator(".question-text")).to_have_text("人均 3000 元")


def test_wrong_answer__is_said_after_leaving_it__in_the_language_of_the_page(
    open_page: Callable[..., Page], assignment: Assignment
) -> None:
    page = open_page("lead1", FORM_PATH)
    page.wait_for_selector(READY)
    error = question(page, "home/n_members").locator(".question-error")
    question(page, "home/n_members").locator("input").type("99")
    expect(error).to_be_hidden()
    question(page, "home/n_members").locator("input").blur()
    expect(error).to_have_text("人口数应在 1 到 20 之间。")
    page.select_option("#language", label="English")
    expect(error).to_have_text("Between 1 and 20, please.")
    expect(page.locator("[data-page='0'] h1")).to_have_text("The household")
    expect(page.locator("#next")).to_have_text("Next")
    fill(page, "home/n_members", "9")
    expect(error).to_be_hidden()


def test_next__with_unanswered_required__shows_them_once_and_then_lets_go_on(
    open_page: Callable[..., Page], assignment: Assignment
) -> None:
    page = open_page("lead1", FORM_PATH)
    page.wait_for_selector(READY)
    page.click("#next")
    expect(page.locator("[data-page='0']")).to_be_visible()
    expect(question(page, "home/n_members").locator(".question-error")).to_have_text("此题必答。")
    page.click("#next")
    expect(page.locator("[data-page='1']")).to_be_visible()
    go_to_summary(page)
    expect(page.locator("#finish")).to_be_disabled()
    page.locator(".summary-link").first.click()
    expect(page.locator("[data-page='0']")).to_be_visible()


def test_draft__after_reload__has_every_answer_and_its_page(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "王大", "9")
    page.locator(".repeat-add").click()
    answer_member(page, 1, "王小", "7")
    page.wait_for_timeout(300)
    page.reload()
    page.wait_for_selector(READY)
    expect(page.locator("[data-page='1']")).to_be_visible()
    expect(page.locator(".instance-title")).to_have_text(["王大 · 9", "王小 · 7"])
    page.goto("/tablet/")
    expect(page.locator("[data-assignment] .badge")).to_contain_text("本机草稿")
    expect(page.locator("#device-list .task")).to_have_count(1)


def test_repeat__removed_by_mistake__comes_back_with_undo(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", FORM_PATH)
    page.wait_for_selector(READY)
    page.click("#open-contents")
    page.locator(".contents-entry").nth(1).click()
    answer_member(page, 0, "王大", "9")
    choose(page, "members/m_school", "是")
    page.locator("[data-repeat=remove]").click()
    expect(page.locator(".instance")).to_have_count(0)
    expect(page.locator(".repeat-empty")).to_be_visible()
    page.click("#toast button")
    expect(page.locator(".instance-title")).to_have_text("王大 · 9")
    expect(question(page, "members/m_school").locator("input[value=yes]")).to_be_checked()
    page.locator(".repeat-add").click()
    answer_member(page, 1, "王二", "8")
    page.locator("[data-repeat=remove]").first.click()
    page.click("#next")
    expect(question(page, "record/children_shown").locator(".question-text")).to_have_text("十六岁以下 1 人")


def test_files__picture_and_signature__arrive_with_the_interview(
    open_page: Callable[..., Page], session: Session, assignment: Assignment, tmp_path: Path
) -> None:
    picture = tmp_path / "house.png"
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(picture)
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "王大", "41")
    page.click("#next")
    question(page, "record/house").locator("input[type=file]").set_input_files(picture)
    expect(question(page, "record/house").locator("img")).to_be_visible()
    sign(page, question(page, "record/signature").locator("canvas"))
    page.wait_for_timeout(800)
    page.reload()
    page.wait_for_selector(READY)
    expect(question(page, "record/house").locator("img")).to_be_visible()
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    files = {each.name.split("-")[0]: each for each in submission.attachments}
    assert {name: each.media_type for name, each in files.items()} == {"house": "image/jpeg", "signature": "image/png"}
    assert submission.answers["record"]["house"] == files["house"].name
    assert files["house"].size_bytes < picture.stat().st_size


def sign(page: Page, canvas: Locator) -> None:
    """Draws a line on the canvas as a finger would."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=5)
    page.mouse.up()


def test_finish__without_network__waits_on_the_device_and_is_sent_later(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "王大", "41")
    page.context.set_offline(True)
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "finished")
    expect(page.locator("#summary")).to_contain_text("没有网络，答卷仍在本机。")
    assert stored(session) == []
    page.context.set_offline(False)
    page.goto("/tablet/")
    expect(page.locator("#device-list .badge")).to_have_text("待上报")
    page.click("#send-all")
    expect(page.locator("#device-state")).to_contain_text("已上报 1 份。")
    assert [each.answers["home"]["n_members"] for each in stored(session)] == [3]
    expect(page.locator("#device-list .task")).to_have_count(0)


def test_refusal__by_the_server__is_shown_at_the_question_and_can_be_mended(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_first_page(page, "3")
    page.click("#next")
    answer_member(page, 0, "王大", "41")
    page.context.set_offline(True)
    finish(page)
    page.context.set_offline(False)
    damage_draft(page, "<n_members>3</n_members>", "<n_members>55</n_members>")
    page.goto("/tablet/")
    page.click("#send-all")
    expect(page.locator("#device-list .badge")).to_have_text("需修改")
    session.rollback()
    assert [each.state for each in session.scalars(select(QuarantinedSubmission))] == ["waiting"]
    page.locator("#device-list a").click()
    page.wait_for_selector(READY)
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
        const store = await (await import('/static/tablet/store.js')).openStore();
        const [interview] = await store.interviews();
        await store.save({ ...interview, xml: interview.xml.replace(found, put) });
    }"""
    page.evaluate(script, [found, put])


def test_conflict__with_another_version_on_the_server__can_be_sent_as_a_correction(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "王大", "41")
    page.wait_for_timeout(300)
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


def drafts(page: Page) -> list[dict[str, Any]]:
    """What lies on the device."""
    script = "async () => (await import('/static/tablet/store.js')).openStore().then((store) => store.interviews())"
    found: list[dict[str, Any]] = page.evaluate(script)
    return found


def test_returned_interview__opened_for_correction__has_its_answers_and_replaces_the_first(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "王大", "41")
    page.locator(".repeat-add").click()
    answer_member(page, 1, "王小", "9")
    page.click("#next")
    sign(page, question(page, "record/signature").locator("canvas"))
    page.wait_for_timeout(800)
    finish(page)
    [first] = stored(session)
    first.review_state, first.review_reason = "returned", "人口数不对"
    session.commit()
    page.goto("/tablet/")
    expect(page.locator(".task-reason")).to_contain_text("人口数不对")
    page.locator(".task-open").click()
    page.wait_for_selector(READY)
    expect(page.locator("#banner")).to_contain_text("人口数不对")
    expect(question(page, "home/n_members").locator("input")).to_have_value("3")
    fill(page, "home/n_members", "2")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    replaced, edit = stored(session)
    assert (replaced.review_state, edit.deprecated_id) == ("replaced", replaced.instance_id)
    assert edit.answers["home"]["n_members"] == 2
    assert [member["m_name"] for member in edit.answers["members"]] == ["王大", "王小"]
    assert len(edit.attachments) == 1


def test_practice__to_its_end__keeps_and_sends_nothing(open_page: Callable[..., Page], session: Session, assignment: Assignment) -> None:
    page = open_page("coordinator", "/tablet/")
    page.locator(".practice a").click()
    page.wait_for_selector(READY)
    expect(page.locator("#banner")).to_contain_text("试填")
    answer_first_page(page)
    page.click("#next")
    answer_member(page, 0, "王大", "41")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "trial")
    assert stored(session) == []
    assert drafts(page) == []


def test_unlisted_household__from_the_village__is_kept_and_sent_without_assignment(
    open_page: Callable[..., Page], session: Session, assignment: Assignment
) -> None:
    page = open_page("lead1", "/tablet/")
    page.locator(".village .more summary").click()
    page.locator(".village .more a").click()
    page.wait_for_selector(READY)
    expect(page.locator("#interview-title")).to_contain_text("名单外农户")
    answer_first_page(page)
    page.wait_for_timeout(300)
    page.reload()
    page.wait_for_selector(READY)
    expect(question(page, "home/n_members").locator("input")).to_have_value("3")
    page.click("#open-contents")
    page.locator(".contents-entry").nth(1).click()
    answer_member(page, 0, "王大", "41")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    assert (submission.assignment_id, submission.answers["home"]["n_members"]) == (None, 3)


def test_list__searched_and_filtered__shows_what_matches(open_page: Callable[..., Page], session: Session, assignment: Assignment) -> None:
    add_assignment(session, assignment.pair, add_household(session, "027"), "field_form")
    page = open_page("lead1", "/tablet/")
    page.wait_for_selector(READY)
    page.fill("#task-search", "027")
    expect(page.locator("[data-assignment]:visible")).to_have_count(1)
    page.fill("#task-search", "nobody")
    expect(page.locator("#no-match")).to_be_visible()
    page.fill("#task-search", "")
    page.click("[data-show=returned]")
    expect(page.locator("[data-assignment]:visible")).to_have_count(0)


def test_every_type__answered__is_accepted_by_the_server(open_page: Callable[..., Page], session: Session) -> None:
    version = add_form(session, TYPES_FORM, "types.md")
    add_pair(session, add_visit(session, forms=[version]))
    page = open_page("lead1", "/tablet/forms/types/1")
    page.goto("/tablet/forms/types/1#new=1")
    page.wait_for_selector(READY)
    for path, text in {"whole": "7", "part": "2.5", "day": "2018-04-20", "year": "2017", "month": "2017-05", "at": "09:30"}.items():
        page.locator(f"[data-path$='/{path}'] input").first.fill(text)
    page.locator("[data-path$='/moment'] input").fill("2018-04-20T09:30")
    page.locator("[data-path$='/words'] textarea").fill("两行\n文字")
    page.locator("[data-path$='/scale'] [data-step='1']").click()
    page.locator("[data-path$='/drop'] select").select_option("a")
    page.click("#next")
    for path in ("many", "seen"):
        page.locator(f"[data-path$='/{path}'] .option").first.click()
    page.locator("[data-path$='/order'] [data-move='1']").first.click()
    page.locator("[data-path$='/code'] input").fill("6901234567892")
    page.locator("[data-path$='/place'] summary").click()
    page.locator("[data-path$='/place'] input").fill("33.33190， 106.15280")
    finish(page)
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    answers = submission.answers
    assert {name: answers[name] for name in ("whole", "part", "day", "year", "month", "one", "drop", "many", "order", "seen")} == {
        "whole": 7,
        "part": 2.5,
        "day": "2018-04-20",
        "year": "2017-01-01",
        "month": "2017-05-01",
        "one": "b",
        "drop": "a",
        "many": ["a"],
        "order": ["b", "a"],
        "seen": "OK",
    }
    assert answers["place"] == {"latitude": 33.3319, "longitude": 106.1528}
    assert str(answers["stamped"]) == "8"


@pytest.mark.parametrize("size", [TABLET, WIDE], ids=["800x1280", "1280x800"])
def test_page__at_tablet_size__fits_and_offers_large_targets(
    open_page: Callable[..., Page], assignment: Assignment, size: tuple[int, int]
) -> None:
    page = open_page("lead1", FORM_PATH, size)
    page.wait_for_selector(READY)
    for language in ("中文", "English"):
        page.select_option("#language", label=language)
        for number in range(4):
            page.click("#open-contents")
            page.locator(".contents-entry").nth(number).click()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            small = page.evaluate(
                """() => [...document.querySelectorAll('button, .option, input.control, select, .bar a')]
                    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 48).map((each) => each.outerHTML)"""
            )
            assert small == []


@pytest.fixture(scope="session")
def real_forms() -> Path:
    """The folder of real forms beside the checkout."""
    folder = Path(__file__).parents[2].parent / "shared" / "forms"
    if not folder.is_dir():
        pytest.skip("the real forms (../shared/forms) are not beside this checkout")
    return folder


def add_real_form(session: Session, folder: Path, name: str) -> str:
    """The path of the page of a real form, published as it is."""
    source = (folder / name).read_bytes()
    version = publish_questionnaire(session, None, source, name, NOW)
    session.commit()
    return f"/tablet/forms/{version.form_id}/{version.version}"


def test_socio_economic_survey__filled_in__is_stored(open_page: Callable[..., Page], session: Session, real_forms: Path) -> None:
    path = add_real_form(session, real_forms, "socio-economic-survey-v20240515.xlsx")
    page = open_page("lead1", path)
    page.goto(f"{path}#new=1")
    page.wait_for_selector(READY)
    region = page.locator("[data-path$='/region'] select")
    region.select_option(index=1)
    page.wait_for_timeout(100)
    choices = page.locator("[data-path$='/district'] option:not([hidden])")
    assert 1 < choices.count() < 33
    page.locator("[data-path$='/residentialAddress'] input").fill("12 Hill Street")
    page.locator("[data-path$='/householdIncome'] .option").first.click()
    go_to_summary(page)
    while page.locator(".note-line.bad").count():
        answer_first_wrong(page)
        go_to_summary(page)
    page.click("#finish")
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = stored(session)
    assert submission.answers["headOfHousehold"]["residentialAddress"] == "12 Hill Street"


def answer_first_wrong(page: Page) -> None:
    """Goes to the first question that still needs an answer, and gives one."""
    page.locator(".summary-link").first.click()
    wrong = page.locator(".question.has-error:visible").first
    if wrong.locator(".option").count():
        wrong.locator(".option:visible").first.click()
    elif wrong.locator("select").count():
        wrong.locator("select").select_option(index=1)
    else:
        wrong.locator("input.control").fill("5551234")


def test_whova__551_nodes__opens_and_answers_without_delay(open_page: Callable[..., Page], session: Session, real_forms: Path) -> None:
    path = add_real_form(session, real_forms, "whova_form.xlsx")
    page = open_page("lead1", path)
    page.wait_for_selector(READY)
    n_before = contents(page)
    page.locator(".contents-entry").nth(1).click()
    page.locator("[data-path$='/Id10007'] input").fill("A. Respondent")
    page.locator("[data-path$='/Id10013'] .option").first.click()
    assert contents(page) > n_before


def contents(page: Page) -> int:
    """How many pages the list of contents offers; leaves it open."""
    page.click("#open-contents")
    return page.locator(".contents-entry").count()


def test_form__opened_and_left_unanswered__leaves_no_draft(open_page: Callable[..., Page], assignment: Assignment) -> None:
    page = open_page("lead1", "/tablet/")
    open_assignment(page)
    page.click("#next")
    page.wait_for_timeout(400)
    page.goto("/tablet/")
    page.wait_for_selector(READY)
    assert drafts(page) == []
    expect(page.locator("#device")).to_be_hidden()
