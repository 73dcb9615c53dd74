"""What the pages read of the expert pool; a fixed number of statements however large it is."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.liaison.models import Expert, ExpertArea, ExpertPlace, ExpertSkill, ExpertVisit
from survey.pages.paging import Page, page_of
from survey.places import codes
from survey.visits.models import Pair, Visit, VisitMember


@dataclass(frozen=True, slots=True)
class ExpertFilter:
    """Who is looked for; "" means no limit. `place` is a code: experts for it, for a place above it, or for one inside it."""

    skill: str = ""
    area: str = ""
    place: str = ""
    availability: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class ListedExpert:
    """An expert as a list shows it, with the number of visits taken part in."""

    expert: Expert
    n_visits: int


def _took_part() -> Any:
    """Who took part in which visit, once each: as member of a team, in a pair, or as entered by hand; columns expert_id, visit_id."""
    in_team = select(Expert.id.label("expert_id"), VisitMember.visit_id).join(VisitMember, VisitMember.user_id == Expert.user_id)
    in_pair = select(Expert.id, Pair.visit_id).join(Pair, or_(Pair.lead_id == Expert.user_id, Pair.second_id == Expert.user_id))
    by_hand = select(ExpertVisit.expert_id, ExpertVisit.visit_id)
    return union(in_team, in_pair, by_hand).subquery()


def list_experts(session: Session, wanted: ExpertFilter, number: int) -> tuple[Page, tuple[ListedExpert, ...]]:
    """Page `number` of the experts that match, those available first, by name; six statements."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(Expert).where(*conditions)) or 0
    page = page_of(number, total)
    statement = (
        select(Expert)
        .where(*conditions)
        .options(selectinload(Expert.skills), selectinload(Expert.areas), selectinload(Expert.places).joinedload(ExpertPlace.region))
        .order_by(Expert.availability, Expert.name, Expert.id)
        .limit(page.size)
        .offset(page.offset)
    )
    experts = session.scalars(statement).all()
    taken_part = _took_part()
    counts = select(taken_part.c.expert_id, func.count()).where(taken_part.c.expert_id.in_([expert.id for expert in experts]))
    n_visits = {key: n for key, n in session.execute(counts.group_by(taken_part.c.expert_id))}
    return page, tuple(ListedExpert(expert, n_visits.get(expert.id, 0)) for expert in experts)


def _conditions(wanted: ExpertFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.skill:
        found.append(Expert.skills.any(ExpertSkill.skill == wanted.skill))
    if wanted.area:
        found.append(Expert.areas.any(ExpertArea.area == wanted.area))
    if wanted.place:
        above = codes.ancestors_of(wanted.place)
        inside = ExpertPlace.region_code.between(*codes.bounds_of(wanted.place))
        found.append(Expert.places.any(or_(inside, ExpertPlace.region_code.in_(above))))
    if wanted.availability:
        found.append(Expert.availability == wanted.availability)
    if wanted.search:
        columns = (Expert.name, Expert.organisation, Expert.post)
        skill = Expert.skills.any(ExpertSkill.skill.contains(wanted.search, autoescape=True))
        found.append(or_(skill, *(column.contains(wanted.search, autoescape=True) for column in columns)))
    return found


def list_skills(session: Session) -> tuple[str, ...]:
    """Every skill that somebody in the pool has, as stored."""
    return tuple(session.scalars(select(ExpertSkill.skill).distinct().order_by(ExpertSkill.skill)))


def count_experts(session: Session) -> int:
    """How many experts are in the pool."""
    return session.scalar(select(func.count()).select_from(Expert)) or 0


def find_expert(session: Session, expert_id: str) -> Expert:
    """The expert with account, skills, areas, places and visits; raises NOT_FOUND."""
    options = (
        joinedload(Expert.user),
        selectinload(Expert.skills),
        selectinload(Expert.areas),
        selectinload(Expert.places).joinedload(ExpertPlace.region),
        selectinload(Expert.visits),
    )
    expert = session.get(Expert, expert_id, options=options)
    if expert is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Expert", key=expert_id, remedy="It may have been removed already.")
    return expert


def list_visits_of(session: Session, expert: Expert) -> tuple[Visit, ...]:
    """The visits that the expert took part in, the latest first."""
    taken_part = _took_part()
    statement = select(Visit).join(taken_part, taken_part.c.visit_id == Visit.id).where(taken_part.c.expert_id == expert.id)
    return tuple(session.scalars(statement.order_by(Visit.starts_on.desc(), Visit.id)))


def is_in_pool(session: Session, user_id: str, besides: Expert | None) -> bool:
    """Whether this account is in the pool already, as somebody other than `besides`."""
    other = select(Expert.id).where(Expert.user_id == user_id, Expert.id != (besides.id if besides else ""))
    return session.scalar(other) is not None
