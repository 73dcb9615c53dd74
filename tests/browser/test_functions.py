"""The functions that the tablet adds to its evaluator, on the cases of the server's own table."""

from playwright.sync_api import Browser

from tests.questionnaires.expression_cases import CASES, INSTANCE

ADDED = ("upper-case(", "lower-case(", "base64-decode(", "geofence(")
EVALUATE = """async ([expressions, xml]) => {
  const { Evaluator } = await import("/static/tablet/xpath.js");
  const instance = new DOMParser().parseFromString(xml, "text/xml");
  const evaluator = new Evaluator({ expressions, lists: {} }, () => "");
  return expressions.map((expression, number) => evaluator.text(number, instance.documentElement));
}"""


def test_added_functions__on_the_cases_of_the_table__give_what_the_server_gives(browser: Browser, address: str) -> None:
    cases = [case for case in CASES if case.expression.startswith(ADDED)]
    page = browser.new_page()
    page.goto(f"{address}/healthz")
    found = page.evaluate(EVALUATE, [[case.expression for case in cases], INSTANCE])
    page.close()
    assert len(cases) >= 7
    assert found == [str(case.expected).lower() if isinstance(case.expected, bool) else case.expected for case in cases]
