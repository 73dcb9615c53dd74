"""Asking a pair about single answers, from the note beside an answer to what came back."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.intake.models import Submission
from survey.review.asking_queries import queries_for_tablets
from survey.review.models import AnswerQuery
from tests.builders import add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.conftest import SignIn
from tests.survey.intake.interviews import FORM, FORM_ID

AGE = "/data/family/members[2]/age"
ANSWERS = {"water_safe": "yes", "family": {"n_members": 2, "members": [{"age": 40}, {"age": 12}]}}


@pytest.fixture
def interview(session: Session) -> Submission:
    """A received interview with two members."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, forms=[version])
    assignment = add_assignment(session, add_pair(session, visit), add_household(session), FORM_ID)
    return add_submission(session, version, "uuid:1", assignment=assignment, answers=ANSWERS)


def edit_of(session: Session, interview: Submission, age: int) -> Submission:
    """The pair's correction of it, as intake would leave it."""
    interview.review_state = "replaced"
    answers = {**ANSWERS, "family": {"n_members": 2, "members": [{"age": 40}, {"age": age}]}}
    edit = add_submission(session, interview.questionnaire, "uuid:2", assignment=interview.assignment, answers=answers)
    edit.deprecated_id = interview.instance_id
    session.commit()
    return edit


def ask(client: FlaskClient, text: str, node: str = AGE) -> int:
    """The status of noting a question about an answer."""
    return client.post("/review/uuid:1/ask", data={"node": node, "text": text}).status_code


def states(session: Session) -> Mapping[str, str]:
    """What was asked, with its state, by node."""
    return {row.node: row.state for row in session.execute(select(AnswerQuery.node, AnswerQuery.state))}


def test_query__noted_then_returned__reaches_the_tablets_of_the_pair_only_then(
    interview: Submission, session: Session, sign_in: SignIn
) -> None:
    office = sign_in("coordinator")
    assert ask(office, "年龄与户口本不符") == 302
    assert ask(office, "年龄与户口本不符，请核对") == 302
    assert queries_for_tablets(session, ["uuid:1"]) == {}
    assert "各题旁" in office.get("/review/uuid:1").text, "the reason of the return is proposed"
    assert office.post("/review/uuid:1/return", data={"reason": "请看各题旁的提问"}).status_code == 302
    facts = {"node": AGE, "question": "age", "position": [2], "text": "年龄与户口本不符，请核对"}
    assert queries_for_tablets(session, ["uuid:1", "", "uuid:9"]) == {"uuid:1": (facts,)}
    assert ask(office, "太晚了") == 409


def test_query__emptied_before_the_return__is_taken_back(interview: Submission, session: Session, sign_in: SignIn) -> None:
    office = sign_in("coordinator")
    ask(office, "为什么？")
    assert ask(office, " ") == 302
    assert states(session) == {}
    assert ask(office, "") == 404


@pytest.mark.parametrize(("node", "text"), [("/data/nothing", "x"), ("", "x"), (AGE, "x" * 2001)])
def test_query__about_no_question_or_too_long__is_refused(interview: Submission, sign_in: SignIn, node: str, text: str) -> None:
    assert ask(sign_in("coordinator"), text, node) == 422


def test_query__by_somebody_who_may_not_decide__is_refused(interview: Submission, sign_in: SignIn) -> None:
    assert ask(sign_in("author"), "x") == 403
    assert "asking" not in sign_in("author").get("/review/uuid:1").text


def test_decision__taken_back__takes_what_was_asked_back_too(interview: Submission, session: Session, sign_in: SignIn) -> None:
    office = sign_in("coordinator")
    ask(office, "为什么？")
    office.post("/review/uuid:1/return", data={"reason": "x"})
    assert states(session) == {AGE: "asked"}
    office.post("/review/uuid:1/reopen", data={"reason": "x"})
    assert states(session) == {AGE: "noted"}
    office.post("/review/uuid:1/accept", data={})
    assert states(session) == {}, "nobody is asked about an interview that is accepted"


def test_edit__that_answers_a_query__is_shown_beside_the_answer_before_and_resolves_it(
    interview: Submission, session: Session, sign_in: SignIn
) -> None:
    office = sign_in("coordinator")
    office.post("/language/en")
    ask(office, "年龄与户口本不符")
    office.post("/review/uuid:1/return", data={"reason": "x"})
    edit_of(session, interview, 21)
    page = sign_in("coordinator").get("/review/uuid:2").text
    part = page[page.index(f'id="{AGE}"') :][:1600]
    for text in ("<span>21</span>", "年龄与户口本不符", "Before: 12", "Answer changed"):
        assert text in part, text
    assert states(session) == {AGE: "asked"}
    assert office.post("/review/uuid:2/accept", data={}).status_code == 302
    assert states(session) == {AGE: "resolved"}


def test_edit__that_leaves_the_answer_as_it_was__says_so(interview: Submission, session: Session, sign_in: SignIn) -> None:
    office = sign_in("coordinator")
    office.post("/language/en")
    ask(office, "真的是十二岁吗？")
    office.post("/review/uuid:1/return", data={"reason": "x"})
    edit_of(session, interview, 12)
    page = office.get("/review/uuid:2").text
    assert "Not changed" in page[page.index(f'id="{AGE}"') :][:1600]
