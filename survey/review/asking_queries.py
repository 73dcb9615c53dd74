"""Reading what coordinators ask about single answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from questionnaires.audit_log import split_node
from survey.accounts.models import User
from survey.review.models import AnswerQuery


def find_query(session: Session, instance_id: str, node: str) -> AnswerQuery | None:
    """What is asked about the answer at a node; None when nothing is."""
    statement = select(AnswerQuery).where(AnswerQuery.instance_id == instance_id, AnswerQuery.node == node)
    return session.scalars(statement).one_or_none()


def list_queries(session: Session, instance_id: str | None) -> Mapping[str, AnswerQuery]:
    """What is and was asked about an interview's answers, by node; nothing for no interview."""
    if not instance_id:
        return {}
    loaded = joinedload(AnswerQuery.asked_by).lazyload(User.roles)
    statement = select(AnswerQuery).where(AnswerQuery.instance_id == instance_id).options(loaded).order_by(AnswerQuery.asked_at)
    return {query.node: query for query in session.scalars(statement)}


def queries_for_tablets(session: Session, instance_ids: Iterable[str]) -> Mapping[str, tuple[dict[str, Any], ...]]:
    """What pairs are asked about returned interviews, as JSON values, by instance id; interviews without any are left out."""
    columns = select(AnswerQuery.instance_id, AnswerQuery.node, AnswerQuery.question, AnswerQuery.text)
    wanted = AnswerQuery.instance_id.in_(sorted(filter(None, instance_ids)))
    found: dict[str, tuple[dict[str, Any], ...]] = {}
    for row in session.execute(columns.where(wanted, AnswerQuery.state == "asked").order_by(AnswerQuery.asked_at, AnswerQuery.node)):
        _path, position = split_node(row.node)
        facts = {"node": row.node, "question": row.question, "position": list(position), "text": row.text}
        found[row.instance_id] = (*found.get(row.instance_id, ()), facts)
    return found
