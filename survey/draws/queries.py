"""What the pages of draws read; a fixed number of statements however large the frame or the sample is. Envelopes are not read here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Text, case, cast, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User, user_roles
from survey.db import ColumnOf
from survey.draws.design import Design, read_design
from survey.draws.frame import Frame, VillageChange, VillageSummary, changes_since, make_frame
from survey.draws.models import Draw, DrawOpening, DrawReplacement, DrawUnit, DrawVillage, DrawVillageReplacement
from survey.draws.sample import SampleUnit, SampleVillage, sample_of, villages_of
from survey.places.codes import bounds_of
from survey.places.models import Household, Region
from survey.visits.models import Assignment, Visit, VisitMember
from survey.visits.operations import FIELD_ROLES

SEPARATOR = "\x1f"
"""A character that stands in no number, kind or mark."""
COMPARED_AT_ONCE = 20_000
"""Frames of up to so many households are compared with the roster whenever the page is shown; larger ones when somebody asks."""


@dataclass(frozen=True, slots=True)
class OpenableDraw:
    """A sealed draw that somebody may open, as their start page names it."""

    draw_id: str
    visit_title: str


def read_frame(session: Session, design: Design) -> Frame:
    """The frame as the roster is now: the households of the chosen counties; one statement.

    The database puts the households of a village into one text: a frame may have hundreds of thousands of them.
    """
    parts: list[ColumnOf[str]] = [Household.number]
    parts += [Household.kind] if design.needs_kinds else []
    parts += [cast(Household.markers, Text)] if design.needs_markers else []
    line = parts[0]
    for part in parts[1:]:
        line = line + SEPARATOR + part
    counties = [Household.village_code.between(*bounds_of(code.ljust(12, "0"))) for code in design.villages.counties]
    statement = select(Household.village_code, func.aggregate_strings(line, SEPARATOR)).where(or_(false(), *counties))
    codes: list[str] = []
    columns: list[list[str]] = [[] for _part in parts]
    for code, text in session.execute(statement.group_by(Household.village_code)):
        values = text.split(SEPARATOR)
        for at, column in enumerate(columns):
            column += values[at :: len(parts)]
        codes += [code] * (len(values) // len(parts))
    kinds = columns[1] if design.needs_kinds else ()
    markers = [*map(_ReadMarkers().__getitem__, columns[-1])] if design.needs_markers else ()
    return make_frame(design, codes, columns[0], kinds, markers)


class _ReadMarkers(dict[str, tuple[str, ...]]):
    """The marks by the JSON text that the database keeps of them."""

    def __missing__(self, text: str) -> tuple[str, ...]:
        markers = self[text] = tuple(json.loads(text))
        return markers


def count_frame(session: Session) -> tuple[tuple[str, str, int, int], ...]:
    """The counties that have households on the roster: (six digits, name, villages, households); two statements."""
    county = func.substr(Household.village_code, 1, 6)
    statement = select(county, func.count(Household.village_code.distinct()), func.count()).group_by(county).order_by(county)
    counts = session.execute(statement).all()
    names = dict(session.execute(select(Region.code, Region.name).where(Region.code.in_([f"{row[0]}000000" for row in counts]))).all())
    return tuple((code, names.get(f"{code}000000", code), n_villages, n) for code, n_villages, n in counts)


def list_framed_villages(session: Session, counties: tuple[str, ...]) -> tuple[tuple[str, str, int], ...]:
    """The villages of these counties that have households: (code, name, households), by code; one statement."""
    conditions = [Household.village_code.between(*bounds_of(code.ljust(12, "0"))) for code in counties]
    statement = (
        select(Household.village_code, Region.name, func.count())
        .join(Region, Region.code == Household.village_code)
        .where(or_(false(), *conditions))
        .group_by(Household.village_code, Region.name)
        .order_by(Household.village_code)
    )
    return tuple((code, name, n) for code, name, n in session.execute(statement))


def list_draws(session: Session, visit: Visit) -> tuple[Draw, ...]:
    """Every draw of the visit, the one that counts first, then those voided, the latest first; one statement."""
    statement = (
        select(Draw)
        .where(Draw.visit_id == visit.id)
        .options(
            joinedload(Draw.opening).joinedload(DrawOpening.opened_by).lazyload(User.roles),
            joinedload(Draw.opener).lazyload(User.roles),
            joinedload(Draw.drawn_by).lazyload(User.roles),
            joinedload(Draw.voided_by).lazyload(User.roles),
        )
        .order_by(Draw.voided_at.is_not(None), Draw.drawn_at.desc(), Draw.id)
    )
    return tuple(session.scalars(statement))


def find_draw(session: Session, draw_id: str) -> Draw:
    """The draw; raises NOT_FOUND."""
    draw = session.get(Draw, draw_id, options=[joinedload(Draw.visit), joinedload(Draw.opening)])
    if draw is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Draw", key=draw_id, remedy="Open it from the page of its visit.")
    return draw


def list_openers(session: Session, draw: Draw) -> tuple[User, ...]:
    """Who may open the draw: the leaders of the visit's team, or, without any, whoever the draw names."""
    leaders = (
        select(User)
        .join(VisitMember, VisitMember.user_id == User.id)
        .where(VisitMember.visit_id == draw.visit_id, VisitMember.role == "leader")
        .order_by(User.name, User.id)
    )
    return tuple(session.scalars(leaders)) or ((draw.opener,) if draw.opener else ())


def has_leader(session: Session, visit_id: str) -> bool:
    """Whether the visit's team has a leader."""
    leader = select(VisitMember.user_id).where(VisitMember.visit_id == visit_id, VisitMember.role == "leader")
    return session.scalar(leader.limit(1)) is not None


def list_field_people(session: Session) -> tuple[tuple[str, str], ...]:
    """Who may work in the field, as (id, name and organisation), by name; one statement."""
    works_in_field = select(user_roles.c.user_id).where(user_roles.c.role_name.in_(FIELD_ROLES))
    statement = (
        select(User.id, User.name, User.username, User.organisation)
        .where(User.active, User.id.in_(works_in_field))
        .order_by(User.name, User.username)
    )
    return tuple((key, " · ".join(part for part in parts if part)) for key, *parts in session.execute(statement))


def list_openable(session: Session, user_id: str) -> tuple[OpenableDraw, ...]:
    """The sealed draws of visits that are not closed and that this person may open, by the first day; one statement."""
    leads = VisitMember.user_id == user_id
    leaders = select(VisitMember.visit_id).where(VisitMember.role == "leader")
    statement = (
        select(Draw.id, Visit.title)
        .join(Visit, Visit.id == Draw.visit_id)
        .outerjoin(DrawOpening, DrawOpening.draw_id == Draw.id)
        .where(Draw.voided_at.is_(None), DrawOpening.draw_id.is_(None), Visit.state != "closed")
        .where(or_(Draw.visit_id.in_(leaders.where(leads)), (Draw.opener_id == user_id) & Draw.visit_id.not_in(leaders)))
        .order_by(Visit.starts_on, Draw.id)
    )
    return tuple(OpenableDraw(draw_id, title) for draw_id, title in session.execute(statement))


def summaries_of(session: Session, draw: Draw) -> tuple[VillageSummary, ...]:
    """The villages of the frame that the draw was made from."""
    rows = session.scalar(select(Draw.frame_villages).where(Draw.id == draw.id)) or []
    return tuple(VillageSummary(code, n, sha256) for code, n, sha256 in rows)


def read_changes(session: Session, draw: Draw) -> tuple[VillageChange, ...]:
    """The villages whose roster is another one than when the draw was made; two statements."""
    frame = read_frame(session, read_design(draw.design))
    return () if frame.sha256 == draw.frame_sha256 else changes_since(summaries_of(session, draw), frame)


def list_drawn_villages(session: Session, draw: Draw, *, with_lines: bool = False) -> tuple[DrawVillage, ...]:
    """The villages of an opened draw by code, then those in reserve by stratum and rank; one statement."""
    statement = select(DrawVillage).where(DrawVillage.draw_id == draw.id).options(joinedload(DrawVillage.village))
    statement = statement.options(undefer(DrawVillage.lines)) if with_lines else statement
    in_order = (DrawVillage.role, case((DrawVillage.role == "reserve", DrawVillage.stratum)), DrawVillage.rank, DrawVillage.village_code)
    return tuple(session.scalars(statement.order_by(*in_order)))


def read_villages(session: Session, draw: Draw) -> tuple[SampleVillage, ...]:
    """The villages of an opened draw with their states, in the order of `list_drawn_villages`; two statements."""
    return villages_of(list_drawn_villages(session, draw), list_village_replacements(session, draw))


def read_sample(session: Session, draw: Draw, villages: Sequence[SampleVillage] | None = None) -> tuple[SampleUnit, ...]:
    """The units of an opened draw with their states, by village, role, stratum and rank; two statements, four without `villages`."""
    units = (
        select(DrawUnit)
        .where(DrawUnit.draw_id == draw.id)
        .options(joinedload(DrawUnit.household))
        .order_by(DrawUnit.village_code, DrawUnit.role, DrawUnit.stratum, DrawUnit.rank)
    )
    found = read_villages(session, draw) if villages is None else villages
    present = {each.row.village_code for each in found if each.is_in_sample}
    return sample_of(session.scalars(units).all(), list_replacements(session, draw), present)


def list_replacements(session: Session, draw: Draw) -> tuple[DrawReplacement, ...]:
    """Every replacement of the draw in the order in which they were made, those taken back too; one statement."""
    statement = (
        select(DrawReplacement)
        .where(DrawReplacement.draw_id == draw.id)
        .options(
            joinedload(DrawReplacement.unit),
            joinedload(DrawReplacement.reserve),
            joinedload(DrawReplacement.replaced_by).lazyload(User.roles),
            joinedload(DrawReplacement.reverted_by).lazyload(User.roles),
        )
        .order_by(DrawReplacement.replaced_at, DrawReplacement.id)
    )
    return tuple(session.scalars(statement))


def list_village_replacements(session: Session, draw: Draw) -> tuple[DrawVillageReplacement, ...]:
    """Every replacement of a village in the order in which they were made, those taken back too; one statement."""
    statement = (
        select(DrawVillageReplacement)
        .where(DrawVillageReplacement.draw_id == draw.id)
        .options(
            joinedload(DrawVillageReplacement.village),
            joinedload(DrawVillageReplacement.reserve),
            joinedload(DrawVillageReplacement.replaced_by).lazyload(User.roles),
            joinedload(DrawVillageReplacement.reverted_by).lazyload(User.roles),
        )
        .order_by(DrawVillageReplacement.replaced_at, DrawVillageReplacement.id)
    )
    return tuple(session.scalars(statement))


def find_drawn_village(session: Session, draw: Draw, village_code: str) -> DrawVillage:
    """The village of this draw; raises NOT_FOUND."""
    found = session.get(DrawVillage, (draw.id, village_code), options=[joinedload(DrawVillage.village)])
    if found is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Village", key=village_code, remedy="It is not part of this draw.")
    return found


def find_village_replacement(session: Session, draw: Draw, replacement_id: str) -> DrawVillageReplacement:
    """The replacement of a village of this draw; raises NOT_FOUND."""
    found = session.get(DrawVillageReplacement, replacement_id)
    if found is None or found.draw_id != draw.id:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Replacement", key=replacement_id, remedy="It is not part of this draw.")
    return found


def count_assigned(session: Session, visit: Visit, village_code: str) -> int:
    """How many assignments the visit has in the village."""
    statement = select(func.count()).select_from(Assignment)
    return session.scalar(statement.where(Assignment.visit_id == visit.id, Assignment.village_code == village_code)) or 0


def find_unit(session: Session, draw: Draw, unit_id: str) -> DrawUnit:
    """The unit of this draw; raises NOT_FOUND."""
    unit = session.get(DrawUnit, unit_id, options=[joinedload(DrawUnit.household)])
    if unit is None or unit.draw_id != draw.id:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Household", key=unit_id, remedy="It is not part of this draw.")
    return unit


def find_replacement(session: Session, draw: Draw, replacement_id: str) -> DrawReplacement:
    """The replacement of this draw; raises NOT_FOUND."""
    found = session.get(DrawReplacement, replacement_id)
    if found is None or found.draw_id != draw.id:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Replacement", key=replacement_id, remedy="It is not part of this draw.")
    return found
