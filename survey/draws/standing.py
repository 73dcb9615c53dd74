"""What an opened draw means for the rest of a visit: which villages and households are drawn. Knows the tables only."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, select
from sqlalchemy.orm import Session, aliased

from survey.draws.models import Draw, DrawOpening, DrawReplacement, DrawUnit, DrawVillage, DrawVillageReplacement
from survey.visits.models import Visit

SAMPLE, RESERVE = "drawn", "reserve"


def has_draws(session: Session, visit_id: str) -> bool:
    """Whether anything was ever drawn for the visit."""
    return session.scalar(select(Draw.id).where(Draw.visit_id == visit_id).limit(1)) is not None


def has_opened_draw(session: Session, visit_id: str) -> bool:
    """Whether the visit has a draw that is opened and counts."""
    return session.scalar(_opened(visit_id).limit(1)) is not None


def is_drawn_village(session: Session, visit_id: str, village_code: str) -> bool:
    """Whether the village is in the visit because the draw that counts says so."""
    return session.scalar(drawn_villages(visit_id).where(DrawVillage.village_code == village_code).limit(1)) is not None


def drawn_villages(visit_id: str) -> Select[str]:
    """The codes of the villages that are in the sample of the visit's opened draw that counts, as it is now."""
    return select(DrawVillage.village_code).where(DrawVillage.draw_id.in_(_opened(visit_id)), _has_come(), ~_has_left())


def given_up_villages(visit_id: str) -> Select[str]:
    """The codes of the villages that left the sample of the visit's opened draw that counts."""
    return select(DrawVillage.village_code).where(DrawVillage.draw_id.in_(_opened(visit_id)), _has_left())


def _has_come() -> ColumnElement[bool]:
    """Whether a village was drawn, or came in for another."""
    entry = aliased(DrawVillageReplacement)
    came_in = exists().where(
        entry.draw_id == DrawVillage.draw_id, entry.reserve_code == DrawVillage.village_code, entry.reverted_at.is_(None)
    )
    return (DrawVillage.role == SAMPLE) | came_in


def _has_left() -> ColumnElement[bool]:
    """Whether a village was given up."""
    exit_ = aliased(DrawVillageReplacement)
    return exists().where(exit_.draw_id == DrawVillage.draw_id, exit_.village_code == DrawVillage.village_code, exit_.reverted_at.is_(None))


def households_in(visit_id: str, part: str) -> Select[str | None]:
    """The ids of the households of the visit's sample as it is now (`part` "drawn"), or of the reserves that wait ("reserve")."""
    replacement, entry = aliased(DrawReplacement), aliased(DrawReplacement)
    is_given_up = exists().where(replacement.unit_id == DrawUnit.id, replacement.reverted_at.is_(None))
    came_in = exists().where(entry.reserve_id == DrawUnit.id, entry.reverted_at.is_(None))
    units = select(DrawUnit.household_id).where(
        DrawUnit.draw_id.in_(_opened(visit_id)),
        DrawUnit.village_code.in_(drawn_villages(visit_id)),
        DrawUnit.household_id.is_not(None),
    )
    if part == RESERVE:
        return units.where(DrawUnit.role == "reserve", ~came_in)
    return units.where((DrawUnit.role == "drawn") | came_in, ~is_given_up)


def inclusions(visit_ids: Sequence[str]) -> Subquery:
    """For each household that was ever in a sample of these visits (of all without any): its stratum and probabilities as text.

    A household in a village in reserve was, once the village came in.

    They are those of the latest visit that has an opened draw with it. A reserve that came in has the probabilities of its stratum.
    """
    entry = aliased(DrawReplacement)
    came_in = exists().where(entry.reserve_id == DrawUnit.id, entry.reverted_at.is_(None))
    latest = func.row_number().over(
        partition_by=DrawUnit.household_id, order_by=(Visit.starts_on.desc(), DrawOpening.opened_at.desc(), DrawUnit.id)
    )
    ranked = (
        select(
            DrawUnit.household_id,
            DrawUnit.stratum,
            DrawVillage.inclusion.label("of_village"),
            DrawUnit.inclusion_household.label("of_household"),
            DrawUnit.inclusion.label("of_both"),
            latest.label("position"),
        )
        .join(Draw, Draw.id == DrawUnit.draw_id)
        .join(DrawOpening, DrawOpening.draw_id == Draw.id)
        .join(Visit, Visit.id == Draw.visit_id)
        .join(DrawVillage, (DrawVillage.draw_id == DrawUnit.draw_id) & (DrawVillage.village_code == DrawUnit.village_code))
        .where(Draw.voided_at.is_(None), DrawUnit.household_id.is_not(None), (DrawUnit.role == "drawn") | came_in, _has_come())
    )
    found = (ranked.where(Draw.visit_id.in_(visit_ids)) if visit_ids else ranked).subquery()
    return select(found).where(found.c.position == 1).subquery()


def _opened(visit_id: str) -> Select[str]:
    return select(Draw.id).join(DrawOpening, DrawOpening.draw_id == Draw.id).where(Draw.visit_id == visit_id, Draw.voided_at.is_(None))
