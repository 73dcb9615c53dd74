"""Reconciling on the pages: what is shown, decided, refused, finished and reopened, by whom, and what the dataset then holds."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles.export import export_bundle
from survey.events import Event
from survey.instruments.registry import load_questionnaire
from survey.intake.models import AnswerNote, Submission
from survey.reconciling.models import ReconciledAnswer, Reconciliation, VisitTolerances
from survey.reconciling.operations import decide_answer, finish_reconciliation, take_back
from survey.reconciling.queries import Records, find_records
from survey.visits.models import Assignment, Visit
from tests.builders import NOW, add_visit
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.reconciling.pairs import DIFFERING, FORM_ID, LEFT, RIGHT, add_both, add_independent_visit


@pytest.fixture
def assignment(session: Session) -> Assignment:
    """One household of which both records are accepted and differ."""
    return add_both(session, *add_independent_visit(session))


def address(assignment: Assignment, action: str = "") -> str:
    """The page of both records, or what is posted from it."""
    return f"/visits/{assignment.visit_id}/records/{assignment.id}{action}"


def records_of(session: Session, assignment: Assignment) -> Records:
    """Both records as they are now."""
    return find_records(session, session.get_one(Visit, assignment.visit_id), assignment.id)


def decide(client: FlaskClient, assignment: Assignment, node: str, choice: str, **more: str) -> int:
    """The status after deciding at a node."""
    return client.post(address(assignment, "/decide"), data={"node": node, "choice": choice, **more}).status_code


def decide_all(client: FlaskClient, assignment: Assignment, choice: str) -> None:
    """Decides every difference alike."""
    for node in DIFFERING:
        assert decide(client, assignment, node, choice) == 302


def test_list__visit_with_both_records__tells_how_many_differ(assignment: Assignment, sign_in: SignIn) -> None:
    page = sign_in("author").get(f"/visits/{assignment.visit_id}/records").text
    assert "001 户*" in page
    assert f'<td class="numeric">{len(DIFFERING)}</td>' in page
    assert "/records/tolerances" not in page, "authors read"


def test_list__many_interviews__costs_the_same_statements(session: Session, sign_in: SignIn, statements: Statements) -> None:
    visit, version = add_independent_visit(session)
    add_both(session, visit, version)
    client = sign_in("coordinator")
    path = f"/visits/{visit.id}/records"
    client.get(path)
    statements.reset()
    client.get(path)
    few = len(statements)
    for number in range(2, 12):
        add_both(session, visit, version, f"{number:03}")
    client.get(path)
    statements.reset()
    client.get(path)
    assert len(statements) == few <= 16


def test_list__of_one_form_together__explains_itself(session: Session, sign_in: SignIn) -> None:
    visit = add_visit(session)
    page = sign_in("coordinator").get(f"/visits/{visit.id}/records").text
    assert 'class="empty"' in page


def test_pair__differences__are_shown_with_notes_and_everything_if_asked(session: Session, assignment: Assignment, sign_in: SignIn) -> None:
    session.add(AnswerNote(instance_id="uuid:001-second", node="/data/home/members[1]/insured", question="insured", text="没有看到医保卡"))
    client = sign_in("coordinator")
    page = client.get(address(assignment)).text
    assert "没有看到医保卡" in page
    assert "成员 2 · 李二" in page
    assert all(f'id="{node}"' in page for node in DIFFERING)
    assert 'id="/data/money/wage_cny"' not in page
    assert 'id="/data/money/wage_cny"' in client.get(address(assignment, "?show=all")).text


def test_pair__by_role__is_read_decided_or_neither(assignment: Assignment, sign_in: SignIn) -> None:
    page = sign_in("author").get(address(assignment))
    assert page.status_code == 200
    assert "/decide" not in page.text
    assert decide(sign_in("author"), assignment, DIFFERING[0], "left") == 403
    for username in ("lead1", "county"):
        client = sign_in(username)
        for path in ("", "/decide"):
            assert client.open(address(assignment, path), method="POST" if path else "GET").status_code == 403


def test_pair__second_record_missing_or_returned__is_not_found(session: Session, assignment: Assignment, sign_in: SignIn) -> None:
    session.get_one(Submission, "uuid:001-second").review_state = "returned"
    refused = sign_in("coordinator").get(address(assignment))
    assert refused.status_code == 404
    assert "且均未退回" in refused.text
    assert "uuid" not in sign_in("coordinator").get(f"/visits/{assignment.visit_id}/records").text


def test_decide__one_answer__is_kept_and_leads_to_the_next(session: Session, assignment: Assignment, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    answer = client.post(address(assignment, "/decide"), data={"node": DIFFERING[1], "choice": "right"})
    assert answer.headers["Location"].endswith(("#/data/home/members[2]/insured", "#/data/home/members%5B2%5D/insured"))
    kept = session.scalars(select(ReconciledAnswer)).one()
    assert (kept.node, kept.choice, kept.value) == (DIFFERING[1], "right", "")
    assert session.scalar(select(func.count()).where(Event.action == "reconciliation.decided")) == 1
    assert decide(client, assignment, DIFFERING[1], "left") == 302
    assert session.scalars(select(ReconciledAnswer)).one().choice == "left"
    client.post(address(assignment, "/take-back"), data={"node": DIFFERING[1]})
    assert session.scalars(select(ReconciledAnswer)).all() == []


def test_decide__another_answer__needs_a_reason_and_the_rules_of_its_question(
    session: Session, assignment: Assignment, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    node = "/data/home/n_members"
    assert decide(client, assignment, node, "other", value="3") == 422
    refused = client.post(address(assignment, "/decide"), data={"node": node, "choice": "other", "value": "40", "reason": "户口簿"})
    assert refused.status_code == 422
    assert "人数应在 1 至 20 之间。" in refused.text
    assert 'value="户口簿"' in refused.text, "what was entered is still there"
    assert session.scalars(select(ReconciledAnswer)).all() == []
    assert decide(client, assignment, node, "other", value="3", reason="户口簿") == 302
    assert session.scalars(select(ReconciledAnswer.value)).all() == ["3"]


def test_decide__nonsense__is_refused(session: Session, assignment: Assignment) -> None:
    records = records_of(session, assignment)
    form = load_questionnaire(records.lead.questionnaire)
    for node, choice, more in (
        ("/data/nothing", "left", {}),
        (DIFFERING[0], "both", {}),
        (DIFFERING[0], "other", {"value": "3"}),
        ("/data/home/members[3]", "other", {"value": "x", "reason": "y"}),
    ):
        with pytest.raises(SurveyError) as raised:
            decide_answer(session, None, form, records, node, choice, NOW, **more)
        assert raised.value.code is ErrorCode.INVALID_VALUE
    with pytest.raises(SurveyError) as raised:
        take_back(session, None, records, DIFFERING[0], NOW)
    assert raised.value.code is ErrorCode.NOT_FOUND


def test_finish__something_open_or_a_rule_broken__is_refused_and_says_which(
    session: Session, assignment: Assignment, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    early = client.post(address(assignment, "/finish"))
    assert early.status_code == 422
    assert f"还有{len(DIFFERING)}处差异待裁定" in early.text
    for node in DIFFERING[:-2]:
        decide(client, assignment, node, "left")
    decide(client, assignment, "/data/water_safe", "left")
    decide(client, assignment, "/data/water_problem", "right")
    page = client.get(address(assignment)).text
    assert 'href="#/data/water_problem"' in page
    assert client.post(address(assignment, "/finish")).status_code == 422
    assert session.scalars(select(Reconciliation.state)).all() == ["open"]


def test_finish__second_taken_throughout__leaves_the_question_that_no_longer_applies_undecided(
    session: Session, assignment: Assignment, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    for node in DIFFERING[:-1]:
        assert decide(client, assignment, node, "right") == 302
    assert client.post(address(assignment, "/finish")).status_code == 302
    found = session.scalars(select(Reconciliation)).one()
    assert (found.state, found.n_agreeing) == ("finished", found.n_compared - len(DIFFERING))
    assert found.answers["money"]["income_cny"] == 15_000.0
    assert "water_problem" not in found.answers
    originals = [session.get_one(Submission, f"uuid:001-{role}").answers for role in ("lead", "second")]
    assert originals == [LEFT, RIGHT]


def test_finished__decided_again__is_refused_until_it_is_reopened(session: Session, assignment: Assignment, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    decide_all(client, assignment, "left")
    assert client.post(address(assignment, "/finish"), data={"then": "next"}).status_code == 302
    assert "/decide" not in client.get(address(assignment)).text
    assert decide(client, assignment, DIFFERING[0], "right") == 409
    assert client.post(address(assignment, "/reopen"), data={"reason": " "}).status_code == 422
    assert client.post(address(assignment, "/reopen"), data={"reason": "电话核实有误"}).status_code == 302
    found = session.scalars(select(Reconciliation)).one()
    assert (found.state, found.answers, found.finished_at) == ("open", None, None)
    assert "电话核实有误" in client.get(address(assignment)).text
    assert decide(client, assignment, DIFFERING[0], "right") == 302


def test_export__reconciled_or_not__holds_one_marked_row_of_each_interview(session: Session, tmp_path: Path) -> None:
    visit, version = add_independent_visit(session)
    first = add_both(session, visit, version)
    add_both(session, visit, version, "002")
    records, form = records_of(session, first), load_questionnaire(version)
    for node in DIFFERING:
        if not node.endswith("water_problem"):
            decide_answer(session, None, form, records, node, "right", NOW)
            records = records_of(session, first)
    finish_reconciliation(session, None, form, records, NOW)
    session.commit()
    export_bundle(session, tmp_path / "bundle")
    main = read_bundle(tmp_path / "bundle").tables[FORM_ID, "main"].set_index("instance_id")
    assert main["reconciliation"].to_dict() == {"uuid:001-lead": "reconciled", "uuid:002-lead": "not_reconciled"}
    assert main["income_cny"].to_dict() == {"uuid:001-lead": 15_000.0, "uuid:002-lead": 13_000.0}
    assert main["well"].to_dict() == {"uuid:001-lead": "left.jpg", "uuid:002-lead": "left.jpg"}
    members = read_bundle(tmp_path / "bundle").tables[FORM_ID, "members"]
    assert members.groupby("instance_id")["position"].count().to_dict() == {"uuid:001-lead": 3, "uuid:002-lead": 2}
    session.get_one(Submission, "uuid:001-second").review_state = "returned"
    export_bundle(session, tmp_path / "bundle")
    main = read_bundle(tmp_path / "bundle").tables[FORM_ID, "main"]
    assert set(main["reconciliation"]) == {"not_reconciled"}, "what rests on a record that does not count any more is not taken"


def test_edit_of_a_record__after_reconciling__begins_anew(session: Session, assignment: Assignment, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    decide_all(client, assignment, "left")
    client.post(address(assignment, "/finish"))
    first = session.get_one(Submission, "uuid:001-second")
    first.review_state = "replaced"
    version = first.questionnaire
    edit = Submission(
        **{
            name: getattr(first, name)
            for name in ("form_id", "form_version", "visit_id", "assignment_id", "household_id", "village_code", "lead_id", "second_id")
        },
        questionnaire_version_id=version.id,
        instance_id="uuid:edit",
        deprecated_id=first.instance_id,
        recorded_as="second",
        received_at=NOW,
        review_state="accepted",
        answers=RIGHT,
        xml=b"<data/>",
        xml_sha256="0" * 64,
    )
    session.add(edit)
    session.commit()
    assert "/decide" in client.get(address(assignment)).text
    assert records_of(session, assignment).reconciliation is None


def test_tolerances__changed__count_for_what_is_not_finished(session: Session, assignment: Assignment, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    path = f"/visits/{assignment.visit_id}/records/tolerances"
    facts = {
        "number_percent": "60",
        "exact_names": " *year   *_no ",
        "date_days": "1",
        "time_minutes": "15",
        "position_m": "50",
        "is_text_loose": "y",
    }
    assert client.post(path, data={**facts, "number_percent": "160"}).status_code == 200
    assert session.get(VisitTolerances, assignment.visit_id) is None
    assert client.post(path, data=facts).status_code == 302
    kept = session.get_one(VisitTolerances, assignment.visit_id)
    assert (kept.number_percent, kept.exact_names) == (60.0, "*year *_no")
    assert 'id="/data/money/crop_cny"' not in client.get(address(assignment)).text
    assert sign_in("author").get(path).status_code == 403


def test_interview__in_review__leads_to_both_records(assignment: Assignment, sign_in: SignIn) -> None:
    assert f'href="{address(assignment)}"' in sign_in("coordinator").get("/review/uuid:001-second").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages__in_either_language__say_nothing_in_the_other(assignment: Assignment, sign_in: SignIn, language: str) -> None:
    client = sign_in("coordinator")
    client.post(f"/language/{language}", data={"next": "/"})
    for path in (address(assignment, "?show=all"), f"/visits/{assignment.visit_id}/records", f"/visits/{assignment.visit_id}/agreement"):
        page = client.get(path)
        assert page.status_code == 200
        assert ("Both records" in page.text) is (language == "en")
