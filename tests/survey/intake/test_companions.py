"""The timing log and the notes that come beside the answers: kept, read again, shown to who reviews, exported."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.audit_log import read_audit_log
from survey.bundles.export import export_bundle
from survey.intake.companions import flag_log, read_notes
from survey.intake.models import AnswerNote, Attachment, Flag, Submission
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import PNG, interview_xml, send

SignIn = Callable[[str], FlaskClient]
META = b"<audit>audit.csv</audit><notes>notes.csv</notes>"
LOG = b"""event,node,start,end,old-value,new-value,user
form start,,1524186000000,,,,lead1
question,/data/family/members[2]/age,1524186000000,1524186075000,,*,lead1
question,/data/water_safe,1524186075000,1524186080000,*,*,lead1
form finalize,,1524186100000,,,,lead1
"""
NOTES = (
    "node,note,user,written_at\n"
    '/data/family/members[2]/age,"户口本上是 13 岁\n本人说 12 岁",lead1,2018-04-20T09:05:00.000+08:00\n'
    "/data/water_problem,邻居说夏天断水,second1,2018-04-20T09:06:00.000+08:00\n"
).encode()


def with_companions(instance_id: str = "uuid:0001") -> bytes:
    """An interview whose meta group names a log and notes."""
    return interview_xml(instance_id).replace(b"<instanceID>", META + b"<instanceID>")


def test_companions__with_the_interview__are_shown_at_the_answers(
    field: Field, client: FlaskClient, sign_in: SignIn, session: Session
) -> None:
    files = {"audit.csv": LOG, "notes.csv": NOTES}
    assert send(client, with_companions(), files).status_code == 201
    assert send(client, with_companions(), files).status_code == 201
    assert sorted(session.scalars(select(Attachment.name))) == ["audit.csv", "notes.csv"]
    notes = {note.node: note for note in session.scalars(select(AnswerNote))}
    assert notes["/data/family/members[2]/age"].text == "户口本上是 13 岁\n本人说 12 岁"
    assert notes["/data/family/members[2]/age"].written_at == datetime(2018, 4, 20, 1, 5, tzinfo=UTC)
    assert notes["/data/water_problem"].question == "water_problem"

    page = sign_in("coordinator").get("/review/uuid:0001").text
    assert "本人说 12 岁" in page
    assert "邻居说夏天断水" in page, "a note on a question without an answer is shown all the same"
    assert "1:15" in page
    assert "改动 1 次" in page
    assert "1:40" in page, "the whole interview in hand"


def test_companions__arriving_later_than_the_answers__are_taken_then(field: Field, client: FlaskClient, session: Session) -> None:
    assert send(client, with_companions()).status_code == 201
    assert session.scalars(select(AnswerNote)).all() == []
    assert send(client, with_companions(), {"notes.csv": NOTES}).status_code == 201
    assert len(session.scalars(select(AnswerNote)).all()) == 2


def test_companions__that_make_no_sense__never_refuse_the_interview(field: Field, client: FlaskClient, session: Session) -> None:
    assert send(client, with_companions(), {"audit.csv": PNG, "notes.csv": b"\xff\xfe\0"}).status_code == 201
    assert session.scalars(select(AnswerNote)).all() == []
    assert read_notes(b"node,note\n/data/a,first\n/data/a,second\n,none\n/data/b,\n")[0].text == "second"


def test_log__of_answers_faster_than_reading__raises_a_doubt(field: Field, client: FlaskClient, session: Session) -> None:
    def log(seconds: float, count: int) -> bytes:
        rows = [f"question,/data/q{each},1524186000000,{1524186000000 + int(seconds * 1000)}" for each in range(count)]
        return "\n".join(("event,node,start,end", *rows)).encode()

    assert [flag.check for flag in flag_log(read_audit_log(log(1.5, 20)))] == ["hurried_answers"]
    assert flag_log(read_audit_log(log(2.0, 20))) == ()
    assert flag_log(read_audit_log(log(0.5, 19))) == ()
    for _again in range(2):
        assert send(client, with_companions(), {"audit.csv": log(1.5, 30)}).status_code == 201
    assert session.execute(select(Flag.check, Flag.severity, Flag.value)).all() == [("hurried_answers", "notice", "1.5 s")]


def test_notes__of_accepted_interviews__are_in_the_bundle(field: Field, client: FlaskClient, session: Session, tmp_path: Path) -> None:
    send(client, with_companions(), {"notes.csv": NOTES})
    send(client, with_companions("uuid:0002"), {"notes.csv": NOTES})
    session.get_one(Submission, "uuid:0001").review_state = "accepted"
    session.commit()
    manifest = export_bundle(session, tmp_path / "bundle")
    assert manifest["counts"]["notes"] == 2
    notes = pd.read_parquet(tmp_path / "bundle" / "notes.parquet")
    assert list(notes.columns) == ["instance_id", "question", "node", "text", "written_at"]
    assert set(notes["instance_id"]) == {"uuid:0001"}
