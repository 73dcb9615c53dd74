"""The doubts that are raised when a submission arrives. Pure: what was answered, and what is known of the assignment, in; flags out.

What the checks mean and do is said in `survey/protocol/checks.py`. Doubts that need other interviews are in `survey/protocol/relations.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from questionnaires.engine import MAX_ENGINES, Engine, engine_of
from questionnaires.model import Group, Node, Question, Questionnaire
from survey.field_time import field_date
from survey.maps.drawing import distance_km
from survey.protocol.checks import CHECK_OF_NAME, FLAG_LABELS
from survey.protocol.limits import DEFAULTS, Limits

__all__ = ["FLAG_LABELS", "Ground", "InterviewFacts", "Position", "RaisedFlag", "raise_flag_of", "raise_flags"]

CLOCK_TOLERANCE = timedelta(hours=24)
PRESENCE_ANSWERS: Mapping[str, frozenset[str]] = {
    "cadres_present": frozenset(("yes",)),
    "superiors_present": frozenset(("yes",)),
    "cadres_withdrew": frozenset(("no",)),
    "people_present": frozenset(("cadres", "township", "work_team")),
}
"""The answers that say somebody in office could hear what was said, by question; a guide who stayed is one."""
SCALE_LEAST_CHOICES = 4
"""Lists with fewer choices are no scales: that all of many questions are answered with "no" says nothing."""


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """One doubt: `severity` is "serious" when the interview is left out of the figures unless readmitted, else "notice"."""

    check: str
    severity: str
    question: str = ""
    value: str = ""
    other_id: str | None = None
    """The interview beside which this one is doubted, for checks that compare two."""


def raise_flag_of(check: str, question: str = "", value: str = "", other_id: str | None = None) -> RaisedFlag:
    """A doubt of this check, as grave as the table of checks says."""
    return RaisedFlag(check, CHECK_OF_NAME[check].severity, question, value[:255], other_id)


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the ground in degrees (WGS 84), and by how many metres it may be wrong."""

    latitude: float
    longitude: float
    accuracy_m: float = 0.0

    def metres_from(self, other: "Position") -> float:
        """How far apart the two surely are: the distance less what either may be wrong by."""
        km = distance_km(self.latitude, self.longitude, other.latitude, other.longitude)
        return max(0.0, km * 1000 - self.accuracy_m - other.accuracy_m)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a visit and a place say about an interview: None where nothing is known."""

    limits: Limits = DEFAULTS
    starts_on: date | None = None
    ends_on: date | None = None
    household: Position | None = None
    village: Position | None = None
    is_countersigned: bool = True
    """False where the visit asks for a countersignature and none was told of."""


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
    """Whether any answer is a position, be it a path or an area."""
    position: Position | None
    """Where it was held: the first answer that is a point."""
    named_assignment: str
    """The assignment that the sender named, "" for none."""
    is_assignment_known: bool
    is_assignment_answered: bool
    is_sender_of_pair: bool


def raise_flags(facts: InterviewFacts, answers: Mapping[str, Any], ground: Ground) -> tuple[RaisedFlag, ...]:
    """Every doubt about the interview by itself; `answers` maps question names to values, repeats left out."""
    return (
        *_flag_presence(answers),
        *flag_times(facts, ground),
        *_flag_position(facts, ground),
        *_flag_assignment(facts),
        *(() if ground.is_countersigned else (raise_flag_of("not_countersigned"),)),
    )


def _flag_presence(answers: Mapping[str, Any]) -> tuple[RaisedFlag, ...]:
    """One doubt, at the first question that says so."""
    for question, telling in PRESENCE_ANSWERS.items():
        value = answers.get(question)
        if found := sorted(telling.intersection(value if isinstance(value, list) else (value,))):
            return (raise_flag_of("cadre_present", question, " ".join(found)),)
    return ()


def flag_times(facts: InterviewFacts, ground: Ground) -> tuple[RaisedFlag, ...]:
    """The doubts about when it was held and how long it took."""
    if facts.ended_at is None:
        return ()
    if facts.ended_at > facts.received_at + CLOCK_TOLERANCE or (facts.started_at and facts.ended_at < facts.started_at):
        return (raise_flag_of("clock_wrong", "", facts.ended_at.isoformat()),)
    if facts.started_at is None:
        return ()
    return (*_flag_day(facts.started_at, ground), *_flag_length(facts, facts.ended_at - facts.started_at, ground.limits))


def _flag_day(started_at: datetime, ground: Ground) -> tuple[RaisedFlag, ...]:
    if ground.starts_on is None or ground.ends_on is None or not ground.limits.days_outside:
        return ()
    day = field_date(started_at)
    n_days = max((ground.starts_on - day).days, (day - ground.ends_on).days)
    return (raise_flag_of("outside_days", "", day.isoformat()),) if n_days >= ground.limits.days_outside else ()


def _flag_length(facts: InterviewFacts, took: timedelta, limits: Limits) -> tuple[RaisedFlag, ...]:
    minutes = took / timedelta(minutes=1)
    if facts.n_questions <= limits.long_form_questions or minutes >= limits.short_minutes:
        return ()
    return (raise_flag_of("short_interview", "", f"{minutes:.0f} min"),)


def _flag_position(facts: InterviewFacts, ground: Ground) -> tuple[RaisedFlag, ...]:
    if facts.position is not None:
        return flag_distance(facts.position, ground)
    return (raise_flag_of("no_position", facts.position_question),) if facts.position_question and not facts.has_position else ()


def flag_distance(position: Position, ground: Ground) -> tuple[RaisedFlag, ...]:
    """The doubt about where it was held: the house decides where it is known, else the village."""
    limits = ground.limits
    known = ((ground.household, limits.far_household_m), (ground.village, limits.far_village_m))
    place, allowed = next(((place, allowed) for place, allowed in known if place is not None), (None, 0))
    if place is None or not allowed:
        return ()
    metres = position.metres_from(place)
    return (raise_flag_of("far_position", "", f"{metres:.0f} m"),) if metres > allowed else ()


def _flag_assignment(facts: InterviewFacts) -> tuple[RaisedFlag, ...]:
    if not facts.named_assignment:
        return ()
    if not facts.is_assignment_known:
        return (raise_flag_of("unknown_assignment", "", facts.named_assignment),)
    outside = () if facts.is_sender_of_pair else (raise_flag_of("outside_pair"),)
    again = (raise_flag_of("repeated_assignment"),) if facts.is_assignment_answered else ()
    return outside + again


def flag_scales(questionnaire: Questionnaire, answers: Mapping[str, Any], limits: Limits) -> tuple[RaisedFlag, ...]:
    """The doubt that questions of one scale were all answered alike, at the first question of the longest such row."""
    if not limits.straight_questions:
        return ()
    answered = [[question for question in row if answers.get(question.name)] for row in _scales_of(engine_of(questionnaire))]
    alike = [row for row in answered if len({answers[each.name] for each in row}) == 1 and len(row) >= limits.straight_questions]
    longest = max(alike, key=len, default=None)
    return (raise_flag_of("straight_answers", longest[0].name, str(len(longest))),) if longest else ()


@lru_cache(maxsize=MAX_ENGINES)
def _scales_of(engine: Engine) -> tuple[list[Question], ...]:
    """The rows of questions of one scale, in document order; found once per questionnaire."""
    questionnaire = engine.questionnaire
    return tuple(row for siblings in _siblings(questionnaire.children) for row in _scales(questionnaire, siblings))


def _siblings(nodes: tuple[Node, ...]) -> list[tuple[Node, ...]]:
    found = [nodes]
    for node in nodes:
        if isinstance(node, Group):
            found += _siblings(node.children)
    return found


def _scales(questionnaire: Questionnaire, siblings: tuple[Node, ...]) -> list[list[Question]]:
    """The rows of neighbouring questions with one answer of the same scale."""
    asked = [node for node in siblings if not (isinstance(node, Question) and node.type == "note")]
    rows = groupby(asked, key=lambda node: node.list_name if isinstance(node, Question) and node.type == "select_one" else None)
    return [
        [node for node in row if isinstance(node, Question)]
        for name, row in rows
        if name and len(questionnaire.choices.get(name, ())) >= SCALE_LEAST_CHOICES
    ]
