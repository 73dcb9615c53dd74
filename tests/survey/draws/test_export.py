"""Stratum and inclusion probabilities of drawn households in the bundle's frame."""

from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy.orm import Session

from survey.draws.design import Design, HouseholdStage, VillageStage
from survey.draws.operations import open_draw
from survey.draws.queries import read_sample
from survey.draws.replacement_operations import replace_household
from survey.export import export_bundle
from tests import builders
from tests.survey.draws.draws import COUNTY, VILLAGES, add_frame, add_leader, sealed_draw

DESIGN = Design(VillageStage("simple", (COUNTY,), n=1), HouseholdStage("simple", n=2, reserves=1))


def test_households__of_a_drawn_visit__carry_their_probabilities_once_it_is_opened(session: Session, now: datetime, tmp_path: Path) -> None:
    add_frame(session, {VILLAGES[0]: 8, VILLAGES[1]: 8})
    visit = builders.add_visit(session, village_codes=())
    add_leader(session, visit)
    made = sealed_draw(session, visit, now, DESIGN)
    session.commit()
    export_bundle(session, tmp_path / "sealed")
    assert pd.read_parquet(tmp_path / "sealed" / "households.parquet")["stratum"].isna().all()

    open_draw(session, builders.find_or_add_person(session, "lead1"), made, now)
    units = [each.unit for each in read_sample(session, made) if each.state == "drawn"]
    came = replace_household(session, None, made, units[0], reason="moved", now=now).reserve
    session.commit()
    export_bundle(session, tmp_path / "opened", visits=[visit.id])
    frame = pd.read_parquet(tmp_path / "opened" / "households.parquet").set_index("number")

    drawn = frame[frame["stratum"].notna()]
    assert came is not None
    assert set(drawn.index) == {*(unit.number for unit in units), came.number}
    assert drawn[
        ["inclusion_probability_village", "inclusion_probability_household", "inclusion_probability"]
    ].drop_duplicates().values.tolist() == [[0.5, 0.25, 0.125]]
