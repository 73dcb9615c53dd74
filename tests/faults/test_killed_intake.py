"""A web process that is killed while interviews arrive: at every statement, commit, wait for the disk and file that intake goes through."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy.orm import Session

from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit
from tests.faults.dying import Tell
from tests.faults.installations import Installation, Tally, digest, walk
from tests.survey.intake.interviews import FORM, FORM_ID, JPEG, interview_xml, send

pytestmark = pytest.mark.soak

N_POINTS = 12
FINAL = {201, 422}
"""With these a client is content: it sends the same no more."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One interview that a client sends until it has an answer that is final."""

    name: str
    xml: bytes
    files: dict[str, bytes] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def fill(session: Session) -> list[Upload]:
    """Two households in an open visit; and what will be sent: two interviews, a late picture, an edit, and one to be kept aside."""
    version = add_form(session, FORM, "visit_form.md")
    pair = add_pair(session, add_visit(session, forms=[version]))
    first, second = (add_assignment(session, pair, add_household(session, number), FORM_ID).id for number in ("001", "002"))
    pictured = interview_xml("uuid:a", well="a.jpg")
    return [
        Upload("a", pictured, texts={"assignment_id": first}),
        Upload("b", interview_xml("uuid:b", water_safe="no"), texts={"assignment_id": second}),
        Upload("a with its picture", pictured, {"a.jpg": JPEG + b"first"}, {"assignment_id": first}),
        Upload(
            "edit of b", interview_xml("uuid:c", replaces="uuid:b", well="c.jpg"), {"c.jpg": JPEG + b"second"}, {"assignment_id": second}
        ),
        Upload("aside", interview_xml("uuid:q", replaces="uuid:unknown")),
    ]


def send_all(installation: Installation, uploads: list[Upload], tell: Tell) -> None:
    """Nothing; every upload has an answer that is final, and is told."""
    client = installation.app.test_client()
    for upload in uploads:
        answer = send(client, upload.xml, upload.files, **upload.texts)
        assert answer.status_code in FINAL, (upload.name, answer.status_code, answer.text)
        tell([upload.name, answer.status_code])


def instance_id_of(upload: Upload) -> str:
    """The id that the interview has given itself."""
    return upload.xml.partition(b"<instanceID>")[2].partition(b"<")[0].decode()


def kept_names(installation: Installation, uploads: list[Upload]) -> list[str]:
    """The names of those uploads that are there now, unaltered and with their files."""
    state = installation.state()
    interviews = {(kind, name, sha256) for kind, name, sha256, *_more in state.kept if kind != "file"}
    files = {each for each in state.kept if each[0] == "file"}
    found = []
    for upload in uploads:
        instance_id = instance_id_of(upload)
        is_there = any((kind, instance_id, digest(upload.xml)) in interviews for kind in ("interview", "aside"))
        has_files = all(("file", f"{instance_id} {name}", digest(data)) in files for name, data in upload.files.items())
        found += [upload.name] if is_there and has_files else []
    return found


def test_intake__killed_at_every_step__keeps_what_was_acknowledged_once(
    installation: Installation, tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    uploads = installation.fill(fill)

    def again() -> None:
        send_all(installation, uploads, lambda _told: None)

    for ended in walk(installation, tally, lambda tell: send_all(installation, uploads, tell), again, N_POINTS):
        tally.miss((name for name, _status in ended.told), kept_names(installation, uploads))
    tally.record(record_property)
