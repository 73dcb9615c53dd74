"""Every write about two records of one interview: a decision, taking it back, finishing, reopening, and a visit's tolerances."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire, text_in
from survey.accounts.models import User
from survey.candidates.settling import settle_candidates
from survey.events import log_event
from survey.intake.texts import texts_by_code
from survey.reconciling.differences import OTHER, Comparison, compare_records
from survey.reconciling.merging import BrokenRule, Decision, Reconciled, open_nodes, reconcile_records
from survey.reconciling.models import DECISIONS, ReconciledAnswer, Reconciliation, VisitTolerances
from survey.reconciling.queries import Records, read_tolerances
from survey.reconciling.tolerances import Tolerances
from survey.visits.models import Visit

NOTHING: Mapping[str, Decision] = MappingProxyType({})
MAX_REASON_LENGTH = 2000
MAX_VALUE_LENGTH = 4000
MAX_PERCENT, MAX_DAYS, MAX_MINUTES, MAX_METRES = 100, 366, 24 * 60, 100_000


def reconciled_now(questionnaire: Questionnaire, records: Records, changes: Mapping[str, Decision] = NOTHING) -> Reconciled:
    """What the decisions until now make of both records, with `changes` by node on top of them."""
    decisions = {**records.decisions, **changes}
    return reconcile_records(questionnaire, records.lead.answers, records.second.answers, decisions, now=records.lead.received_at)


def broken_by(questionnaire: Questionnaire, records: Records, node: str, value: str) -> BrokenRule | None:
    """The rule of its own question that another answer at a node would break; None when it breaks none."""
    found = reconciled_now(questionnaire, records, {node: Decision(OTHER, value)})
    return next((each for each in found.broken if each.node == node), None)


def decide_answer(
    session: Session,
    actor: User | None,
    questionnaire: Questionnaire,
    records: Records,
    node: str,
    choice: str,
    now: datetime,
    *,
    value: str = "",
    reason: str = "",
) -> Reconciliation:
    """The reconciliation with what counts at a node: the lead's answer, the second's, or another one with the reason.

    Deciding again takes the place of what was decided. Raises INVALID_TRANSITION once the reconciliation is finished, INVALID_VALUE for
    a node where nothing was recorded, for "other" without a reason, and for another answer that its question does not allow.
    """
    if choice not in DECISIONS:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="choice", detail="choose the lead's answer, the second's, or another one")
    value, reason = (value.strip(), reason.strip()) if choice == OTHER else ("", "")
    _check_open(records)
    compared = _compared(session, questionnaire, records).get(node)
    if compared is None:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="node", detail="neither of the two recorded anything there")
    if choice == OTHER:
        _check_other(questionnaire, records, compared, value, reason)
    reconciliation = records.reconciliation or _begin(session, actor, records, now)
    found = next((each for each in reconciliation.decided if each.node == node), None)
    if found is None:
        found = ReconciledAnswer(node=node)
        reconciliation.decided.append(found)
    found.choice, found.value, found.reason = choice, value, reason
    found.decided_at, found.decided_by_id = now, actor.id if actor else None
    session.flush()
    _log(session, actor, "reconciliation.decided", reconciliation, now, node=node, choice=choice, reason=reason)
    return reconciliation


def take_back(session: Session, actor: User | None, records: Records, node: str, now: datetime) -> None:
    """Nothing; what was decided at a node is open again. NOT_FOUND when nothing was decided there."""
    _check_open(records)
    reconciliation = records.reconciliation
    found = next((each for each in reconciliation.decided if each.node == node), None) if reconciliation else None
    if reconciliation is None or found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Decision", key=node, remedy="It was taken back already.")
    reconciliation.decided.remove(found)
    session.flush()
    _log(session, actor, "reconciliation.taken_back", reconciliation, now, node=node)


def finish_reconciliation(
    session: Session, actor: User | None, questionnaire: Questionnaire, records: Records, now: datetime
) -> Reconciliation:
    """The finished reconciliation, whose record counts from now on: in the dataset, in comparisons, and in what rules find.

    Raises INVALID_TRANSITION when it is finished already, INVALID_VALUE while a difference waits for a decision, or while the reconciled
    record breaks a rule of the questionnaire: the first is named.
    """
    _check_open(records)
    comparisons = tuple(_compared(session, questionnaire, records).values())
    result = reconciled_now(questionnaire, records)
    waiting = open_nodes(comparisons, records.decisions, result.moot)
    if waiting:
        detail = f"{len(waiting)} differences wait for a decision, and this is the first"
        told = f"还有{len(waiting)}处差异待裁定，这是第一处"
        raise SurveyError(ErrorCode.INVALID_VALUE, field=waiting[0], detail=detail, detail_zh=told)
    if result.broken:
        raise _refused(questionnaire, result.broken[0])
    reconciliation = records.reconciliation or _begin(session, actor, records, now)
    reconciliation.state, reconciliation.answers = "finished", result.answers
    reconciliation.finished_at, reconciliation.finished_by_id = now, actor.id if actor else None
    reconciliation.n_compared = len(comparisons)
    reconciliation.n_agreeing = sum(each.is_agreeing for each in comparisons)
    session.flush()
    counts = {"n_compared": reconciliation.n_compared, "n_agreeing": reconciliation.n_agreeing}
    _log(session, actor, "reconciliation.finished", reconciliation, now, **counts)
    settle_candidates(session, actor, reconciliation.lead_instance_id, now)
    return reconciliation


def reopen_reconciliation(session: Session, actor: User | None, records: Records, reason: str, now: datetime) -> Reconciliation:
    """The reconciliation, open again; until it is finished the lead's record counts. INVALID_VALUE without a reason."""
    reconciliation, reason = records.reconciliation, reason.strip()
    if reconciliation is None or reconciliation.state != "finished":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=records.lead.instance_id, state="not finished", action="reopened")
    if not reason or len(reason) > MAX_REASON_LENGTH:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say why it is taken up again; the reason is kept")
    reconciliation.state, reconciliation.answers = "open", None
    reconciliation.finished_at = reconciliation.finished_by_id = None
    reconciliation.n_compared = reconciliation.n_agreeing = None
    session.flush()
    _log(session, actor, "reconciliation.reopened", reconciliation, now, reason=reason)
    settle_candidates(session, actor, reconciliation.lead_instance_id, now)
    return reconciliation


def set_tolerances(session: Session, actor: User | None, visit: Visit, wanted: Tolerances, now: datetime) -> Tolerances:
    """What the visit lets pass as the same from now on; INVALID_VALUE out of bounds. Finished reconciliations stay as they are."""
    bounds = {
        "number_percent": MAX_PERCENT,
        "date_days": MAX_DAYS,
        "time_minutes": MAX_MINUTES,
        "position_m": MAX_METRES,
    }
    for name, most in bounds.items():
        if not 0 <= getattr(wanted, name) <= most:
            detail = f"it lies between 0 and {most}"
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail, detail_zh=f"应在0至{most}之间")
    before = read_tolerances(session, visit)
    if wanted == before:
        return before
    row = session.get(VisitTolerances, visit.id)
    if row is None:
        row = VisitTolerances(visit_id=visit.id)
        session.add(row)
    for name, value in asdict(wanted).items():
        setattr(row, name, value)
    session.flush()
    changed = {name: [value, getattr(wanted, name)] for name, value in asdict(before).items() if value != getattr(wanted, name)}
    log_event(session, actor.id if actor else None, "visit.tolerances_changed", "visit", visit.id, now, changed=changed)
    return wanted


def _compared(session: Session, questionnaire: Questionnaire, records: Records) -> dict[str, Comparison]:
    visit = records.lead.visit
    if visit is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Visit", key=records.lead.instance_id, remedy="Open it from the list of visits.")
    found = compare_records(questionnaire, records.lead.answers, records.second.answers, read_tolerances(session, visit))
    return {each.node: each for each in found}


def _check_open(records: Records) -> None:
    if records.reconciliation is not None and records.reconciliation.state == "finished":
        raise SurveyError(
            ErrorCode.INVALID_TRANSITION, what=records.lead.instance_id, state="reconciled", action="changed until it is reopened"
        )


def _check_other(questionnaire: Questionnaire, records: Records, compared: Comparison, value: str, reason: str) -> None:
    if compared.question is None:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="choice", detail="an entry that only one of them has is kept or left out")
    if not reason or len(reason) > MAX_REASON_LENGTH:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say why neither record counts; the reason is kept")
    if len(value) > MAX_VALUE_LENGTH:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="value", detail="the answer is too long")
    broken = broken_by(questionnaire, records, compared.node, value)
    if broken:
        raise _refused(questionnaire, broken)


def _refused(questionnaire: Questionnaire, broken: BrokenRule) -> SurveyError:
    told = texts_by_code(questionnaire, broken.finding.message)
    detail = told.get("en") or text_in(broken.finding.message, questionnaire.default_language)
    return SurveyError(ErrorCode.INVALID_VALUE, field=broken.node, detail=detail, detail_zh=told.get("zh") or detail)


def _begin(session: Session, actor: User | None, records: Records, now: datetime) -> Reconciliation:
    reconciliation = Reconciliation(
        visit_id=records.lead.visit_id,
        lead_instance_id=records.lead.instance_id,
        second_instance_id=records.second.instance_id,
        begun_at=now,
        begun_by_id=actor.id if actor else None,
    )
    session.add(reconciliation)
    session.flush()
    return reconciliation


def _log(session: Session, actor: User | None, action: str, reconciliation: Reconciliation, now: datetime, **details: object) -> None:
    actor_id = actor.id if actor else None
    log_event(session, actor_id, action, "reconciliation", reconciliation.id, now, **details)
