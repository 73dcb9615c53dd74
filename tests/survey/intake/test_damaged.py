"""Damaged uploads: cut off anywhere, with a byte changed, mis-nested, without an identifier. Refused or kept aside with a reason, never
accepted silently, and never a bug."""

from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.intake.models import QuarantinedSubmission, Submission
from survey.intake.receive import Receipt, Received, receive_submission
from survey.storage import Storage, current_storage
from tests.builders import NOW
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import basic, interview_xml


@pytest.fixture
def storage(client: FlaskClient) -> Storage:
    with client.application.app_context():
        return current_storage()


def receive(session: Session, lead: User, storage: Storage, xml: bytes) -> Receipt:
    return receive_submission(session, lead, Received(xml), storage, NOW)


def test_receive__xml_cut_off_anywhere__is_malformed_and_nothing_is_kept(session: Session, field: Field, storage: Storage) -> None:
    whole = interview_xml()
    for end in range(0, len(whole) - 1, 2):
        with pytest.raises(SurveyError) as raised:
            receive(session, field.lead, storage, whole[:end])
        assert raised.value.code is ErrorCode.MALFORMED_XML, end
    assert _counts(session) == (0, 0)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"</members>", b"</family>", ErrorCode.MALFORMED_XML),
        (b"<meta>", b"<meta><meta>", ErrorCode.MALFORMED_XML),
        (b"uuid:0001", b"", ErrorCode.MISSING_INSTANCE_ID),
        (b"<instanceID>uuid:0001</instanceID>", b"", ErrorCode.MISSING_INSTANCE_ID),
        (b"uuid:0001", b"   ", ErrorCode.MISSING_INSTANCE_ID),
        (b"uuid:0001", b"uuid 0001", ErrorCode.INVALID_VALUE),
        (b"uuid:0001", b"x" * 65, ErrorCode.INVALID_VALUE),
        (b"uuid:0001", b"../../etc", ErrorCode.INVALID_VALUE),
        (b'id="visit_form"', b"", ErrorCode.UNKNOWN_FORM),
        (b"visit_form", b"other_form", ErrorCode.UNKNOWN_FORM),
        (b"2018.1", b"1999.1", ErrorCode.UNKNOWN_FORM_VERSION),
    ],
)
def test_receive__mis_nested_or_without_what_identifies_it__is_refused_with_the_reason(
    session: Session, field: Field, storage: Storage, old: bytes, new: bytes, code: ErrorCode
) -> None:
    xml = interview_xml()
    assert old in xml
    with pytest.raises(SurveyError) as raised:
        receive(session, field.lead, storage, xml.replace(old, new, 1))
    assert raised.value.code is code
    assert _counts(session) == (0, 0)


def test_receive__bytes_changed_at_random__is_refused_or_aside_or_reads_as_it_stands(
    session: Session, field: Field, storage: Storage
) -> None:
    rng, whole = Random(9), interview_xml()
    outcomes = set()
    for number in range(150):
        xml = bytearray(whole.replace(b"uuid:0001", b"uuid:%04d" % number))
        for _ in range(rng.randrange(1, 4)):
            xml[rng.randrange(len(xml))] = rng.randrange(256)
        try:
            receipt = receive(session, field.lead, storage, bytes(xml))
        except SurveyError as error:
            outcomes.add(error.code.name)
            continue
        outcomes.add(receipt.outcome)
        if receipt.outcome == "quarantined":
            assert receipt.findings
        if receipt.outcome == "stored":
            assert session.get_one(Submission, receipt.instance_id).xml == bytes(xml)
    assert {"MALFORMED_XML", "quarantined"} <= outcomes


def test_submission__element_twice__is_422_and_kept_aside(client: FlaskClient, field: Field, session: Session) -> None:
    xml = interview_xml().replace(b"<water_safe>yes</water_safe>", b"<water_safe>yes</water_safe><water_safe>no</water_safe>", 1)
    response = client.post("/openrosa/submission", data={"xml_submission_file": xml.decode()}, headers=basic())
    assert response.status_code == 422
    assert _counts(session) == (0, 1)


def _counts(session: Session) -> tuple[int, int]:
    """How many are stored, and how many are kept aside."""
    stored = session.scalar(select(func.count()).select_from(Submission))
    return stored or 0, session.scalar(select(func.count()).select_from(QuarantinedSubmission)) or 0
