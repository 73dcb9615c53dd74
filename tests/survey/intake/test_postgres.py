"""The way of an interview on PostgreSQL: received, refused, accepted, grouped, exported and drafted from."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from survey import create_app
from survey.bundles.export import export_bundle
from survey.candidates.queries import CandidateFilter, group_candidates
from survey.config import Settings
from survey.db import create_engine_for, reading_scope
from survey.events import hold_chain
from survey.intake.arrivals import read_arrival
from survey.intake.attachments import ReceivedFile
from survey.intake.models import Submission
from survey.intake.receive import Received, receive_submission
from survey.intake.senders import Sent, keep_sent, read_sender
from survey.intake.together import BY_KEYS
from survey.reports.queries import list_reportable
from survey.review.filters import SubmissionFilter
from survey.review.operations import accept_clean
from survey.review.queries import count_by_state, list_submissions, read_options
from survey.schema import upgrade_schema
from survey.sealing.fields import Keyring, seal_fields_of
from survey.storage import Storage
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.conftest import SECRET_KEY
from tests.recorder import record_statements
from tests.survey.intake.interviews import FORM, FORM_ID, JPEG, interview_xml, with_text


@pytest.fixture
def postgres_session(postgres_url: str) -> Iterator[Session]:
    """A session on PostgreSQL whose work is undone after the test."""
    engine = create_engine_for(postgres_url)
    upgrade_schema(engine)
    seal_fields_of(engine, Keyring([SECRET_KEY]))
    with engine.connect() as connection, Session(connection, expire_on_commit=False) as session:
        yield session
        session.rollback()
    engine.dispose()


def test_postgresql__an_interview__goes_all_the_way(postgres_session: Session, tmp_path: Path, now: datetime) -> None:
    session, storage = postgres_session, Storage(str(tmp_path / "attachments"))
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, forms=[version])
    visit.records = "independent"
    pair = add_pair(session, visit)
    assignment = add_assignment(session, pair, add_household(session), FORM_ID)
    lead, coordinator = find_or_add_person(session, "lead1"), find_or_add_person(session, "coordinator")
    xml = interview_xml(water_safe="no", well="well.jpg")
    received = Received(xml, {"well.jpg": ReceivedFile("well.jpg", JPEG)}, assignment.id)
    assert [receive_submission(session, lead, received, storage, now).outcome for _ in range(2)] == ["stored", "repeated"]
    assert receive_submission(session, lead, Received(interview_xml()), storage, now).outcome == "conflict"
    bad = with_text(interview_xml("uuid:bad"), "n_members", "99")
    assert receive_submission(session, lead, Received(bad), storage, now).outcome == "quarantined"
    edit = Received(interview_xml("uuid:edit", replaces="uuid:0001", water_safe="no", well="well.jpg"))
    assert receive_submission(session, lead, edit, storage, now).outcome == "stored"
    assert accept_clean(session, coordinator, ["uuid:0001", "uuid:edit"], now) == ("uuid:edit",)
    assert count_by_state(session, SubmissionFilter()) == {"accepted": 1, "replaced": 1}
    wanted = SubmissionFilter(visit=visit.id, county="610727", pair=pair.id, flag="none", state="accepted")
    assert [each.instance_id for each in list_submissions(session, wanted, 1, 1)[1]] == ["uuid:edit"]
    assert read_options(session, wanted, "zh").counties == (("610727", "county 610727"),)
    [group] = group_candidates(session, CandidateFilter())
    assert (group.n_households, group.n_households_asked) == (1, 1)
    assert [county.n_submissions for each in list_reportable(session) for county in each.counties] == [1]
    manifest = export_bundle(session, tmp_path / "bundle", visits=[visit.id])
    assert manifest["counts"]["issue_candidates"] == 1
    main = pd.read_parquet(tmp_path / "bundle" / "submissions" / FORM_ID / "main")
    assert main["instance_id"].tolist() == ["uuid:edit"]
    assert session.get_one(Submission, "uuid:edit").answers["water_safe"] == "no"


def test_postgresql__interview_with_a_doubt_among_many_of_its_lead__costs_eight_statements_that_read_few_rows(
    postgres_session: Session, postgres_url: str, tmp_path: Path, now: datetime
) -> None:
    session = postgres_session
    app = create_app(Settings(data=str(tmp_path), database_url=postgres_url, secret_key=SECRET_KEY))
    version = add_form(session, FORM, "visit_form.md")
    lead = find_or_add_person(session, "lead1")
    form_of = {"form_id": version.form_id, "form_version": version.version, "questionnaire_version_id": version.id}
    held = {"received_at": now, "lead_id": lead.id, "latitude": 33.3, "longitude": 106.1}
    kept = {"answers": {}, "xml": b"<data/>", "xml_sha256": "0" * 64}
    rows = [{"instance_id": f"uuid:old-{n}", "started_at": now - timedelta(days=400, minutes=n)} for n in range(600)]
    session.execute(insert(Submission), [{**row, **form_of, **held, **kept} for row in rows])
    counted = text("SELECT seq_tup_read, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'submissions'")
    arrival = read_arrival(None, Received(interview_xml(cadres_present="yes")), now)
    with app.app_context(), session.begin_nested(), record_statements(session.get_bind().engine) as statements:
        sent = Sent(arrival, read_sender(lead))
        read_in_order, found = session.execute(counted).one()
        statements.reset()
        hold_chain(session, **BY_KEYS)
        [receipt] = keep_sent(session, [sent])
        assert receipt.outcome == "stored"
        assert len(statements) == 8, statements
        after = session.execute(counted).one()
    app.extensions["survey.engine"].dispose()
    assert statements.touching("flags")
    assert (after[0] - read_in_order, after[1] - found < 20) == (0, True)


def test_postgresql__reading_scope__sees_one_moment_and_cannot_write(postgres_url: str, tmp_path: Path) -> None:
    app = create_app(Settings(data=str(tmp_path), database_url=postgres_url, secret_key=SECRET_KEY))
    with reading_scope(app) as session:
        assert session.scalar(text("SHOW transaction_isolation")) == "repeatable read"
        assert session.scalar(text("SHOW transaction_read_only")) == "on"
    app.extensions["survey.engine"].dispose()
