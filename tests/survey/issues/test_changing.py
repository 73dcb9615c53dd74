"""Evidence whose interview tells something else by now: it says what it told and what it tells, and the issue asks for a decision."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.candidates.settling import settle_candidates
from survey.corrections.operations import correct_answer, withdraw_correction
from survey.corrections.queries import find_record
from survey.intake.models import Submission
from survey.issues.carrying import read_pieces
from survey.issues.models import Issue, IssueEvidence, IssueStep
from survey.issues.queries import shown_again
from survey.issues.raising import raise_issue
from survey.issues.stepping import facts_of
from survey.issues.withdrawing import decide_withdrawal, withdraw_evidence_of
from survey.visits.models import Assignment
from tests.builders import NOW, add_submission, find_or_add_person
from tests.conftest import SignIn
from tests.survey.reconciling.pairs import add_both, add_independent_visit, reconcile

LEAD = "uuid:001-lead"
CROPS, PROBLEM, SAFE = "/data/money/crop_cny", "/data/water_problem", "/data/water_safe"


@pytest.fixture
def coordinator(session: Session) -> User:
    return find_or_add_person(session, "coordinator")


@pytest.fixture
def assignment(session: Session) -> Assignment:
    """A household of whose two records the lead's tells of unsafe water and 3,000 from crops, the second's of safe water and 5,000."""
    assignment = add_both(session, *add_independent_visit(session))
    settle_candidates(session, None, LEAD, NOW)
    session.commit()
    return assignment


def raised(session: Session, author: User, *references: str) -> Issue:
    """An issue raised from this evidence."""
    rows = [piece.row for piece in read_pieces(session, references)]
    facts = {"title": "饮水不安全", "area": "water", "level": "village", "severity": "high"}
    place = session.get_one(Submission, LEAD).village
    assert place is not None
    issue = raise_issue(session, author, NOW, **facts, place=place, evidence=rows, form_id="two_records", rule="unsafe")
    session.commit()
    return issue


def unsafe(session: Session) -> str:
    rule = IssueCandidate.instance_id == LEAD, IssueCandidate.rule == "unsafe"
    return f"candidate|{session.scalars(select(IssueCandidate.id).where(*rule)).one()}"


def correct(session: Session, actor: User, node: str, new: str) -> None:
    record = find_record(session, session.get_one(Submission, LEAD))
    correct_answer(session, actor, record, node, new, "录音里说的是另一个", NOW + timedelta(minutes=1 + len(record.corrections)))


def told(row: IssueEvidence) -> tuple[list[str], list[str] | None]:
    """The answers that it told, and those that it tells now."""
    now = None if row.told_now is None else [text for _label, text in row.told_now["lines"].get("en", [])]
    return [text for _label, text in row.told["lines"]["en"]], now


def actions(session: Session, issue: Issue) -> list[tuple[str, str | None]]:
    steps = session.scalars(select(IssueStep).where(IssueStep.issue_id == issue.id).order_by(IssueStep.number))
    return [(step.action, step.details.get("why")) for step in steps]


def test_reconciled__another_answer_counts__is_told_and_asks_for_a_decision(
    session: Session, assignment: Assignment, coordinator: User, sign_in: SignIn
) -> None:
    issue = raised(session, coordinator, f"answer|{LEAD}|{CROPS}", f"answer|{LEAD}|{PROBLEM}", f"answer|{LEAD}|/data/money/wage_cny")
    reconcile(session, assignment)
    session.commit()
    crops, problem, wage = (
        next(row for row in issue.evidence if row.question == node) for node in (CROPS, PROBLEM, "/data/money/wage_cny")
    )
    assert told(crops)[0] == ["3000.0"]
    assert (told(crops)[1] or [])[0] == "5000.0"
    assert told(problem) == (["取水远"], [])
    assert wage.changed_at is None
    assert actions(session, issue) == [("raise", None), ("change_evidence", "reconciled")]
    assert facts_of(session, issue, NOW).has_open_withdrawal
    client = sign_in("coordinator")
    page = client.get(f"/issues/{issue.number}").text
    assert "现在的说法" in page
    assert "该题已没有答案" in page
    assert issue.number in client.get("/issues?evidence=withdrawn").text
    address, reason = f"/issues/{issue.number}/evidence/{crops.id}/decide", {"reason": "数目不影响定性", "seen": issue.n_steps}
    assert client.post(address, data={**reason, "decision": "stands"}).status_code == 422
    assert client.post(address, data={**reason, "decision": "stands_changed"}).status_code == 302
    session.expire_all()
    with pytest.raises(SurveyError, match="nothing is to be decided"):
        decide_withdrawal(session, coordinator, issue, crops, "stands_changed", "x", NOW, seen=issue.n_steps)
    decide_withdrawal(session, coordinator, issue, problem, "stands_changed", "另有水样", NOW, seen=issue.n_steps)
    assert not facts_of(session, issue, NOW).has_open_withdrawal


def test_corrected__what_a_rule_shows__changes_holds_again_or_is_withdrawn(
    session: Session, assignment: Assignment, coordinator: User
) -> None:
    issue = raised(session, coordinator, unsafe(session))
    (row,) = issue.evidence
    before = told(row)[0]
    correct(session, coordinator, PROBLEM, "水质差")
    assert told(row)[0] == before
    assert "水质差" in (told(row)[1] or [])
    record = find_record(session, session.get_one(Submission, LEAD))
    withdraw_correction(session, coordinator, record, record.corrections[0], "听错了", NOW)
    assert (row.changed_at, row.told_now) == (None, None)
    correct(session, coordinator, SAFE, "yes")
    assert row.withdrawn_at is not None
    whys = [("change_evidence", "corrected"), ("restore_evidence", "corrected"), ("withdraw_evidence", "corrected")]
    assert actions(session, issue) == [("raise", None), *whys]


def test_withdrawn__an_edit_shows_it_again__is_offered(
    session: Session, assignment: Assignment, coordinator: User, sign_in: SignIn
) -> None:
    issue = raised(session, coordinator, unsafe(session))
    lead = session.get_one(Submission, LEAD)
    edit = add_submission(
        session, lead.questionnaire, "uuid:edit", assignment=assignment, answers={**lead.answers, "water_problem": "浑浊"}
    )
    lead.review_state = "replaced"
    withdraw_evidence_of(session, coordinator, LEAD, NOW, why="replaced", replaced_by=edit.instance_id)
    settle_candidates(session, None, edit.instance_id, NOW)
    session.commit()
    new = session.scalars(select(IssueCandidate.id).where(IssueCandidate.instance_id == "uuid:edit", IssueCandidate.rule == "unsafe")).one()
    assert shown_again(session, issue.evidence) == {issue.evidence[0].id: new}
    client = sign_in("coordinator")
    assert f"evidence=candidate%7C{new}" in client.get(f"/issues/{issue.number}").text
    client.post("/issues/add", data={"evidence": f"candidate|{new}", "number": issue.number})
    session.expire_all()
    assert (len(issue.evidence), shown_again(session, issue.evidence)) == (2, {})
