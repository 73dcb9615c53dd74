"""The pages of corrections: who may do what, what they say, and what a bundle then holds."""

from pathlib import Path
from urllib.parse import quote

from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from survey.bundles.export import export_bundle, export_changes
from survey.intake.models import Submission
from survey.reconciling.operations import reopen_reconciliation
from survey.reconciling.queries import find_records
from tests.builders import NOW
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.corrections.corrected import AGE, REASON, WAGE, add_interviews, correct, record_of
from tests.survey.reconciling.pairs import add_both, add_independent_visit, reconcile

PAGE = "/review/uuid:001/corrections"


def new_at(node: str) -> str:
    """The page that corrects the answer at a node."""
    return f"{PAGE}/new?node={quote(node)}"


def test_pages__by_role__are_read_by_authors_and_written_by_coordinators(session: Session, sign_in: SignIn) -> None:
    visit = add_interviews(session)
    made = correct(session, AGE, "18")
    listed, withdraw = f"/visits/{visit.id}/corrections", f"{PAGE}/{made.id}/withdraw"
    reading, writing = (listed, PAGE), (new_at(WAGE), withdraw)
    for person, may_read, may_write in (
        ("coordinator", 200, 200),
        ("admin", 200, 200),
        ("author", 200, 403),
        ("lead1", 403, 403),
        ("county", 403, 403),
    ):
        client = sign_in(person)
        assert [client.get(path).status_code for path in reading] == [may_read] * 2, person
        assert [client.get(path).status_code for path in writing] == [may_write] * 2, person
        if may_write == 403:
            assert client.post(withdraw, data={"reason": "x"}).status_code == 403
            assert client.post(new_at(WAGE), data={"new": "1", "reason": "x"}).status_code == 403
    page = sign_in("author").get("/review/uuid:001").text
    assert "/corrections/new" not in page


def test_answer__corrected_on_the_page__is_shown_struck_out_with_reason_and_person(session: Session, sign_in: SignIn) -> None:
    add_interviews(session)
    client = sign_in("coordinator")
    page = client.get("/review/uuid:001").text
    assert quote("/data/money/wage_cny", safe="") in page or "/data/money/wage_cny" in page
    assert "corrections/new?node=/data/money/income_cny" not in page, "nobody was asked for what is computed"
    form = client.get(new_at("/data/needs")).text
    assert 'type="checkbox" name="new" value="road" checked' in form
    assert 'type="number"' in client.get(new_at(WAGE)).text
    assert 'type="date"' in client.get(new_at("/data/moved_on")).text
    refused = client.post(new_at("/data/n_rooms"), data={"new": "30", "reason": REASON, "seen": "4"})
    assert refused.status_code == 422
    assert "房间应在 1 至 20 间之间。" in refused.text
    assert client.post(new_at(WAGE), data={"new": "1000", "reason": "", "seen": "10000"}).status_code == 422
    assert client.post(new_at(WAGE), data={"new": "1000", "reason": REASON, "seen": "10000"}).status_code == 302
    assert client.post(new_at("/data/needs"), data={"new": ["road", "doctor"], "reason": REASON, "seen": "road"}).status_code == 302
    page = client.get("/review/uuid:001").text
    for part in ("<del>10000.0</del>", "<ins>1000</ins>", "<del>修路</del>", "<ins>修路 · 医生</ins>", REASON, "<ins>4000</ins>"):
        assert part in page
    made = record_of(session).corrections[0]
    assert client.post(f"{PAGE}/{made.id}/withdraw", data={"reason": ""}).status_code == 422
    assert client.post(f"{PAGE}/{made.id}/withdraw", data={"reason": "听错了"}).status_code == 302
    assert "听错了" in client.get(PAGE).text
    assert "<ins>1000</ins>" not in client.get("/review/uuid:001").text
    assert client.get(f"{PAGE}/{made.id}/withdraw").status_code == 409
    assert client.get(f"{PAGE}/new?node=/data/nothing").status_code == 404


def test_list_of_a_visit__with_many_corrections__costs_the_same_statements_and_is_filtered(
    session: Session, sign_in: SignIn, statements: Statements
) -> None:
    visit = add_interviews(session, 8)
    client, path = sign_in("coordinator"), f"/visits/{visit.id}/corrections"
    assert "更正" in client.get(path).text
    correct(session, WAGE, "1000")
    client.get(path)
    statements.reset()
    client.get(path)
    few = len(statements)
    for number in range(1, 9):
        correct(session, AGE, "18", number)
    client.get(path)
    statements.reset()
    page = client.get(path).text
    assert len(statements) == few <= 18
    assert page.count("<del") == 9
    assert ">工资收入</option>" in page
    assert client.get(f"{path}?question=wage_cny").text.count("<del") == 1
    assert client.get(f"{path}?state=withdrawn").text.count("<del") == 0


def test_bundle__with_corrections__holds_the_log_and_what_follows_beside_untouched_answers(session: Session, tmp_path: Path) -> None:
    add_interviews(session, 2)
    export_bundle(session, tmp_path / "bundle")
    for node, new in ((WAGE, "1000"), (AGE, "18"), ("/data/place", "33.5 106.5 0 5"), ("/data/water_problem", "水质差")):
        correct(session, node, new)
    correct(session, "/data/water_safe", "yes")
    exported = export_changes(session, tmp_path / "bundle")
    assert (exported.n_kept, exported.manifest["counts"]["corrections"]) == (exported.n_parts, 7)
    bundle = read_bundle(tmp_path / "bundle")
    main = bundle.tables["corrected", "main"].set_index("instance_id").loc["uuid:001"]
    assert (main["wage_cny"], main["income_cny"], main["water_safe"]) == (1000, 4000, "yes")
    assert main["water_problem"] != "水质差"
    assert (main["place_latitude"], main["place_accuracy"]) == (33.5, 5)
    assert list(bundle.tables["corrected", "members"]["age"]) == [60, 18, 60, 8]
    raw = bundle.raw_tables["corrected", "main"].set_index("instance_id").loc["uuid:001"]
    assert (raw["wage_cny"], raw["income_cny"], raw["water_problem"]) == (10000, 13000, "取水远")
    assert bundle.corrections.problems == ()
    assert bundle.corrections.count("applied") == 4, "the fifth does not apply to the others"
    told = bundle.corrections.entries.set_index("question")
    assert set(told.loc[told["is_consequence"]].index) == {"income_cny", "water_problem"}
    assert told.loc["income_cny", "new"] == "4000"


def test_bundle__after_reconciling_anew__tells_what_is_no_longer_applied(session: Session, tmp_path: Path, sign_in: SignIn) -> None:
    visit, version = add_independent_visit(session)
    assignment = add_both(session, visit, version)
    reconcile(session, assignment)
    session.commit()
    client = sign_in("coordinator")
    address = "/review/uuid:001-lead/corrections/new?node=/data/money/crop_cny"
    assert client.post(address, data={"new": "4000", "reason": REASON, "seen": "5000"}).status_code == 302
    export_bundle(session, tmp_path / "bundle")
    bundle = read_bundle(tmp_path / "bundle")
    assert bundle.tables["two_records", "main"]["crop_cny"].tolist() == [4000]
    assert bundle.tables["two_records", "main"]["income_cny"].tolist() == [14000]
    reopen_reconciliation(session, None, find_records(session, visit, assignment.id), "重新核对", NOW)
    session.commit()
    export_bundle(session, tmp_path / "bundle")
    bundle = read_bundle(tmp_path / "bundle")
    assert bundle.tables["two_records", "main"]["crop_cny"].tolist() == [3000]
    assert "crop_cny" in str(bundle.corrections.problems[0])
    assert "存" in client.get("/review/uuid:001-lead/corrections").text
    assert session.get_one(Submission, "uuid:001-lead").answers["money"]["crop_cny"] == 3000
