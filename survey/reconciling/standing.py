"""Where an answer that one person recorded stands in what counts of the interview, and what each of the two had recorded there.

Entries of repeats may stand elsewhere in the reconciled record than in the one that somebody has before them, or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.audit_log import split_node
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Group, Node, Question, Questionnaire
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Submission
from survey.reconciling.counted import answers_that_count, leads_reconciled_with
from survey.reconciling.differences import LEFT, RIGHT, Place, start_of
from survey.reconciling.merging import Decision, kept_entries
from survey.reconciling.models import ReconciledAnswer


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a question stands in the reconciled record, and in the lead's and the second's; "" where the entry around it is absent."""

    node: str
    left_node: str
    right_node: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts at a place of somebody's record: the answers that count, the place in them, and the lead's record that they are of.

    `recorded` are, of two records that were reconciled, the answers of "lead" and "second" with the place in each, "" for none.
    """

    lead: Submission
    answers: Mapping[str, Any]
    node: str
    recorded: Mapping[str, tuple[Mapping[str, Any], str]]

    @property
    def own_node(self) -> str:
        """The place in the lead's own record, or else in what counts."""
        return self.recorded.get("lead", ({}, ""))[1] or self.node


def standing_of(session: Session, submission: Submission, node: str) -> Standing:
    """What counts where this record has `node`; INVALID_VALUE where the two records were reconciled and what counts has no such place."""
    leads = (submission.instance_id, *leads_reconciled_with(session, submission.instance_id))
    counted = answers_that_count(session, leads)
    found = next((each for each in counted.values() if submission.instance_id == each.second_instance_id), None)
    found = found or counted[submission.instance_id]
    if not found.reconciliation_id:
        return Standing(submission, found.answers, node, {})
    lead = session.get_one(Submission, found.instance_id)
    second = session.scalar(select(Submission.answers).where(Submission.instance_id == found.second_instance_id)) or {}
    rows = session.scalars(select(ReconciledAnswer).where(ReconciledAnswer.reconciliation_id == found.reconciliation_id))
    decisions = {row.node: Decision(row.choice, row.value) for row in rows}
    questionnaire = load_questionnaire(lead.questionnaire)
    side = LEFT if lead is submission else RIGHT
    stand = find_stand(questionnaire, found.own, second, decisions, node, side)
    if stand is None:
        raise SurveyError(
            ErrorCode.INVALID_VALUE,
            field="evidence",
            detail="the two records were reconciled without this entry; open what was reconciled and raise it from there",
        )
    recorded = {"lead": (found.own, stand.left_node), "second": (second, stand.right_node)}
    return Standing(lead, found.answers, stand.node, recorded)


def find_stand(
    questionnaire: Questionnaire,
    left: Mapping[str, Any],
    right: Mapping[str, Any],
    decisions: Mapping[str, Decision],
    node: str,
    side: str,
) -> Stand | None:
    """Where what one record (`side`: "left" or "right") has at `node` stands in the reconciled one; None where it does not stand there."""
    path, positions = split_node(node)
    place = start_of(questionnaire)
    names = path.removeprefix(place.node).strip("/").split("/")
    return _find(questionnaire.children, left, right, place, place.node, names, positions, decisions, side)


def _find(
    children: Sequence[Node],
    left: Mapping[str, Any],
    right: Mapping[str, Any],
    place: Place,
    merged: str,
    names: Sequence[str],
    positions: Sequence[int],
    decisions: Mapping[str, Decision],
    side: str,
) -> Stand | None:
    child = next((each for each in children if names and each.name == names[0]), None)
    if child is None:
        return None
    one, other = left.get(child.name), right.get(child.name)
    if isinstance(child, Question):
        left_node, right_node = (f"{node}/{child.name}" if node else "" for node in (place.left_node, place.right_node))
        return Stand(f"{merged}/{child.name}", left_node, right_node)
    if isinstance(child, Group):
        left_node, right_node = (f"{node}/{child.name}" if node else "" for node in (place.left_node, place.right_node))
        inside = Place(f"{place.node}/{child.name}", left_node, right_node)
        return _find(child.children, one or {}, other or {}, inside, f"{merged}/{child.name}", names[1:], positions, decisions, side)
    if not positions:
        return None
    for number, entry in enumerate(kept_entries(child, one or (), other or (), place, decisions), start=1):
        if (entry.aligned.left if side == LEFT else entry.aligned.right) == positions[0] - 1:
            here = f"{merged}/{child.name}[{number}]"
            return _find(child.children, entry.one, entry.other, entry.inside, here, names[1:], positions[1:], decisions, side)
    return None
