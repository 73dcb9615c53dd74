"""Correcting answers: what counts then, what follows, what is refused, and that the log only grows."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.corrections.effect import Change
from survey.corrections.operations import correct_answer, withdraw_correction
from survey.events import Event
from survey.intake.models import Submission
from tests.builders import NOW
from tests.survey.corrections.corrected import AGE, ANSWERS, INCOME, REASON, WAGE, add_interviews, coordinator_of, correct, record_of


def told_changes(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    """Changes as node, old and new."""
    return [(change.node, change.old, change.new) for change in changes]


def test_correction__of_an_answer__counts_with_what_follows_and_leaves_what_was_received(session: Session) -> None:
    add_interviews(session)
    correct(session, WAGE, " 1000 ")
    correct(session, AGE, "18")
    correct(session, "/data/water_safe", "yes")
    record = record_of(session)
    assert record.effect.answers["money"] == {"wage_cny": 1000.0, "crop_cny": 3000.0, "income_cny": 4000}
    assert record.effect.answers["members"] == [{"age": 60}, {"age": 18}]
    assert told_changes(record.effect.follows) == [(INCOME, "13000", "4000"), ("/data/water_problem", "取水远", "")]
    assert session.get_one(Submission, "uuid:001").answers == ANSWERS
    event = session.scalars(select(Event).order_by(Event.number.desc())).first()
    assert event is not None
    assert (event.action, event.subject_id, event.details["node"]) == ("submission.corrected", "uuid:001", "/data/water_safe")
    assert "1000" not in str(event.details), "answers stay out of the log of events"


def test_corrections__again_and_withdrawn__the_last_standing_one_counts(session: Session) -> None:
    add_interviews(session)
    first, second = correct(session, WAGE, "1000"), correct(session, WAGE, "2000.50")
    assert (second.old, second.new) == ("10000", "2000.5")
    record = record_of(session)
    assert [record.states[each.id] for each in (first, second)] == ["overruled", "counts"]
    withdraw_correction(session, coordinator_of(session), record, record.corrections[1], "仍以第一次更正为准", NOW)
    session.commit()
    record = record_of(session)
    assert [record.states[each.id] for each in (first, second)] == ["counts", "withdrawn"]
    assert record.values == {WAGE: "1000"}
    with pytest.raises(SurveyError) as refusal:
        withdraw_correction(session, coordinator_of(session), record, record.corrections[1], "再一次", NOW)
    assert refusal.value.code is ErrorCode.INVALID_TRANSITION


def test_correction__whose_question_no_longer_applies__is_moot_until_it_does(session: Session) -> None:
    add_interviews(session)
    problem, unsafe = correct(session, "/data/water_problem", "水质差"), correct(session, "/data/water_safe", "yes")
    record = record_of(session)
    assert [record.states[each.id] for each in (problem, unsafe)] == ["moot", "counts"]
    assert "water_problem" not in record.effect.answers
    withdraw_correction(session, coordinator_of(session), record, record.corrections[1], "听错了", NOW)
    session.commit()
    assert record_of(session).effect.answers["water_problem"] == "水质差"


@pytest.mark.parametrize(
    ("node", "new", "told"),
    [
        ("/data/n_rooms", "30", "Between 1 and 20 rooms, please."),
        ("/data/n_rooms", "many", "whole number"),
        ("/data/n_rooms", "", "This question must be answered"),
        ("/data/n_rooms", "4", "the answer that counts already"),
        ("/data/n_rooms", "04", "the answer that counts already"),
        ("/data/water_safe", "perhaps", "perhaps"),
        ("/data/consent", "no", "how many entries 'Members' has"),
        (AGE, "130", "Below 120, please."),
        ("/data/place", "north", "north"),
        (INCOME, "5", "Choose one of the answers"),
        ("/data/members[3]/age", "5", "Choose one of the answers"),
        ("/data/nothing", "5", "Choose one of the answers"),
    ],
)
def test_correction__that_the_questionnaire_does_not_allow__is_refused(session: Session, node: str, new: str, told: str) -> None:
    add_interviews(session)
    with pytest.raises(SurveyError) as refusal:
        correct(session, node, new)
    assert told.casefold() in str(refusal.value).casefold()
    assert record_of(session).corrections == ()


def test_correction__without_reason_or_after_somebody_elses__is_refused(session: Session) -> None:
    add_interviews(session)
    record, person = record_of(session), coordinator_of(session)
    for reason, seen, field in ((" ", None, "reason"), (REASON, "9000", "new")):
        with pytest.raises(SurveyError) as refusal:
            correct_answer(session, person, record, WAGE, "1000", reason, NOW, seen=seen)
        assert refusal.value.values["field"] == field


def test_correction__of_an_interview_that_does_not_count__is_refused(session: Session) -> None:
    add_interviews(session, state="received")
    for state, role in (("received", "lead"), ("returned", "lead"), ("accepted", "second")):
        submission = session.get_one(Submission, "uuid:001")
        submission.review_state, submission.recorded_as = state, role
        session.flush()
        with pytest.raises(SurveyError) as refusal:
            correct(session, WAGE, "1000")
        assert refusal.value.code is ErrorCode.INVALID_TRANSITION


def test_log__once_written__is_neither_changed_nor_deleted(session: Session) -> None:
    add_interviews(session)
    made = correct(session, WAGE, "1000")
    record = record_of(session)
    withdraw_correction(session, coordinator_of(session), record, record.corrections[0], "听错了", NOW)
    session.commit()
    for statement in (
        "UPDATE corrections SET new = '5'",
        "DELETE FROM corrections",
        "UPDATE correction_withdrawals SET reason = 'x'",
        "DELETE FROM correction_withdrawals",
    ):
        with pytest.raises(DBAPIError, match="neither changed nor deleted"):
            session.execute(text(statement))
        session.rollback()
    assert record_of(session).corrections[0].id == made.id
