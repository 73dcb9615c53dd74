"""Candidates of rules, settled anew when other answers of an interview count than before: reconciled or corrected, or the lead's own again.

A candidate whose rule no longer holds is withdrawn and kept; one whose rule newly holds is raised, or stands again. Evidence is always of
the answers that count; beside reconciled answers it keeps what each of the two had recorded.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.instance import check_instance, parse_instance, write_instance
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.candidates.detect import DetectedIssue, detect_issues, evidence_of
from survey.candidates.models import IssueCandidate
from survey.corrections.queries import find_record
from survey.events import log_event
from survey.intake.models import Submission
from survey.issues.changing import reread_evidence_of
from survey.issues.withdrawing import restore_candidates, withdraw_candidates
from survey.reconciling.counted import answers_that_count, leads_reconciled_with


@dataclass(frozen=True, slots=True)
class Settled:
    """The rules whose candidates changed: raised (or standing again), and withdrawn."""

    raised: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


def settle_candidates(
    session: Session, actor: User | None, instance_id: str, now: datetime, *, why: str = "reconciled", adds: bool = True
) -> Settled:
    """What changed of the candidates that rules raise from a lead's record, now that other answers may count; `why` is for the history.

    Candidates that are not there yet are raised if it `adds`. What people raised by hand is left alone, but evidence of issues says what it
    tells by now. A fixed number of statements, and an event for what is raised and one for what is withdrawn.
    """
    counted = answers_that_count(session, (instance_id,))[instance_id]
    lead = session.get_one(Submission, instance_id)
    record = find_record(session, lead)
    questionnaire, answers = record.questionnaire, record.effect.answers if record.chosen else counted.answers
    second = _answers(session, counted.second_instance_id)
    found = {each.rule: each for each in _detected(questionnaire, answers, lead.received_at)}
    statement = select(IssueCandidate).where(IssueCandidate.instance_id == instance_id, IssueCandidate.raised_by_id.is_(None))
    present = {candidate.rule: candidate for candidate in session.scalars(statement)}
    raised, withdrawn, again, gone = [], [], [], []
    for rule in questionnaire.issue_rules:
        candidate, holds = present.get(rule.name), rule.name in found
        if candidate is None and not adds:
            continue
        if holds and (candidate is None or candidate.withdrawn_at is not None):
            raised.append(rule.name)
            again += [candidate.id] if candidate else []
        if candidate is None and holds:
            candidate = _add(session, lead, found[rule.name], now)
        if candidate is None:
            continue
        if candidate.withdrawn_at is None and not holds:
            withdrawn.append(rule.name)
            gone.append(candidate.id)
        candidate.withdrawn_at = None if holds else candidate.withdrawn_at or now
        candidate.evidence = evidence_of(questionnaire, rule, answers)
        both = {"lead": counted.own, "second": second} if counted.reconciliation_id else {}
        candidate.originals = {who: evidence_of(questionnaire, rule, told) for who, told in both.items()} or None
    session.flush()
    withdraw_candidates(session, actor, gone, now, why=why)
    restore_candidates(session, actor, again, now)
    reread_evidence_of(session, actor, instance_id, now, why=why)
    for action, rules in (("raised", raised), ("withdrawn", withdrawn)):
        if rules:
            details = {"rules": rules, "reconciliation": counted.reconciliation_id}
            actor_id = actor.id if actor else None
            log_event(session, actor_id, f"submission.candidates_{action}", "submission", instance_id, now, **details)
    return Settled(tuple(raised), tuple(withdrawn))


def settle_beside(session: Session, actor: User | None, second_instance_id: str, now: datetime) -> None:
    """Nothing; a second's record has begun or ceased to count, and the candidates of what was reconciled with it are settled."""
    for instance_id in leads_reconciled_with(session, second_instance_id):
        settle_candidates(session, actor, instance_id, now)


def _answers(session: Session, instance_id: str) -> Mapping[str, Any]:
    return session.scalar(select(Submission.answers).where(Submission.instance_id == instance_id)) or {} if instance_id else {}


def _detected(questionnaire: Questionnaire, answers: Mapping[str, Any], received_at: datetime) -> tuple[DetectedIssue, ...]:
    """What the rules find in the answers that count, at the moment at which the lead's record was received."""
    xml = write_instance(questionnaire, answers, instance_id="uuid:counted", now=received_at)
    return detect_issues(questionnaire, check_instance(questionnaire, parse_instance(xml), now=received_at))


def _add(session: Session, lead: Submission, detected: DetectedIssue, now: datetime) -> IssueCandidate:
    place = {name: getattr(lead, name) for name in ("instance_id", "visit_id", "village_code", "household_id")}
    candidate = IssueCandidate(**asdict(detected), **place, raised_at=now)
    session.add(candidate)
    return candidate
