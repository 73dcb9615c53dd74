"""What the invented pairs found where they held no interview, quotas, and households that the look-back came upon."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.facts import VisitFacts
from survey.demo.schedule import HOUSEHOLD_FORM, LOCAL
from survey.intake.models import Submission
from survey.lookback.operations import add_new_household
from survey.outcomes.operations import record_outcome
from survey.places.models import Household
from survey.visits.models import Assignment, Pair, Visit
from survey.visits.operations import assign
from survey.visits.quota_operations import set_quotas

FOUND = (
    ("absent", "全家在汉中打工，中秋前后回来。"),
    ("moved", "已搬到县城儿子家，老屋上锁，邻居作证。"),
    ("refused", "户主说四月份已经讲过，不愿再谈。"),
    ("died", "独居老人七月去世，户已注销。"),
    ("not_found", "村里已没有这个门牌，村干部说户口早年迁出。"),
    ("absent", "白天在地里收药材，晚上也没有等到人。"),
)
"""What is found of the households that a look-back does not meet again, in this order."""
N_STILL_ABSENT = 3
NEWCOMERS = (
    ("new_arrival", "六月从外县嫁入并单独立户，约好九月再访。"),
    ("newly_found", "住在半山腰，四月没有走到；两次敲门都不在家。"),
)
QUOTAS = {"registered": 60, "lifted_out": 30, "marginal": 20, "ordinary": 20}


def record_unmet(session: Session, coordinator: User, told: VisitFacts, visit: Visit) -> None:
    """Record what became of households that gave no interview: of a look-back those of the earlier visit, of an open one a few so far.

    The visit must still be open. Nothing here is an interview, so that the numbers of the founding case stay.
    """
    now = datetime.combine(told.ends_on, time(19, 30), LOCAL)
    if visit.look_back_of_id:
        for number, assignment in enumerate(_assign_again(session, coordinator, visit, told.ends_on, now)):
            outcome, note = FOUND[number % len(FOUND)]
            record_outcome(session, coordinator, visit, [assignment], outcome, note, now + timedelta(minutes=number))
        _add_newcomers(session, coordinator, told, visit, now)
    elif told.is_open:
        set_quotas(session, coordinator, visit, QUOTAS, now)
        for number, assignment in enumerate(_unanswered(session, visit)[:N_STILL_ABSENT]):
            record_outcome(session, coordinator, visit, [assignment], *FOUND[number], datetime.combine(told.days_held[-1], time(18), LOCAL))


def _assign_again(session: Session, coordinator: User, visit: Visit, day: date, now: datetime) -> list[Assignment]:
    """The households of the earlier visit that nobody of the look-back met, assigned to the pair of the same name."""
    already = select(Assignment.household_id).where(Assignment.visit_id == visit.id, Assignment.household_id.is_not(None))
    statement = (
        select(Household, Pair.name)
        .join(Assignment, Assignment.household_id == Household.id)
        .join(Pair, Pair.id == Assignment.pair_id)
        .where(Assignment.visit_id == visit.look_back_of_id, Assignment.form_id == HOUSEHOLD_FORM, Household.id.not_in(already))
        .order_by(Household.village_code, Household.number)
    )
    pairs = {pair.name: pair for pair in visit.pairs}
    made: list[Assignment] = []
    for household, name in session.execute(statement).all():
        made += assign(
            session, coordinator, visit, pair=pairs[name], form_id=HOUSEHOLD_FORM, households=(household,), now=now, planned_on=day
        )
    return made


def _add_newcomers(session: Session, coordinator: User, told: VisitFacts, visit: Visit, now: datetime) -> None:
    for (reason, note), household in zip(NEWCOMERS, _unknown_households(session, visit), strict=False):
        facts: dict[str, Any] = {"reason": reason, "note": note, "form_ids": [HOUSEHOLD_FORM], "planned_on": told.ends_on, "now": now}
        add_new_household(session, coordinator, visit, household, pair=visit.pairs[0], **facts)


def _unknown_households(session: Session, visit: Visit) -> Sequence[Household]:
    """Households of the look-back's first village that neither visit went to, the last of the village first."""
    known = exists().where(Assignment.household_id == Household.id, Assignment.visit_id.in_([visit.id, visit.look_back_of_id]))
    village_code = min(row.village_code for row in visit.villages)
    statement = select(Household).where(Household.village_code == village_code, ~known).order_by(Household.number.desc())
    return session.scalars(statement.limit(len(NEWCOMERS))).all()


def _unanswered(session: Session, visit: Visit) -> Sequence[Assignment]:
    answered = exists().where(Submission.assignment_id == Assignment.id)
    statement = (
        select(Assignment)
        .join(Household, Household.id == Assignment.household_id)
        .where(Assignment.visit_id == visit.id, Assignment.form_id == HOUSEHOLD_FORM, ~answered)
        .order_by(Household.village_code, func.length(Household.number), Household.number)
    )
    return session.scalars(statement).all()
