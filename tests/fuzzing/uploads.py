"""A target around interviews as they arrive over HTTP: the whole way into a database of its own."""

import logging
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp

from flask import Flask
from sqlalchemy.orm import Session

from survey import create_app
from survey.config import Settings
from survey.db import create_engine_for
from survey.schema import upgrade_schema
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit
from tests.conftest import SECRET_KEY
from tests.fuzzing.targets import Target
from tests.survey.intake.interviews import FORM, FORM_ID, JPEG, basic, interview_xml

BOUNDARY = b"b0und4ry"
NOTES = 'node,note,user,written_at\n/data/needs,"说,不清",lead1,2018-04-20T08:30:00Z\n'.encode()
LOG = b"event,node,start,end,old-value,new-value\nquestion,/visit_form/water_safe,1524186020000,1524186021500,,yes\n"


def uploads() -> Target:
    """An interview with its files, sent as ODK Collect does: after "x" its XML, after anything else all that the request holds."""
    app, raised = _installation(), _Raised()
    logging.getLogger().addHandler(raised)
    client, headers = app.test_client(), basic()

    def read(data: bytes) -> None:
        body = _body({"xml_submission_file": data[1:]}) if data[:1] == b"x" else data[1:]
        kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
        answer = client.post(
            "/openrosa/submission", input_stream=BytesIO(body), content_length=len(body), content_type=kind, headers=headers
        )
        if answer.status_code >= 500:
            raise raised.last or RuntimeError(answer.status)

    whole = interview_xml("uuid:0002", well="well.jpg").replace(b"</meta>", b"<audit>audit.csv</audit><notes>notes.csv</notes></meta>")
    parts = {
        "xml_submission_file": whole,
        "well.jpg": JPEG,
        "audit.csv": LOG,
        "notes.csv": NOTES,
        "deviceID": b"tablet-7",
        "countersign": b"{}",
    }
    words = (
        "uuid:",
        "practice:",
        "<![CDATA[",
        "&#0;",
        "<!DOCTYPE x>",
        "\r\n--b0und4ry",
        "Content-Disposition: form-data",
        "²",
        'filename="../a"',
    )
    return Target(
        read,
        (b"x" + interview_xml(), b"x" + interview_xml(replaces="uuid:0001"), b"m" + _body(parts)),
        words=words,
        kind="xml",
        n_before=1,
        runs=500,
    )


class _Raised(logging.Handler):
    """Keeps what was raised where an answer was that the program failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.last: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.exc_info[1] if record.exc_info else None


def _installation() -> Flask:
    """One with a visit, a form and somebody who may send it."""
    settings = Settings(data=mkdtemp(), secret_key=SECRET_KEY, second_factor_roles="", second_factor_asked="")
    engine = create_engine_for(f"sqlite:///{Path(settings.data) / 'survey.sqlite3'}")
    upgrade_schema(engine)
    engine.dispose()
    app = create_app(settings)
    app.extensions["survey.storage"].waits_for_disk = False
    with Session(app.extensions["survey.engine"]) as session:
        visit = add_visit(session, forms=[add_form(session, FORM, "visit_form.md")])
        add_assignment(session, add_pair(session, visit), add_household(session), FORM_ID)
        session.commit()
    return app


def _body(parts: dict[str, bytes]) -> bytes:
    """The parts as one body; the XML and every part with a name of a file is one."""
    held = []
    for name, data in parts.items():
        file = b'; filename="%s"' % name.encode() if "." in name or name == "xml_submission_file" else b""
        held.append(b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (BOUNDARY, name.encode(), file, data))
    return b"".join(held) + b"--%s--\r\n" % BOUNDARY


TARGETS = ("uploads",)
