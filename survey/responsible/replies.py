"""The replies of the responsible side as coordinators read them: beside their issue, and all that wait for a decision."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.issues.identifying_queries import identifying_in
from survey.issues.life import EDITORS, HANDED_OVER, VERIFIED
from survey.issues.models import Issue, IssueFile, IssueReply, ReplyDecision
from survey.pages.paging import Page, page_of
from survey.responsible.forms import DecisionForm, LetterForm
from survey.responsible.queries import ANSWERED

LETTER = "letter"


def replies_context(session: Session, issue: Issue, viewer: User) -> dict[str, Any]:
    """What the part of the issue's page about the responsible side shows to this person."""
    replies = list_replies(session, issue)
    may_edit = any(viewer.has_role(role) for role in EDITORS)
    return {
        "replies": replies,
        "is_handed_over": issue.state in HANDED_OVER,
        "may_be_reported": issue.state in VERIFIED,
        "identifying": identifying_in(session, issue) if issue.state in VERIFIED else (),
        "may_enter_letter": may_edit and issue.state in ANSWERED,
        "letter_form": LetterForm(formdata=None, prefix=f"{LETTER}-", data={"seen": issue.n_steps}),
        "decision_forms": {reply.id: decision_form(reply) for reply in replies if may_edit and reply.decision is None},
    }


def letter_form(issue: Issue, today: Any) -> LetterForm:
    """The form of a letter as it was sent."""
    form = LetterForm(prefix=f"{LETTER}-")
    form.offer(today, issue.due_on)
    return form


def decision_form(reply: IssueReply, **options: Any) -> DecisionForm:
    """The form of the decision on one of several replies on a page; without `formdata` it is the one that is offered."""
    options = options or {"formdata": None, "data": {"seen": reply.issue.n_steps}}
    form = DecisionForm(prefix=f"reply-{reply.id[:8]}-", **options)
    form.offer(reply.kind)
    return form


def list_replies(session: Session, issue: Issue) -> Sequence[IssueReply]:
    """The replies with files and decisions, the newest first."""
    statement = (
        select(IssueReply)
        .where(IssueReply.issue_id == issue.id)
        .options(
            joinedload(IssueReply.replied_by).lazyload(User.roles),
            joinedload(IssueReply.decision).joinedload(ReplyDecision.decided_by).lazyload(User.roles),
            selectinload(IssueReply.files),
        )
        .order_by(IssueReply.replied_at.desc(), IssueReply.id)
    )
    return session.scalars(statement).all()


def list_undecided(session: Session, county: str, number: int) -> tuple[Page, Sequence[IssueReply]]:
    """One page of the replies that nobody has decided on, the oldest first, perhaps of one county (six digits)."""
    conditions: list[ColumnElement[bool]] = [IssueReply.id.not_in(select(ReplyDecision.reply_id))]
    if county:
        conditions.append(Issue.county_code == county)
    total = session.scalar(select(func.count()).select_from(IssueReply).join(IssueReply.issue).where(*conditions)) or 0
    page = page_of(number, total)
    statement = (
        select(IssueReply)
        .join(IssueReply.issue)
        .where(*conditions)
        .options(
            joinedload(IssueReply.issue).joinedload(Issue.place),
            joinedload(IssueReply.replied_by).lazyload(User.roles),
            selectinload(IssueReply.files),
        )
        .order_by(IssueReply.replied_at, IssueReply.id)
        .limit(page.size)
        .offset(page.offset)
    )
    return page, session.scalars(statement).all()


def find_reply(session: Session, issue: Issue, reply_id: str) -> IssueReply:
    """The reply of this id to the issue; NOT_FOUND otherwise."""
    found = session.get(IssueReply, reply_id)
    if found is None or found.issue_id != issue.id:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Reply", key=reply_id, remedy="Open it from the page of its issue.")
    return found


def find_reply_file(session: Session, reply: IssueReply, file_id: str) -> IssueFile:
    """The file of this id beside the reply; NOT_FOUND otherwise."""
    found = session.get(IssueFile, file_id)
    if found is None or found.reply_id != reply.id:
        raise SurveyError(ErrorCode.NOT_FOUND, what="File", key=file_id, remedy="Open it from the page of its issue.")
    return found
