"""Requests for materials: their life, what is overdue, files that come back as they were, and reminders on record."""

import hashlib
from datetime import date, datetime
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.events import Event
from survey.kept_files import KeptFile
from survey.liaison import material_operations as operations
from survey.liaison.contact_operations import ContactFacts, add_contact
from survey.liaison.material_operations import RequestFacts
from survey.liaison.material_queries import RequestFilter, list_requests, read_due
from survey.liaison.models import MaterialRequest
from tests import builders
from tests.conftest import SignIn
from tests.recorder import Statements

COUNTY, OTHER_COUNTY = "610727000000", "610902000000"
TODAY = date(2018, 4, 20)
FILE = KeptFile("台账.xlsx", "a" * 64, 10, "application/zip")


@pytest.fixture(autouse=True)
def places(session: Session) -> None:
    """Two counties."""
    builders.add_region(session)
    builders.add_region(session, "610902101201")


def ask(session: Session, now: datetime, *, due: date = date(2018, 4, 25), title: str = "项目台账", **others: str) -> MaterialRequest:
    """A request that was made on 1 April."""
    facts = {"region_code": COUNTY, **others}
    return operations.ask_for(session, None, RequestFacts(title, asked_on=date(2018, 4, 1), due_on=due, **facts), now)


def test_request__from_asking_to_the_end__goes_through_its_states(session: Session, now: datetime) -> None:
    found = ask(session, now)
    states = [found.state]
    assert operations.receive(session, None, found, [FILE], is_complete=False, now=now) == 1
    states.append(found.state)
    assert operations.receive(session, None, found, [FILE], note="纸质附件", is_complete=True, now=now) == 0
    states.append(found.state)
    assert (found.received_on, found.state_reason, len(found.files)) == (TODAY, "纸质附件", 1)
    operations.reopen(session, None, found, now)
    states.append(found.state)
    operations.withdraw(session, None, found, "已由省里提供", now)
    states.append(found.state)

    assert states == ["asked", "partly", "received", "partly", "withdrawn"]
    actions = session.scalars(select(Event.action).where(Event.subject_id == found.id).order_by(Event.number)).all()
    assert [action.partition(".")[2] for action in actions] == ["asked", "received", "received", "reopened", "withdrawn"]


def test_withdrawn_request__received_reminded_or_changed__is_refused(session: Session, now: datetime) -> None:
    found = ask(session, now)
    operations.withdraw(session, None, found, "不再需要", now)

    for again in (
        lambda: operations.receive(session, None, found, [FILE], is_complete=True, now=now),
        lambda: operations.withdraw(session, None, found, "again", now),
        lambda: operations.log_reminder(session, None, found, reminded_on=TODAY, means="letter", now=now),
        lambda: operations.update_request(session, None, found, RequestFacts("x", COUNTY, TODAY, TODAY), now),
    ):
        with pytest.raises(SurveyError) as caught:
            again()
        assert caught.value.code is ErrorCode.INVALID_TRANSITION
    assert (found.state, found.files, found.reminders) == ("withdrawn", [], [])


WRONG = [
    ({"title": " "}, "title"),
    ({"due": date(2018, 3, 31)}, "due_on"),
    ({"region_code": "619999000000"}, "region_code"),
    ({"visit_id": "nowhere"}, "visit_id"),
    ({"contact_id": "nobody"}, "contact_id"),
]


def test_ask_for__with_a_wrong_fact__names_the_field(session: Session, now: datetime) -> None:
    for others, field in WRONG:
        with pytest.raises(SurveyError) as caught:
            ask(session, now, **others)  # type: ignore[arg-type]

        assert caught.value.values["field"] == field
        assert session.scalars(select(MaterialRequest)).all() == []


def test_ask_for__through_a_contact__takes_one_of_the_place_or_above_it(session: Session, now: datetime) -> None:
    contacts = {
        code: add_contact(session, None, ContactFacts(code, code, date(2017, 1, 1)), now).id
        for code in ("610700000000", COUNTY, OTHER_COUNTY)
    }

    assert ask(session, now, contact_id=contacts["610700000000"]).contact_id
    assert ask(session, now, contact_id=contacts[COUNTY]).contact_id
    with pytest.raises(SurveyError, match="another place"):
        ask(session, now, contact_id=contacts[OTHER_COUNTY])


def test_read_due__on_a_day__tells_overdue_from_soon_and_leaves_out_what_came(session: Session, now: datetime) -> None:
    days = {"late": 10, "today": 20, "soon": 27, "later": 28}
    asked = {title: ask(session, now, due=date(2018, 4, day), title=title) for title, day in days.items()}
    came = ask(session, now, due=date(2018, 4, 10), title="came")
    operations.receive(session, None, came, [FILE], is_complete=True, now=now)
    operations.receive(session, None, asked["late"], [FILE], is_complete=False, now=now)
    operations.log_reminder(session, None, asked["late"], reminded_on=date(2018, 4, 12), means="telephone", now=now)

    due = read_due(session, TODAY)

    assert (due.n_overdue, due.n_soon) == (1, 2)
    assert [(row.request.title, row.n_files, row.n_reminders, row.reminded_on) for row in due.overdue] == [
        ("late", 1, 1, date(2018, 4, 12))
    ]
    assert [row.request.title for row in due.soon] == ["today", "soon"]
    page, listed = list_requests(session, RequestFilter(), TODAY, 1)
    assert (page.total, [row.request.title for row in listed]) == (5, ["late", "today", "soon", "later", "came"])
    for state, titles in (("overdue", ["late"]), ("soon", ["today", "soon"]), ("received", ["came"]), ("partly", ["late"])):
        assert [row.request.title for row in list_requests(session, RequestFilter(state=state), TODAY, 1)[1]] == titles


def test_files__handed_in_on_the_page__come_back_as_they_were(session: Session, now: datetime, sign_in: SignIn) -> None:
    found = ask(session, now)
    client, path = sign_in("coordinator"), f"/liaison/materials/{found.id}"
    first, second = b"%PDF-1.4 one", b"\x89PNG\r\n\x1a\n two"

    def hand_in(*files: tuple[bytes, str], **others: str) -> str:
        data = {"files": [(BytesIO(content), name) for content, name in files], **others}
        return client.post(f"{path}/receive", data=data, content_type="multipart/form-data", follow_redirects=True).text

    client.post("/language/en")
    assert "Choose a file, or write what came" in hand_in()
    assert "is empty" in hand_in((b"", "empty.pdf"), (first, "good.pdf"))
    assert found.files == []
    hand_in((first, "第一份.pdf"), (second, "folder/图.png"), (first, "again.pdf"), note="")
    hand_in((first, "later.pdf"), is_complete="y")

    session.refresh(found)
    kept = [(file.name, file.sha256, file.size_bytes, file.media_type) for file in found.files]
    assert found.state == "received"
    assert sorted(kept) == sorted(
        [
            ("第一份.pdf", hashlib.sha256(first).hexdigest(), len(first), "application/pdf"),
            ("图.png", hashlib.sha256(second).hexdigest(), len(second), "image/png"),
        ]
    )
    answer = client.get(f"{path}/files/{found.files[0].id}")
    assert hashlib.sha256(answer.data).hexdigest() == found.files[0].sha256
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"{path}/files/nothing").status_code == 404
    client.post(f"{path}/files/{found.files[0].id}/remove")
    session.refresh(found)
    assert len(found.files) == 1


def test_reminder__on_the_page__is_a_text_to_copy_and_goes_on_record(session: Session, now: datetime, sign_in: SignIn) -> None:
    found = ask(session, now, due=date(2018, 4, 2), title="资金台账")
    client, path = sign_in("coordinator"), f"/liaison/materials/{found.id}"

    page = client.get(path).text
    early = client.post(f"{path}/remind", data={"reminded_on": "2018-03-01", "means": "letter"})
    client.post(f"{path}/remind", data={"reminded_on": "2018-04-10", "means": "telephone", "note": "明天寄出"})

    text = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert "资金台账" in text
    assert "2018" in text
    assert early.status_code == 200
    session.refresh(found)
    assert [(row.reminded_on, row.means, row.note) for row in found.reminders] == [(date(2018, 4, 10), "telephone", "明天寄出")]
    assert "明天寄出" in client.get(path).text
    assert "资金台账" in client.get("/").text
    assert "资金台账" in client.get("/liaison").text


def test_request_pages__for_each_role__are_read_by_authors_and_changed_by_coordinators(
    session: Session, now: datetime, sign_in: SignIn
) -> None:
    found = ask(session, now)
    path = f"/liaison/materials/{found.id}"

    author = sign_in("author")
    assert [author.get(each).status_code for each in ("/liaison", "/liaison/materials", path, f"{path}/edit")] == [200, 200, 200, 403]
    assert author.post(f"{path}/withdraw", data={"reason": "x"}).status_code == 403
    for name in ("lead1", "county"):
        client = sign_in(name)
        assert {client.get(each).status_code for each in ("/liaison", "/liaison/materials", path)} == {403}
        assert "项目台账" not in client.get("/").text


def test_request_form__filled_in__asks_changes_and_removes(session: Session, now: datetime, sign_in: SignIn) -> None:
    other = add_contact(session, None, ContactFacts(OTHER_COUNTY, "李某", date(2017, 1, 1)), now)
    client = sign_in("coordinator")
    data = {
        "title": "台账",
        "region_code": COUNTY,
        "contact_id": other.id,
        "visit_id": "",
        "asked_on": "2018-04-01",
        "due_on": "2018-04-09",
    }

    refused = client.post("/liaison/materials/new", data=data)
    asked = client.post("/liaison/materials/new", data={**data, "contact_id": ""})
    changed = client.post(f"{asked.location}/edit", data={**data, "region_code": OTHER_COUNTY})

    assert refused.status_code == 200
    assert (asked.status_code, changed.status_code) == (302, 302)
    assert session.scalars(select(MaterialRequest.contact_id)).one() == other.id
    client.post(f"{asked.location}/remove")
    assert session.scalars(select(MaterialRequest)).all() == []


def test_request_list__with_more_requests__sends_no_more_statements(
    session: Session, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("coordinator")
    visit = builders.add_visit(session)
    counts = []
    for size in (1, 20):
        for number in range(size):
            found = ask(session, now, title=f"{size} {number}", visit_id=visit.id)
            operations.receive(session, None, found, [FILE], is_complete=False, now=now)
        session.commit()
        for path in ("/liaison/materials", "/liaison"):
            statements.reset()
            client.get(path)
            counts.append(len(statements))

    assert counts[:2] == counts[2:]
    assert max(counts) < 15
