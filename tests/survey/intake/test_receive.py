"""What becomes of one upload: where it belongs, which doubts and candidates it raises, edits, quarantine; and at what price."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.events import Event
from survey.intake.attachments import ReceivedFile
from survey.intake.models import QuarantinedSubmission, Submission
from survey.intake.operations import settle_quarantined
from survey.intake.receive import Receipt, Received, parse_instant, receive_quarantined, receive_submission
from survey.storage import Storage
from tests.builders import VILLAGE, add_assignment, add_household, add_pair, find_or_add_person
from tests.recorder import Statements
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import FORM_ID, JPEG, interview_xml, with_text

ARRIVAL = datetime(2018, 4, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """An empty storage."""
    return Storage(str(tmp_path / "attachments"))


def receive(
    session: Session, storage: Storage, xml: bytes, actor: User | None, *, assignment_id: str = "", files: dict[str, bytes] | None = None
) -> Receipt:
    """The receipt of this upload."""
    parts = {name: ReceivedFile(name, data) for name, data in (files or {}).items()}
    return receive_submission(session, actor, Received(xml, parts, assignment_id), storage, ARRIVAL)


def checks(session: Session, instance_id: str = "uuid:0001") -> set[str]:
    """The doubts about a submission, but for the missing countersignature, which these uploads never tell of."""
    return {flag.check for flag in session.get_one(Submission, instance_id).flags} - {"not_countersigned"}


def test_receive__assignment_named_in_the_answers__finds_its_place(session: Session, field: Field, storage: Storage) -> None:
    receive(session, storage, interview_xml(assignment_id=field.assignment.id), field.lead)
    stored = session.get_one(Submission, "uuid:0001")
    assert (stored.assignment_id, stored.household_id) == (field.assignment.id, field.assignment.household_id)
    assert checks(session) == set()


def test_receive__village_and_number_in_the_answers__find_household_and_open_visit(
    session: Session, field: Field, storage: Storage
) -> None:
    receive(session, storage, interview_xml(village_code=VILLAGE, household_number="001"), field.lead)
    stored = session.get_one(Submission, "uuid:0001")
    assert (stored.household_id, stored.village_code) == (field.assignment.household_id, VILLAGE)
    assert (stored.visit_id, stored.lead_id, stored.second_id) == (field.visit.id, field.lead.id, None)


def test_receive__nothing_known_of_its_place__is_stored_all_the_same(session: Session, field: Field, storage: Storage) -> None:
    receive(session, storage, interview_xml(village_code="999999999999"), field.lead)
    stored = session.get_one(Submission, "uuid:0001")
    assert (stored.visit_id, stored.village_code, stored.household_id) == (None, None, None)


def test_receive__unknown_assignment__is_flagged(session: Session, field: Field, storage: Storage) -> None:
    receive(session, storage, interview_xml(), field.lead, assignment_id="absent")
    assert checks(session) == {"unknown_assignment"}


def test_receive__sender_outside_the_pair__is_flagged(session: Session, field: Field, storage: Storage) -> None:
    receive(session, storage, interview_xml(), find_or_add_person(session, "lead2"), assignment_id=field.assignment.id)
    assert checks(session) == {"outside_pair"}


def test_receive__coordinator_sends_for_the_pair__raises_no_doubt(session: Session, field: Field, storage: Storage) -> None:
    receive(session, storage, interview_xml(), find_or_add_person(session, "coordinator"), assignment_id=field.assignment.id)
    assert checks(session) == set()


def test_receive__second_interview_of_an_assignment__is_flagged_unless_the_first_was_returned(
    session: Session, field: Field, storage: Storage
) -> None:
    receive(session, storage, interview_xml(), field.lead, assignment_id=field.assignment.id)
    receive(session, storage, interview_xml("uuid:0002"), field.lead, assignment_id=field.assignment.id)
    assert checks(session, "uuid:0002") == {"repeated_assignment"}
    for instance_id in ("uuid:0001", "uuid:0002"):
        session.get_one(Submission, instance_id).review_state = "returned"
    session.flush()
    receive(session, storage, interview_xml("uuid:0003"), field.lead, assignment_id=field.assignment.id)
    assert checks(session, "uuid:0003") == set()


def test_receive__cadre_present_and_no_position__are_flagged(session: Session, field: Field, storage: Storage) -> None:
    receive(session, storage, interview_xml(cadres_present="yes", place=None), field.lead)
    assert checks(session) == {"cadre_present", "no_position"}


def test_receive__interview_of_two_minutes_with_a_long_form__is_flagged(session: Session, field: Field, storage: Storage) -> None:
    field.version.n_questions = 61
    receive(session, storage, interview_xml(minutes=2), field.lead)
    receive(session, storage, interview_xml("uuid:0002", minutes=-2), field.lead)
    assert (checks(session), checks(session, "uuid:0002")) == ({"short_interview"}, {"clock_wrong"})


def test_receive__rule_holds__raises_a_candidate_with_its_evidence(session: Session, field: Field, storage: Storage) -> None:
    receive(session, storage, interview_xml(water_safe="no", water_problem="浑浊"), field.lead, assignment_id=field.assignment.id)
    [candidate] = session.scalars(select(IssueCandidate))
    assert (candidate.rule, candidate.area, candidate.level, candidate.severity) == ("water", "water", "village", "high")
    assert candidate.title == {"zh": "饮水不安全", "en": "Unsafe water"}
    assert candidate.evidence == {"water_problem": "浑浊", "age": [40, 12]}
    assert (candidate.visit_id, candidate.village_code) == (field.visit.id, VILLAGE)
    assert candidate.household_id == field.assignment.household_id


def test_receive__edit_by_the_pair__replaces_the_original_and_keeps_its_place(session: Session, field: Field, storage: Storage) -> None:
    receive(session, storage, interview_xml(), field.lead, assignment_id=field.assignment.id)
    receipt = receive(session, storage, interview_xml("uuid:0002", replaces="uuid:0001", water_safe="no"), field.second)
    assert receipt.outcome == "stored"
    session.expire_all()
    edit = session.get_one(Submission, "uuid:0002")
    assert session.get_one(Submission, "uuid:0001").review_state == "replaced"
    assert (edit.deprecated_id, edit.assignment_id, edit.review_state) == ("uuid:0001", field.assignment.id, "received")
    assert checks(session, "uuid:0002") == set()


@pytest.mark.parametrize("case", ["unknown_original", "already_replaced", "not_yours"])
def test_receive__edit_that_may_not_be__is_kept_in_quarantine(session: Session, field: Field, storage: Storage, case: str) -> None:
    actor = field.lead
    if case != "unknown_original":
        receive(session, storage, interview_xml(), field.lead)
    if case == "already_replaced":
        receive(session, storage, interview_xml("uuid:0002", replaces="uuid:0001"), field.lead)
    if case == "not_yours":
        actor = find_or_add_person(session, "lead2")
    receipt = receive(session, storage, interview_xml("uuid:0003", replaces="uuid:0001"), actor)
    assert (receipt.outcome, [refusal.code for refusal in receipt.findings]) == ("quarantined", [case])
    assert session.get(Submission, "uuid:0003") is None


def test_receive_quarantined__its_original_has_arrived__is_admitted_with_its_files(
    session: Session, field: Field, storage: Storage, now: datetime
) -> None:
    coordinator = find_or_add_person(session, "coordinator")
    edit = interview_xml("uuid:0002", replaces="uuid:0001", well="well.jpg")
    for _time in range(2):
        assert receive(session, storage, edit, field.lead, files={"well.jpg": JPEG}).outcome == "quarantined"
    assert [record["name"] for record in session.scalars(select(QuarantinedSubmission)).one().files] == ["well.jpg"]
    [row] = session.scalars(select(QuarantinedSubmission))
    assert receive_quarantined(session, coordinator, row, storage, now).outcome == "quarantined"
    receive(session, storage, interview_xml(), field.lead)
    assert receive_quarantined(session, coordinator, row, storage, now).outcome == "stored"
    session.expire_all()
    admitted = session.get_one(Submission, "uuid:0002")
    assert (admitted.xml, admitted.received_from_id) == (edit, field.lead.id)
    assert [file.name for file in admitted.attachments] == ["well.jpg"]
    assert (row.state, row.settled_by_id) == ("admitted", coordinator.id)
    with pytest.raises(SurveyError) as raised:
        receive_quarantined(session, coordinator, row, storage, now)
    assert raised.value.code is ErrorCode.INVALID_TRANSITION


def test_settle_quarantined__without_a_reason__is_refused(session: Session, field: Field, storage: Storage, now: datetime) -> None:
    receive(session, storage, with_text(interview_xml(), "n_members", "99"), field.lead)
    [row] = session.scalars(select(QuarantinedSubmission))
    coordinator = find_or_add_person(session, "coordinator")
    with pytest.raises(SurveyError) as raised:
        settle_quarantined(session, coordinator, row, "  ", now)
    assert raised.value.code is ErrorCode.INVALID_VALUE
    settle_quarantined(session, coordinator, row, "已重新上报", now)
    assert (row.state, row.settled_reason, row.settled_by_id) == ("settled", "已重新上报", coordinator.id)
    [event] = session.scalars(select(Event).where(Event.action == "submission.settled"))
    assert event.details == {"reason": "已重新上报"}


def test_receive__same_bad_upload_again__is_kept_once_with_all_files(session: Session, field: Field, storage: Storage) -> None:
    xml = with_text(interview_xml(well="well.jpg"), "n_members", "99")
    receive(session, storage, xml, field.lead)
    receive(session, storage, xml, field.lead, files={"well.jpg": JPEG})
    [row] = session.scalars(select(QuarantinedSubmission))
    assert [record["name"] for record in row.files] == ["well.jpg"]


def test_receive__large_interview_late_in_the_day__costs_as_many_statements_as_a_small_one(
    session: Session, field: Field, storage: Storage, statements: Statements
) -> None:
    pair = add_pair(session, field.visit, "第二组", lead="lead2", second="second2")
    assignments = [add_assignment(session, pair, add_household(session, f"{number:03}"), FORM_ID) for number in range(2, 7)]
    lead = session.get_one(User, pair.lead_id)
    receive(session, storage, interview_xml("uuid:warm"), field.lead, assignment_id=field.assignment.id)
    costs = []
    for number, assignment in enumerate(assignments):
        members = [{"member_name": "甲", "age": 40}] * (1 + 20 * number)
        xml = interview_xml(f"uuid:{number}", family={"n_members": 3, "members": members}, water_safe="no")
        statements.reset()
        assert receive(session, storage, xml, lead, assignment_id=assignment.id).outcome == "stored"
        costs.append(len(statements))
    assert set(costs) == {7}, costs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-04-20T09:00:00.000+08:00", datetime(2018, 4, 20, 1, tzinfo=UTC)),
        ("2018-04-20T01:00:00Z", datetime(2018, 4, 20, 1, tzinfo=UTC)),
        ("2018-04-20T09:00:00", None),
        ("9999-12-31T23:59:59.999-00:01", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_parse_instant__text__is_an_instant_only_with_a_time_zone(text: str | None, expected: datetime | None) -> None:
    assert parse_instant(text) == expected


def test_receive__clock_a_day_ahead__is_flagged(session: Session, field: Field, storage: Storage) -> None:
    received = Received(interview_xml(minutes=60 * 30))
    receive_submission(session, field.lead, received, storage, ARRIVAL + timedelta(hours=3))
    assert checks(session) == {"clock_wrong"}
