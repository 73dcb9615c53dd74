"""The tablets of the visit that is still under way, as they told of themselves last: some hold drafts or unsent interviews."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.facts import VisitFacts
from survey.devices.operations import Waiting, register_device

HELD = (Waiting(n_drafts=1, n_unsent=2), Waiting(), Waiting(n_drafts=2))
"""What the tablets of the first pair, of the second and so on hold, over again for more of them."""


def device_of(pair: int) -> str:
    """The identifier of the pair's tablet, as short as one may be."""
    return f"pad-{pair:04}"


def register_tablets(session: Session, people: Mapping[str, User], visit: VisitFacts, now: datetime) -> None:
    """Have the tablet of each pair make itself known for its lead, and tell what it holds."""
    for order, number in enumerate(visit.pairs):
        register_device(session, people[f"lead{number}"], device_of(number), f"{number}号平板", HELD[order % len(HELD)], now)
