"""The rows of the ledger, read a part at a time so that a long one takes no more memory than a short one."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from survey.field_time import field_date
from survey.issue_ledger.ledger import COLUMNS, DONE_TERMS
from survey.issues.life import HANDED_OVER
from survey.issues.models import Issue, IssueReply
from survey.issues.words import AREA_LABELS, ATTRIBUTION_LABELS, LEVEL_LABELS, SCOPE_LABELS, STATE_LABELS
from survey.pages.language import page_language
from survey.pages.workbooks import Value
from survey.places.models import Region
from survey.responsible.queries import told_places

AT_ONCE = 500
"""So many issues are read and written at a time."""


def read_ledger_rows(session: Session, *conditions: ColumnElement[bool], only_reported: bool = False) -> Iterator[tuple[Value, ...]]:
    """The ledger's rows in the order of numbers, in the words of the reader's language; places are named as the other side is told."""
    if only_reported:
        conditions = (*conditions, Issue.state.in_(HANDED_OVER))
    ordered = select(Issue.id).where(*conditions).order_by(Issue.county_code, Issue.year, Issue.sequence)
    ids = session.scalars(ordered).all()
    words = _words()
    for first in range(0, len(ids), AT_ONCE):
        part = ids[first : first + AT_ONCE]
        yield from _part(session, part, first, words)
        session.expunge_all()


def latest_replies(session: Session, ids: Sequence[str]) -> dict[str, IssueReply]:
    """The last reply to each of these issues, by the issue's id."""
    statement = select(IssueReply).where(IssueReply.issue_id.in_(ids)).order_by(IssueReply.replied_at, IssueReply.id)
    return {reply.issue_id: reply for reply in session.scalars(statement)}


def reply_day(reply: IssueReply) -> date:
    """The day that the reply bears, or on which it was written here."""
    return reply.written_on or field_date(reply.replied_at)


def _part(session: Session, ids: Sequence[str], first: int, words: dict[str, dict[str, str]]) -> Iterator[tuple[Value, ...]]:
    issues = {issue.id: issue for issue in session.scalars(select(Issue).where(Issue.id.in_(ids)))}
    places, replies = told_places(session, issues.values()), latest_replies(session, ids)
    codes = {issue.county_code.ljust(12, "0") for issue in issues.values()}
    counties = {code: name for code, name in session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))}
    language = page_language()
    for position, issue in enumerate((issues[key] for key in ids), start=first + 1):
        reply = replies.get(issue.id)
        row: dict[str, Value] = {
            "position": position,
            "number": issue.number,
            "county": counties.get(issue.county_code.ljust(12, "0"), issue.county_code),
            "place": places[issue.id].rpartition(" ")[2],
            "title": issue.title_in(language),
            "finding": issue.finding,
            "area": words["area"][issue.area],
            "level": words["level"][issue.level],
            "attribution": words["attribution"].get(issue.attribution or "", ""),
            "scope": words["scope"].get(issue.scope or "", ""),
            "recommendation": issue.recommendation,
            "body": issue.responsible_body,
            "due_on": issue.due_on,
            "state": words["state"][issue.state],
            "reply": reply.body if reply else "",
            "done": DONE_TERMS[reply.kind][0] if reply and reply.kind in DONE_TERMS else "",
            "postponed": reply.proposed_due_on if reply else None,
            "written_on": reply_day(reply) if reply else None,
            "closed_on": field_date(issue.closed_at) if issue.closed_at else None,
        }
        yield tuple(row[name] for name in COLUMNS)


def _words() -> dict[str, dict[str, str]]:
    """The labels as plain texts, looked up once and not for every row."""
    labels = {"area": AREA_LABELS, "level": LEVEL_LABELS, "attribution": ATTRIBUTION_LABELS, "scope": SCOPE_LABELS, "state": STATE_LABELS}
    return {name: {key: str(label) for key, label in each.items()} for name, each in labels.items()}
