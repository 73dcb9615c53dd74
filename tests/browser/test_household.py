"""The household questionnaire itself in a real browser: every required answer and every number given by a script, and nothing refused."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.instruments.operations import publish_questionnaire
from survey.intake.models import QuarantinedSubmission, Submission
from tests.browser.field import press_finish
from tests.builders import NOW, add_assignment, add_household, add_pair, add_visit

SOURCE = Path(__file__).parents[2] / "questionnaires" / "household.md"
ANSWER_PAGE = """() => {
  const tried = ["3", "2016", "1980", "12", "0", "100"];
  const wanting = () => [...document.querySelectorAll(".question:not(.is-answered)")]
    .find((each) => each.checkVisibility() && (each.querySelector(".required-mark:not([hidden])") || each.dataset.control === "number"));
  // The first member gets the first choice, the second the second: one of them is the head.
  const placeOf = (instance) => (instance ? [...instance.parentElement.children].indexOf(instance) : 0);
  const put = (input, text) => {
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.querySelectorAll(".instance.is-closed [data-repeat=toggle]").forEach((each) => each.checkVisibility() && each.click());
  for (let left = 300; left > 0; left -= 1) {
    const question = wanting();
    if (!question) return "";
    const options = [...question.querySelectorAll(".option:not([hidden]) input")];
    const option = options[Math.min(placeOf(question.closest(".instance")), options.length - 1)];
    const input = question.querySelector("input.control, textarea.control");
    if (option) option.click();
    else if (question.dataset.control === "number") tried.find((text) => { put(input, text); return !question.matches(".has-error"); });
    else if (question.dataset.control === "date") put(input, "2018-04-20");
    else if (input) put(input, "虚构");
    else return question.dataset.path;
  }
  return "no end";
}"""


def fill_in(page: Page) -> None:
    """Answer every required question of the form that is opening, go through all its pages, finish, and wait until it was sent."""
    page.wait_for_selector("body[data-ready=form]")
    summary = page.locator("#summary")
    for _ in range(60):
        assert page.evaluate(ANSWER_PAGE) == ""
        page.click("#next")
        if summary.is_visible():
            break
    assert page.locator(".summary-message").all_text_contents() == []
    press_finish(page)


def test_household_questionnaire__filled_in__is_stored_and_nothing_is_refused(open_page: Callable[..., Page], session: Session) -> None:
    version = publish_questionnaire(session, None, SOURCE.read_bytes(), SOURCE.name, NOW)
    pair = add_pair(session, add_visit(session, forms=[version]))
    assignment = add_assignment(session, pair, add_household(session), "household")
    page = open_page("lead1", "/tablet/")
    page.locator(".task-open").click()
    fill_in(page)
    session.rollback()
    assert [row.findings for row in session.scalars(select(QuarantinedSubmission))] == []
    expect(page.locator("#summary")).to_have_attribute("data-outcome", "sent")
    [submission] = session.scalars(select(Submission)).all()
    assert submission.assignment_id == assignment.id
    assert len(submission.answers["members"]) == submission.answers["household"]["n_members"]
