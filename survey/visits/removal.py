"""Removing a visit that is still in planning: what goes along with its plan, and what stands against it.

Every table that refers to visits is named here once; a test insists on it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import Base, n_changed
from survey.visits.models import Visit
from survey.visits.planning import log_change

TAKEN_ALONG = frozenset(
    (
        "assignments",
        "expert_visits",
        "look_back_additions",
        "pairs",
        "visit_forms",
        "visit_keys",
        "visit_limits",
        "visit_members",
        "visit_quotas",
        "visit_retentions",
        "visit_tolerances",
        "visit_villages",
    )
)
"""Tables of the plan; what refers to their rows goes with them."""

STANDS_AGAINST: Mapping[str, tuple[str, str, str]] = {
    "visits": ("look-back that looks back on it", "look-backs that look back on it", "个以其为基础的回头看"),
    "draws": ("draw", "draws", "次抽样"),
    "submissions": ("interview", "interviews", "份问卷记录"),
    "reconciliations": ("reconciliation", "reconciliations", "次双份记录比对"),
    "coding_rounds": ("coding of open answers", "codings of open answers", "轮开放答案编码"),
    "discrepancy_corrections": ("corrected discrepancy", "corrected discrepancies", "处差异更正"),
    "issue_candidates": ("issue candidate", "issue candidates", "条问题线索"),
    "issues": ("issue", "issues", "个问题"),
    "household_outcomes": ("outcome of an issue", "outcomes of issues", "条问题回访结果"),
    "material_requests": ("request for materials", "requests for materials", "项材料需求"),
    "meetings": ("meeting", "meetings", "次会议"),
    "recommendations": ("recommendation", "recommendations", "条意见建议"),
    "dataset_requests": ("request for a full dataset", "requests for full datasets", "份完整数据集申请"),
    "report_batches": ("batch of reports", "batches of reports", "批报告"),
    "reports": ("report", "reports", "份报告"),
}
"""Tables whose rows say what was done: one, several, and in Chinese what is counted. A voided draw stays visible, too."""


def find_in_the_way(session: Session, visit: Visit) -> dict[str, int]:
    """How many rows of each table stand against removing the visit, by table, in the order to tell them; one statement."""
    counts = {
        name: select(func.count()).select_from(table).where(_column(table) == visit.id).scalar_subquery().label(name)
        for name, table in ((name, Base.metadata.tables[name]) for name in STANDS_AGAINST)
    }
    row = session.execute(select(*counts.values())).one()
    return {name: n for name, n in row._mapping.items() if n}


def word_in_the_way(counts: Mapping[str, int], *, is_chinese: bool) -> str:
    """What stands against removing a visit, as a list in a sentence."""
    if is_chinese:
        return "、".join(f"{n} {STANDS_AGAINST[name][2]}" for name, n in counts.items())
    return ", ".join(f"{n} {STANDS_AGAINST[name][n > 1]}" for name, n in counts.items())


def remove_visit(session: Session, actor: User | None, visit: Visit, now: datetime) -> None:
    """Take back a visit that is still in planning, with its plan.

    INVALID_TRANSITION once it was opened, or while something refers to it that says what was done; the error names it.
    """
    if visit.state != "planned":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=visit.id, state=visit.state, action="removed")
    if counts := find_in_the_way(session, visit):
        state, chinese = (word_in_the_way(counts, is_chinese=is_chinese) for is_chinese in (False, True))
        told = {"state": f"referred to by {state}", "state_zh": f"已关联{chinese}"}
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=visit.id, action="removed", **told)
    session.flush()
    removed = {}
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in TAKEN_ALONG:
            removed[table.name] = n_changed(session, delete(table).where(_column(table) == visit.id))
    session.expire_all()
    log_change(session, actor, "visit.removed", visit, now, n_assignments=removed["assignments"])
    session.delete(visit)
    session.flush()


def _column(table: Table) -> ColumnElement[Any]:
    """The column that refers to visits."""
    return next(column for column in table.columns for key in column.foreign_keys if key.column.table.name == Visit.__tablename__)
