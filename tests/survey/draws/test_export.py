"""Stratum and inclusion probabilities of drawn households in the bundle's frame."""

from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from survey.draws.design import Design, HouseholdStage, VillageStage
from survey.draws.operations import open_draw
from survey.draws.queries import read_sample
from survey.draws.replacement_operations import replace_household
from survey.export import export_bundle
from survey.places.models import Household
from survey.visits.models import VisitVillage
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

    sample = pd.read_parquet(tmp_path / "opened" / "sample.parquet").set_index("household_id")
    assert sample["state"].value_counts().to_dict() == {"drawn": 1, "taken": 1, "stood_in_for": 1}
    assert sample.loc[units[0].household_id, ["state", "outcome"]].tolist() == ["stood_in_for", "moved"]
    numbers = sample[["n_villages_frame", "n_villages_drawn", "n_households_frame", "n_households_drawn"]]
    assert numbers.drop_duplicates().values.tolist() == [[2, 1, 8, 2]]
    assert sample[["inclusion_village", "inclusion_household"]].drop_duplicates().values.tolist() == [[0.5, 0.25]]
    assert len(read_bundle(tmp_path / "opened").sample) == len(sample)


def test_sample__of_a_visit_without_draw__has_probabilities_only_where_a_village_was_taken_whole(session: Session, tmp_path: Path) -> None:
    add_frame(session, {VILLAGES[0]: 3, VILLAGES[1]: 3})
    visit = builders.add_visit(session, village_codes=VILLAGES[:2])
    session.get_one(VisitVillage, (visit.id, VILLAGES[0])).basis = "census"
    pair = builders.add_pair(session, visit)
    for village in VILLAGES[:2]:
        builders.add_assignment(session, pair, session.scalars(select(Household).where(Household.village_code == village)).first())
    session.commit()
    export_bundle(session, tmp_path / "bundle")
    sample = pd.read_parquet(tmp_path / "bundle" / "sample.parquet").fillna({"inclusion_household": 0, "inclusion_village": 0})
    assert sample.groupby(["village_code", "basis", "state"])["inclusion_household"].agg(list).to_dict() == {
        (VILLAGES[0], "census", "assigned"): [1],
        (VILLAGES[0], "census", "not_assigned"): [1, 1],
        (VILLAGES[1], "purposive", "assigned"): [0],
    }
    assert not sample["inclusion_village"].any()
