"""A demonstration with more in it on either database, the server that people use on it, and what both hold afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from benchmarks.intake import descendants, memory_mb
from survey import create_app
from survey.accounts.models import User
from survey.accounts.token_operations import make_token
from survey.config import Settings
from survey.db import utc_now
from survey.demo.build import build_demo
from survey.demo.facts import read_facts
from survey.events import Event
from survey.intake.models import Submission
from survey.serving.supervising import READY
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit
from tests.conftest import SECRET_KEY, SMALL
from tests.fuzzing.requests.known import WALKERS
from tests.postgres import free_port, postgres_programs, temporary_cluster
from tests.signing_in import fill_cookie
from tests.survey.intake.interviews import FORM, FORM_ID, basic, interview_xml, send
from tests.survey.openid.provider import CLIENT_ID, CLIENT_SECRET, Provider, served

MARK = sha1(b"marks of forms", usedforsecurity=False).hexdigest()
"""What the cookies of all walkers hold against forgery, so that a mark holds as long as the run."""


FAILURES = ("Traceback (most recent call last)", "uncaptured python exception")
"""What the log holds of a request that failed within the program, and of one that failed before it."""


@dataclass
class Place:
    """An installation and who is known there; `app` is a second one on the same database, to look at what the server wrote."""

    app: Flask
    folder: Path
    url: str
    provider: Provider
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, tuple[dict[str, Any], list[Any]]] = field(default_factory=dict)
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    n_restored: int = 0
    looking: Any = None

    @property
    def mark(self) -> str:
        """The field of forms that holds against forgery."""
        return str(URLSafeTimedSerializer(SECRET_KEY, salt="wtf-csrf-token").dumps(MARK))

    @property
    def secrets(self) -> list[str]:
        """What no log may hold."""
        told = [*self.tokens.values(), *(value.partition("=")[2] for each in self.held.values() for value in each.values())]
        return [SECRET_KEY, CLIENT_SECRET, read_facts().password, MARK, self.mark, *(each for each in told if len(each) > 20)]

    def session(self, *, writes: bool = False) -> Session:
        """A session on the database."""
        return Session(self.app.extensions["survey.engine"].execution_options(writes=writes), expire_on_commit=False)

    def credentials(self, who: str) -> dict[str, str]:
        """The headers of somebody."""
        return self.held.get(who, {})

    def sign_in(self) -> None:
        """Nothing; every walker is who they were, whatever was done to their account, and has just signed in."""
        self.held = {
            "basic": basic("lead1", read_facts().password),
            "read": {"Authorization": f"Bearer {self.tokens['read']}"},
            "handover": {"Authorization": f"Bearer {self.tokens['handover']}"},
        }
        for username in WALKERS:
            client = self.app.test_client()
            with self.session(writes=True) as session, client.session_transaction() as cookie:
                person = session.get_one(User, self.people[username][0]["id"])
                now = {name: getattr(person, name) for name in self.people[username][0]}
                if (now, sorted(role.name for role in person.roles)) != (self.people[username][0], sorted(self.people[username][1])):
                    self.n_restored += 1
                    session.execute(update(User).where(User.id == person.id).values(self.people[username][0]))
                    roles = {role.name: role for each in session.scalars(select(User)) for role in each.roles}
                    person.roles = [roles[name] for name in self.people[username][1] if name in roles]
                fill_cookie(cookie, session, person)
                cookie["csrf_token"] = MARK
                session.commit()
            found = client.get_cookie("session")
            assert found is not None
            self.held[username] = {"Cookie": f"session={found.value}"}

    def last_event(self) -> int:
        """The number of the last event, asked on a connection of its own: it is asked after every request."""
        if self.looking is None:
            self.looking = self.app.extensions["survey.engine"].raw_connection()
            if "postgresql" in self.url:
                self.looking.driver_connection.autocommit = True
        cursor = self.looking.cursor()
        try:
            return int(cursor.execute("SELECT max(number) FROM events").fetchone()[0])
        finally:
            cursor.close()

    def events_after(self, number: int) -> list[tuple[int, str]]:
        """What was logged after the event of this number."""
        with self.session() as session:
            found = session.execute(select(Event.number, Event.action).where(Event.number > number).order_by(Event.number)).all()
        return [(row[0], row[1]) for row in found]

    def interviews(self) -> dict[str, bytes]:
        """The XML of every interview."""
        with self.session() as session:
            rows = session.execute(select(Submission.instance_id, Submission.xml)).all()
        return {row[0]: row[1] if isinstance(row[1], bytes) else row[1].encode() for row in rows}

    def n_interviews(self) -> int:
        """How many there are."""
        with self.session() as session:
            return session.scalar(select(func.count()).select_from(Submission)) or 0

    def verify(self) -> tuple[int, str]:
        """How `python -m survey verify` ended and what it said."""
        ended = subprocess.run([sys.executable, "-m", "survey", "verify"], env=self.environ, capture_output=True, text=True, check=False)
        return ended.returncode, (ended.stdout + ended.stderr)[-3000:]

    @property
    def environ(self) -> dict[str, str]:
        """The settings as a server reads them; limits on how often are so high that what they guard is reached."""
        settings = {
            "DATA": str(self.folder / "data"),
            "DATABASE_URL": self.url,
            "SECRET_KEY": SECRET_KEY,
            "DEMO": "true",
            "SIGN_IN_LIMIT": "1000000 per minute",
            "API_LIMIT": "1000000 per minute",
            "EXPORT_LIMIT": "1500 per day",
            "OPENID_ISSUER": self.provider.issuer,
            "OPENID_CLIENT_ID": CLIENT_ID,
            "OPENID_SECRET_FILE": str(self.folder / "openid"),
            "MAX_UPLOAD_MB": "20",
        }
        return {**os.environ, **{f"SURVEY_{name}": value for name, value in settings.items()}}


@contextmanager
def place(folder: Path, database: str) -> Iterator[Place]:
    """A small demonstration on "SQLite" or "PostgreSQL", with a visit whose interviews are not in yet."""
    with ExitStack() as stack:
        url = f"sqlite:///{folder}/data/survey.sqlite3"
        if database == "PostgreSQL":
            programs = postgres_programs()
            if programs is None:
                raise SystemExit("PostgreSQL is not installed")
            url = stack.enter_context(temporary_cluster(programs))
        provider = stack.enter_context(served(Provider()))
        (folder / "openid").write_text(CLIENT_SECRET, encoding="utf-8")
        settings = Settings(data=str(folder / "data"), database_url=url, secret_key=SECRET_KEY, demo=True)
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        build_demo(app, every=SMALL)
        found = Place(app, folder, url, provider)
        _add(found)
        yield found
        if found.looking is not None:
            found.looking.close()
        app.extensions["survey.engine"].dispose()


def _add(place: Place) -> None:
    """Nothing; there is an open visit with a small form, an interview that waits for its picture, and tokens of programs."""
    with place.session(writes=True) as session:
        pair = add_pair(session, add_visit(session, forms=[add_form(session, FORM, "visit_form.md")]))
        for number in range(5):
            add_assignment(session, pair, add_household(session, f"9{number:03}"), FORM_ID)
        admin = session.scalars(select(User).where(User.username == "admin")).one()
        for scope in ("read", "handover"):
            place.tokens[scope] = make_token(session, None, admin, name=scope, scope=scope, days=7, now=utc_now())[1]
        session.flush()
        columns = User.__table__.columns.keys()
        for person in session.scalars(select(User).where(User.username.in_(WALKERS))):
            place.people[person.username] = ({name: getattr(person, name) for name in columns}, [role.name for role in person.roles])
        session.commit()
    place.tokens["logout"] = place.provider.logout_token()
    place.tokens["logout of nobody"] = place.provider.logout_token(sub="somebody else")
    answer = send(place.app.test_client(), interview_xml("uuid:awaiting", well="well.jpg"), headers=basic("lead1", read_facts().password))
    assert answer.status_code == 201, answer.text


@contextmanager
def serving(place: Place) -> Iterator["Server"]:
    """The server in a process of its own; what it says lies in `server.log`."""
    log, port = place.folder / "server.log", free_port()
    command = [sys.executable, "-m", "survey", "serve", "--port", str(port), "--threads", "4"]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=place.environ, stdout=file, stderr=subprocess.STDOUT)
        try:
            give_up_at = time.monotonic() + 300
            while READY not in log.read_text(errors="replace"):
                if process.poll() is not None or time.monotonic() > give_up_at:
                    raise RuntimeError(f"the server has not come up: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.2)
            yield Server(process, port, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@dataclass
class Server:
    """The server under way."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    @property
    def memory_mb(self) -> float:
        """What its processes hold."""
        return memory_mb(descendants(self.process.pid))

    @property
    def is_alive(self) -> bool:
        """Whether it is the process that was started."""
        return self.process.poll() is None

    def told(self, secrets: list[str]) -> tuple[list[str], int, Counter[str]]:
        """Secrets in the log, how many traces of failures it holds, and its other lines by how they begin."""
        text = self.log.read_text(errors="replace")
        lines = Counter(" ".join(line.split()[2:6])[:60] for line in text.splitlines() if line[:2] == "20")
        return [each[:8] for each in secrets if each in text], sum(map(text.count, FAILURES)), lines
