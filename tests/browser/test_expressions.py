"""The table of cases on the tablet: what the tablet says an expression means, the server says too.

Each case is compiled as the plan compiles it and evaluated over an instance that the page's own code has filled and settled.
"""

import json
import math
from typing import Any

import pytest
from playwright.sync_api import Browser

from questionnaires.reader import read_questionnaire
from survey.tablet.plan import build_plan
from survey.tablet.references import compile_expression
from tests.questionnaires.expression_cases import CASES
from tests.questionnaires.expression_form import FILES, FORM, INSTANCE, NOW, Case

EVALUATE = """async ([plan, xml, cases]) => {
  const { Instance } = (await import("/static/bundles/filling.js")).$form_instance;
  const { stateFromXml } = (await import("/static/bundles/list.js")).$form_submission;
  const { Texts } = (await import("/static/bundles/filling.js")).$screen_texts;
  const hashes = await import("/static/vendor/noble-hashes.js");
  const texts = new Texts(plan);
  const warn = console.warn;
  const warnings = [];
  console.warn = (message) => warnings.push(message);
  const instance = new Instance(plan, {
    state: stateFromXml(plan, xml),
    environment: { instanceID: "uuid:1" },
    textOf: (key) => texts.plain(key),
    hashes,
  });
  const found = cases.map(([number, context, kind]) => {
    const at = "/m/i" + context;
    const node = instance.document.evaluate(at, instance.document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue;
    const said = warnings.length;
    const { evaluator } = instance;
    const result = kind === "bool" ? evaluator.isTrue(number, node)
      : kind === "float" ? String(evaluator.number(number, node)) : evaluator.text(number, node);
    return warnings.length > said ? `error: ${warnings.at(-1)}` : result;
  });
  console.warn = warn;
  return found;
}"""


@pytest.fixture
def results(browser: Browser, address: str) -> list[Any]:
    """What the tablet gives for every case, in the time zone and at the moment of the cases."""
    questionnaire = read_questionnaire(FORM.encode(), "cases.md", FILES)
    plan = json.loads(json.dumps(build_plan(questionnaire)))
    list_of = {question.path: question.list_name for question in questionnaire.questions() if question.list_name}
    asked = []
    for case in CASES:
        compiled = compile_expression(case.expression, case.context.replace("[2]", ""), list_of)
        asked.append([len(plan["expressions"]), case.context, type(case.expected).__name__])
        plan["expressions"].append(compiled.text)
    context = browser.new_context(timezone_id="Asia/Shanghai", locale="en-US")
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    page.goto(f"{address}/healthz")
    found = page.evaluate(EVALUATE, [plan, INSTANCE.replace("\n", ""), asked])
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


def test_tablet__every_case__agrees_with_the_server(results: list[Any]) -> None:
    wrong = [
        (case.expression, case.context, case.expected, result)
        for case, result in zip(CASES, results, strict=True)
        if not agrees(case, result)
    ]
    assert wrong == []
