"""The page of what was said, filed and seen of a large visit: households with an interview and an archive check each, on SQLite."""

import tempfile
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.export import NOW, typical_answers
from benchmarks.figure import Figure, print_figure
from questionnaires.model import Node, Question
from survey import create_app
from survey.accounts.models import Role, User
from survey.config import Settings
from survey.db import new_id, session_scope
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import publish_questionnaire
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Submission
from survey.places.models import Household, Region
from survey.schema import upgrade_schema
from survey.visits.models import Visit
from tests.signing_in import sign_in_as

ROOT = Path(__file__).parents[1] / "questionnaires"
SECRET_KEY = "only-for-benchmarks-0123456789-abcdef"
N_HOUSEHOLDS, N_VILLAGES, N_RUNS = 900, 30, 3
LIMIT_S = 2.0
ITEMS = ("members", "cause", "school", "insured", "doctor", "income", "subsidies", "measures", "housing", "water", "visits")


def file_answers(children: tuple[Node, ...], number: int) -> dict[str, Any]:
    """The answers of an archive check, every tenth item not as it was said."""
    answers: dict[str, Any] = {}
    for node in children:
        if not isinstance(node, Question):
            answers[node.name] = file_answers(node.children, number)
        elif "_" in node.name and node.name.rsplit("_", 1)[0] in ITEMS:
            item, part = node.name.rsplit("_", 1)
            is_other = (number + ITEMS.index(item)) % 10 == 0
            value: Any = (
                4 if node.type == "integer" else "yes" if item == "doctor" else "safe" if item in ("housing", "water") else "illness"
            )
            answers[node.name] = {
                "result": "differs" if is_other else "agrees",
                "said": value,
                "filed": 9 if value == 4 and is_other else value,
            }.get(part)
    return answers


def fill(session: Session, versions: tuple[QuestionnaireVersion, ...]) -> User:
    """The user who may look, once the visit with its households and submissions is there."""
    codes = [f"6107271012{number:02}" for number in range(1, N_VILLAGES + 1)]
    levels = ((2, "province"), (4, "city"), (6, "county"), (9, "township"), (12, "village"))
    for n_digits, level in levels:
        for code in sorted({code[:n_digits].ljust(12, "0") for code in codes}):
            session.add(Region(code=code, name=code, level=level))
        session.flush()
    person = User(username="looker", email="looker@accounts.invalid", password="-", name="Looker", created_at=NOW)
    person.roles = [session.get(Role, "coordinator") or Role(name="coordinator")]
    session.add(person)
    session.add(Visit(id="large", title="Large", starts_on=date(2018, 4, 16), ends_on=date(2018, 4, 27), state="open"))
    session.flush()
    asked, archive = typical_answers(), load_questionnaire(versions[1])
    for number in range(N_HOUSEHOLDS):
        household = Household(
            village_code=codes[number % N_VILLAGES], number=f"{number:04}", head_name=f"{number}", kind="registered", n_members=4
        )
        session.add(household)
        session.flush()
        answers = (asked, file_answers(archive.children, number))
        rows = [
            {
                "instance_id": f"uuid:{new_id()}",
                "form_id": version.form_id,
                "form_version": version.version,
                "questionnaire_version_id": version.id,
                "visit_id": "large",
                "household_id": household.id,
                "village_code": household.village_code,
                "received_at": NOW,
                "review_state": "accepted",
                "answers": told,
                "xml": b"<data/>",
                "xml_sha256": "0" * 64,
            }
            for version, told in zip(versions, answers, strict=True)
        ]
        session.execute(insert(Submission), rows)
    return person


def time_page(app: Flask, person: User, address: str) -> float:
    """The median seconds of opening a page, signed in; once before to warm up."""
    client = app.test_client()
    sign_in_as(client, person)
    times = []
    for _ in range(N_RUNS + 1):
        start = perf_counter()
        answer = client.get(address)
        times.append(perf_counter() - start)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")
    return median(times[1:])


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data=folder, secret_key=SECRET_KEY))
        upgrade_schema(app.extensions["survey.engine"])
        with app.app_context(), session_scope(app) as session:
            versions = tuple(
                publish_questionnaire(session, None, (ROOT / name).read_bytes(), name, NOW) for name in ("household.md", "archive_check.md")
            )
            person = fill(session, versions)
        address = "/visits/large/comparison"
        told = f"{N_HOUSEHOLDS} households, {len(ITEMS)} items"
        print_figure(Figure("page of what was said, filed and seen", LIMIT_S, time_page(app, person, address), "s", told))
        print_figure(Figure("the same as a workbook", 5 * LIMIT_S, time_page(app, person, f"{address}/table.xlsx"), "s", told))
        app.extensions["survey.engine"].dispose()


if __name__ == "__main__":
    main()
