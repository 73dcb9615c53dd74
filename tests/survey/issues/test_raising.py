"""Raising issues: from candidates, from what pages show, by hand; and what happens when evidence ceases to hold."""

import io
from datetime import datetime

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.api.writing import issue_record
from survey.candidates.models import IssueCandidate
from survey.db import create_engine_for
from survey.intake.models import Flag, Submission
from survey.issue_ledger.ledger import COLUMNS
from survey.issues.carrying import read_pieces
from survey.issues.models import Issue, IssueEvidence, IssueStep
from survey.issues.proposing import common_places, propose_issue
from survey.issues.queries import find_issue
from survey.issues.raising import raise_issue
from survey.issues.scoping import count_basis
from survey.issues.stepping import edit_issue, hold_issue
from survey.issues.withdrawing import decide_withdrawal
from survey.odata.sets import issue_sets
from survey.reports.facts_issues import read_issue_facts
from survey.review.operations import reopen_submission, return_submission
from survey.schema import upgrade_schema
from survey.sealing.fields import Keyring, seal_fields_of
from survey.visits.models import Meeting, Pair
from tests.builders import NOW, VILLAGE, add_form, add_pair, add_visit, find_or_add_person
from tests.conftest import SECRET_KEY, SignIn
from tests.issues import add_issue
from tests.survey.candidates.test_candidates import OTHER_COUNTY, SECOND_VILLAGE, add_interview
from tests.survey.intake.interviews import FORM, FORM_ID


@pytest.fixture
def coordinator(session: Session) -> User:
    return find_or_add_person(session, "coordinator")


@pytest.fixture
def pair(session: Session) -> Pair:
    """Six accepted interviews in two villages of one county and one of another, four of them with unsafe water."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, SECOND_VILLAGE, OTHER_COUNTY), forms=[version])
    pair = add_pair(session, visit)
    for name, village, is_hit in (
        ("1", VILLAGE, True),
        ("2", VILLAGE, True),
        ("3", SECOND_VILLAGE, True),
        ("4", SECOND_VILLAGE, False),
        ("5", VILLAGE, False),
        ("6", OTHER_COUNTY, True),
    ):
        add_interview(session, version, pair, name, village, is_hit=is_hit)
    session.commit()
    return pair


def ids_of(session: Session, *numbers: str) -> list[str]:
    found = {each.instance_id: each.id for each in session.scalars(select(IssueCandidate))}
    return [f"candidate|{found[f'uuid:{number}']}" for number in numbers]


def raise_from(session: Session, actor: User, references: list[str]) -> Issue:
    pieces = read_pieces(session, references)
    proposal = propose_issue(pieces)
    issue = raise_issue(
        session,
        actor,
        NOW,
        title=proposal.title,
        area=proposal.area,
        level=proposal.level,
        severity=proposal.severity,
        place=pieces[0].row.village or session.get_one(Submission, pieces[0].row.instance_id).village,
        evidence=[piece.row for piece in pieces],
        visit_id=proposal.visit_id,
        form_id=proposal.form_id,
        rule=proposal.rule,
    )
    session.commit()
    return issue


def test_propose_issue__from_candidates__fills_everything_in(session: Session, pair: Pair) -> None:
    pieces = read_pieces(session, [f"rule|{FORM_ID}|water|610727|2018-04-test"])
    proposal = propose_issue(pieces)
    assert len(pieces) == 3
    assert (proposal.title, proposal.area, proposal.level, proposal.severity) == ("饮水不安全", "water", "village", "high")
    assert (proposal.places, proposal.visit_id, proposal.form_id, proposal.rule) == (
        ("610727101000", "610727000000"),
        "2018-04-test",
        FORM_ID,
        "water",
    )
    assert pieces[0].row.told["lines"]["zh"] == [["年龄", "40 · 12"], ["有什么问题？", "浑浊"]]
    assert propose_issue(read_pieces(session, ids_of(session, "1", "2"))).places[0] == VILLAGE


def test_common_places__of_several_counties__is_refused_by_name() -> None:
    assert common_places(["610727101201", "610727102000"]) == ("610727000000",)
    assert common_places([]) == ()
    with pytest.raises(SurveyError, match="610727, 610728"):
        common_places(["610727101201", "610728101201"])


def test_raise__twice_from_one_candidate__names_the_issue_that_has_it(session: Session, pair: Pair, coordinator: User) -> None:
    issue = raise_from(session, coordinator, ids_of(session, "1", "3"))
    with pytest.raises(SurveyError, match=issue.number):
        raise_from(session, coordinator, ids_of(session, "1"))
    session.rollback()
    [left] = read_pieces(session, [f"rule|{FORM_ID}|water|610727|"])
    assert left.row.instance_id == "uuid:2"
    basis = count_basis(session, issue)
    assert (basis.households, basis.households_asked, basis.villages, basis.villages_asked) == (2, 5, 2, 2)


def test_read_pieces__of_everything_a_page_shows__carries_what_it_said(app: Flask, session: Session, pair: Pair) -> None:
    submission = session.get_one(Submission, "uuid:1")
    submission.flags.append(Flag(check="hurried", severity="warning"))
    meeting = Meeting(visit_id="2018-04-test", region_code="610727000000", kind="briefing", held_on=NOW.date(), title="座谈会")
    session.add(meeting)
    session.flush()
    with app.test_request_context():
        flag, told = read_pieces(session, ["flag|uuid:1|hurried", f"meeting|{meeting.id}"])
    assert (flag.row.kind, flag.row.village_code, told.row.kind, told.title) == ("flag", VILLAGE, "meeting", "座谈会")
    assert propose_issue([told]).places == ("610727000000",)
    for reference, code in (
        ("flag|uuid:1|absent", ErrorCode.NOT_FOUND),
        ("answer|uuid:1|/data/absent", ErrorCode.NOT_FOUND),
        ("answer|uuid:absent|/data/x", ErrorCode.NOT_FOUND),
        ("candidate|absent", ErrorCode.NOT_FOUND),
        ("nonsense|1", ErrorCode.INVALID_VALUE),
        ("rule|1", ErrorCode.INVALID_VALUE),
    ):
        with pytest.raises(SurveyError) as caught:
            read_pieces(session, [reference])
        assert caught.value.code is code


def test_pages__candidates_ticked__become_one_issue(session: Session, pair: Pair, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    rule_page = client.get(f"/issues/candidates/{FORM_ID}/water?county=610727").text
    references = ids_of(session, "1", "3")
    assert all(f'value="{reference}"' in rule_page for reference in references)
    form = client.get("/issues/raise", query_string={"evidence": references}).text
    assert "饮水不安全" in form
    told = {"title": "饮水不安全", "area": "water", "level": "village", "severity": "high", "place": "610727101000", "finding": "水浑浊"}
    assert client.post("/issues/raise", data={**told, "title": "", "evidence": references}).status_code == 422
    answer = client.post("/issues/raise", data={**told, "evidence": references})
    assert answer.status_code == 302
    [issue] = session.scalars(select(Issue)).all()
    assert answer.location.endswith(issue.number)
    assert (issue.place_code, issue.rule, len(issue.evidence), issue.basis["households_asked"]) == ("610727101000", "water", 2, 5)
    page = client.get(f"/issues/{issue.number}").text
    assert "户主1" in page
    assert "浑浊" in page
    assert issue.number in client.get(f"/issues/candidates/{FORM_ID}/water?county=610727").text
    assert client.post("/issues/add", data={"evidence": ids_of(session, "2"), "number": issue.number}).status_code == 302
    assert client.post("/issues/add", data={"evidence": ids_of(session, "6"), "number": issue.number}).status_code == 422
    session.expire_all()
    assert len(issue.evidence) == 3


def test_pages__by_hand__needs_evidence_in_words(session: Session, pair: Pair, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    told = {"title": "村医缺岗", "area": "health", "level": "village", "severity": "medium", "place": VILLAGE}
    assert client.post("/issues/raise", data=told).status_code == 422
    assert client.post("/issues/raise", data={**told, "note": "三次到村卫生室，均无人值守"}).status_code == 302
    [evidence] = session.scalars(select(IssueEvidence)).all()
    assert (evidence.kind, evidence.note) == ("note", "三次到村卫生室，均无人值守")
    assert sign_in("author").get("/issues/raise").status_code == 403


def test_evidence__of_an_interview_that_is_returned__is_withdrawn_and_asks_for_a_decision(
    session: Session, pair: Pair, coordinator: User, sign_in: SignIn, now: datetime
) -> None:
    issue = raise_from(session, coordinator, ids_of(session, "1", "3"))
    submission = session.get_one(Submission, "uuid:1")
    reopen_submission(session, coordinator, submission, "再看", now)
    return_submission(session, coordinator, submission, "请重问饮水", now)
    [withdrawn] = [each for each in issue.evidence if each.withdrawn_at]
    assert count_basis(session, issue).households == 1
    client = sign_in("coordinator")
    assert f"/issues/{issue.number}/evidence/{withdrawn.id}/decide" in client.get(f"/issues/{issue.number}").text
    with pytest.raises(SurveyError, match="can be verified anew"):
        decide_withdrawal(session, coordinator, issue, withdrawn, "anew", "x", now, seen=issue.n_steps)
    told = {"decision": "stands", "reason": "另有一户证实", "seen": issue.n_steps}
    assert client.post(f"/issues/{issue.number}/evidence/{withdrawn.id}/decide", data=told).status_code == 302
    steps = session.scalars(select(IssueStep.action).where(IssueStep.issue_id == issue.id).order_by(IssueStep.number)).all()
    assert steps == ["raise", "withdraw_evidence", "decide_evidence"]


def test_evidence__of_an_interview_that_counts_again__stands_again(session: Session, pair: Pair, coordinator: User, now: datetime) -> None:
    issue = raise_from(session, coordinator, ids_of(session, "1"))
    submission = session.get_one(Submission, "uuid:1")
    reopen_submission(session, coordinator, submission, "再看", now)
    return_submission(session, coordinator, submission, "请重问饮水", now)
    assert issue.evidence[0].withdrawn_at == now
    reopen_submission(session, coordinator, submission, "退错了", now)
    assert issue.evidence[0].withdrawn_at is None


def test_title__that_nobody_rewrote__is_read_in_each_language(
    session: Session, pair: Pair, coordinator: User, now: datetime, sign_in: SignIn
) -> None:
    proposed = raise_from(session, coordinator, ids_of(session, "1"))
    own = raise_from(session, coordinator, ids_of(session, "2"))
    edit_issue(session, coordinator, own, {"title": "青石村水源浑浊"}, now, seen=own.n_steps)
    session.commit()
    assert (proposed.titles["zh"], own.titles) == ("饮水不安全", {})
    client = sign_in("coordinator")
    assert "饮水不安全" in client.get("/issues").text
    client.post("/language/en")
    for address in ("/issues", "/issues?text=unsafe+water", "/issues/board", "/issues/counties/610727", "/find?q=unsafe"):
        page = client.get(address).text
        assert ("Unsafe water" in page, "饮水不安全" in page) == (True, False), address
    assert '<span lang="zh-CN">青石村水源浑浊</span>' in client.get("/issues").text
    assert "<h1>Unsafe water</h1>" in client.get(f"/issues/{proposed.number}").text
    ledger = openpyxl.load_workbook(io.BytesIO(client.get("/issues/ledger/issues.xlsx?all=yes").data)).active
    assert {row[list(COLUMNS).index("title")].value for row in ledger.iter_rows(min_row=2)} == {"Unsafe water", "青石村水源浑浊"}
    assert issue_record(proposed, ()).titles == proposed.titles
    table = issue_sets(session, [])[0].rows().to_table(["title", "title_zh", "title_en"]).to_pylist()
    assert {tuple(row.values()) for row in table} == {("饮水不安全", "饮水不安全", "Unsafe water"), ("青石村水源浑浊",) * 3}
    proposed.state, proposed.verified_at = "verified", now
    assert [fact.title for language in ("zh", "en") for fact in read_issue_facts(session, now.date(), language)] == [
        "饮水不安全",
        "Unsafe water",
    ]
    edit_issue(session, coordinator, own, {"title": "饮水不安全"}, now, seen=own.n_steps)
    assert own.title_in("en") == "Unsafe water"


def test_hold_issue__found_as_pages_find_it__is_held_on_postgresql(postgres_url: str, now: datetime) -> None:
    engine = create_engine_for(postgres_url)
    seal_fields_of(engine, Keyring([SECRET_KEY]))
    upgrade_schema(engine)
    with Session(engine, expire_on_commit=False) as session:
        number = add_issue(session, find_or_add_person(session, "coordinator"), now).number
        session.commit()
        issue = find_issue(session, number)
        hold_issue(session, issue)
        with Session(engine) as other, pytest.raises(OperationalError, match="could not obtain lock"):
            other.execute(select(Issue.id).where(Issue.id == issue.id).with_for_update(nowait=True))
        assert issue.merged_into is None
    engine.dispose()
