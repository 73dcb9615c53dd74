"""What a visit and a place say about an arriving interview, read with one statement."""

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, literal, select
from sqlalchemy.orm import Session

from survey.intake.context import Place
from survey.intake.flags import Ground, Position
from survey.places.models import Household, Region
from survey.protocol.limits import read_limits
from survey.protocol.models import VisitLimits
from survey.visits.models import Visit


def read_ground(session: Session, place: Place, *, is_signature_told: bool) -> Ground:
    """What is known of the place; the countersignature is missed where a pair fills in one form and nothing was told of the second."""
    keys = {"visit_id": place.visit_id, "household_id": place.household_id, "village_code": place.village_code}
    row = session.execute(_statement(), keys).one()
    is_asked_for = row.records == "paired" and place.second_id is not None
    return Ground(
        limits=read_limits(row.limits),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        household=position_of(row.household_latitude, row.household_longitude),
        village=position_of(row.village_latitude, row.village_longitude),
        is_countersigned=is_signature_told or not is_asked_for,
    )


def position_of(latitude: float | None, longitude: float | None, accuracy_m: float | None = None) -> Position | None:
    """The position, None where either of its degrees is not known."""
    return None if latitude is None or longitude is None else Position(latitude, longitude, accuracy_m or 0.0)


@cache
def _statement() -> Select[Any]:
    one = select(literal(1).label("one")).subquery()
    return (
        select(
            Visit.starts_on,
            Visit.ends_on,
            Visit.records,
            VisitLimits.values.label("limits"),
            Household.latitude.label("household_latitude"),
            Household.longitude.label("household_longitude"),
            Region.latitude.label("village_latitude"),
            Region.longitude.label("village_longitude"),
        )
        .select_from(one)
        .outerjoin(Visit, Visit.id == bindparam("visit_id"))
        .outerjoin(VisitLimits, VisitLimits.visit_id == Visit.id)
        .outerjoin(Household, Household.id == bindparam("household_id"))
        .outerjoin(Region, Region.code == bindparam("village_code"))
    )
