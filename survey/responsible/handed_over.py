"""The opinions and suggestions that were handed over to a place, and the meetings in which that was done."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from survey.places.codes import bounds_of
from survey.places.models import Region
from survey.visits.models import Meeting, Recommendation

HANDING_OVER = ("feedback", "joint_meeting")
"""The kinds of meetings that the responsible side sits in; a discussion in a village is none of them."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was handed over to one place of the responsible side; `region` is None when the account answers for none."""

    region: Region | None
    recommendations: tuple[Recommendation, ...]
    meetings: tuple[Meeting, ...]


def read_handed_over(session: Session, region_code: str | None) -> HandedOver:
    """The opinions handed over to a county, and the meetings in which that was done, the latest first."""
    if region_code is None:
        return HandedOver(region=None, recommendations=(), meetings=())
    lowest, highest = bounds_of(region_code)
    recommendations = (
        select(Recommendation)
        .where(Recommendation.region_code.between(lowest, highest))
        .options(joinedload(Recommendation.region))
        .order_by(Recommendation.handed_over_on.desc(), Recommendation.id)
    )
    meetings = (
        select(Meeting)
        .where(Meeting.region_code.between(lowest, highest), Meeting.kind.in_(HANDING_OVER))
        .options(joinedload(Meeting.region))
        .order_by(Meeting.held_on.desc(), Meeting.id)
    )
    return HandedOver(
        region=session.get(Region, region_code),
        recommendations=tuple(session.scalars(recommendations)),
        meetings=tuple(session.scalars(meetings)),
    )
