"""Requests as they should be: every link and every form of the pages that each role reaches, and what programs and tablets send."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask import Flask
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError, Map

from survey.accounts.models import User
from survey.handover.layout import handed_tables
from survey.handover.queries import read_rows
from survey.intake.models import Submission
from tests.every_page import page_addresses
from tests.fuzzing.requests.whole import File, Whole
from tests.signing_in import sign_in_as
from tests.survey.devices.test_devices import TABLET, pin_facts
from tests.survey.intake.interviews import FORM_ID, JPEG, interview_xml
from tests.walking import ENDS_SIGN_IN, follow_links, links_of

WALKERS = ("admin", "coordinator", "author", "county", "lead1")
OF_EACH_VIEW = 2
NOTED = {"id": "0b0f6f5e-3f43-4f0e-9b6a-0d5d4a0a0001", "note": "门锁着", "found_at": "2018-04-20T08:30:00Z"}
VERIFIED = frozenset(("submissions", "attachments", "handed_events", "quarantined_submissions"))
"""Rows that `verify` compares with what they say of themselves: it has to tell where another installation hands over altered ones."""
QUESTIONS = (
    "$filter=(row gt 1 or form_id eq 'a') and not (share le 0.5)&$count=true",
    "$filter=contains(tolower(name),'A''') and length(trim(name)) ge 1&$select=row&$orderby=row desc&$top=5&$skip=1",
    "$filter=year(at) eq 2018 and date(at) in (2018-04-20,2018-04-21)&$format=json&$skiptoken=WyIiLDFd",
    "visit=2017-04-lueyang&page=1&limit=5&after=x&language=en&since=2017-04-01T00:00:00Z",
)


def known_requests(app: Flask, tokens: dict[str, str]) -> list[Whole]:
    """All of them; each is of somebody who may send it, as far as somebody may."""
    walk = _Walk(app)
    for username in WALKERS:
        walk.go(username)
    with Session(app.extensions["survey.engine"].execution_options(writes=False)) as session:
        programs = [*_interviews(session), *_pieces(), *_told(session), *_tokens(app, tokens, walk.arguments)]
    return [*walk.found.values(), *walk.unreached(), *programs]


class _Walk:
    """What is found by following links, each address and form of a view a few times; `arguments` are the variable parts of addresses."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.found: dict[tuple[str, ...], Whole] = {}
        self.arguments: dict[str, list[str]] = {}
        self._rules = app.url_map

    def go(self, username: str) -> None:
        """Nothing; what this person reaches is found."""
        client = self.app.test_client()
        with Session(self.app.extensions["survey.engine"].execution_options(writes=False)) as session:
            person = session.scalars(select(User).where(User.username == username)).one()
            roles = frozenset(role.name for role in person.roles)
        sign_in_as(client, person)
        ahead = page_addresses(self.app, username)

        def open_one(address: str, view: str) -> Iterable[str]:
            self._take(Whole(view, "GET", urlsplit(address).path, username, tuple(parse_qsl(urlsplit(address).query, True))))
            answer = client.get(address)
            if answer.mimetype != "text/html" or not answer.data:
                return ()
            for form in html.fromstring(answer.data).forms:
                self._take_form(form, address, username)
            return links_of(answer.text, address)

        follow_links(self.app, roles, open_one, OF_EACH_VIEW, ahead)

    def _take(self, whole: Whole) -> None:
        names = sorted({str(name) for name, _ in (*whole.fields, *whole.query)})
        if whole.view not in ENDS_SIGN_IN and whole.view != "static":
            self.found.setdefault((whole.view, whole.method, whole.who, *names), whole)

    def _take_form(self, form: Any, address: str, username: str) -> None:
        method, parts = str(form.method).upper(), urlsplit(urljoin(address, form.action or address))
        view, arguments = matched(self._rules, parts.path, method)
        if not view or parts.netloc not in ("", "localhost"):
            return
        for name, value in arguments.items():
            if str(value) not in self.arguments.setdefault(name, []):
                self.arguments[name].append(str(value))
        fields, files = list[tuple[str, str]](), list[File]()
        for each in form.inputs:
            kind, name = str(each.get("type", "")), each.get("name")
            if not name or name == "csrf_token":
                continue
            if kind == "file":
                files.append(File(name, "x.xlsx", b""))
            elif kind in ("checkbox", "radio") and each.get("checked") is None:
                continue
            else:
                fields.append((name, _value_of(each)))
        fields += [
            (button.get("name"), button.get("value") or "")
            for button in form.xpath(".//button[@name]")
            if button.get("name") != "csrf_token"
        ][:1]
        query = tuple(parse_qsl(parts.query, True))
        if method == "GET":
            self._take(Whole(view, "GET", parts.path, username, tuple(fields)))
            return
        is_multipart = bool(files) or form.get("enctype", "").startswith("multipart")
        kind = "multipart" if is_multipart else "form"
        self._take(Whole(view, method, parts.path, username, query, kind=kind, fields=tuple(fields), files=tuple(files)))

    def unreached(self) -> Iterator[Whole]:
        """A request of every view that no link and no form led to, with parts of addresses that exist elsewhere."""
        reached = {(each.view, each.method) for each in self.found.values()}
        adapter = self._rules.bind("127.0.0.1")
        for rule in self._rules.iter_rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                if (rule.endpoint, method) in reached or rule.endpoint in ("static", *ENDS_SIGN_IN):
                    continue
                with suppress(BuildError, ValueError):
                    arguments = {name: (self.arguments.get(name) or ["x"])[0] for name in rule.arguments}
                    path = adapter.build(rule.endpoint, arguments, method=method)
                    for who in ("admin", "lead1"):
                        yield Whole(rule.endpoint, method, path, who, kind="" if method == "GET" else "form")


def matched(rules: Map, path: str, method: str) -> tuple[str, dict[str, Any]]:
    """The view that answers, and the variable parts of the address; "" for none."""
    try:
        view, arguments = rules.bind("localhost").match(path, method=method)
    except HTTPException:
        return "", {}
    return str(view), dict(arguments)


def _value_of(element: Any) -> str:
    with suppress(AttributeError, TypeError, ValueError):
        value = element.value
        if isinstance(value, str):
            return value
        if value:
            return str(next(iter(value)))
    options = [each for each in getattr(element, "value_options", ()) if each]
    return options[0] if options else ""


def _interviews(session: Session) -> Iterator[Whole]:
    """Interviews as ODK Collect sends them: of a small form, with all that may come along, and those of the demonstration's forms."""
    whole = interview_xml("uuid:0002", well="well.jpg").replace(b"</meta>", b"<audit>audit.csv</audit><notes>notes.csv</notes></meta>")
    log = b"event,node,start,end,old-value,new-value\nquestion,/visit_form/water_safe,1524186020000,1524186021500,,yes\n"
    notes = 'node,note,user,written_at\n/data/needs,"说,不清",lead1,2018-04-20T08:30:00Z\n'.encode()
    beside = (File("well.jpg", "well.jpg", JPEG), File("audit.csv", "audit.csv", log), File("notes.csv", "notes.csv", notes))
    stored = session.scalars(select(Submission.xml).where(Submission.form_id != FORM_ID).order_by(Submission.instance_id)).all()
    chosen = Random(2018).sample(stored, min(8, len(stored)))
    others = [each if isinstance(each, bytes) else each.encode() for each in chosen]
    for xml, files, fields in (
        (interview_xml(), (), ()),
        (whole, beside, (("countersign", "{}"), ("device_id", "tablet-7"), ("assignment_id", "x"))),
        (interview_xml("uuid:0003", replaces="uuid:0001"), (), ()),
        *((each, (), ()) for each in others),
    ):
        part = File("xml_submission_file", "submission.xml", xml, "text/xml")
        yield Whole("openrosa.submission", "POST", "/openrosa/submission", "basic", kind="multipart", fields=fields, files=(part, *files))
    yield Whole("openrosa.form_list", "GET", "/openrosa/formList", "basic", (("verbose", "true"), ("formID", FORM_ID)))


def _pieces() -> Iterator[Whole]:
    """A picture in pieces, of an interview that waits for it."""
    picture = JPEG * 20
    digest = b64encode(sha256(picture).digest()).decode()
    for offset, piece in ((0, picture[:2000]), (2000, picture[2000:]), (0, picture)):
        headers = (("Upload-Offset", str(offset)), ("Upload-Length", str(len(picture))), ("Repr-Digest", f"sha-256=:{digest}:"))
        yield Whole("uploads.piece", "PATCH", "/tablet/uploads/uuid:awaiting/well.jpg", "basic", headers=headers, kind="bytes", body=piece)
        yield Whole("uploads.piece", "HEAD", "/tablet/uploads/uuid:awaiting/well.jpg", "basic", headers=headers)


def _told(session: Session) -> Iterator[Whole]:
    """What tablets and other installations tell as JSON."""
    outcomes = {"outcomes": [NOTED | {"assignment_id": "a", "outcome": "absent"}, NOTED | {"assignment_id": "b", "outcome": "moved"}]}
    findings = {"findings": [NOTED | {"issue_id": "i", "household_id": "h", "visit_id": "v", "outcome": "fixed", "was": None}]}
    tablet = {"device_id": TABLET, "name": "平板 3", "waiting": {"n_drafts": 2, "n_unsent": 5}}
    people = {"people": [{"household_id": "h", "member_id": None}, {"household_id": "h", "member_id": "m"}]}
    told: list[tuple[str, str, str, Any]] = [
        ("tablet_outcomes.receive", "/tablet/outcomes", "lead1", outcomes),
        ("tablet_look_back.receive", "/tablet/look-back", "lead1", findings),
        ("tablet_devices.register", "/tablet/devices", "lead1", tablet),
        ("tablet_devices.pin", "/tablet/pin", "lead1", pin_facts()),
        ("tablet_devices.recovery", "/tablet/recovery", "lead1", {"escrow": [{"visit_id": "2018-04-test", "sealed": "AAAA"}]}),
        ("handover.erased", "/handover/erased.json", "handover", people),
        ("handover.missing_files", "/handover/files/missing.json", "handover", {"sha256": ["a" * 64, "b"]}),
    ]
    for table in handed_tables():
        rows = [row for _, row in zip(range(2), read_rows(session, table), strict=False)]
        told.append(("handover.match", "/handover/match.json", "handover", {"table": table.name, "rows": rows}))
        if table.name not in VERIFIED:
            told.append(("handover.rows", "/handover/rows.json", "handover", {"table": table.name, "rows": rows}))
    for view, path, who, document in told:
        yield Whole(view, "POST", path, who, kind="json", body=json.dumps(document, default=str).encode())
    yield Whole("handover.file", "PUT", f"/handover/files/{sha256(JPEG).hexdigest()}", "handover", kind="bytes", body=JPEG)


def _tokens(app: Flask, tokens: dict[str, str], arguments: dict[str, list[str]]) -> Iterator[Whole]:
    """What programs ask for with a token, and what a provider of sign-in tells."""
    for rule in app.url_map.iter_rules():
        if re.match(r"/(api|odata)/", rule.rule) and "GET" in (rule.methods or ()):
            known = {"visit_id": "2017-04-lueyang", "form_id": "household", "table": "household", "name": "visits"}
            parts = {name: known.get(name, (arguments.get(name) or ["x"])[0]) for name in rule.arguments}
            with suppress(BuildError, ValueError):
                path = app.url_map.bind("127.0.0.1").build(rule.endpoint, parts)
                for question in ("", *QUESTIONS):
                    yield Whole(rule.endpoint, "GET", path, "read", tuple(parse_qsl(question)))
    for token in ("logout", "logout of nobody"):
        yield Whole("openid_logout.ended", "POST", "/sign-in/openid/logout", "", kind="form", fields=(("logout_token", tokens[token]),))
    fields = (("username", "lead1"), ("password", "x"))
    yield Whole("security.login", "POST", "/sign-in", "nobody", kind="form", fields=fields)
    yield Whole("static", "GET", "/static/css/app.css", headers=(("If-None-Match", '"x"'), ("Range", "bytes=0-10")))
    yield Whole("tablet.receipt", "GET", "/tablet/receipts/uuid:awaiting.json", "basic")
    yield Whole("openid.back", "GET", "/sign-in/openid/back", "nobody", (("code", "x"), ("state", "y")))
