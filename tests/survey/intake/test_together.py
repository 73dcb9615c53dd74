"""Interviews that arrive at the same moment share a transaction, and none suffers for another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.events import Event
from survey.intake.models import QuarantinedSubmission, Submission
from survey.intake.receive import Receipt, Received, receive_submission
from survey.intake.together import Keep, Writer
from survey.proof.chain import check_chain
from survey.storage import Storage
from tests.builders import NOW
from tests.recorder import Statements
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import basic, interview_xml, with_text


@contextmanager
def held_up(writer: Writer, app: Flask) -> Iterator[None]:
    """While the block runs somebody writes, so that all who come wait; they go on when it ends."""
    with ThreadPoolExecutor(1) as pool:
        is_over: list[bool] = []

        def wait(_session: Session) -> Receipt:
            while not is_over:
                sleep(0.001)
            return Receipt("stored", "none")

        first = pool.submit(writer.write, app, wait)
        while not writer.is_writing:
            sleep(0.001)
        try:
            yield
        finally:
            is_over.append(True)
            first.result()


def test_write__several_wait__share_a_transaction_and_a_failing_one_is_told_alone(
    app: Flask, field: Field, session: Session, statements: Statements
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    writer, xmls = Writer(), [interview_xml(f"uuid:{number}") for number in range(3)]
    bad, again = with_text(interview_xml("uuid:bad"), "n_members", "99"), xmls[0]

    def keeping(xml: bytes) -> Keep:
        return lambda own: receive_submission(own, own.merge(field.lead, load=False), Received(xml), storage, NOW)

    def refuse(_session: Session) -> Receipt:
        raise ValueError("this one alone")

    def arrive(keep: Keep) -> str:
        try:
            return writer.write(app, keep).outcome
        except ValueError as failure:
            return str(failure)

    def arriving(pool: ThreadPoolExecutor, keeps: list[Keep]) -> list[str]:
        with held_up(writer, app):
            found = []
            for keep in keeps:
                found.append(pool.submit(arrive, keep))
                while writer.n_waiting < len(found):
                    sleep(0.001)
            statements.reset()
        return [each.result() for each in found]

    with ThreadPoolExecutor(5) as pool:
        assert arriving(pool, [keeping(xml) for xml in (*xmls, bad, again)]) == ["stored"] * 3 + ["quarantined", "repeated"]
        # Where the chain of events ends is asked once for a transaction.
        assert sum("ORDER BY events.number DESC" in each for each in statements) == 1
        more = [keeping(interview_xml(f"uuid:more-{number}")) for number in range(2)]
        assert arriving(pool, [more[0], refuse, more[1]]) == ["stored", "this one alone", "stored"]
    session.expire_all()
    stored = list(session.scalars(select(Submission.instance_id).order_by(Submission.instance_id)))
    assert stored == ["uuid:0", "uuid:1", "uuid:2", "uuid:more-0", "uuid:more-1"]
    received = select(Event.subject_id).where(Event.action == "submission.received").order_by(Event.number)
    assert list(session.scalars(received)) == stored
    assert len(session.scalars(select(QuarantinedSubmission)).all()) == 1
    assert not check_chain(session).breaks


def test_submission__second_of_a_form__costs_eight_statements_at_most_whatever_is_stored(
    client: FlaskClient, field: Field, session: Session, statements: Statements
) -> None:
    costs = []
    for number in range(4):
        if number == 3:
            rows = [Submission(**_values(field, f"uuid:old-{each}")) for each in range(300)]
            session.add_all(rows)
            session.commit()
        xml = interview_xml(f"uuid:{number}")
        statements.reset()
        response = client.post("/openrosa/submission", data={"xml_submission_file": xml.decode()}, headers=basic())
        assert response.status_code == 201
        costs.append(len(statements))
    assert costs[1:] == [costs[1]] * 3
    assert costs[1] <= 8, statements


def _values(field: Field, instance_id: str) -> dict[str, object]:
    form = {"form_id": field.version.form_id, "form_version": field.version.version, "questionnaire_version_id": field.version.id}
    return {"instance_id": instance_id, **form, "received_at": NOW, "answers": {}, "xml": b"<data/>", "xml_sha256": "0" * 64}
