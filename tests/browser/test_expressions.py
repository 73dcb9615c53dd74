"""The table of cases in the tablet's evaluator: what the tablet says an expression means, the server says too."""

import math
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.questionnaires.expression_cases import CASES, INSTANCE, NOW, Case

EVALUATE = """async ([cases, xml]) => {
  const { createEvaluator } = await import("/static/vendor/openrosa-xpath-evaluator.js");
  const evaluator = createEvaluator();
  const instance = new DOMParser().parseFromString(xml, "text/xml");
  for (const member of instance.querySelectorAll("members")) {
    member.appendChild(instance.createElement("old")).textContent = String(Number(member.querySelector("age").textContent) > 60);
  }
  return cases.map(([expression, context, type]) => {
    const node = instance.evaluate(context, instance, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue;
    try {
      const result = evaluator.evaluate(expression, node, null, type, null);
      if (type === XPathResult.BOOLEAN_TYPE) return result.booleanValue;
      return type === XPathResult.NUMBER_TYPE ? String(result.numberValue) : result.stringValue;
    } catch (error) {
      return `error: ${error.message}`;
    }
  });
}"""
TYPES = {bool: 3, float: 1, str: 2}


@pytest.fixture
def results(browser: Browser, address: str) -> list[Any]:
    """What the tablet's evaluator gives for every case, in the time zone and at the moment of the cases."""
    context = browser.new_context(timezone_id="Asia/Shanghai", locale="en-US")
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    page.goto(f"{address}/healthz")
    asked = [[case.expression, case.context, TYPES[type(case.expected)]] for case in CASES]
    found = page.evaluate(EVALUATE, [asked, INSTANCE.replace("\n", "")])
    context.close()
    return list(found)


def agrees(case: Case, result: Any) -> bool:
    """Whether the tablet's result is the expected one."""
    if not isinstance(case.expected, float):
        return bool(result == case.expected)
    if not isinstance(result, str) or result.startswith("error"):
        return False
    number = float(result)
    return math.isclose(number, case.expected, rel_tol=1e-9, abs_tol=1e-9) or (math.isnan(number) and math.isnan(case.expected))


def test_tablet__every_case__agrees_unless_the_table_says_why_not(results: list[Any]) -> None:
    wrong = [
        (case.expression, case.expected, result)
        for case, result in zip(CASES, results, strict=True)
        if not case.browser and not agrees(case, result)
    ]
    assert wrong == []


def test_table__known_differences__still_differ(results: list[Any]) -> None:
    pairs = [(case, result) for case, result in zip(CASES, results, strict=True) if case.browser]
    assert [case.expression for case, result in pairs if agrees(case, result)] == []
