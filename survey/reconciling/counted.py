"""The answers that count of an interview: those that its two records were reconciled to, or else the lead's own.

Whoever reads answers to say something about a household reads them here, or joins with the same condition; pages that show what one
person recorded read the submission.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from survey.db import batches
from survey.intake.models import COUNTED, Submission
from survey.reconciling.models import Reconciliation


@dataclass(frozen=True, slots=True)
class Counted:
    """The answers of one interview that count; `own` are those of the lead's record.

    `reconciliation_id` and `second_instance_id` tell where they come from when two records were reconciled, "" otherwise.
    """

    instance_id: str
    questionnaire_version_id: str
    answers: dict[str, Any]
    own: dict[str, Any]
    reconciliation_id: str = ""
    second_instance_id: str = ""


def is_counted() -> ColumnElement[bool]:
    """The condition under which a reconciliation tells what counts of the submission it is joined with, which is its lead's record.

    It is finished, and the second's record is neither returned nor replaced since. Where several fulfil it, the one finished last counts.
    """
    second = aliased(Submission)
    return and_(
        Reconciliation.lead_instance_id == Submission.instance_id,
        Reconciliation.state == "finished",
        # Asked of each reconciliation: a list of all that count would be made anew by every statement, however few it is about.
        exists().where(second.instance_id == Reconciliation.second_instance_id, second.review_state.in_(COUNTED)),
    )


def answers_that_count(session: Session, instance_ids: Iterable[str]) -> dict[str, Counted]:
    """The answers that count by instance id of the lead's record; unknown ids are left out. One statement for every 500 of them."""
    statement = (
        select(
            Submission.instance_id,
            Submission.questionnaire_version_id,
            Submission.answers,
            Reconciliation.answers.label("reconciled"),
            Reconciliation.id.label("reconciliation_id"),
            Reconciliation.second_instance_id,
        )
        .outerjoin(Reconciliation, is_counted())
        .order_by(Reconciliation.finished_at)
    )
    found = {}
    for ids in batches(instance_ids):
        for row in session.execute(statement.where(Submission.instance_id.in_(ids))):
            reconciled = (row.reconciliation_id, row.second_instance_id) if row.reconciled is not None else ("", "")
            answers = row.answers if row.reconciled is None else row.reconciled
            found[row.instance_id] = Counted(row.instance_id, row.questionnaire_version_id, answers, row.answers, *reconciled)
    return found


def is_reconciled(session: Session, instance_id: str) -> bool:
    """Whether something else than this record counts of its interview: what it and the other one of the pair were reconciled to."""
    either = or_(Reconciliation.lead_instance_id == instance_id, Reconciliation.second_instance_id == instance_id)
    statement = select(Reconciliation.id).join(Submission, is_counted()).where(either)
    return session.scalar(statement.limit(1)) is not None


def leads_reconciled_with(session: Session, second_instance_id: str) -> tuple[str, ...]:
    """The instance ids of the leads' records that were reconciled with this second's."""
    statement = select(Reconciliation.lead_instance_id).where(
        Reconciliation.second_instance_id == second_instance_id, Reconciliation.state == "finished"
    )
    return tuple(session.scalars(statement.order_by(Reconciliation.lead_instance_id)))
