"""What becomes of a checked upload once its place is known: the row of an interview and the doubts about it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from questionnaires.engine import MAX_ENGINES, Engine, engine_of
from questionnaires.instance import Given
from survey.accounts.models import User
from survey.candidates.detect import detect_issues
from survey.field_time import parse_instant
from survey.intake.arrivals import Arrival, Checked
from survey.intake.attachments import StoredFile, awaited_names
from survey.intake.context import PLACE_FIELDS, Context, Place
from survey.intake.flags import Ground, InterviewFacts, Position, flag_scales, raise_flags
from survey.intake.operations import Interview
from survey.intake.records import people_of_record, record_role
from survey.intake.refusals import Refusal, refuse

DEVICE_ID_LIMIT = 64
POSITION_TYPES = frozenset(("geopoint", "geotrace", "geoshape", "start-geopoint"))
EDITING_ROLES = frozenset(("coordinator", "admin"))


@dataclass(frozen=True, slots=True)
class Judged:
    """An upload in which nothing is wrong, and all that is needed to store it."""

    arrival: Arrival
    context: Context
    checked: Checked
    given: tuple[Given, ...]
    files: tuple[StoredFile, ...]

    @property
    def place(self) -> Place:
        """Where it belongs: that of the named assignment, else of the interview that it edits, else what its answers say."""
        return place_of(self.arrival.actor, self.context)


def place_of(actor: User | None, context: Context) -> Place:
    """Where an upload belongs: that of the named assignment, else of the interview that it edits, else what its answers say."""
    original = context.original.place if context.original else None
    stated = context.stated
    return (
        context.assigned
        or original
        or Place(stated.visit_id, None, stated.household_id, stated.village_code, actor.id if actor else None, None)
    )


def refuse_edit(arrival: Arrival, context: Context) -> tuple[Refusal, ...]:
    """Why the upload may not replace what it says that it edits."""
    hints, original = arrival.hints, context.original
    if not hints.deprecated_id:
        return ()
    if original is None:
        code = "unknown_original"
    elif original.form_id != hints.form_id:
        code = "other_form"
    elif original.review_state == "replaced":
        code = "already_replaced"
    elif not may_edit(arrival.actor, people_of_record(original)):
        code = "not_yours"
    else:
        return ()
    return (refuse(code, "deprecatedID", hints.deprecated_id),)


def may_edit(actor: User | None, people: tuple[str | None, ...]) -> bool:
    """Whether the sender is one of these, or one of those who may edit everybody's."""
    return actor is None or actor.id in people or any(role.name in EDITING_ROLES for role in actor.roles)


def interview_of(judged: Judged, ground: Ground) -> Interview:
    """What is stored of the upload, with the doubts about it by itself and what the rules of its form find in it."""
    arrival, questionnaire = judged.arrival, judged.checked.questionnaire
    single = {question.name: value for question, positions, value in judged.given if not positions}
    asked = _asked_of(engine_of(questionnaire))
    preloads = {preload: single.get(name) for preload, name in asked.preloads}
    facts = _facts(judged, single, preloads, asked.positions)
    return Interview(
        actor=arrival.actor,
        values=_values(judged, facts, preloads),
        files=judged.files,
        flags=(*raise_flags(facts, single, ground), *flag_scales(questionnaire, single, ground.limits)),
        issues=detect_issues(questionnaire, judged.checked.check),
        awaited=awaited_names(judged.given, arrival.root) - arrival.received.files.keys(),
        now=arrival.now,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """Of a form: its metadata with the questions that hold them, and its questions for positions."""

    preloads: tuple[tuple[str, str], ...]
    positions: tuple[str, ...]


@lru_cache(maxsize=MAX_ENGINES)
def _asked_of(engine: Engine) -> _Asked:
    """Found once per questionnaire."""
    questions = tuple(engine.questionnaire.questions())
    return _Asked(
        tuple((question.preload, question.name) for question in questions if question.preload),
        tuple(question.name for question in questions if question.type in POSITION_TYPES),
    )


def _facts(judged: Judged, single: Mapping[str, Any], preloads: Mapping[str, Any], asked: Sequence[str]) -> InterviewFacts:
    arrival, context, place = judged.arrival, judged.context, judged.place
    return InterviewFacts(
        n_questions=judged.checked.n_questions,
        started_at=parse_instant(preloads.get("start")),
        ended_at=parse_instant(preloads.get("end")),
        received_at=arrival.now,
        position_question=asked[0] if asked else None,
        has_position=any(question.type in POSITION_TYPES and value for question, _, value in judged.given),
        position=_held_at([single.get(name) for name in asked]),
        named_assignment=arrival.hints.assignment_id,
        is_assignment_known=context.assigned is not None,
        is_assignment_answered=record_role(arrival.actor, place, context) in context.answered_as,
        is_sender_of_pair=may_edit(arrival.actor, (place.lead_id, place.second_id)),
    )


def _values(judged: Judged, facts: InterviewFacts, preloads: Mapping[str, Any]) -> dict[str, Any]:
    arrival, place, hints, held_at = judged.arrival, judged.place, judged.arrival.hints, facts.position
    return {
        **{name: getattr(place, name) for name in PLACE_FIELDS},
        "instance_id": hints.instance_id,
        "deprecated_id": hints.deprecated_id or None,
        "form_id": hints.form_id,
        "form_version": hints.version,
        "questionnaire_version_id": judged.checked.version_id,
        "received_from_id": arrival.actor.id if arrival.actor else None,
        "recorded_as": record_role(arrival.actor, place, judged.context),
        "device_id": (arrival.received.device_id or str(preloads.get("deviceid") or ""))[:DEVICE_ID_LIMIT],
        "started_at": facts.started_at,
        "ended_at": facts.ended_at,
        "received_at": arrival.now,
        "review_state": "received",
        "answers": judged.checked.check.answers,
        "xml": arrival.received.xml,
        "xml_sha256": hints.xml_sha256,
        "latitude": held_at.latitude if held_at else None,
        "longitude": held_at.longitude if held_at else None,
        "accuracy_m": held_at.accuracy_m if held_at else None,
    }


def _held_at(values: Sequence[Any]) -> Position | None:
    """The first of these answers that is a point on the ground."""
    point = next((value for value in values if isinstance(value, dict) and "latitude" in value), None)
    return Position(point["latitude"], point["longitude"], float(point.get("accuracy") or 0)) if point else None
