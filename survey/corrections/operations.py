"""Every write to the log of corrections: an entry, and the withdrawal of one. Nothing that was received is touched."""

from datetime import datetime

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.instance import Finding
from questionnaires.model import Questionnaire, text_in
from survey.accounts.models import User
from survey.candidates.settling import settle_candidates
from survey.corrections.effect import Effect, effect_of, is_correctable, places_of
from survey.corrections.models import Correction, CorrectionWithdrawal
from survey.corrections.queries import Record
from survey.events import log_event
from survey.intake.texts import texts_by_code

MAX_REASON_LENGTH = 2000
MAX_VALUE_LENGTH = 4000


def correct_answer(
    session: Session, actor: User, record: Record, node: str, new: str, reason: str, now: datetime, *, seen: str | None = None
) -> Correction:
    """The entry that says what counts instead of the answer at a node ("" for none), from now on in datasets and figures.

    `seen` is the answer that counted when the actor looked. Raises INVALID_TRANSITION unless the interview is accepted and the lead's,
    NOT_FOUND for a node that is no answer, INVALID_VALUE without a reason or for an answer that the questionnaire does not allow.
    """
    check_open(record)
    new, reason = new.strip(), reason.strip()
    place = record.places.get(node)
    if place is None or not is_correctable(place.question):
        raise SurveyError(ErrorCode.NOT_FOUND, what="Answer", key=node, remedy="Choose one of the answers of the interview.")
    counting = record.values.get(node, place.text)
    if seen is not None and seen != counting:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="new", detail="somebody corrected it meanwhile; look at it again")
    if not reason or len(reason) > MAX_REASON_LENGTH:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say why it is corrected; the reason is kept")
    if len(new) > MAX_VALUE_LENGTH:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="new", detail="the answer is too long")
    new = _canonical(record, node, new)
    if new == counting:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="new", detail="this is the answer that counts already")
    if new == place.text:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="new", detail="this is what was recorded; withdraw the correction instead")
    correction = Correction(
        instance_id=record.submission.instance_id,
        question=place.question.name,
        node=node,
        old=place.text,
        new=new,
        reason=reason,
        corrected_at=now,
        corrected_by_id=actor.id,
    )
    session.add(correction)
    session.flush()
    _log(session, actor, "submission.corrected", correction, reason, now)
    settle_candidates(session, actor, correction.instance_id, now, why="corrected")
    return correction


def withdraw_correction(session: Session, actor: User, record: Record, correction: Correction, reason: str, now: datetime) -> None:
    """Nothing; the correction no longer counts and stays in the log.

    Raises INVALID_TRANSITION when it was withdrawn already, INVALID_VALUE without a reason, or when what remains breaks a rule.
    """
    if correction.withdrawal is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=correction.question, state="withdrawn", action="withdrawn")
    reason = reason.strip()
    if not reason or len(reason) > MAX_REASON_LENGTH:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="reason", detail="say why it is withdrawn; the reason is kept")
    remaining = Record(
        record.submission, record.questionnaire, record.stored, tuple(each for each in record.corrections if each.id != correction.id)
    )
    _check_effect(record.questionnaire, remaining.effect, "reason")
    correction.withdrawal = CorrectionWithdrawal(reason=reason, withdrawn_at=now, withdrawn_by_id=actor.id)
    session.flush()
    _log(session, actor, "submission.correction_withdrawn", correction, reason, now)
    settle_candidates(session, actor, correction.instance_id, now, why="corrected")


def check_open(record: Record) -> None:
    """Raise INVALID_TRANSITION unless the interview's answers may be corrected: it is accepted, and the record that figures take."""
    submission = record.submission
    if submission.review_state != "accepted":
        raise SurveyError(
            ErrorCode.INVALID_TRANSITION,
            what=submission.instance_id,
            state=submission.review_state,
            action="corrected",
        )
    if submission.recorded_as != "lead":
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=submission.instance_id, state="the second's record", action="corrected")


def _canonical(record: Record, node: str, new: str) -> str:
    """The answer as the questionnaire's engine writes it, once it is known to be allowed beside all others."""
    questionnaire = record.questionnaire
    effect = effect_of(questionnaire, record.stored, {**record.values, node: new}, now=record.submission.received_at)
    _check_effect(questionnaire, effect, "new", record.places[node].question.path)
    after = places_of(questionnaire, effect.answers)
    settled = after[node].text if node in after else ""
    if new and not settled:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="new", detail="the question does not apply to the other answers of the interview")
    return settled


def _check_effect(questionnaire: Questionnaire, effect: Effect, field: str, path: str = "") -> None:
    """Raise INVALID_VALUE for the first rule that the record would break; that of the question at `path` is told without its name."""
    if effect.broken:
        own = next((each for each in effect.broken if each.path == path), None)
        raise _refused(questionnaire, own or effect.broken[0], field, is_own=own is not None)
    if effect.resized is not None:
        called = texts_by_code(questionnaire, effect.resized.label)
        name = effect.resized.name
        detail = f"it would change how many entries '{called.get('en') or name}' has; reopen the interview and return it to its pair"
        told = f"“{called.get('zh') or name}”的项数会随之改变，更正不能增减项目；请撤销通过并退回小组更正"
        raise SurveyError(ErrorCode.INVALID_VALUE, field=field, detail=detail, detail_zh=told)


def _refused(questionnaire: Questionnaire, finding: Finding, field: str, *, is_own: bool) -> SurveyError:
    told = texts_by_code(questionnaire, finding.message)
    english = told.get("en") or text_in(finding.message, questionnaire.default_language)
    chinese = told.get("zh") or english
    if not is_own:
        question = next((each for each in questionnaire.questions() if each.path == finding.path), None)
        called = texts_by_code(questionnaire, question.called) if question else {}
        english = f"'{called.get('en') or finding.question}' would be wrong then: {english}"
        chinese = f"“{called.get('zh') or finding.question}”将不符合要求：{chinese}"
    return SurveyError(ErrorCode.INVALID_VALUE, field=field, detail=english, detail_zh=chinese)


def _log(session: Session, actor: User, action: str, correction: Correction, reason: str, now: datetime) -> None:
    details = {"correction": correction.id, "node": correction.node, "reason": reason}
    log_event(session, actor.id, action, "submission", correction.instance_id, now, **details)
