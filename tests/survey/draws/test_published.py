"""The published file: true as it is made, and every change to it is named."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from survey.cli import main
from survey.draws.design import Design, HouseholdStage, VillageStage
from survey.draws.operations import open_draw
from survey.draws.public_record import read_public_record
from survey.draws.published import check_published
from survey.draws.queries import list_replacements, read_sample
from survey.draws.replacement_operations import replace_household, take_back_replacement
from tests import builders
from tests.survey.draws.draws import COUNTY, VILLAGES, add_frame, add_leader, sealed_draw

DESIGN = Design(
    VillageStage("pps", (COUNTY,), n=2),
    HouseholdStage("stratified", quotas={"registered": 3, "ordinary": 1}, special={"old": 1}, reserves=2),
)


@pytest.fixture
def record(session: Session, now: Any) -> dict[str, Any]:
    """The file of an opened draw with a replacement that was taken back, and two that stand."""
    add_frame(session, dict(zip(VILLAGES, (14, 12, 20), strict=False)))
    visit = builders.add_visit(session, village_codes=())
    add_leader(session, visit)
    made = sealed_draw(session, visit, now, DESIGN)
    open_draw(session, builders.find_or_add_person(session, "lead1"), made, now)
    unit = next(each.unit for each in read_sample(session, made) if each.unit.stratum == "registered")
    first = replace_household(session, None, made, unit, reason="absent", now=now)
    take_back_replacement(session, None, made, first, "已回家", now.replace(minute=31))
    again = replace_household(session, None, made, unit, reason="moved", now=now.replace(minute=32))
    replace_household(session, None, made, again.reserve, reason="died", now=now.replace(minute=33))
    return json.loads(json.dumps(read_public_record(session, made, list_replacements(session, made))))


def test_check__of_a_true_file__finds_nothing(record: dict[str, Any]) -> None:
    assert check_published(record) == ()
    assert [step["step"] for step in record["replacements"]] == ["replaced", "taken back", "replaced", "replaced"]
    assert "户主" not in json.dumps(record, ensure_ascii=False)


def _drop_household(record: dict[str, Any]) -> None:
    record["households"].pop()


def _other_seed(record: dict[str, Any]) -> None:
    record["seed"] += "0"


def _add_line(record: dict[str, Any]) -> None:
    record["villages"][0]["lines"].append("999\tregistered\t")


def _other_probability(record: dict[str, Any]) -> None:
    record["households"][0]["inclusion"] = "1/2"


def _other_size(record: dict[str, Any]) -> None:
    record["frame"]["villages"][0][1] += 1


def _other_reserve(record: dict[str, Any]) -> None:
    record["replacements"][0]["by"] = next(row["number"] for row in record["reserves"] if row["rank"] == 2)


def _lower_quota(record: dict[str, Any]) -> None:
    record["design"]["households"]["quotas"]["registered"] = 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_drop_household, "the seed draws"),
        (_other_seed, "commitment"),
        (_add_line, "are not those that the frame's hash covers"),
        (_other_probability, "has another inclusion"),
        (_other_size, "the frame's hash does not follow"),
        (_other_reserve, "the next reserve was"),
        (_lower_quota, "commitment"),
        (lambda record: record.pop("frame"), "parts of it are missing"),
        (lambda record: record.update(format="other"), "does not say that it is"),
        (lambda record: record.update(algorithm="draw-9"), "this program knows 'draw-1'"),
    ],
)
def test_check__of_a_changed_file__names_what_differs(
    change: Callable[[dict[str, Any]], object], said: str, record: dict[str, Any]
) -> None:
    change(record)

    assert any(said in difference for difference in check_published(record))


def test_command__on_a_true_and_a_false_file__exits_accordingly_without_an_installation(record: dict[str, Any], tmp_path: Any) -> None:
    true, false, none = tmp_path / "true.json", tmp_path / "false.json", tmp_path / "none.json"
    true.write_text(json.dumps(record), encoding="utf-8")
    record["households"][0]["number"] = "999"
    false.write_text(json.dumps(record), encoding="utf-8")
    none.write_text("<html>", encoding="utf-8")
    runner = CliRunner(env={"SURVEY_DATA": str(tmp_path / "nowhere"), "SURVEY_SECRET_KEY": ""})

    results = [runner.invoke(main, ["draw", "check", str(path)]) for path in (true, false, none)]

    assert [result.exit_code for result in results] == [0, 1, 1]
    assert results[0].output.startswith("ok: ")
    assert "999" in results[1].output
    assert "no JSON file" in results[2].output
    assert not (tmp_path / "nowhere").exists()
