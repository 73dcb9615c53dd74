"""What visits and places say about arriving interviews, read with one statement for all."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, Select, String, select
from sqlalchemy.orm import Session

from survey.given_rows import GIVEN, given_rows
from survey.intake.context import Place
from survey.intake.flags import Ground, Position
from survey.places.models import Household, Region
from survey.protocol.limits import read_limits
from survey.protocol.models import VisitLimits
from survey.visits.models import Visit

KEYS = ("visit_id", "household_id", "village_code")


def read_grounds(session: Session, told: Sequence[tuple[Place, bool]]) -> list[Ground]:
    """What is known of each place, in their order; with each is said whether a countersignature was told of.

    It is missed where a pair fills in one form and nothing was told of the second.
    """
    given = [{"position": position, **{name: getattr(place, name) for name in KEYS}} for position, (place, _) in enumerate(told)]
    rows = session.connection().execute(_statement(session.get_bind().dialect.name), {GIVEN: given})
    by_position = {row.position: row for row in rows}
    return [_ground(by_position[position], place, is_told) for position, (place, is_told) in enumerate(told)]


def _ground(row: Row[Any], place: Place, is_signature_told: bool) -> Ground:
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
def _statement(dialect: str) -> Select[Any]:
    given = given_rows(dialect, {"position": Integer(), **dict.fromkeys(KEYS, String())}).c
    return (
        select(
            given.position,
            Visit.starts_on,
            Visit.ends_on,
            Visit.records,
            VisitLimits.values.label("limits"),
            Household.latitude.label("household_latitude"),
            Household.longitude.label("household_longitude"),
            Region.latitude.label("village_latitude"),
            Region.longitude.label("village_longitude"),
        )
        .select_from(given.position.table)
        .outerjoin(Visit, Visit.id == given.visit_id)
        .outerjoin(VisitLimits, VisitLimits.visit_id == Visit.id)
        .outerjoin(Household, Household.id == given.household_id)
        .outerjoin(Region, Region.code == given.village_code)
    )
