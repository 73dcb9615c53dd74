"""What the page of an issue shows of its verification: the tasks with what came of them, and the form that gives another."""

from typing import Any

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import utc_now
from survey.field_time import field_date
from survey.issues.life import EDITORS
from survey.issues.models import Issue
from survey.issues.words import VERIFICATION_KIND_LABELS, VERIFICATION_RESULT_LABELS
from survey.verifications.forms import AskForm, TakeBackForm
from survey.verifications.queries import files_of, list_tasks, list_verifiers

RESULT_TONES = {"confirmed": "bad", "partly": "warn", "refuted": "good"}
"""The tone of the badge of a result: true is bad news."""


def verification_words() -> dict[str, Any]:
    """What the templates of verification call things."""
    return {
        "verification_kind_labels": VERIFICATION_KIND_LABELS,
        "verification_result_labels": VERIFICATION_RESULT_LABELS,
        "result_tones": RESULT_TONES,
    }


def verifications_context(session: Session, issue: Issue, viewer: User) -> dict[str, Any]:
    """The values of `issues/_verifications.html`. Three statements at most."""
    tasks = list_tasks(session, issue)
    may_ask = issue.state == "raised" and any(viewer.has_role(role) for role in EDITORS)
    ask_form = None
    if may_ask:
        ask_form = AskForm(formdata=None, seen=issue.n_steps)
        ask_form.offer(list_verifiers(session, issue), field_date(utc_now()))
    return {
        "tasks": tasks,
        "files_of_tasks": files_of(session, [task.id for task in tasks if task.done_at]) if tasks else {},
        "ask_form": ask_form,
        "take_back_form": TakeBackForm(formdata=None, seen=issue.n_steps),
        **verification_words(),
    }
