"""Sums and counts over irrelevant answers: the tablet passes over them as the server does, so that no valid interview is refused."""

from collections.abc import Callable

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.intake.models import QuarantinedSubmission
from tests.browser.field import arrived, begin, press_finish
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit

FORM = """
| survey   |                   |          |          |                    |                                          |
|          | type              | name     | label    | relevant           | calculation                              |
|          | begin group       | g        | G        |                    |                                          |
|          | select_one yes_no | works    | Works    |                    |                                          |
|          | integer           | wage     | Wage     | ${works} = 'yes'   |                                          |
|          | integer           | pension  | Pension  |                    |                                          |
|          | calculate         | asked    |          |                    | if(count(${wage}) > 0, 'asked', 'left')  |
|          | calculate         | total    |          |                    | sum(${wage}) + ${pension}                |
|          | calculate         | is_poor  |          |                    | if(${total} < 100, 'yes', 'no')          |
|          | end group         |          |          |                    |                                          |
| choices  |                   |          |          |
|          | list_name         | name     | label    |
|          | yes_no            | yes      | Yes      |
|          | yes_no            | no       | No       |
| settings |                   |          |
|          | form_id           | version  |
|          | wages             | 1        |
"""


def test_interview__sum_over_an_irrelevant_answer__is_the_same_on_tablet_and_server(
    open_page: Callable[..., Page], session: Session
) -> None:
    version = add_form(session, FORM)
    pair = add_pair(session, add_visit(session, forms=[version]))
    add_assignment(session, pair, add_household(session), "wages")
    session.commit()
    page = open_page("lead1", "/tablet/")
    begin(page)
    page.locator("[data-path='/data/g/works'] .option", has_text="Yes").click()
    page.locator("[data-path='/data/g/wage'] input.control").fill("500")
    page.locator("[data-path='/data/g/pension'] input.control").fill("30")
    page.locator("[data-path='/data/g/works'] .option", has_text="No").click()
    page.click("#open-contents")
    page.locator(".contents-entry").last.click()
    press_finish(page)
    [submission] = arrived(page, session)
    assert session.scalars(select(QuarantinedSubmission)).all() == []
    assert submission.answers["g"] == {"works": "no", "pension": 30, "asked": "left", "total": 30, "is_poor": "yes"}
    assert b"irrelevant" not in submission.xml


MEMBERS = """
| survey   |              |         |         |              |                 |              |
|          | type         | name    | label   | relevant     | calculation     | repeat_count |
|          | begin repeat | members | Members |              |                 | 30           |
|          | integer      | born    | Born    |              |                 |              |
|          | calculate    | age     |         |              | 2018 - ${born}  |              |
|          | text         | work    | Work    | ${age} >= 16 |                 |              |
|          | end repeat   |         |         |              |                 |              |
|          | calculate    | years   |         |              | sum(${age})     |              |
| settings |              |         |         |
|          | form_id      | version |         |
|          | thirty       | 1       |         |
"""
COUNT_EVALUATIONS = """async () => {
  const { Evaluator } = (await import("/static/bundles/filling.js")).$form_xpath;
  const { evaluate } = Evaluator.prototype;
  window.evaluated = [];
  Evaluator.prototype.evaluate = function (number, ...more) {
    window.evaluated.push(this.expressions[number]);
    return evaluate.call(this, number, ...more);
  };
}"""


def test_answer__of_one_member_among_thirty__has_nothing_of_the_others_evaluated(open_page: Callable[..., Page], session: Session) -> None:
    version = add_form(session, MEMBERS)
    pair = add_pair(session, add_visit(session, forms=[version]))
    add_assignment(session, pair, add_household(session), "thirty")
    session.commit()
    page = open_page("lead1", "/tablet/")
    begin(page)
    assert page.locator(".instance").count() == 30
    page.evaluate(COUNT_EVALUATIONS)
    page.locator("[data-path='/data/members/born'] input.control").first.fill("1970")
    evaluated = page.evaluate("window.evaluated")
    assert sorted(evaluated) == ["../age >= 16", "2018 - ../born", "sum(/m/i/data/members/age[not(@irrelevant)])"]
