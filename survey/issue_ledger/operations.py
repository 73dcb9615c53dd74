"""Replies from a filled-in ledger: compared with what is known, shown first, entered when the importer says so."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import batches
from survey.events import log_event
from survey.issue_ledger.ledger import FilledLedger, LedgerRow, ledger_of, ledger_record
from survey.issue_ledger.queries import latest_replies
from survey.issues.models import Issue, IssueReply
from survey.places.draft_operations import store_draft
from survey.places.models import RosterDraft
from survey.places.sheet_layout import SheetProblem, count_bad_rows, in_order, refuse_bad_rows
from survey.responsible.answering import ReplyFacts, give_reply
from survey.responsible.queries import ANSWERED

DRAFT_KIND = "replies"


@dataclass(frozen=True, slots=True)
class PlannedReply:
    """A reply that the ledger brings to an issue, and what the last one said."""

    row: LedgerRow
    issue: Issue
    before: str


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """What importing a ledger would do."""

    replies: tuple[PlannedReply, ...]
    problems: tuple[SheetProblem, ...]
    n_unchanged: int
    n_empty: int

    @property
    def n_bad_rows(self) -> int:
        """How many rows have at least one problem."""
        return count_bad_rows(self.problems)


def plan_replies(session: Session, ledger: FilledLedger, today: date) -> ReplyPlan:
    """What the ledger would bring: replies that say something new, and the rows that cannot be entered, with why."""
    issues = _find_issues(session, (row.number for row in ledger.rows))
    latest: dict[str, IssueReply] = {}
    for part in batches(issue.id for issue in issues.values()):
        latest |= latest_replies(session, part)
    planned: list[PlannedReply] = []
    problems = list(ledger.problems)
    n_unchanged = 0
    for row in ledger.rows:
        issue = issues.get(row.number)
        if issue is None:
            problems.append(_problem(ledger, row, "number", row.number, "unknown_number"))
            continue
        wanted = as_reply(row, issue.due_on)
        last = latest.get(issue.id)
        if last is not None and _says(last) == (wanted.kind, wanted.reply, wanted.postponed):
            n_unchanged += 1
        elif problem := _check(ledger, wanted, issue, today):
            problems.append(problem)
        else:
            planned.append(PlannedReply(wanted, issue, last.body if last else ""))
    return ReplyPlan(tuple(planned), in_order(problems), n_unchanged, ledger.n_empty)


def as_reply(row: LedgerRow, due_on: date | None) -> LedgerRow:
    """The row as the reply that it is: a day that is not the due date anyway makes it one that asks for another date."""
    if not row.postponed or (due_on is not None and row.postponed == due_on.isoformat()):
        return replace(row, postponed="")
    return replace(row, kind="date") if row.kind == "progress" else row


def keep_ledger(session: Session, actor: User, ledger: FilledLedger, file_name: str, now: datetime) -> RosterDraft:
    """The draft that waits for the importer's word."""
    draft = store_draft(session, actor, DRAFT_KIND, ledger_record(ledger), file_name, now)
    counts = {"n_rows": len(ledger.rows), "n_bad_rows": ledger.n_bad_rows}
    log_event(session, actor.id, "issue_ledger.read", "issue_ledger", draft.id, now, **counts)
    return draft


def import_ledger(session: Session, actor: User, draft: RosterDraft, today: date, *, keep_good: bool, now: datetime) -> ReplyPlan:
    """What importing the draft did; it is removed with that. With bad rows BAD_ROWS is raised unless the good ones are wanted alone."""
    plan = plan_replies(session, ledger_of(draft.content), today)
    refuse_bad_rows(plan.problems, draft.file_name, keep_good=keep_good)
    for each in plan.replies:
        row = each.row
        facts = ReplyFacts(row.kind, row.reply, _day(row.postponed), "ledger", _day(row.written_on))
        give_reply(session, actor, each.issue, facts, [], now, seen=each.issue.n_steps)
    session.delete(draft)
    counts = {"n_new": len(plan.replies), "n_unchanged": plan.n_unchanged, "n_bad_rows": plan.n_bad_rows}
    log_event(session, actor.id, "issue_ledger.imported", "issue_ledger", draft.id, now, **counts)
    return plan


def drop_ledger(session: Session, actor: User, draft: RosterDraft, now: datetime) -> None:
    """Give up a draft; nothing of it is entered."""
    session.delete(draft)
    log_event(session, actor.id, "issue_ledger.dropped", "issue_ledger", draft.id, now)


def _find_issues(session: Session, numbers: Iterable[str]) -> dict[str, Issue]:
    found: dict[str, Issue] = {}
    for part in batches(numbers):
        found.update((issue.number, issue) for issue in session.scalars(select(Issue).where(Issue.number.in_(part))))
    return found


def _says(reply: IssueReply) -> tuple[str, str, str]:
    return (reply.kind, reply.body, reply.proposed_due_on.isoformat() if reply.proposed_due_on else "")


def _check(ledger: FilledLedger, row: LedgerRow, issue: Issue, today: date) -> SheetProblem | None:
    if issue.state not in ANSWERED:
        return _problem(ledger, row, "number", row.number, "closed" if issue.state == "closed" else "not_reported")
    if row.postponed and row.kind != "date":
        return _problem(ledger, row, "postponed", row.postponed, "contradiction")
    if row.postponed and row.postponed < today.isoformat():
        return _problem(ledger, row, "postponed", row.postponed, "passed")
    if row.written_on > today.isoformat():
        return _problem(ledger, row, "written_on", row.written_on, "future")
    return None


def _problem(ledger: FilledLedger, row: LedgerRow, column: str, value: str, reason: str) -> SheetProblem:
    return SheetProblem(row.row, ledger.headings[column], value, reason)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
