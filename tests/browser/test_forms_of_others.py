"""Every form that can be had opens without a script error and on every page: those under tests/, the real ones beside the checkout,
and those in the folder that the environment variable SURVEY_FORMS names."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from questionnaires.errors import SurveyError
from questionnaires.lint.check import lint_questionnaire
from questionnaires.reader import convert_workbook
from questionnaires.sheets import read_workbook
from survey.db import session_scope
from survey.instruments.operations import Beside, publish_questionnaire
from survey.storage import current_storage
from tests.browser.field import READY
from tests.builders import NOW
from tests.questionnaires.written_otherwise.files import FILES, FORMS

pytestmark = pytest.mark.soak

ENDINGS = (".xlsx", ".xlsm", ".xls", ".md", ".csv")
SHARED = Path(__file__).parents[2].parent / "shared" / "forms"
WALK = """async () => {
    const entries = () => [...document.querySelectorAll(".contents-entry")];
    document.getElementById("open-contents").click();
    const count = entries().length;
    document.getElementById("close-contents").click();
    for (let number = 0; number < count; number += 1) {
        document.getElementById("open-contents").click();
        entries()[number]?.click();
        await new Promise(requestAnimationFrame);
    }
    return count;
}"""
"""Goes to every page of the form through its list of contents, and counts them."""

Opens = Callable[[str, bytes, Mapping[str, bytes]], int]


@pytest.fixture
def opens(app: Flask, open_page: Callable[..., Page]) -> Opens:
    """A function that publishes a form, opens it for practice, goes through all its pages and counts them; complaints of scripts fail."""
    page = open_page("lead1", "/tablet/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)

    def opens(name: str, source: bytes, files: Mapping[str, bytes]) -> int:
        with app.app_context():
            beside = Beside(current_storage(), files)
        # The page goes on asking the server: a session that only reads at first could not write after it had written.
        with session_scope(app) as publishing:
            version = publish_questionnaire(publishing, None, source, name, NOW, beside)
        said.clear()
        page.goto(f"/tablet/forms/{version.form_id}/{version.version}")
        page.wait_for_selector(READY)
        n_pages: int = page.evaluate(WALK)
        assert said == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        return n_pages

    return opens


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_form__written_otherwise__opens_on_every_page(opens: Opens, form: Path) -> None:
    assert opens(form.name, form.read_bytes(), FILES if form.stem == "files" else {}) > 1


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real forms (../shared/forms) are not beside this checkout")
def test_form__of_those_beside_the_checkout__opens_on_every_page(opens: Opens) -> None:
    assert all(opens(form.name, form.read_bytes(), {}) > 1 for form in sorted(SHARED.glob("*.xlsx")))


# openpyxl tells of parts of workbooks that it leaves out, which no form needs.
@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
@pytest.mark.skipif(not os.environ.get("SURVEY_FORMS"), reason="SURVEY_FORMS names no folder of further forms to open")
def test_form__of_the_folder_that_is_named__opens_or_is_refused_by_the_check(opens: Opens) -> None:
    opened, refused, failed = [], [], []
    for form in sorted(each for each in Path(os.environ["SURVEY_FORMS"]).rglob("*") if each.suffix.lower() in ENDINGS):
        files = stand_ins(form)
        errors = [each for each in lint_questionnaire(form, files=files) if each.severity == "error"]
        if errors:
            refused.append(f"{form.name}: {errors[0].message}")
            continue
        try:
            opens(form.name, form.read_bytes(), files)
            opened.append(form.name)
        except (AssertionError, PlaywrightError) as error:
            failed.append(f"{form.name}: {error}")
    print(f"{len(opened)} forms opened, {len(refused)} refused by the check:", *refused, sep="\n  ")
    assert failed == []
    assert opened


def stand_ins(form: Path) -> dict[str, bytes]:
    """Files for those that a form names: the ones beside it, else tables with the columns that its questions ask for, else a picture."""
    try:
        xform = convert_workbook(read_workbook(form)).xform
    except SurveyError:
        return {}
    columns = {"name": "a", "label": "A"}
    files: dict[str, bytes] = {}
    for _ in range(3):
        problems = lint_questionnaire(form, files=files)
        columns |= {each.details["column"]: "a" for each in problems if each.code == "missing_file_column"}
        named = {each.details["file"] for each in problems if each.code == "missing_file"} | files.keys()
        table = f"{','.join(columns)}\n{','.join(columns.values())}\n".encode()
        files = {name: table if name.endswith(".csv") else FILES["fruit.png"] for name in named if name in xform}
    return {name: (form.parent / name).read_bytes() if (form.parent / name).is_file() else data for name, data in files.items()}
