"""The doubts that are raised when a submission arrives. Pure: what was answered, and what is known of the assignment, in; flags out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

SHORT_INTERVIEW_MINUTES = 15
LONG_FORM_QUESTIONS = 60
CLOCK_TOLERANCE = timedelta(hours=24)
CADRE_QUESTION = "cadres_present"

FLAG_LABELS = {
    "short_interview": _l("Interview too short"),
    "cadre_present": _l("Held in front of a cadre"),
    "no_position": _l("No position recorded"),
    "clock_wrong": _l("Clock of the device is wrong"),
    "not_countersigned": _l("Not countersigned by the second"),
    "countersign_unproven": _l("Countersignature not proven"),
    "outside_pair": _l("Sent by somebody outside the pair"),
    "unknown_assignment": _l("Assignment unknown or of another form"),
    "repeated_assignment": _l("Another interview for the same assignment"),
    "wrong_media": _l("A file is not of the kind that was asked for"),
    "hurried_answers": _l("Answered faster than questions can be read aloud"),
}
"""What a coordinator reads for each check."""


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """One doubt: `severity` is "serious" when the interview is left out of the figures unless readmitted, else "notice"."""

    check: str
    severity: str
    question: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class InterviewFacts:
    """What the checks need to know of one interview beside its answers."""

    n_questions: int
    started_at: datetime | None
    ended_at: datetime | None
    received_at: datetime
    position_question: str | None
    """The name of the form's first position question, or None if it asks for none."""
    has_position: bool
    named_assignment: str
    """The assignment that the sender named, "" for none."""
    is_assignment_known: bool
    is_assignment_answered: bool
    is_sender_of_pair: bool


def raise_flags(facts: InterviewFacts, answers: Mapping[str, Any]) -> tuple[RaisedFlag, ...]:
    """Every doubt about the interview; `answers` maps question names to values, repeats left out."""
    return (
        *_flag_presence(answers),
        *_flag_times(facts),
        *_flag_position(facts),
        *_flag_assignment(facts),
    )


def _flag_presence(answers: Mapping[str, Any]) -> tuple[RaisedFlag, ...]:
    value = answers.get(CADRE_QUESTION)
    if value == "yes" or (isinstance(value, list) and "yes" in value):
        return (RaisedFlag("cadre_present", "serious", CADRE_QUESTION, "yes"),)
    return ()


def _flag_times(facts: InterviewFacts) -> tuple[RaisedFlag, ...]:
    if facts.ended_at is None:
        return ()
    if facts.ended_at > facts.received_at + CLOCK_TOLERANCE or (facts.started_at and facts.ended_at < facts.started_at):
        return (RaisedFlag("clock_wrong", "notice", "", facts.ended_at.isoformat()),)
    if facts.started_at is None or facts.n_questions <= LONG_FORM_QUESTIONS:
        return ()
    minutes = (facts.ended_at - facts.started_at) / timedelta(minutes=1)
    return (RaisedFlag("short_interview", "serious", "", f"{minutes:.0f} min"),) if minutes < SHORT_INTERVIEW_MINUTES else ()


def _flag_position(facts: InterviewFacts) -> tuple[RaisedFlag, ...]:
    if facts.position_question is None or facts.has_position:
        return ()
    return (RaisedFlag("no_position", "notice", facts.position_question),)


def _flag_assignment(facts: InterviewFacts) -> tuple[RaisedFlag, ...]:
    if not facts.named_assignment:
        return ()
    if not facts.is_assignment_known:
        return (RaisedFlag("unknown_assignment", "notice", "", facts.named_assignment[:255]),)
    outside = () if facts.is_sender_of_pair else (RaisedFlag("outside_pair", "notice"),)
    again = (RaisedFlag("repeated_assignment", "serious"),) if facts.is_assignment_answered else ()
    return outside + again
