"""One interview on the demonstration, from the sign-in to the Word draft, by four people in a real browser.

The numbers of the draft are held against a plain pandas group-by of the answers as they lie in the database.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx.document import Document as WordDocument
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.intake.models import Submission
from survey.places.models import Region
from tests.browser.conftest import TABLET, WIDE, Enter
from tests.browser.field import PATIENCE_MS, open_tablet
from tests.browser.test_household import fill_in
from tests.word_files import open_word

pytestmark = pytest.mark.soak

SHARES = {
    "不愁吃不愁穿": "food_clothing_met",
    "住房安全有保障": "housing_met",
    "家庭医生签约履约率": "doctor_kept",
    "群众认可度": "is_satisfied",
}


def flatten(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers by question name, groups opened and repeats left out."""
    flat: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, Mapping) and "latitude" not in value:
            flat |= flatten(value)
        elif not isinstance(value, list):
            flat[name] = value
    return flat


def accepted_households(session: Session, visit_id: str, county: str) -> pd.DataFrame:
    """One row per accepted household interview of a visit and county, with the name of its village."""
    found = session.execute(
        select(Region.name, Submission.answers)
        .join(Region, Region.code == Submission.village_code)
        .where(Submission.visit_id == visit_id, Submission.form_id == "household", Submission.review_state == "accepted")
        .where(Submission.village_code.startswith(county))
    )
    return pd.DataFrame([{"village": name, **flatten(answers)} for name, answers in found])


def annex_cells(document: WordDocument, label: str) -> dict[str, str]:
    """The cells of one indicator in the annex, by place."""
    for table in document.tables:
        places = [cell.text for cell in table.rows[0].cells]
        for row in table.rows:
            if places[0] == "指标" and row.cells[0].text == label:
                return {place: cell.text for place, cell in zip(places[1:], row.cells[1:], strict=True)}
    raise AssertionError(f"the annex has no row {label}")


def expected_cell(answers: pd.Series) -> str:
    """What a plain group-by says of a share: per cent, answered and missing."""
    n_answered = answers.notna().sum()
    return f"{(answers == 'yes').sum() / n_answered:.1%}\n{n_answered}/"


def test_one_interview__from_the_tablet_to_the_word_draft__counts_in_it(enter: Enter, demo_app: Flask, tmp_path: Path) -> None:
    engine = demo_app.extensions["survey.engine"]
    with Session(engine) as session:
        before = set(session.scalars(select(Submission.instance_id)))

    pair = enter("lead1", TABLET)
    open_tablet(pair)
    pair.locator(".task[data-state=open] .task-open[href*='/household/']").first.click()
    fill_in(pair)
    expect(pair.locator("#summary")).to_have_attribute("data-outcome", "sent")

    with Session(engine) as session:
        [submission] = session.scalars(select(Submission).where(Submission.instance_id.not_in(before))).all()
        instance_id, visit_id, county = submission.instance_id, submission.visit_id, (submission.village_code or "")[:6]
        counted_before = len(accepted_households(session, visit_id or "", county))

    coordinator = enter("coordinator", WIDE)
    coordinator.goto(f"/review/{instance_id}")
    reason = coordinator.locator("form[action*='/accept'] textarea")
    if reason.count():
        reason.fill("演练访谈，予以采纳")
    coordinator.click("form[action*='/accept'] button.primary")
    expect(coordinator.locator(".flash.success")).to_be_visible()

    author = enter("author", WIDE)
    author.goto(f"/reports/draft/county?visit={visit_id}&county={county}")
    # Drafting takes longer than any page.
    with author.expect_download(timeout=4 * PATIENCE_MS) as download:
        author.locator("form[method=post] button.primary").click(timeout=4 * PATIENCE_MS)
    path = tmp_path / "draft.docx"
    download.value.save_as(path)

    with Session(engine) as session:
        stored = session.get_one(Submission, instance_id)
        assert stored.review_state == "accepted"
        households = accepted_households(session, visit_id or "", county)
        county_name = session.get_one(Region, f"{county}000000").name
    assert len(households) == counted_before + 1
    document = open_word(path)
    for label, question in SHARES.items():
        cells = annex_cells(document, label)
        groups = {county_name: households[question]} | {str(name): each[question] for name, each in households.groupby("village")}
        assert set(cells) == set(groups)
        for place, answers in groups.items():
            assert cells[place].startswith(expected_cell(answers)), (label, place)
