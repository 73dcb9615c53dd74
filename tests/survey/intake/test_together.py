"""Interviews that arrive at the same moment share a transaction, and none suffers for another."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event as Signal
from time import sleep

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.events import Event
from survey.intake.arrivals import Received, read_arrival
from survey.intake.models import QuarantinedSubmission, Submission
from survey.intake.receive import Receipt, receive_together
from survey.intake.together import Writer
from survey.proof.chain import check_chain
from survey.storage import Storage
from tests.builders import NOW
from tests.recorder import Statements
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import basic, interview_xml, with_text


@contextmanager
def held_up(writer: Writer[str, Receipt], app: Flask) -> Iterator[None]:
    """While the block runs somebody writes, so that all who come wait; they go on when it ends."""
    with ThreadPoolExecutor(1) as pool:
        IS_OVER.clear()
        first = pool.submit(writer.write, app, "wait")
        while not writer.is_writing or writer.n_waiting:
            sleep(0.001)
        try:
            yield
        finally:
            IS_OVER.set()
            first.result()


IS_OVER = Signal()


def test_write__several_wait__share_a_transaction_and_a_failing_one_is_told_alone(
    app: Flask, field: Field, session: Session, statements: Statements
) -> None:
    storage: Storage = app.extensions["survey.storage"]
    xmls = {f"uuid:{number}": interview_xml(f"uuid:{number}") for number in ("0", "1", "2", "more-0", "more-1")}
    xmls |= {"bad": with_text(interview_xml("uuid:bad"), "n_members", "99"), "again": xmls["uuid:0"]}

    def keep_all(own: Session, names: Sequence[str]) -> list[Receipt]:
        if names == ["wait"]:
            IS_OVER.wait()
            return [Receipt("stored", "none")]
        if "refuse" in names:
            raise ValueError("this one alone")
        return receive_together(own, [read_arrival(field.lead, Received(xmls[name]), NOW) for name in names], storage)

    writer = Writer(keep_all)

    def arrive(name: str) -> str:
        try:
            return writer.write(app, name).outcome
        except ValueError as failure:
            return str(failure)

    def arriving(pool: ThreadPoolExecutor, names: list[str]) -> list[str]:
        with held_up(writer, app):
            found = []
            for name in names:
                found.append(pool.submit(arrive, name))
                while writer.n_waiting < len(found):
                    sleep(0.001)
            statements.reset()
        return [each.result() for each in found]

    with ThreadPoolExecutor(5) as pool:
        told = arriving(pool, ["uuid:0", "uuid:1", "uuid:2", "bad", "again"])
        assert told == ["stored"] * 3 + ["quarantined", "repeated"]
        # What is asked of all is asked once, and where the chain of events ends, too; only the repetition waits for the first.
        asked = ("ORDER BY events.number DESC", "INSERT INTO submissions", "FROM (SELECT json_extract")
        assert [sum(part in each for each in statements) for part in asked] == [1, 1, 4]
        assert arriving(pool, ["uuid:more-0", "refuse", "uuid:more-1"]) == ["stored", "this one alone", "stored"]
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
