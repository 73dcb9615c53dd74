"""Who may open what of the pages of issues, from one table; a route that is not in it fails the test."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey.db import utc_now
from survey.field_time import field_date
from survey.issues.models import IssueEvidence, IssueReply
from survey.issues.raising import raise_issue
from survey.issues.stepping import Change, act
from survey.verifications.operations import ask_verification, finish_verification
from tests import builders
from tests.conftest import SignIn

EDIT, READ, FIELD = ("admin", "coordinator"), ("admin", "coordinator", "author"), ("admin", "coordinator", "author", "interviewer")
RECORD = ("admin", "coordinator", "interviewer")
WHO = {
    "admin": "admin",
    "coordinator": "coordinator",
    "author": "author",
    "interviewer": "lead1",
    "stranger": "stranger",
    "responsible": "county",
}
"""The user of each role. "stranger" is an interviewer who neither goes along nor was given a task, and opens an empty list only."""
TABLE: dict[tuple[str, str], tuple[str, ...]] = {
    ("issues.index", "GET"): READ,
    ("issues.show", "GET"): READ,
    ("issues.edit", "POST"): EDIT,
    ("issues.take", "POST"): EDIT,
    ("issues.decide", "POST"): EDIT,
    ("issues.note", "POST"): EDIT,
    ("saved_filters.index", "GET"): READ,
    ("saved_filters.save", "POST"): READ,
    ("saved_filters.choose_opening", "POST"): READ,
    ("saved_filters.change", "POST"): READ,
    ("saved_filters.remove", "POST"): READ,
    ("issue_boards.board", "GET"): READ,
    ("issue_boards.counties", "GET"): READ,
    ("issue_boards.county", "GET"): READ,
    ("issue_merging.compare", "GET"): EDIT,
    ("issue_merging.merge", "POST"): EDIT,
    ("issue_raising.new", "GET"): EDIT,
    ("issue_raising.create", "POST"): EDIT,
    ("issue_raising.add", "POST"): EDIT,
    ("issue_replies.index", "GET"): READ,
    ("issue_replies.preview", "GET"): READ,
    ("issue_replies.file", "GET"): READ,
    ("issue_replies.enter", "POST"): EDIT,
    ("issue_replies.decide", "POST"): EDIT,
    ("issue_ledger.index", "GET"): READ,
    ("issue_ledger.index", "POST"): EDIT,
    ("issue_ledger.workbook", "GET"): READ,
    ("issue_ledger.preview", "GET"): EDIT,
    ("issue_ledger.bad_rows", "GET"): EDIT,
    ("issue_ledger.confirm", "POST"): EDIT,
    ("issue_ledger.drop", "POST"): EDIT,
    ("issue_ledger.sample", "GET"): EDIT,
    ("candidates.index", "GET"): READ,
    ("candidates.rule", "GET"): READ,
    ("thresholds.index", "GET"): READ,
    ("issue_figures.index", "GET"): READ,
    ("issue_figures.flow", "GET"): READ,
    ("issue_figures.flow_file", "GET"): READ,
    ("verifications.mine", "GET"): (*FIELD, "stranger"),
    ("verifications.show", "GET"): FIELD,
    ("verifications.finish", "POST"): FIELD,
    ("verifications.file", "GET"): FIELD,
    ("verifications.picture", "GET"): FIELD,
    ("verifications.ask", "POST"): EDIT,
    ("verifications.withdraw", "POST"): EDIT,
    ("issue_look_back.index", "GET"): FIELD,
    ("issue_look_back.households", "GET"): FIELD,
    ("issue_look_back.households", "POST"): RECORD,
    ("issue_look_back.file", "GET"): FIELD,
    ("issue_look_back.conclude", "POST"): EDIT,
}
SLOW = {("issue_figures.flow", "GET"), ("issue_figures.flow_file", "GET")}
"""What draws a chart is only tried by those who may not; tests of figures open it."""


@pytest.fixture
def values(session: Session) -> dict[str, str]:
    """What the addresses are filled with: an issue that was reported, its finished task, and a look-back of one pair."""
    now, coordinator, lead = utc_now(), builders.find_or_add_person(session, "author2"), builders.find_or_add_person(session, "lead1")
    coordinator.roles = builders.find_or_add_person(session, "coordinator").roles[:]
    visit = builders.add_visit(session, "2018-08-back")
    builders.add_pair(session, visit)
    facts = {"title": "没有水", "area": "water", "level": "village", "severity": "high", "place": builders.add_region(session)}
    rows = [IssueEvidence(kind="note", village_code=builders.VILLAGE, note="没有水") for _ in range(2)]
    issue, other = (raise_issue(session, coordinator, now, **facts, evidence=[row]) for row in rows)
    due = field_date(now) + timedelta(days=9)
    task = ask_verification(session, coordinator, issue, lead, now, kind="site", due_on=due)
    finish_verification(session, lead, task, "confirmed", "已查看", now)
    act(session, coordinator, issue, "verify", now, seen=issue.n_steps)
    told = {"recommendation": "修复", "responsible_body": "水利局", "due_on": due, "attribution": "local", "scope": "single"}
    act(session, coordinator, issue, "report", now, seen=issue.n_steps, change=Change(values=told))
    reply = IssueReply(issue_id=issue.id, kind="progress", body="正在施工", replied_at=now, replied_by_id=coordinator.id)
    session.add(reply)
    session.commit()
    return {
        "number": issue.number,
        "other_number": other.number,
        "task_id": task.id,
        "evidence_id": rows[0].id,
        "reply_id": reply.id,
        "visit_id": visit.id,
        "name": "start",
        "file_id": "none",
        "draft_id": "none",
        "filter_id": "none",
        "code": builders.VILLAGE[:6],
        "form_id": "none",
        "rule": "none",
        "format": "png",
    }


def routes_of(app: Flask) -> set[tuple[str, str]]:
    """Every route of the blueprints that the table names, as (endpoint, method)."""
    blueprints = {endpoint.partition(".")[0] for endpoint, _method in TABLE}
    return {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in blueprints or rule.rule.startswith("/issues")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_table__of_who_opens_what__names_every_route(app: Flask) -> None:
    assert routes_of(app) == set(TABLE)


@pytest.mark.parametrize("role", WHO)
def test_routes__for_a_role__open_as_the_table_says(app: Flask, values: dict[str, str], sign_in: SignIn, role: str) -> None:
    client = sign_in(WHO[role])
    wrong = []
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
    for (endpoint, method), roles in TABLE.items():
        if (endpoint, method) in SLOW and role in roles:
            continue
        known = {name: values[name] for name in next(app.url_map.iter_rules(endpoint)).arguments}
        answer = client.open(adapter.build(endpoint, known, method=method), method=method)
        # Another's task is not to be found; the pages of a visit are refused to those who do not go along.
        is_refused = answer.status_code == 403 or (role == "stranger" and answer.status_code == 404)
        if is_refused is (role in roles) or answer.status_code >= 500:
            wrong.append((endpoint, method, answer.status_code))
    assert wrong == []


def test_routes__for_a_visitor__lead_to_signing_in(app: Flask, values: dict[str, str], sign_in: SignIn) -> None:
    client = sign_in("lead1")
    with client.session_transaction() as cookie:
        cookie.clear()
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
    for endpoint, method in TABLE:
        known = {name: values[name] for name in next(app.url_map.iter_rules(endpoint)).arguments}
        answer = client.open(adapter.build(endpoint, known, method=method), method=method)
        assert answer.status_code == (302 if method == "GET" else 401), endpoint
        assert method != "GET" or "/sign-in" in answer.location
