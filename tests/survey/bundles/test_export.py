"""The bundle: every accepted answer is in it exactly once, the same data give the same bytes, and what is there is never half replaced."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pyarrow import parquet
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles import parts
from survey.bundles.export import export_bundle, export_changes
from survey.bundles.files import CHUNK, folder_name
from survey.bundles.kept import sealed_json
from survey.bundles.parquet import file_sha256
from survey.bundles.queries import Scope
from survey.intake.models import AnswerTimes, Submission
from tests.builders import FORM as BUILT_FORM
from tests.builders import VILLAGE, add_assignment, add_form, add_household, add_pair, add_region, add_submission, add_visit
from tests.recorder import Statements
from tests.survey.intake.interviews import FORM, FORM_ID

OTHER_VILLAGE = "610728101201"
ANSWERS: dict[str, Any] = {
    "cadres_present": "no",
    "place": {"latitude": 33.33, "longitude": 106.15, "accuracy": 6.0},
    "family": {"n_members": 2, "members": [{"member_name": "甲", "age": 40}, {"age": 12}]},
    "needs": ["road", "doctor"],
    "household_number": "001",
}


def add_interviews(session: Session) -> None:
    """Two accepted interviews in one county and one in another, one without a place, and three that do not count."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, OTHER_VILLAGE), forms=[version])
    pair = add_pair(session, visit)
    households = [add_household(session, f"00{n}", village_code=VILLAGE if n < 3 else OTHER_VILLAGE) for n in (1, 2, 3)]
    assignments = [add_assignment(session, pair, household, FORM_ID) for household in households]
    for number, assignment in zip((2, 1, 3), assignments, strict=True):
        add_submission(session, version, f"uuid:{number}", assignment=assignment, state="accepted", answers=ANSWERS)
    add_submission(session, version, "uuid:4", state="accepted", answers={"family": {"n_members": 1}})
    for state in ("received", "returned", "replaced"):
        add_submission(session, version, f"uuid:{state}", assignment=assignments[0], state=state, answers=ANSWERS)
    session.commit()


def read_main(bundle: Path) -> pd.DataFrame:
    """The main table by instance id, as docs/bundle.md says to read it."""
    return pd.read_parquet(bundle / "submissions" / FORM_ID / "main").set_index("instance_id")


def test_export__accepted_interviews__are_rows_with_their_answers(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    manifest = export_bundle(session, tmp_path / "bundle")
    main = read_main(tmp_path / "bundle")
    assert sorted(main.index) == ["uuid:1", "uuid:2", "uuid:3", "uuid:4"]
    assert main["county"].astype(str).to_dict() == {"uuid:1": "610727", "uuid:2": "610727", "uuid:3": "610728", "uuid:4": "unknown"}
    row = main.loc["uuid:1"]
    assert (row["n_members"], row["place_latitude"], row["household_kind"]) == (2, 33.33, "registered")
    assert list(row["needs"]) == ["road", "doctor"]
    assert pd.isna(row["place_altitude"])
    assert main.loc["uuid:4", ["visit_id", "village_code", "needs"]].isna().all()
    assert manifest["counts"]["submissions"] == 4
    assert manifest["forms"][FORM_ID] == {
        "versions": ["2018.1"],
        "n_submissions": 4,
        "n_by_state": {"accepted": 4, "received": 1, "replaced": 1, "returned": 1},
    }
    assert {(row["county_code"], row["state"], row["n"]) for row in manifest["review"]} >= {
        ("610727", "accepted", 2),
        ("unknown", "accepted", 1),
    }


def test_export__repeats__are_rows_keyed_by_interview_and_position(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    export_bundle(session, tmp_path / "bundle")
    members = pd.read_parquet(tmp_path / "bundle" / "submissions" / FORM_ID / "members")
    assert len(members) == 6
    first = members[members["instance_id"] == "uuid:1"].sort_values("position")
    assert first[["position", "age"]].to_numpy().tolist() == [[1, 40], [2, 12]]
    assert first["visit_id"].tolist() == ["2018-04-test"] * 2
    assert first["parent_position"].isna().all()
    of_unknown = parquet.read_table(tmp_path / "bundle" / "submissions" / FORM_ID / "members" / "county=unknown" / "2018-04-20.parquet")
    assert of_unknown.num_rows == 0
    assert "age" in of_unknown.column_names


def test_export__tables_beside__hold_places_frame_and_no_name(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    counts = export_bundle(session, tmp_path / "bundle")["counts"]
    regions = pd.read_parquet(tmp_path / "bundle" / "regions.parquet")
    households = pd.read_parquet(tmp_path / "bundle" / "households.parquet")
    assert {VILLAGE, OTHER_VILLAGE, "610727000000", "610000000000"} <= set(regions["code"])
    assert len(households) == counts["households"] == 3
    assert households["county_code"].tolist() == ["610727", "610727", "610728"]
    assert households["inclusion_probability"].isna().all()
    for path in (tmp_path / "bundle").rglob("*.parquet"):
        assert not {"head_name", "lead_name", "second_name"} & set(parquet.read_schema(path).names), path


def test_export__same_data__give_the_same_bytes_and_hash(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    manifests = [export_bundle(session, tmp_path / name) for name in ("one", "other", "one")]
    assert manifests[0] == manifests[1] == manifests[2]
    assert json.loads((tmp_path / "one" / "manifest.json").read_text()) == manifests[0]
    for path, sha256 in manifests[0]["files"].items():
        assert file_sha256(tmp_path / "one" / path) == sha256
    session.get_one(Submission, "uuid:received").review_state = "accepted"
    session.flush()
    assert export_bundle(session, tmp_path / "one")["hash"] != manifests[0]["hash"]


def test_export__one_visit__leaves_the_others_out(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    add_region(session, "610902101201")
    add_visit(session, "2018-05-other", village_codes=("610902101201",))
    manifest = export_bundle(session, tmp_path / "bundle", visits=["2018-04-test"])
    assert [visit["id"] for visit in manifest["visits"]] == ["2018-04-test"]
    assert sorted(read_main(tmp_path / "bundle").index) == ["uuid:1", "uuid:2", "uuid:3"]
    assert "610902101201" not in set(pd.read_parquet(tmp_path / "bundle" / "regions.parquet")["code"])
    empty = export_bundle(session, tmp_path / "empty", visits=["2018-05-other"])
    assert (empty["counts"]["submissions"], empty["forms"]) == (0, {})


def test_export__unknown_visit__is_refused_before_anything_is_written(session: Session, tmp_path: Path) -> None:
    with pytest.raises(SurveyError) as raised:
        export_bundle(session, tmp_path / "bundle", visits=["absent"])
    assert raised.value.code is ErrorCode.NOT_FOUND
    assert list(tmp_path.glob("*undle*")) == []


def test_export__something_else_is_there__is_left_alone(session: Session, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.docx").write_bytes(b"years of work")
    with pytest.raises(SurveyError) as raised:
        export_bundle(session, tmp_path / "thesis")
    assert raised.value.code is ErrorCode.INVALID_VALUE
    assert (tmp_path / "thesis" / "chapter1.docx").read_bytes() == b"years of work"
    (tmp_path / "empty").mkdir()
    export_bundle(session, tmp_path / "empty")
    assert (tmp_path / "empty" / "manifest.json").exists()


def test_export__fails_midway__keeps_the_older_bundle_and_nothing_else(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    before = export_bundle(session, tmp_path / "bundle")

    def fail(_done: int, _total: int) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        export_bundle(session, tmp_path / "bundle", progress=fail)
    assert json.loads((tmp_path / "bundle" / "manifest.json").read_text())["hash"] == before["hash"]
    assert [path.name for path in tmp_path.iterdir() if "bundle" in path.name] == ["bundle"]


def test_export__prefilled_answers__are_one_column_with_the_submissions(session: Session, tmp_path: Path) -> None:
    version = add_form(session, FORM, "visit_form.md")
    add_submission(session, version, "uuid:1", state="accepted", answers={"village_code": VILLAGE, "assignment_id": "x"})
    export_bundle(session, tmp_path / "bundle")
    row = read_main(tmp_path / "bundle").loc["uuid:1"]
    assert pd.isna(row["village_code"])
    assert pd.isna(row["assignment_id"])


def test_export__times__are_instants_and_minutes(session: Session, tmp_path: Path, now: datetime) -> None:
    version = add_form(session, FORM, "visit_form.md")
    submission = add_submission(session, version, "uuid:1", state="accepted", answers={"start": "2018-04-20T09:00:00+08:00"})
    submission.started_at, submission.ended_at = now.replace(hour=1), now.replace(hour=2)
    session.flush()
    export_bundle(session, tmp_path / "bundle")
    row = read_main(tmp_path / "bundle").loc["uuid:1"]
    assert row["duration_minutes"] == 60
    assert row["started_at"] == pd.Timestamp(now.replace(hour=1))
    assert row["start"] == pd.Timestamp("2018-04-20T01:00:00Z")


def test_export__many_interviews__cost_statements_by_chunk(session: Session, tmp_path: Path, statements: Statements) -> None:
    version = add_form(session, FORM, "visit_form.md")
    add_submission(session, version, "uuid:first", state="accepted", answers=ANSWERS)
    export_bundle(session, tmp_path / "bundle")
    statements.reset()
    export_bundle(session, tmp_path / "bundle")
    n_before = len(statements)
    for number in range(CHUNK):
        add_submission(session, version, f"uuid:{number}", state="accepted", answers=ANSWERS)
    seen: list[tuple[int, int]] = []
    statements.reset()
    export_bundle(session, tmp_path / "bundle", progress=lambda done, total: seen.append((done, total)))
    # The export before had nothing to read anew; this one reads a chunk of answers and of times, and takes the first from where it lay.
    assert len(statements) == n_before + 2
    assert seen == [(CHUNK, CHUNK + 1), (CHUNK + 1, CHUNK + 1)]


@pytest.mark.parametrize(("name", "folder"), [("household", "household"), ("../up", "_up"), ("a/b:c", "a_b_c"), ("问卷", "问卷")])
def test_folder_name__signs_that_file_systems_refuse__are_replaced(name: str, folder: str) -> None:
    assert "/" not in folder_name(name)
    assert folder_name(name).strip("_") == folder.strip("_")


def test_export__two_versions_of_a_form__are_joined_by_the_names_of_questions(session: Session, tmp_path: Path) -> None:
    first = add_form(session)
    second = add_form(
        session,
        BUILT_FORM.replace("2018.1", "2018.2")
        .replace("| text       | wish ", "| select_multiple yes_no | wish ")
        .replace("| integer    | n_members ", "| decimal | n_members ")
        .replace("| yes_no     | no ", "| yes_no     | never "),
    )
    add_submission(session, first, "uuid:1", state="accepted", answers={"n_members": 3, "water_safe": "no", "wish": "一条路"})
    add_submission(session, second, "uuid:2", state="accepted", answers={"n_members": 2.5, "water_safe": "never", "wish": ["yes", "never"]})
    session.commit()
    export_bundle(session, tmp_path / "bundle")
    main = pd.read_parquet(tmp_path / "bundle" / "submissions" / "test_form" / "main").set_index("instance_id")
    assert main["form_version"].to_dict() == {"uuid:1": "2018.1", "uuid:2": "2018.2"}
    assert main["n_members"].to_dict() == {"uuid:1": 3.0, "uuid:2": 2.5}
    assert main["wish"].to_dict() == {"uuid:1": "一条路", "uuid:2": "yes never"}
    assert main["water_safe"].to_dict() == {"uuid:1": "no", "uuid:2": "never"}
    form = json.loads((tmp_path / "bundle" / "codebook.json").read_text(encoding="utf-8"))["forms"]["test_form"]
    columns = {column["name"]: column for column in form["tables"][0]["columns"]}
    assert (columns["wish"]["kind"], columns["n_members"]["kind"]) == ("text", "decimal")
    assert [choice["name"] for choice in columns["water_safe"]["choices"]] == ["yes", "never", "no"]


def files_of(bundle: Path) -> dict[str, bytes]:
    """Every file of the bundle with its bytes."""
    return {path.relative_to(bundle).as_posix(): path.read_bytes() for path in bundle.rglob("*") if path.is_file()}


def test_export__something_changed__writes_its_parts_only_and_what_a_full_one_gives(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    bundle = tmp_path / "bundle"
    first = export_changes(session, bundle)
    assert (first.n_parts, first.n_kept, first.why_not) == (3, 0, "")
    session.get_one(Submission, "uuid:received").review_state = "accepted"
    session.flush()
    kept = bundle / "submissions" / FORM_ID / "main" / "county=610728" / "2018-04-20.parquet"
    node = kept.stat().st_ino
    second = export_changes(session, bundle)
    assert (second.n_parts, second.n_kept) == (3, 2)
    assert kept.stat().st_ino == node
    # Another kind of household in the frame, and an interview that counts no longer.
    session.get_one(Submission, "uuid:4").review_state = "returned"
    household = session.get_one(Submission, "uuid:3").household
    assert household is not None
    household.kind = "marginal"
    session.flush()
    third = export_changes(session, bundle)
    assert (third.n_parts, third.n_kept) == (2, 1)
    assert export_bundle(session, tmp_path / "full") == third.manifest
    assert files_of(tmp_path / "full") == files_of(bundle)


def test_export__log_that_came_later__tells_its_times_and_leaves_other_parts(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    bundle = tmp_path / "bundle"
    export_changes(session, bundle)
    session.add(AnswerTimes(instance_id="uuid:1", seconds={"/data/members/age": [2.5, 4.0], "/data/kind": [1.5]}))
    session.flush()
    again = export_changes(session, bundle)
    assert (again.n_parts, again.n_kept) == (3, 2)
    times = parquet.read_table(bundle / "timings", partitioning=None).to_pylist()
    assert [tuple(row.values()) for row in times] == [
        ("uuid:1", "kind", "/data/kind", 1, 1.5),
        ("uuid:1", "age", "/data/members/age", 1, 2.5),
        ("uuid:1", "age", "/data/members/age", 2, 4.0),
    ]


def test_export__what_is_there_is_altered__writes_everything_and_says_why(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    bundle = tmp_path / "bundle"
    whole = export_changes(session, bundle)
    before = files_of(bundle)
    part, manifest = "submissions/visit_form/main/county=610727/2018-04-20.parquet", before["manifest.json"]
    for name, content, told in (
        (part, before[part] + b" ", "is not as it was written"),
        ("manifest.json", manifest.replace(b'"schema_version": 1', b'"schema_version": 9'), "schema version 9"),
        ("manifest.json", manifest.replace(b'"n_submissions": 4', b'"n_submissions": 5'), "is not as it was written"),
        ("manifest.json", b"{", "cannot be read"),
    ):
        (bundle / name).write_bytes(content)
        again = export_changes(session, bundle)
        assert (again.n_kept, again.manifest) == (0, whole.manifest)
        assert told in again.why_not
        assert files_of(bundle) == before


def test_export__bundle_of_another_installation__keeps_nothing_of_it(session: Session, tmp_path: Path) -> None:
    add_interviews(session)
    bundle = tmp_path / "bundle"
    export_changes(session, bundle)
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["origin"] = "0" * 64
    del manifest["hash"]
    (bundle / "manifest.json").write_bytes(sealed_json(manifest)[0])
    again = export_changes(session, bundle)
    assert again.n_kept == 0
    assert "another installation" in again.why_not


def test_parts__enough_interviews__end_with_the_day_whatever_becomes_of_them(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    add_interviews(session)
    session.get_one(Submission, "uuid:1").received_at = datetime(2018, 4, 23, 8, tzinfo=UTC)
    session.flush()

    def part_names() -> list[str]:
        [form] = parts.plan_parts(session, Scope())
        return [part.id.removeprefix(f"{FORM_ID}/") for part in form.parts]

    assert part_names() == ["610727/2018-04-20", "610728/2018-04-20", "unknown/2018-04-20"]
    monkeypatch.setattr(parts, "PART_AT_LEAST", 1)
    cut = ["610727/2018-04-20", "610727/2018-04-23", "610728/2018-04-20", "unknown/2018-04-20"]
    assert part_names() == cut
    for row in session.scalars(select(Submission).where(Submission.village_code.startswith("610727"), Submission.instance_id != "uuid:1")):
        row.review_state = "returned"
    session.flush()
    assert part_names() == cut[1:]
