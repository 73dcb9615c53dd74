"""From nobody to a planned visit on the pages, one step after the other; what is done is told by what there is."""

import io
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.first_run.announcing import announce_first_run
from survey.first_run.first_administrator import first_code, is_first_code
from survey.first_run.models import Installation
from survey.first_run.queries import read_progress
from survey.first_run.steps import Progress
from survey.instruments.models import QuestionnaireVersion
from survey.places.models import RosterDraft
from survey.visits.models import Assignment, Visit
from tests.builders import add_household, add_person, add_region
from tests.conftest import SECRET_KEY, SignIn

PASSWORD = "a long enough sentence 9"
NOTHING = Progress("", False, 0, 0, 0, "", "", "", 0, 0, 0)
ACCOUNT = {"name": "周管理", "username": "zhou", "password": PASSWORD, "again": PASSWORD}


def test_code__from_the_terminal__is_known_however_it_is_written_and_belongs_to_the_key() -> None:
    code = first_code(SECRET_KEY)

    assert re.fullmatch(r"[a-z2-7]{5}(-[a-z2-7]{5}){3}", code)
    assert is_first_code(f" {code.upper().replace('-', ' ')} ", SECRET_KEY)
    assert not is_first_code(code[:-1], SECRET_KEY)
    assert not is_first_code("", SECRET_KEY)
    assert first_code(SECRET_KEY + "x") != code


def test_first_account__without_the_code_of_the_terminal__is_not_made(client: FlaskClient, session: Session) -> None:
    for code in ("", "aaaaa-aaaaa-aaaaa-aaaaa", "é" * 30):
        answer = client.post("/first-run/administrator", data={**ACCOUNT, "code": code})
        assert answer.status_code == 422
    assert session.scalars(select(User)).all() == []


def test_first_account__with_the_code__is_an_administrator_and_the_only_one_made_so(
    app: Flask, client: FlaskClient, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    announce_first_run(app)
    [code] = re.findall(r"(?:[a-z2-7]{5}-){3}[a-z2-7]{5}", capsys.readouterr().out)
    assert "/first-run/administrator" in client.get("/sign-in").text

    answer = client.post("/first-run/administrator", data={**ACCOUNT, "code": code})

    assert answer.headers["Location"] == "/sign-in?next=/first-run"
    [person] = session.scalars(select(User)).all()
    assert [role.name for role in person.roles] == ["admin"]
    assert "/first-run/administrator" not in client.get("/sign-in").text
    again = client.post("/first-run/administrator", data={**ACCOUNT, "username": "other", "code": code})
    assert again.headers["Location"] == "/sign-in"
    assert session.scalar(select(func.count()).select_from(User)) == 1
    announce_first_run(app)
    assert capsys.readouterr().out == ""


def test_first_account__with_a_weak_password__is_refused_and_what_was_written_stays(client: FlaskClient, session: Session) -> None:
    answer = client.post(
        "/first-run/administrator", data={**ACCOUNT, "code": first_code(SECRET_KEY), "password": "password1234", "again": "password1234"}
    )

    assert answer.status_code == 422
    assert 'value="周管理"' in answer.text
    assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    ("progress", "step", "is_over"),
    [
        (NOTHING, "organisation", False),
        (replace(NOTHING, organisation="某会"), "places", False),
        (replace(NOTHING, organisation="某会", n_villages=3), "places", False),
        (replace(NOTHING, organisation="某会", n_households=3, n_interviewers=1), "people", False),
        (replace(NOTHING, organisation="某会", n_households=3, n_interviewers=2), "visit", False),
        (replace(NOTHING, organisation="某会", n_households=3, n_interviewers=2, n_assignments=1), "next", True),
        (replace(NOTHING, is_put_aside=True), "organisation", True),
    ],
)
def test_progress__of_what_there_is__names_the_next_step(progress: Progress, step: str, is_over: bool) -> None:
    assert (progress.next_step, progress.is_over) == (step, is_over)


def test_steps__one_after_the_other__end_with_a_visit_whose_households_are_given_to_pairs(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    assert client.get("/first-run").headers["Location"] == "/first-run/organisation"
    assert "/first-run" in client.get("/").text
    organisation = {"organisation": "示例县委会", "short_name": "示例", "level": "county"}
    assert client.post("/first-run/organisation", data=organisation).headers["Location"] == "/first-run/places"
    for kind in ("places", "roster", "people"):
        sample = {"places": "/places/import", "roster": "/places/roster", "people": "/first-run/people"}[kind]
        data = client.get(f"{sample}/sample.xlsx").data
        client.post(f"/first-run/lists/{kind}", data={"file": (io.BytesIO(data), f"{kind}.xlsx")})
        [draft_id] = session.scalars(select(RosterDraft.id)).all()
        client.post(f"/first-run/lists/{kind}/{draft_id}")
    assert client.get("/first-run").headers["Location"] == "/first-run/visit"
    people = {person.username: person.id for person in session.scalars(select(User))}
    proposed = re.findall(r'name="forms" value="([^"]+)" checked', client.get("/first-run/visit").text)
    assert proposed == ["household.md", "archive_check.md"], "what is said is held against what is filed unless somebody leaves it out"

    planned = {
        "title": "首次调研",
        "starts_on": "2018-04-20",
        "ends_on": "2018-04-22",
        "villages": ["610727101201"],
        "forms": ["household.md", "village_facts.md"],
        "pairs-0-lead": people["li"],
        "pairs-0-second": people["wang"],
        "pairs-1-lead": people["zhao"],
        "pairs-1-second": people["qian"],
        "assigns_all": "y",
    }
    answer = client.post("/first-run/visit", data=planned)

    assert answer.headers["Location"] == "/first-run/next"
    [visit] = session.scalars(select(Visit)).all()
    assert (visit.id, visit.state, [pair.name for pair in visit.pairs]) == ("2018-04-610727", "planned", ["第1组", "第2组"])
    given = session.execute(select(Assignment.form_id, func.count()).group_by(Assignment.form_id).order_by(Assignment.form_id)).all()
    assert [tuple(row) for row in given] == [("household", 3), ("village_facts", 1)]
    assert {row.basis for row in visit.villages} == {"purposive"}
    assert client.get("/first-run").headers["Location"] == "/first-run/next"
    start = client.get("/").text
    assert 'href="/first-run"' not in start
    assert "示例" in start
    assert 'value="示例县委会"' in client.get("/admin/people").text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ends_on": "2018-04-19"}, "不能早于"),
        ({"pairs-0-second": ""}, "访谈组"),
        ({"pairs-0-second": "lead"}, "重复选择了：lead1 · lead1"),
        ({"pairs-1-lead": "lead", "pairs-1-second": "second"}, "每人只能参加一个访谈组，重复选择了：lead1 · lead1、second1 · second1"),
        ({"villages": []}, "村"),
        ({"title": ""}, "标题"),
    ],
)
def test_visit__with_something_wrong__is_not_made_and_what_was_written_stays(
    sign_in: SignIn, session: Session, change: dict[str, object], told: str
) -> None:
    add_region(session)
    add_household(session)
    lead, second = add_person(session, "lead1", "interviewer"), add_person(session, "second1", "interviewer")
    client = sign_in("admin")
    values = {
        "title": "写好的标题",
        "starts_on": "2018-04-20",
        "ends_on": "2018-04-22",
        "villages": ["610727101201"],
        "forms": ["household.md"],
        "pairs-0-lead": lead.id,
        "pairs-0-second": second.id,
        **change,
    }
    ids = {"lead": lead.id, "second": second.id}
    values = {name: ids.get(str(value), value) for name, value in values.items()}

    answer = client.post("/first-run/visit", data=values)

    assert answer.status_code == 422
    assert told in answer.text.partition('class="error-summary"')[2].partition("</div>")[0]
    assert values["title"] == "" or 'value="写好的标题"' in answer.text
    assert session.scalars(select(Visit)).all() == []
    assert session.scalars(select(QuestionnaireVersion)).all() == []


def test_visit__villages_of_one_name__are_offered_with_their_townships(sign_in: SignIn, session: Session) -> None:
    for code, name in (("610727101201", "红星村"), ("610727102201", "红星村"), ("610727102202", "青石村")):
        add_region(session, code, name)
        add_household(session, village_code=code)
    for username in ("lead1", "second1"):
        add_person(session, username, "interviewer")

    page = sign_in("admin").get("/first-run/visit").text

    assert re.findall(r'value="(6107271\d+)" >([^<]+) · ', page) == [
        ("610727101201", "township 610727101 红星村"),
        ("610727102201", "township 610727102 红星村"),
        ("610727102202", "青石村"),
    ]


def test_file__that_cannot_be_read__is_told_beside_it_and_nothing_else_is_lost(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    data = client.get("/places/import/sample.xlsx").data
    client.post("/first-run/lists/places", data={"file": (io.BytesIO(data), "places.xlsx")})

    answer = client.post("/first-run/lists/roster", data={"file": (io.BytesIO(b"<html>"), "roster.xlsx")})

    assert answer.status_code == 422
    assert "places.xlsx" in answer.text
    assert 'aria-describedby="file-roster-errors"' in answer.text


def test_steps__put_aside__lead_nobody_any_more_and_can_be_gone_back_to(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    client.post("/first-run/aside", data={"aside": "1"})

    assert 'href="/first-run"' not in client.get("/").text
    assert session.get_one(Installation, 1).put_aside_at is not None
    assert client.get("/first-run/organisation").status_code == 200
    assert read_progress(session).is_over


def test_start_page__of_others__leads_nobody(sign_in: SignIn) -> None:
    assert 'href="/first-run"' not in sign_in("coordinator").get("/").text
