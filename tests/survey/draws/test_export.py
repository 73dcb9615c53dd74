"""Stratum and inclusion probabilities of drawn households in the bundle's frame."""

from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from survey.bundles.export import export_bundle
from survey.bundles.queries import Scope
from survey.bundles.sample import stream_sample
from survey.draws.design import Design, HouseholdStage, VillageStage
from survey.draws.operations import open_draw
from survey.draws.queries import read_sample
from survey.draws.replacement_operations import replace_household
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


def test_sample__of_a_household_whose_file_alone_is_read__counts_no_interview(session: Session) -> None:
    add_frame(session, {VILLAGES[0]: 3})
    visit = builders.add_visit(session, village_codes=VILLAGES[:1])
    pair = builders.add_pair(session, visit)
    interviewed, refused, of_a_file = session.scalars(select(Household).order_by(Household.number)).all()
    tasks = [builders.add_assignment(session, pair, each) for each in (interviewed, refused)]
    files = [builders.add_assignment(session, pair, each, form_id="archive_check") for each in (refused, of_a_file)]
    archive_check = builders.FORM.replace("test_form", "archive_check")
    versions = {each.form_id: each for each in (builders.add_form(session), builders.add_form(session, archive_check))}
    for number, task in enumerate((tasks[0], *files)):
        builders.add_submission(session, versions[task.form_id], f"uuid:{number}", assignment=task, state="accepted")
    outcomes = {row["household_id"]: row["outcome"] for row in stream_sample(session, Scope((visit.id,)))}
    assert outcomes == {interviewed.id: "interviewed", refused.id: "no_interview"}


def test_sample__of_a_look_back__has_the_probabilities_of_the_draw_that_its_households_came_from(session: Session, now: datetime) -> None:
    add_frame(session, {VILLAGES[0]: 8, VILLAGES[1]: 8, VILLAGES[2]: 8})
    visit = builders.add_visit(session, village_codes=())
    add_leader(session, visit)
    made = sealed_draw(session, visit, now, Design(VillageStage("simple", (COUNTY,), n=2), HouseholdStage("simple", n=2)))
    open_draw(session, builders.find_or_add_person(session, "lead1"), made, now)
    first = list(stream_sample(session, Scope((visit.id,))))
    drawn = sorted({row["village_code"] for row in first})
    [beside] = set(VILLAGES[:3]) - set(drawn)
    again = builders.add_visit(session, "2018-08-again", village_codes=(*drawn, beside))
    again.look_back_of_id = visit.id
    third = builders.add_visit(session, "2019-04-third", village_codes=drawn[:1])
    third.look_back_of_id = again.id
    pair = builders.add_pair(session, again)
    newly = session.scalars(select(Household).where(Household.village_code == beside)).first()
    assert newly is not None
    builders.add_assignment(session, pair, newly)
    session.flush()

    columns = (
        "household_id",
        "village_stratum",
        "household_stratum",
        "inclusion_village",
        "inclusion_household",
        "n_households_frame",
        "state",
    )
    inherited = list(stream_sample(session, Scope((again.id,))))
    assert {row["visit_id"] for row in inherited} == {again.id}
    taken = [row for row in inherited if row["village_code"] != beside]
    assert [[row[name] for name in columns] for row in taken] == [[row[name] for name in columns] for row in first]
    assert all(row["inclusion_village"] == 2 / 3 and row["inclusion_household"] == 1 / 4 for row in taken)
    # The village that was not drawn is there because somebody wanted it.
    assert [(row["household_id"], row["inclusion_village"]) for row in inherited if row["village_code"] == beside] == [(newly.id, None)]
    # One of two drawn villages was left out: the choice of the other is no longer chance, that of its households is.
    assert {
        (row["village_code"], row["inclusion_village"], row["inclusion_household"]) for row in stream_sample(session, Scope((third.id,)))
    } == {(drawn[0], None, 1 / 4)}
