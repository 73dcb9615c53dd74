"""What the responsible side replies, what is decided on it, and who may do either."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.issues.models import Issue, IssueReply, IssueStep
from survey.issues.stepping import Change, act
from survey.kept_files import KeptFile
from survey.responsible.answering import ReplyFacts, decide_reply, give_reply
from tests.builders import add_household, find_or_add_person
from tests.survey.responsible.reported import DUE, add_county_office, add_reported

PROOF = KeptFile("管网.jpg", "0" * 64, 12, "image/jpeg")


@pytest.fixture
def issue(session: Session, now: datetime) -> Issue:
    add_county_office(session)
    return add_reported(session, now)


@pytest.fixture
def county(session: Session, issue: Issue) -> User:
    return find_or_add_person(session, "county")


@pytest.fixture
def coordinator(session: Session) -> User:
    return find_or_add_person(session, "coordinator")


def give(session: Session, person: User, issue: Issue, now: datetime, kind: str = "progress", **values: object) -> IssueReply:
    files = [PROOF] if kind == "rectified" else []
    facts = ReplyFacts(kind, "已开工", **values)  # type: ignore[arg-type]
    return give_reply(session, person, issue, facts, files, now, seen=issue.n_steps)


def test_reply__of_the_responsible_side__adds_a_step_and_changes_nothing_else(
    session: Session, issue: Issue, county: User, now: datetime
) -> None:
    before = (issue.state, issue.due_on, issue.title, issue.recommendation)
    reply = give(session, county, issue, now, "rectified")
    assert (issue.state, issue.due_on, issue.title, issue.recommendation) == before
    step = session.get_one(IssueStep, (issue.id, issue.n_steps))
    assert (step.action, step.details["reply"], step.taken_by_id) == ("reply", reply.id, county.id)
    assert [file.name for file in reply.files] == ["管网.jpg"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (ReplyFacts("progress", "  "), "body"),
        (ReplyFacts("rectified", "已修好"), "files"),
        (ReplyFacts("date", "雨季"), "proposed_due_on"),
        (ReplyFacts("date", "雨季", date(2018, 4, 19)), "proposed_due_on"),
        (ReplyFacts("date", "雨季", DUE), "proposed_due_on"),
        (ReplyFacts("moved", "雨季"), "kind"),
    ],
)
def test_reply__that_lacks_something__names_the_field_and_keeps_nothing(
    session: Session, issue: Issue, county: User, now: datetime, facts: ReplyFacts, field: str
) -> None:
    with pytest.raises(SurveyError) as refused:
        give_reply(session, county, issue, facts, [], now, seen=issue.n_steps)
    assert refused.value.values["field"] == field
    session.expire(issue, ["replies"])
    assert issue.replies == []


def test_reply__of_another_county_or_seen_too_early_or_closed__is_refused(
    session: Session, issue: Issue, county: User, coordinator: User, now: datetime
) -> None:
    add_county_office(session, "county2", "610728000000")
    other = find_or_add_person(session, "county2")
    for person in (other, find_or_add_person(session, "lead1"), coordinator):
        with pytest.raises(SurveyError) as refused:
            give(session, person, issue, now)
        assert refused.value.code is ErrorCode.NOT_ALLOWED
    with pytest.raises(SurveyError) as stale:
        give_reply(session, county, issue, ReplyFacts("progress", "已开工"), [], now, seen=issue.n_steps - 1)
    assert stale.value.code is ErrorCode.STALE
    with pytest.raises(SurveyError) as refused:
        give(session, county, issue, now, way="letter")
    assert refused.value.code is ErrorCode.NOT_ALLOWED


def test_decision__to_accept_another_date__changes_the_due_date_with_the_answer_as_reason(
    session: Session, issue: Issue, county: User, coordinator: User, now: datetime
) -> None:
    later = DUE + timedelta(days=30)
    reply = give(session, county, issue, now, "date", proposed_due_on=later)
    decide_reply(session, coordinator, reply, "accepted", "雨季之后", now, seen=issue.n_steps)
    assert issue.due_on == later
    edit, decided = (session.get_one(IssueStep, (issue.id, issue.n_steps - back)) for back in (1, 0))
    assert (edit.action, edit.reason, edit.changes) == ("edit", "雨季之后", {"due_on": [DUE.isoformat(), later.isoformat()]})
    assert (decided.action, decided.details["decision"]) == ("decide_reply", "accepted")
    with pytest.raises(SurveyError) as refused:
        decide_reply(session, coordinator, reply, "declined", "不行", now, seen=issue.n_steps)
    assert refused.value.code is ErrorCode.INVALID_TRANSITION


@pytest.mark.parametrize(("kind", "state"), [("progress", "rectifying"), ("rectified", "rectified"), ("disagreed", "reported")])
def test_decision__to_accept__moves_the_issue_on_where_the_reply_says_so(
    session: Session, issue: Issue, county: User, coordinator: User, now: datetime, kind: str, state: str
) -> None:
    reply = give(session, county, issue, now, kind)
    decide_reply(session, coordinator, reply, "accepted", "收到", now, seen=issue.n_steps)
    assert issue.state == state


def test_decision__without_a_reason_or_with_a_name_in_it__is_refused(
    session: Session, issue: Issue, county: User, coordinator: User, now: datetime
) -> None:
    add_household(session, "017")
    reply = give(session, county, issue, now, "disagreed")
    for answer in ("", "户主017家确实无水", "请再到 017 号户查看"):
        with pytest.raises(SurveyError) as refused:
            decide_reply(session, coordinator, reply, "declined", answer, now, seen=issue.n_steps)
        assert refused.value.values["field"] == "answer"
    with pytest.raises(SurveyError) as refused:
        decide_reply(session, county, reply, "accepted", "同意", now, seen=issue.n_steps)
    assert refused.value.code is ErrorCode.NOT_ALLOWED


def test_letter__entered_by_a_coordinator__bears_its_own_day(session: Session, issue: Issue, coordinator: User, now: datetime) -> None:
    reply = give(session, coordinator, issue, now, way="letter", written_on=date(2018, 4, 18))
    assert (reply.way, reply.written_on, reply.replied_by_id) == ("letter", date(2018, 4, 18), coordinator.id)
    act(session, coordinator, issue, "start", now, seen=issue.n_steps, change=Change())
    assert issue.state == "rectifying"
