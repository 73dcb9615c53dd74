"""Reminders: what is due for whom, digests made once, messages to a real mail server and a real robot, retries, and the calendar."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.config import read_settings
from survey.issues.models import Issue, IssueEvidence
from survey.issues.raising import raise_issue
from survey.protection.operations import set_retention
from survey.reminders.models import Reminder, ReminderChannel
from survey.reminders.operations import WAITS, Sent, add_channel, make_digests, send_waiting, set_frequency
from survey.reminders.queries import due_for, due_in
from survey.reminders.rounds import remind
from survey.reminders.sending import mail_server, message_for, refusal_in, send_mail, send_to_robot
from survey.verifications.operations import ask_verification
from tests.builders import (
    add_assignment,
    add_form,
    add_household,
    add_pair,
    add_person,
    add_region,
    add_submission,
    add_visit,
    find_or_add_person,
)
from tests.conftest import POLL_SECONDS, SECRET_KEY, SignIn
from tests.issues import add_reported_issue

DUE = date(2018, 5, 4)
MONDAY = datetime.fromisoformat("2018-05-07T01:00:00+00:00")
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def coordinator(session: Session) -> User:
    person = find_or_add_person(session, "coordinator")
    person.contact_email = "coordinator@example.org"
    return person


@pytest.fixture
def reported(session: Session, coordinator: User, now: datetime) -> Issue:
    """An issue that was reported, due on the fourth of May."""
    add_region(session, name="青泥河村")
    return add_reported_issue(session, coordinator, now, responsible_code="610727000000", due_on=DUE)


def only(session: Session) -> Reminder:
    return session.scalars(select(Reminder)).one()


def test_due_for__coordinator_verifier_and_responsible_side__each_has_their_own(
    session: Session, coordinator: User, reported: Issue, now: datetime
) -> None:
    verifier = find_or_add_person(session, "lead1")
    other = raise_issue(
        session,
        coordinator,
        now,
        title="道路不通",
        area="other",
        level="village",
        severity="low",
        place=reported.place,
        evidence=[IssueEvidence(kind="note")],
    )
    ask_verification(session, coordinator, other, verifier, now, kind="site", due_on=DUE)
    today = date(2018, 5, 7)
    assert [(item.kind, item.number) for item in due_for(session, verifier, today)] == [("verification", other.number)]
    assert [(item.kind, item.number, item.place) for item in due_for(session, coordinator, today)] == [
        ("overdue", reported.number, "青泥河村")
    ]
    county = add_person(session, "water", "responsible", region_code="610727000000")
    assert [(item.kind, item.place) for item in due_for(session, county, today)] == [("overdue", "")], "no village is named"
    neighbour = add_person(session, "neighbour", "responsible", region_code=add_region(session, "610728101201").code[:6] + "000000")
    assert due_for(session, neighbour, today) == ()
    assert [item.kind for item in due_in(session, "610700000000", date(2018, 5, 1))] == ["soon"]
    assert due_in(session, "610900000000", today) == ()


@pytest.mark.parametrize(
    ("frequency", "at", "n_made"), [("weekly", MONDAY, 1), ("weekly", TUESDAY, 0), ("daily", TUESDAY, 1), ("never", MONDAY, 0)]
)
def test_make_digests__on_the_day_of_a_frequency__makes_one_and_never_a_second(
    app: Flask, session: Session, coordinator: User, reported: Issue, frequency: str, at: datetime, n_made: int
) -> None:
    set_frequency(session, coordinator, frequency, at)
    with app.app_context():
        assert make_digests(session, at, "https://survey.example.org", with_mail=True, retention_months=60) == n_made
        assert make_digests(session, at + timedelta(hours=1), "", with_mail=True, retention_months=60) == 0
    if n_made:
        reminder = only(session)
        assert "饮水不安全" in reminder.body
        assert reminder.body.endswith("https://survey.example.org")


def test_make_digests__of_people_of_two_languages__name_issues_in_the_one_of_each(
    app: Flask, session: Session, coordinator: User, reported: Issue
) -> None:
    reader = add_person(session, "reader", "coordinator")
    reader.locale, reader.contact_email = "en", "reader@example.org"
    reported.titles = {"zh": reported.title, "en": "Unsafe water"}
    with app.app_context():
        make_digests(session, MONDAY, "", with_mail=True, retention_months=60)
    told = {each.user_id: each.body for each in session.scalars(select(Reminder))}
    assert ("Unsafe water" in told[reader.id], reported.title in told[reader.id]) == (True, False)
    assert ("Unsafe water" in told[coordinator.id], reported.title in told[coordinator.id]) == (False, True)


def test_send_waiting__that_fails__is_tried_later_and_given_up_in_the_end(
    app: Flask, session: Session, coordinator: User, reported: Issue
) -> None:
    with app.app_context():
        make_digests(session, MONDAY, "", with_mail=True, retention_months=60)
    session.commit()

    def refuse(_reminder: Reminder) -> None:
        raise OSError("nobody answers")

    def begin() -> Session:
        return Session(app.extensions["survey.engine"], expire_on_commit=False)

    at = MONDAY
    for wait in WAITS:
        assert send_waiting(begin, at, refuse) == Sent(0, 1)
        assert send_waiting(begin, at + wait / 2, refuse) == Sent(0, 0), "it waits"
        at += wait
    assert send_waiting(begin, at, refuse) == Sent(0, 1)
    assert send_waiting(begin, at + timedelta(days=30), refuse) == Sent(0, 0)
    session.expire_all()
    reminder = only(session)
    assert (reminder.state, reminder.n_tries, reminder.problem) == ("given_up", len(WAITS) + 1, "nobody answers")


class Letters:
    """Keeps what a mail server receives."""

    def __init__(self) -> None:
        self.received: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002
        self.received.append(envelope)
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Letters, int]]:
    letters = Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(letters, hostname="127.0.0.1", port=port)
    controller.start()
    yield letters, port
    controller.stop()


def test_remind__with_a_mail_server__sends_a_letter_in_the_persons_language(
    app: Flask, session: Session, coordinator: User, reported: Issue, post: tuple[Letters, int]
) -> None:
    letters, port = post
    session.commit()
    app.extensions["survey.settings"] = replace(
        app.extensions["survey.settings"], smtp_url=f"smtp://127.0.0.1:{port}", mail_from="survey@example.org"
    )
    assert remind(app, MONDAY).sent == Sent(1, 0)
    assert remind(app, MONDAY).sent == Sent(0, 0)
    letter = letters.received[0]
    assert letter.rcpt_tos == ["coordinator@example.org"]
    assert "=?utf-8?" in letter.content.decode("ascii", "replace").lower()
    assert remind(app, MONDAY - timedelta(hours=5)).n_made == 0, "not at night"


def test_remind__in_a_demonstration__makes_digests_and_sends_none(
    app: Flask, session: Session, coordinator: User, reported: Issue, post: tuple[Letters, int]
) -> None:
    letters, port = post
    session.commit()
    app.extensions["survey.settings"] = replace(
        app.extensions["survey.settings"], demo=True, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="survey@example.org"
    )
    assert remind(app, MONDAY).sent is None
    assert only(session).state == "waiting"
    assert letters.received == []


@pytest.fixture
def robot() -> Iterator[tuple[list[Any], str]]:
    """What a robot was told, and its address; it refuses everything that speaks of refusing, as the robots of groups do."""
    told: list[Any] = []

    class Robot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.append((self.path, dict(self.headers), content))
            is_refused = "refuse" in json.dumps(content)
            answer = json.dumps({"errcode": 310000, "errmsg": "keywords not in content"} if is_refused else {"errcode": 0}).encode()
            self.send_response(404 if "gone" in self.path else 302 if "moved" in self.path else 200)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Robot)
    thread = Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    yield told, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_send_to_robot__of_each_style__is_told_in_its_way(robot: tuple[list[Any], str]) -> None:
    told, address = robot
    send_to_robot("wecom", f"{address}/send?key=1", "", "问题", "两件")
    assert told[0][2] == {"msgtype": "text", "text": {"content": "问题\n两件"}}
    send_to_robot("dingtalk", f"{address}/send?token=1", "SEC", "问题", "两件", now_s=1525655000.5)
    assert "timestamp=1525655000500&sign=" in told[1][0]
    send_to_robot("generic", f"{address}/hook", "SEC", "问题", "两件")
    assert told[2][1]["X-Survey-Signature"].startswith("sha256=")
    assert told[2][2]["text"] == "两件"
    with pytest.raises(ValueError, match="310000 keywords"):
        send_to_robot("wecom", address, "", "refuse", "")
    with pytest.raises(ValueError, match="answered 404"):
        send_to_robot("wecom", f"{address}/gone", "", "问题", "")
    with pytest.raises(ValueError, match="answered 302"):
        send_to_robot("wecom", f"{address}/moved", "", "问题", "")
    with pytest.raises(OSError, match="refused"):
        send_to_robot("wecom", "http://127.0.0.1:9/", "", "问题", "")
    assert refusal_in("wecom", b"<html>") == refusal_in("wecom", b"[" * 100_000) == "its answer is no JSON"


def test_message_for__dingtalk_with_a_secret__is_signed_with_it() -> None:
    address = "https://oapi.example.org/send?access_token=a"
    _content, signed, _headers = message_for("dingtalk", address, "this is secret", "s", "b", 1577262236.757)
    # printf '1577262236757\nthis is secret' | openssl dgst -sha256 -hmac 'this is secret' -binary | base64
    assert signed == f"{address}&timestamp=1577262236757&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D"


@pytest.mark.parametrize("url", ["http://host", "smtp://", "host:25"])
def test_mail_server__that_is_none__is_refused_when_settings_are_read(url: str) -> None:
    with pytest.raises(SurveyError, match="SURVEY_SMTP_URL"):
        read_settings({}, secret_key=SECRET_KEY, smtp_url=url, mail_from="a@example.org")
    with pytest.raises(ValueError, match="sender as an address"):
        mail_server("smtp://host", "nobody")


def test_send_mail__nobody_listens__fails_with_the_reason() -> None:
    server = mail_server("smtp://127.0.0.1:9", "survey@example.org")
    assert server is not None
    with pytest.raises(OSError, match="refused"):
        send_mail(server, "a@example.org", "s", "b")
    for to, subject in (("a@example.org\nBcc: b@example.org", "s"), ("a@example.org", "s\r\nBcc: b@example.org")):
        with pytest.raises(ValueError, match="linefeed|newline"):
            send_mail(server, to, subject, "b")


def test_calendar__by_its_secret_address__shows_due_dates_until_a_new_one_is_made(
    session: Session, sign_in: SignIn, reported: Issue, coordinator: User
) -> None:
    client = sign_in("coordinator")

    def make() -> str:
        page = client.post("/reminders/calendar").get_data(as_text=True)
        address = page.partition('<code class="token">')[2].partition("</code>")[0]
        return address.partition("localhost")[2]

    address = make()
    content = client.get(address)
    assert content.mimetype == "text/calendar"
    event = Calendar.from_ical(content.data).walk("VEVENT")[0]
    assert (event["dtstart"].dt, str(event["summary"])) == (DUE, f"{reported.number} 饮水不安全")
    newer = make()
    assert client.get(address).status_code == 404
    assert client.get(newer).status_code == 200
    with client.session_transaction() as cookie:
        cookie.clear()
    assert client.get(newer).status_code == 200, "calendar programs cannot sign in"


def test_groups_page__with_a_robots_address__keeps_it_sealed(session: Session, sign_in: SignIn, reported: Issue) -> None:
    client = sign_in("coordinator")
    values = {
        "name": "工作群",
        "style": "wecom",
        "address": "https://qyapi.weixin.qq.com/send?key=secret-key",
        "frequency": "weekly",
        "region": "",
    }
    assert client.post("/reminders/groups", data={**values, "address": "ftp://x"}).status_code == 422
    page = client.post("/reminders/groups", data=values, follow_redirects=True).get_data(as_text=True)
    assert "qyapi.weixin.qq.com" in page
    assert "secret-key" not in page
    channel = session.scalars(select(ReminderChannel)).one()
    assert b"secret-key" not in channel.sealed_address
    client.post(f"/reminders/groups/{channel.id}/off")
    session.expire_all()
    assert not channel.is_active


def test_pages__by_role__are_open_to_those_who_may(sign_in: SignIn, session: Session, reported: Issue) -> None:
    for username in ("coordinator", "lead1", "author", "county"):
        client = sign_in(username)
        assert client.get("/reminders").status_code == 200, username
        assert client.get("/reminders/groups").status_code == (200 if username == "coordinator" else 403), username
    assert sign_in("coordinator").post("/reminders/frequency", data={"frequency": "daily"}).status_code == 302


def test_add_channel__address_without_https__is_refused(session: Session, coordinator: User, now: datetime) -> None:
    make: Callable[..., Any] = add_channel
    with pytest.raises(SurveyError, match="begins with https"):
        make(
            session,
            coordinator,
            now,
            SECRET_KEY,
            hosts=(),
            name="群",
            style="wecom",
            frequency="weekly",
            address="http://qyapi.example.org",
        )


def test_make_digests__retention_that_ends__tells_coordinators_once_on_any_day_until_another_day_is_set(
    app: Flask, session: Session, coordinator: User
) -> None:
    visit = add_visit(session)
    assignment = add_assignment(session, add_pair(session, visit), add_household(session))
    add_submission(session, add_form(session), "uuid:kept", assignment=assignment)
    find_or_add_person(session, "lead1").contact_email = "lead1@example.org"

    def made(at: datetime) -> int:
        with app.app_context():
            return make_digests(session, at, "", with_mail=True, retention_months=60)

    assert made(TUESDAY) == 0, "sixty months are far"
    set_retention(session, coordinator, visit, purpose="", keep_until=TUESDAY.date() + timedelta(days=30), now=TUESDAY)
    assert made(TUESDAY) == 1
    assert visit.title in only(session).body
    assert made(TUESDAY + timedelta(days=1)) == 0, "once"
    set_retention(session, coordinator, visit, purpose="", keep_until=TUESDAY.date() + timedelta(days=40), now=TUESDAY)
    assert made(TUESDAY + timedelta(days=2)) == 1
