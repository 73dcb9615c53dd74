"""The interviews that a number of the pages of quality is about."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from survey.accounts.models import User
from survey.intake.models import Submission
from survey.pages.paging import Page, page_of
from survey.places.models import Household

MOST = 30_000
"""More identifiers than these go into no statement; no visit has as many interviews."""


def list_interviews(session: Session, instance_ids: Sequence[str], number: int) -> tuple[Page, tuple[Submission, ...]]:
    """Page `number` of these interviews with household, people and place, by village and number; one statement."""
    ids = sorted(instance_ids)[:MOST]
    page = page_of(number, len(ids))
    statement = (
        select(Submission)
        .outerjoin(Household, Household.id == Submission.household_id)
        .where(Submission.instance_id.in_(ids))
        .order_by(Submission.village_code, func.length(Household.number), Household.number, Submission.instance_id)
        .options(
            joinedload(Submission.village),
            joinedload(Submission.household),
            joinedload(Submission.lead).lazyload(User.roles),
            joinedload(Submission.second).lazyload(User.roles),
        )
        .offset(page.offset)
        .limit(page.size)
    )
    return page, tuple(session.scalars(statement))
