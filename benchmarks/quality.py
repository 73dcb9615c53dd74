"""How long all checks of a visit's interviews take: read from SQLite with their timing logs, looked at anew, and looked at again."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from analysis.quality.duplicates import matching_pairs
from benchmarks.databases import keyed_engine
from benchmarks.export import FORM, NOW, typical_answers
from benchmarks.figure import Figure, print_figure
from questionnaires.model import Node, Question, Questionnaire, Repeat
from survey.accounts.models import User
from survey.db import Base
from survey.events import log_event
from survey.instruments.operations import publish_questionnaire
from survey.instruments.registry import load_questionnaire
from survey.intake.models import AnswerTimes, Submission
from survey.places.models import Household, Region
from survey.quality.reading import read_quality
from survey.visits.models import Visit

N_INTERVIEWS, N_VILLAGES, N_PEOPLE, N_MANY, SEED = 1000, 20, 10, 10_000, 20180420
FIRST_S, AGAIN_S, PAIRS_S = 1.0, 0.02, 10.0


def varied(questionnaire: Questionnaire, nodes: tuple[Node, ...], answers: dict[str, Any], rng: Random) -> dict[str, Any]:
    """The answers with another choice, number or place wherever one was given."""
    changed = dict(answers)
    for node in nodes:
        value = changed.get(node.name)
        if value is None:
            continue
        if isinstance(node, Question):
            choices = questionnaire.choices.get(node.list_name or "", ())
            if node.type == "select_one" and choices:
                changed[node.name] = rng.choice(choices).name
            elif isinstance(value, int) and not isinstance(value, bool):
                changed[node.name] = round(value * rng.lognormvariate(0, 0.5))
            elif isinstance(value, dict) and "latitude" in value:
                changed[node.name] = {**value, **{part: value[part] + rng.gauss(0, 0.01) for part in ("latitude", "longitude")}}
        elif isinstance(node, Repeat):
            changed[node.name] = [varied(questionnaire, node.children, each, rng) for each in value]
        else:
            changed[node.name] = varied(questionnaire, node.children, value, rng)
    return changed


def fill(session: Session) -> Visit:
    """A visit with its interviews and their logs."""
    version = publish_questionnaire(session, None, FORM.read_bytes(), FORM.name, NOW)
    questionnaire, usual, rng = load_questionnaire(version), typical_answers(), Random(SEED)
    villages = [f"6107271012{number:02}" for number in range(N_VILLAGES)]
    people = [User(username=f"p{n}", email=f"p{n}@accounts.invalid", password="-", name=f"P{n}", created_at=NOW) for n in range(N_PEOPLE)]
    visit = Visit(id="large", title="Large", starts_on=date(2018, 4, 16), ends_on=date(2018, 4, 27), state="open")
    session.add_all([*(Region(code=code, name=code, level="village", is_invented=True) for code in villages), *people, visit])
    session.flush()
    households = [
        Household(village_code=villages[number % N_VILLAGES], number=f"{number:04}", head_name="-", kind="registered", n_members=4)
        for number in range(N_INTERVIEWS)
    ]
    session.add_all(households)
    session.flush()
    paths = [question.path for question in questionnaire.questions() if question.label]
    rows, times = [], []
    for number, household in enumerate(households):
        lead, second = people[number % N_PEOPLE], people[(number + 1) % N_PEOPLE]
        rows.append(
            {
                "instance_id": f"uuid:{number:08}",
                "form_id": version.form_id,
                "form_version": version.version,
                "questionnaire_version_id": version.id,
                "visit_id": visit.id,
                "household_id": household.id,
                "village_code": household.village_code,
                "lead_id": lead.id,
                "second_id": second.id,
                "recorded_as": "lead",
                "device_id": "",
                "started_at": NOW,
                "ended_at": NOW + timedelta(minutes=40),
                "received_at": NOW,
                "review_state": "accepted",
                "review_reason": "",
                "answers": varied(questionnaire, questionnaire.children, usual, rng),
                "xml": b"",
                "xml_sha256": "0" * 64,
            }
        )
        times.append({"instance_id": f"uuid:{number:08}", "seconds": {path: [round(rng.uniform(2, 30), 1)] for path in paths}})
    session.execute(insert(Submission), rows)
    session.execute(insert(AnswerTimes), times)
    return visit


def seconds_for(session: Session, visit: Visit) -> float:
    """How long one look takes."""
    start = perf_counter()
    read_quality(session, visit)
    return perf_counter() - start


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        engine = keyed_engine(f"sqlite:///{Path(name) / 'survey.sqlite3'}")
        Base.metadata.create_all(engine)
        with Session(engine, expire_on_commit=False) as session:
            visit = fill(session)
            seconds_for(session, visit)  # compiles the questionnaire and the statements
            first = []
            for _run in range(3):
                log_event(session, None, "submission.accepted", "submission", "uuid:00000000", NOW)
                first.append(seconds_for(session, visit))
            again = seconds_for(session, visit)
        engine.dispose()
    print_figure(Figure(f"all checks of {N_INTERVIEWS:,} household interviews", FIRST_S, min(first), "s", "after one of them changed"))
    print_figure(Figure(f"the same of {N_INTERVIEWS:,} interviews, nothing changed", AGAIN_S, again, "s"))
    codes = np.random.default_rng(SEED).integers(0, 4, size=(N_MANY, 90))
    start = perf_counter()
    left, _right = matching_pairs(codes, 0.85)
    seconds = perf_counter() - start
    told = f"{len(left):,} of {N_MANY * (N_MANY - 1) // 2:,} pairs looked at"
    print_figure(Figure(f"candidates of nearly the same answers, {N_MANY:,} interviews", PAIRS_S, seconds, "s", told))


if __name__ == "__main__":
    main()
