"""What the demonstration shows of personal data: a visit kept longer, and a request for erasure that waits for somebody else."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.places.models import Household
from survey.protection.held import Found
from survey.protection.operations import ask_erasure, set_retention
from survey.visits.models import Visit

PURPOSE = "监督脱贫攻坚政策落实情况，形成反馈意见并跟踪整改；不用于其他用途。"
KEPT_UNTIL = date(2039, 12, 31)
REASON = "户主书面申请，已由县联络员核实本人意愿。"


def keep_and_ask(session: Session, people: Mapping[str, User], visit: Visit, now: datetime) -> None:
    """All visits but the first are kept for years to come, this one with a purpose of its own; one household asked to be forgotten."""
    _first, *others = session.scalars(select(Visit).order_by(Visit.starts_on))
    for each in others:
        purpose = PURPOSE if each is visit else ""
        set_retention(session, people["coordinator"], each, purpose=purpose, keep_until=KEPT_UNTIL, now=now)
    household = session.scalars(select(Household).order_by(Household.village_code, Household.number).limit(1)).one()
    ask_erasure(session, people["coordinator"], Found(household, None), REASON, now)
