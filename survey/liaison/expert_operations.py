"""Every write to the expert pool. Names and numbers stay out of the log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import AREAS
from survey.accounts.models import User
from survey.liaison.models import (
    AVAILABILITIES,
    EXPERT_LEVELS,
    Expert,
    ExpertArea,
    ExpertPlace,
    ExpertSkill,
    ExpertVisit,
)
from survey.liaison.records import check_place, check_text, check_word, log_record
from survey.visits.models import Visit
from survey.visits.planning import invalid

MAX_LENGTHS = {"name": 64, "post": 128, "organisation": 128, "phone": 64, "email": 255, "availability_note": 255}
MAX_SKILL_LENGTH = 32
FOCUS_AREAS = AREAS[:5]
"""The five focus areas 五个领域: health, education, industry, housing, pooling of funds."""


@dataclass(frozen=True, slots=True)
class ExpertFacts:
    """What is entered of an expert; `visits` are the ids of visits that neither teams nor pairs tell of."""

    name: str
    user_id: str | None = None
    post: str = ""
    organisation: str = ""
    level: str = "province"
    phone: str = ""
    email: str = ""
    availability: str = "available"
    availability_note: str = ""
    skills: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    visits: tuple[str, ...] = ()


def add_expert(session: Session, actor: User | None, facts: ExpertFacts, now: datetime) -> Expert:
    """The new expert.

    Raises INVALID_VALUE for an empty name, an unknown word, place or visit, a skill that is too long, or an account that is another
    expert's.
    """
    values = _checked(session, facts, None)
    expert = Expert(**values)
    _set_lists(expert, facts)
    session.add(expert)
    session.flush()
    log_record(session, actor, "expert.added", "expert", expert.id, now, skills=list(facts.skills), areas=list(facts.areas))
    return expert


def update_expert(session: Session, actor: User | None, expert: Expert, facts: ExpertFacts, now: datetime) -> None:
    """Change the expert; raises INVALID_VALUE as `add_expert` does. Nothing happens when nothing changes."""
    values = _checked(session, facts, expert)
    changed = [name for name, value in values.items() if getattr(expert, name) != value]
    changed += [name for name, value in lists_of(expert).items() if set(value) != set(getattr(facts, name))]
    if not changed:
        return
    for name, value in values.items():
        setattr(expert, name, value)
    _set_lists(expert, facts)
    session.flush()
    log_record(session, actor, "expert.changed", "expert", expert.id, now, changed=sorted(changed))


def remove_expert(session: Session, actor: User | None, expert: Expert, now: datetime) -> None:
    """Take somebody out of the pool; their account and the visits they took part in stay."""
    session.delete(expert)
    log_record(session, actor, "expert.removed", "expert", expert.id, now)


def lists_of(expert: Expert) -> dict[str, tuple[str, ...]]:
    """The expert's skills, areas, places and visits, by the names that `ExpertFacts` gives them."""
    return {
        "skills": tuple(row.skill for row in expert.skills),
        "areas": tuple(row.area for row in expert.areas),
        "places": tuple(row.region_code for row in expert.places),
        "visits": tuple(row.visit_id for row in expert.visits),
    }


def _set_lists(expert: Expert, facts: ExpertFacts) -> None:
    """Bring the four lists to what is wanted; rows that stay are left alone."""
    rows: tuple[tuple[list[Any], str, type[Any], Iterable[str]], ...] = (
        (expert.skills, "skill", ExpertSkill, facts.skills),
        (expert.areas, "area", ExpertArea, facts.areas),
        (expert.places, "region_code", ExpertPlace, facts.places),
        (expert.visits, "visit_id", ExpertVisit, facts.visits),
    )
    for present, column, table, values in rows:
        wanted = dict.fromkeys(values)
        for row in [row for row in present if getattr(row, column) not in wanted]:
            present.remove(row)
        known = {getattr(row, column) for row in present}
        present.extend(table(**{column: value}) for value in wanted if value not in known)


def _checked(session: Session, facts: ExpertFacts, expert: Expert | None) -> dict[str, Any]:
    texts = {name: check_text(name, getattr(facts, name), limit, is_required=name == "name") for name, limit in MAX_LENGTHS.items()}
    check_word("level", facts.level, EXPERT_LEVELS)
    check_word("availability", facts.availability, AVAILABILITIES)
    for area in facts.areas:
        check_word("areas", area, FOCUS_AREAS)
    for skill in facts.skills:
        check_text("skills", skill, MAX_SKILL_LENGTH, is_required=True)
    for code in facts.places:
        check_place(session, code)
    known = set(session.scalars(select(Visit.id).where(Visit.id.in_(facts.visits)))) if facts.visits else set()
    if unknown := sorted(set(facts.visits) - known):
        raise invalid("visits", "'{unknown}' is no visit here", unknown=unknown[0])
    if facts.user_id:
        _check_account(session, facts.user_id, expert)
    return {**texts, "level": facts.level, "availability": facts.availability, "user_id": facts.user_id or None}


def _check_account(session: Session, user_id: str, expert: Expert | None) -> None:
    if session.get(User, user_id) is None:
        raise invalid("user_id", "'{user_id}' is nobody's account here", user_id=user_id)
    other = session.scalar(select(Expert.name).where(Expert.user_id == user_id, Expert.id != (expert.id if expert else "")))
    if other is not None:
        raise invalid("user_id", "this account is in the pool already, as {other}", other=other)
