"""The sealed draws of the demonstration: two that were opened at departure, one with reserves taken and published, and one still sealed.

Whom the two visits met follows from their draws, so that plan and draw tell the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.facts import Facts, VisitFacts
from survey.demo.homes import Home
from survey.draws.algorithm import divide, draw
from survey.draws.design import Design, HouseholdStage, VillageStage
from survey.draws.frame import make_frame
from survey.draws.models import Draw
from survey.draws.operations import make_draw, open_draw, publish_draw
from survey.draws.queries import read_sample
from survey.draws.replacement_operations import replace_household
from survey.draws.seeds import make_seed
from survey.field_time import FIELD_ZONE
from survey.teams.operations import set_member
from survey.visits.models import Visit
from survey.visits.operations import add_villages

EVENING, MORNING = time(18, 0), time(7, 30)


@dataclass(frozen=True, slots=True)
class ToldDraw:
    """A draw as the demonstration tells it: the design, the program's part of the seed, and what was thrown in public."""

    design: Design
    secret: str
    thrown: str = ""
    given_up: tuple[tuple[str, str], ...] = ()
    """Why the household drawn first in each village was given up, as (reason, note), village by village."""
    is_published: bool = False

    @property
    def source(self) -> str:
        """Where the seed comes from."""
        return "mixed" if self.thrown else "program"


TOLD = {
    "2017-10-zhenba": ToldDraw(
        Design(
            VillageStage("named", ("610728",), named=("610728901201", "610728901202")),
            HouseholdStage("simple", n=32, reserves=4),
        ),
        secret="invented-for-the-demonstration-1",
        thrown="3 6 1 5 2 4 6 6",
        given_up=(("moved", "全家已迁往县城安置点"), ("absent", "外出务工，三次上门无人")),
        is_published=True,
    ),
    "2017-11-hanbin": ToldDraw(
        Design(
            VillageStage("pps", ("610902",), n=2, reserves=1),
            HouseholdStage(
                "stratified",
                quotas={"registered": 12, "lifted_out": 8, "marginal": 4, "ordinary": 6},
                special={"old": 4, "sick": 3},
                reserves=2,
            ),
        ),
        secret="invented-for-the-demonstration-6",
    ),
}
SEALED = Design(
    VillageStage("pps", ("610727", "610728"), n=1, is_per_county=True, reserves=1),
    HouseholdStage("stratified", quotas={"registered": 6, "lifted_out": 4, "marginal": 3, "ordinary": 2}, special={"old": 2}, reserves=2),
)
SEALED_UNTIL = 8
"""On which day of the open visit the pairs leave for the villages that are still sealed, counted from its first."""


def met_homes(visit: VisitFacts, homes: Mapping[str, Sequence[Home]]) -> dict[str, set[tuple[str, str]]]:
    """By village key the households that a drawn visit met, as village code and number; empty for a visit that was not drawn."""
    told = TOLD.get(visit.id)
    if told is None:
        return {}
    framed = [home for village in homes.values() for home in village if home.village.code[:6] in told.design.villages.counties]
    keys = {home.village.code: home.village.key for home in framed}
    columns = zip(*((home.village.code, home.number, home.kind, tuple(home.markers())) for home in framed), strict=True)
    frame = make_frame(told.design, *columns)
    result = draw(
        told.design,
        [(village.code, village.n) for village in frame.villages],
        lambda code: divide(told.design.households, code, frame.by_code[code].households),
        make_seed(told.source, told.thrown, told.secret),
    )
    met: dict[str, set[tuple[str, str]]] = {}
    for at, village in enumerate(result.villages):
        drawn = [each for each in result.households if each.village_code == village.code]
        if at < len(told.given_up):
            drawn[0] = next(each for each in result.reserves if (each.village_code, each.stratum) == (village.code, drawn[0].stratum))
        met[keys[village.code]] = {(each.village_code, each.number) for each in drawn}
    return met


def place_villages(session: Session, people: Mapping[str, User], facts: Facts, visit: Visit, told: VisitFacts, now: datetime) -> datetime:
    """When the plan goes on, once the visit has its villages: chosen on purpose, or from the draw that its leader opened."""
    coordinator = people["coordinator"]
    if told.id not in TOLD:
        add_villages(session, coordinator, visit, [facts.village(key).code for key in told.villages], "purposive", now)
        return now
    story = TOLD[told.id]
    set_member(session, coordinator, visit, coordinator, "leader", now)
    departs_at = datetime.combine(told.starts_on - timedelta(days=1), EVENING, FIELD_ZONE)
    made = make_draw(
        session,
        coordinator,
        visit,
        story.design,
        departs_at=departs_at,
        now=now,
        seed_source=story.source,
        public_seed=story.thrown,
        secret=story.secret,
    )
    open_draw(session, coordinator, made, departs_at + timedelta(minutes=4))
    _give_up(session, coordinator, made, story, datetime.combine(told.starts_on, MORNING, FIELD_ZONE))
    if story.is_published:
        publish_draw(session, coordinator, made, True, datetime.combine(told.ends_on + timedelta(days=3), EVENING, FIELD_ZONE))
    return departs_at + timedelta(minutes=30)


def _give_up(session: Session, actor: User, made: Draw, story: ToldDraw, morning: datetime) -> None:
    first = [each.unit for each in read_sample(session, made) if each.state == "drawn" and each.unit.rank == 1]
    for turn, (unit, (reason, note)) in enumerate(zip(first, story.given_up, strict=False), start=2):
        replace_household(session, actor, made, unit, reason=reason, note=note, now=morning + timedelta(hours=turn))


def seal_draw(session: Session, people: Mapping[str, User], visit: Visit, told: VisitFacts) -> None:
    """Draw for the open visit the villages of its last days; they stay sealed."""
    if not told.is_open:
        return
    departs_at = datetime.combine(told.starts_on + timedelta(days=SEALED_UNTIL), MORNING, FIELD_ZONE)
    now = datetime.combine(told.days_held[-1], EVENING, FIELD_ZONE)
    make_draw(session, people["coordinator"], visit, SEALED, departs_at=departs_at, now=now, secret="invented-for-the-demonstration-2")
