"""One interview on one page: what its doubts do, where it was held, and what came back of what was asked."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.intake.models import AnswerNote, Flag, Submission
from survey.review.models import AnswerQuery
from tests.builders import add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.intake.interviews import FORM, FORM_ID

AGE = "/data/family/members[1]/age"


@pytest.fixture
def interview(session: Session) -> Submission:
    """A received interview two kilometres from its household."""
    version = add_form(session, FORM, "visit_form.md")
    household = add_household(session)
    household.latitude, household.longitude = 33.33, 106.15
    assignment = add_assignment(session, add_pair(session, add_visit(session, forms=[version])), household, FORM_ID)
    answers = {"family": {"n_members": 1, "members": [{"age": 40}]}, "water_safe": "yes"}
    submission = add_submission(session, version, "uuid:1", assignment=assignment, answers=answers)
    submission.latitude, submission.longitude = 33.348, 106.15
    session.commit()
    return submission


def add_flag(session: Session, interview: Submission, check: str, value: str = "", other_id: str | None = None) -> None:
    """A doubt about the interview."""
    session.add(Flag(instance_id=interview.instance_id, check=check, severity="serious", value=value, other_id=other_id))
    session.commit()


@pytest.mark.parametrize(
    ("check", "value", "said", "found"),
    [
        ("far_position", "2002 m", "距住房超过 1000 米", "2.0 公里"),
        ("impossible_speed", "20.0 km / 5 min", "超过 90 公里/小时", "5 分钟走了 20.0 公里"),
        ("outside_days", "2018-04-28", "调研结束 1 天以上", "2018年4月28日"),
        ("short_interview", "9 min", "用时不足 15 分钟", "9 分钟"),
        ("hurried_answers", "1.3 s", "用时不足 2 秒", "1.3 秒"),
        ("straight_answers", "8", "连续 6 题以上", "连续 8 题"),
        ("same_picture", "well.jpg", "逐字节相同", "well.jpg"),
    ],
)
def test_doubt__of_each_kind__says_what_was_found(
    interview: Submission, session: Session, sign_in: SignIn, check: str, value: str, said: str, found: str
) -> None:
    add_flag(session, interview, check, value, "uuid:2" if check == "same_picture" else None)
    page = sign_in("coordinator").get("/review/uuid:1").text
    part = page[page.index('class="timeline flags"') :]
    part = part[: part.index("</section>")]
    assert said in part
    assert found in part
    assert ("/review/uuid:2" in part) is (check == "same_picture")


def test_doubt__that_blocks__leaves_no_way_to_accept(interview: Submission, session: Session, sign_in: SignIn) -> None:
    add_flag(session, interview, "repeated_assignment")
    client = sign_in("coordinator")
    page = client.get("/review/uuid:1").text
    assert "/review/uuid:1/accept" not in page
    assert "暂不能通过" in page
    assert client.post("/review/uuid:1/accept", data={"reason": "都要"}).status_code == 422
    assert session.get_one(Submission, "uuid:1").review_state == "received"


def test_doubt__that_is_only_a_note__asks_for_no_reason_but_keeps_it_out_of_the_batch(
    interview: Submission, session: Session, sign_in: SignIn
) -> None:
    add_flag(session, interview, "straight_answers", "6")
    client = sign_in("coordinator")
    assert 'id="accept-reason"' not in client.get("/review/uuid:1").text
    assert "uuid:1" not in client.get("/review/accept").text
    assert client.post("/review/uuid:1/accept", data={}).status_code == 302
    assert session.get_one(Submission, "uuid:1").review_state == "accepted"


def test_map__interview_with_a_position__shows_it_beside_the_household(interview: Submission, session: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    page = client.get("/review/uuid:1").text
    assert "<svg" in page
    assert "访谈地点" in page
    interview.latitude = None
    assert 'class="map"' not in client.get("/review/uuid:1").text


def came_back(session: Session, interview: Submission, note: str) -> None:
    """The pair's correction, with a note beside the age that they were asked about."""
    interview.review_state = "replaced"
    session.add(AnswerNote(instance_id="uuid:1", node=AGE, question="age", text="户口本未见", username="lead1"))
    edit = add_submission(session, interview.questionnaire, "uuid:2", assignment=interview.assignment, answers=interview.answers)
    edit.deprecated_id = "uuid:1"
    session.add(AnswerNote(instance_id="uuid:2", node=AGE, question="age", text=note, username="lead1"))
    session.commit()


@pytest.fixture
def asked(interview: Submission, sign_in: SignIn) -> Submission:
    """The interview, returned with a question about an age."""
    office = sign_in("coordinator")
    office.post("/review/uuid:1/ask", data={"node": AGE, "text": "年龄与户口本不符"})
    office.post("/review/uuid:1/return", data={"reason": "请看提问"})
    return interview


def test_query__answered_in_words__shows_the_reply_beside_it_and_is_closed(asked: Submission, session: Session, sign_in: SignIn) -> None:
    came_back(session, asked, "户口本上就是 40 岁")
    office = sign_in("coordinator")
    page = office.get("/review/uuid:2").text
    part = page[page.index(f'id="{AGE}"') :][:3000]
    for text in ("年龄与户口本不符", "答复", "户口本上就是 40 岁", "/review/uuid:2/close", "再问"):
        assert text in part, text
    assert part.count("户口本上就是 40 岁") == 1
    assert office.post("/review/uuid:2/close", data={"node": AGE}).status_code == 302
    assert session.scalars(select(AnswerQuery.state)).all() == ["resolved"]
    assert "/review/uuid:2/close" not in office.get("/review/uuid:2").text
    assert office.post("/review/uuid:2/close", data={"node": AGE}).status_code == 404
    assert sign_in("author").post("/review/uuid:2/close", data={"node": AGE}).status_code == 403


def test_query__asked_again__goes_back_with_the_next_return(asked: Submission, session: Session, sign_in: SignIn) -> None:
    came_back(session, asked, "户口本未见")
    office = sign_in("coordinator")
    assert "答复" not in office.get("/review/uuid:2").text, "a note that was there before is no reply"
    office.post("/review/uuid:2/ask", data={"node": AGE, "text": "请拍户口本"})
    office.post("/review/uuid:2/return", data={"reason": "请看提问"})
    states = {query.instance_id: query.state for query in session.scalars(select(AnswerQuery))}
    assert states == {"uuid:1": "resolved", "uuid:2": "asked"}


def test_interview__its_page__costs_a_fixed_number_of_statements(
    interview: Submission, session: Session, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("coordinator")
    costs = []
    for n_more in (0, 30):
        for number in range(n_more):
            node = f"/data/family/members[{number + 2}]/age"
            session.add(AnswerNote(instance_id="uuid:1", node=node, question="age", text="x"))
            session.add(
                AnswerQuery(
                    instance_id="uuid:1",
                    node=node,
                    question="age",
                    text="x",
                    asked_by_id=_coordinator(session),
                    asked_at=interview.received_at,
                )
            )
            add_flag(session, interview, f"check {number}")
        client.get("/review/uuid:1")
        statements.reset()
        client.get("/review/uuid:1")
        costs.append(len(statements))
    # One more for the limits of the visit, which are read when there is a doubt.
    assert costs[1] <= costs[0] + 1


def _coordinator(session: Session) -> str:
    return session.execute(select(Submission.lead_id)).scalars().first() or ""
