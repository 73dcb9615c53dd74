"""What the responsible side replies, and what a coordinator decides on it. A reply by itself changes nothing about the issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.field_time import field_date
from survey.issues.files import attach_files
from survey.issues.identifying import FIELD_LABELS, find_identifying, identifying_text
from survey.issues.identifying_queries import read_known
from survey.issues.life import ACTION_OF_NAME
from survey.issues.models import REPLY_DECISIONS, REPLY_KINDS, REPLY_WAYS, Issue, IssueReply, ReplyDecision
from survey.issues.stepping import Change, act, check_editor, check_seen, edit_issue, take_step
from survey.kept_files import KeptFile
from survey.places.codes import bounds_of
from survey.responsible.queries import ANSWERED

MAX_BODY_LENGTH = 4000
MAX_FILES = 20
_FOLLOWS = {"progress": "start", "rectified": "rectify"}
"""The action that an accepted reply leads to, where the issue's state allows it."""


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What a reply says, and how it came; `written_on` is the day that a letter or ledger bears."""

    kind: str
    body: str
    proposed_due_on: date | None = None
    way: str = "account"
    written_on: date | None = None


def answers_for(actor: User, issue: Issue) -> bool:
    """Whether the person is of the responsible side that the issue was given to."""
    if actor.region_code is None or issue.responsible_code is None or not actor.has_role("responsible"):
        return False
    lowest, highest = bounds_of(actor.region_code)
    return lowest <= issue.responsible_code <= highest


def give_reply(
    session: Session, actor: User, issue: Issue, facts: ReplyFacts, files: Sequence[KeptFile], now: datetime, *, seen: int
) -> IssueReply:
    """The reply, with its files.

    Raises STALE when the issue has steps that the person has not seen, NOT_ALLOWED for anybody but its responsible side (for a letter or
    ledger: but coordinators), INVALID_TRANSITION for an issue that is not reported or is closed, and INVALID_VALUE for what is amiss.
    """
    check_seen(session, issue, seen)
    if facts.way != "account":
        check_editor(actor, "enter replies")
    elif not answers_for(actor, issue):
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.name, action="reply to this issue", remedy="It was not reported to your place.")
    if issue.state not in ANSWERED:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=issue.number, state=issue.state.replace("_", " "), action="replied to")
    _check_reply(issue, facts, files, field_date(now))
    reply = IssueReply(
        issue_id=issue.id,
        kind=facts.kind,
        body=facts.body.strip(),
        proposed_due_on=facts.proposed_due_on if facts.kind == "date" else None,
        way=facts.way,
        written_on=facts.written_on,
        replied_at=now,
        replied_by_id=actor.id,
    )
    session.add(reply)
    session.flush()
    n_files = attach_files(session, actor, issue, files, now, reply_id=reply.id)
    take_step(session, actor, issue, "reply", now, reply=reply.id, kind=facts.kind, way=facts.way, n_files=n_files)
    return reply


def decide_reply(
    session: Session, actor: User, reply: IssueReply, decision: str, answer: str, now: datetime, *, seen: int
) -> ReplyDecision:
    """The decision on a reply, made once, with what follows from it.

    Accepting another date changes the due date; accepting progress or rectification moves the issue on where its state allows that. The
    answer is what the responsible side reads; declining needs one, and none may say who was interviewed.
    """
    issue, answer = reply.issue, answer.strip()
    check_seen(session, issue, seen)
    check_editor(actor, "decide on replies")
    if reply.decision is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=issue.number, state="decided", action="decided on")
    if decision not in REPLY_DECISIONS:
        raise not_one_of("decision", decision, REPLY_DECISIONS)
    if not answer and (decision == "declined" or reply.kind == "disagreed"):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="answer", detail="say why; the responsible side reads it")
    if found := find_identifying({"answer": answer}, read_known(session, issue, [answer])):
        named = {"field": "answer", "field_zh": str(FIELD_LABELS["answer"])}
        raise SurveyError(ErrorCode.INVALID_VALUE, **named, detail=identifying_text(found))
    decided = ReplyDecision(decision=decision, answer=answer, decided_at=now, decided_by_id=actor.id)
    reply.decision = decided
    session.flush()
    if decision == "accepted":
        _follow(session, actor, reply, answer, now)
    take_step(session, actor, issue, "decide_reply", now, reason=answer, reply=reply.id, kind=reply.kind, decision=decision)
    return decided


def _follow(session: Session, actor: User, reply: IssueReply, answer: str, now: datetime) -> None:
    issue = reply.issue
    if reply.kind == "date":
        edit_issue(session, actor, issue, {"due_on": reply.proposed_due_on}, now, seen=issue.n_steps, reason=answer)
        return
    name = _FOLLOWS.get(reply.kind)
    if name is not None and issue.state in ACTION_OF_NAME[name].sources:
        act(session, actor, issue, name, now, seen=issue.n_steps, change=Change(reason=answer))


def _check_reply(issue: Issue, facts: ReplyFacts, files: Sequence[KeptFile], today: date) -> None:
    for field, value, allowed in (("kind", facts.kind, REPLY_KINDS), ("way", facts.way, REPLY_WAYS)):
        if value not in allowed:
            raise not_one_of(field, value, allowed)
    if not 0 < len(facts.body.strip()) <= MAX_BODY_LENGTH:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="body", detail="write 1 to {most} characters", most=MAX_BODY_LENGTH)
    if len(files) > MAX_FILES:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="files", detail="choose at most {most} files", most=MAX_FILES)
    if facts.kind == "rectified" and facts.way == "account" and not files:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="files", detail="add a file that proves it")
    if facts.written_on is not None and facts.written_on > today:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="written_on", detail="this day has not come yet")
    if facts.kind == "date":
        if facts.proposed_due_on is None or facts.proposed_due_on < today:
            raise SurveyError(ErrorCode.INVALID_VALUE, field="proposed_due_on", detail="choose today or a later day")
        if facts.proposed_due_on == issue.due_on:
            raise SurveyError(ErrorCode.INVALID_VALUE, field="proposed_due_on", detail="it is due on this day already")
