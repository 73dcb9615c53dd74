"""Drawing 30 villages with 30 households each from a frame of 300,000: the whole operation, from database rows to the sealed result."""

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, print_figure
from survey.draws.design import Design, HouseholdStage, VillageStage
from survey.draws.operations import make_draw
from survey.models import Base
from survey.places.models import Household, Region
from survey.visits.models import Visit

NOW = datetime(2018, 4, 20, 8, 30, tzinfo=UTC)
LIMIT_SECONDS = 2
N_VILLAGES, N_PER_VILLAGE = 1_000, 300
KINDS = ("registered", "lifted_out", "ordinary", "marginal", "ordinary")
MARKERS = ([], ["old"], [], ["sick"], ["old", "disabled"], [], [])
COUNTIES = tuple(f"6107{number:02}" for number in range(21, 31))
SIMPLE = HouseholdStage("simple", n=30, reserves=5)
STRATIFIED = HouseholdStage(
    "stratified", quotas={"registered": 12, "lifted_out": 8, "marginal": 5, "ordinary": 5}, special={"old": 5, "disabled": 2}, reserves=3
)


def add_frame(session: Session) -> None:
    """A province's worth of villages, spread over ten counties."""
    villages = [f"{COUNTIES[number % 10]}{100 + number // 100}{200 + number % 100}" for number in range(N_VILLAGES)]
    session.execute(insert(Region), [{"code": code, "name": code, "level": "village", "is_invented": True} for code in villages])
    for number, code in enumerate(villages):
        households = [
            {
                "id": f"{number:04}-{each:04}",
                "village_code": code,
                "number": f"{each:04}",
                "head_name": "某某",
                "kind": KINDS[(each + number) % len(KINDS)],
                "n_members": 3,
                "markers": MARKERS[each % len(MARKERS)],
            }
            for each in range(N_PER_VILLAGE)
        ]
        session.execute(insert(Household), households)
    for visit_id in ("simple", "stratified"):
        session.add(Visit(id=visit_id, title=visit_id, starts_on=date(2018, 4, 23), ends_on=date(2018, 4, 27), state="planned"))
    session.commit()


def main() -> None:
    """Draw twice and print the seconds of each, stored and committed."""
    with tempfile.TemporaryDirectory() as folder:
        engine = keyed_engine(f"sqlite:///{Path(folder) / 'survey.sqlite3'}")
        Base.metadata.create_all(engine)
        with Session(engine, expire_on_commit=False) as session:
            add_frame(session)
        for households in (SIMPLE, STRATIFIED):
            with Session(engine, expire_on_commit=False) as session:
                visit = session.get_one(Visit, households.method)
                design = Design(VillageStage("pps", COUNTIES, n=30), households)
                start = perf_counter()
                made = make_draw(session, None, visit, design, departs_at=NOW, now=NOW)
                session.commit()
                seconds = perf_counter() - start
            detail = f"frame of {made.n_households:,} households in {made.n_villages:,} villages, by size, {households.method}"
            print_figure(Figure("30 villages × 30 households drawn and sealed", LIMIT_SECONDS, round(seconds, 2), "s", detail))
        engine.dispose()


if __name__ == "__main__":
    main()
