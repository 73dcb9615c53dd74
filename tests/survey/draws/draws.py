"""Frames and designs that the tests of draws share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from survey.draws.algorithm import Result, divide, draw
from survey.draws.design import Design, HouseholdStage, VillageStage
from survey.draws.frame import Frame, make_frame
from survey.draws.models import Draw
from survey.draws.operations import make_draw
from survey.places.models import Household
from survey.visits.models import Visit, VisitMember
from tests import builders

COUNTY = "610727"
VILLAGES = tuple(f"6107271012{number:02}" for number in range(1, 7))
SECRET = "0123456789abcdef" * 4

SIMPLE_WITH_RESERVES = Design(VillageStage("simple", (COUNTY,), n=2, reserves=2), HouseholdStage("simple", n=3, reserves=1))
"""Two villages and two more in reserve."""
SIMPLE = Design(VillageStage("simple", (COUNTY,), n=2), HouseholdStage("simple", n=3, reserves=2))


def frame_of(design: Design, sizes: Sequence[int]) -> Frame:
    """Villages of these sizes: every third household ordinary, the others registered; every fourth marked old, every fifth sick."""
    rows = list(_rows(zip(VILLAGES, sizes, strict=False)))
    codes, numbers, kinds, markers = zip(*rows, strict=True) if rows else ((), (), (), ())
    return make_frame(design, codes, numbers, kinds, markers)


def _rows(sizes: Iterable[tuple[str, int]]) -> Iterable[tuple[str, str, str, tuple[str, ...]]]:
    for code, n in sizes:
        for number in range(1, n + 1):
            yield code, f"{number:03}", kind_of(number), markers_of(number)


def kind_of(number: int) -> str:
    return "ordinary" if number % 3 == 0 else "registered"


def markers_of(number: int) -> tuple[str, ...]:
    return tuple(marker for marker, every in (("old", 4), ("sick", 5)) if number % every == 0)


def draw_from(design: Design, frame: Frame, seed: str) -> Result:
    """The result for this frame."""
    sizes = [(village.code, village.n) for village in frame.villages]
    return draw(design, sizes, lambda code: divide(design.households, code, frame.by_code[code].households), seed)


def add_frame(session: Session, sizes: Mapping[str, int]) -> None:
    """The same households as in `frame_of`, on the roster."""
    for code, n in sizes.items():
        builders.add_region(session, code)
        session.add_all(
            Household(
                village_code=code,
                number=f"{number:03}",
                head_name=f"户主{number:03}",
                kind=kind_of(number),
                n_members=3,
                markers=list(markers_of(number)),
            )
            for number in range(1, n + 1)
        )
    session.flush()


def add_leader(session: Session, visit: Visit, username: str = "lead1") -> None:
    """A leader of the visit's team, an interviewer."""
    session.add(VisitMember(visit_id=visit.id, user_id=builders.find_or_add_person(session, username).id, role="leader"))
    session.flush()


def sealed_draw(session: Session, visit: Visit, now: datetime, design: Design = SIMPLE) -> Draw:
    """A sealed draw with a known seed, departure an hour ago."""
    return make_draw(session, None, visit, design, departs_at=now - timedelta(hours=1), now=now - timedelta(days=1), secret=SECRET)
