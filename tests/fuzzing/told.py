"""Targets around what programs tell: tablets, providers of sign-in, spreadsheets that ask for data, backups, and what people look for."""

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import asdict
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import fsspec
import pyarrow as pa
import pyarrow.dataset as ds
from flask import Flask
from flask_babel import Babel
from joserfc.jwk import KeySet, OKPKey
from werkzeug.exceptions import HTTPException

from questionnaires.errors import ErrorCode, SurveyError
from survey.backup.place import PIECES, BackupList, Place, TableList
from survey.backup.restoring import check_backup
from survey.backup.sealing import Keys, seal
from survey.finding.wanted import read_wanted
from survey.household_outcomes.told import read_told as read_findings
from survey.intake.companions import read_notes
from survey.intake.countersign import change_records, read_countersign
from survey.intake.sealed_file import SealedFile
from survey.intake.sealed_file import read_header as read_export
from survey.odata.asking import read_options, read_page
from survey.odata.filtering import UNDERSTOOD
from survey.odata.formats import Format
from survey.odata.model import BOOLEAN, DATE, DOUBLE, INSTANT, INT, STRING, EntitySet, Property
from survey.openid.logout_token import EVENT
from survey.openid.provider import Client, NotTrusted, Provider
from survey.outcomes.told import read_told as read_outcomes
from tests.fuzzing.targets import Target
from tests.survey.intake.interviews import JPEG, interview_xml
from tests.survey.intake.sealed_exports import export_file

NOTED = {"id": "0b0f6f5e-3f43-4f0e-9b6a-0d5d4a0a0001", "note": "门锁着", "found_at": "2018-04-20T08:30:00Z"}


def outcomes() -> Target:
    """What a tablet tells of households without an interview."""
    told = {
        "outcomes": [NOTED | {"assignment_id": "a", "outcome": "absent"}, NOTED | {"id": "no", "assignment_id": "b", "outcome": "moved"}]
    }
    return Target(lambda data: read_outcomes(_document(data)), (json.dumps(told).encode(),), kind="json")


def findings() -> Target:
    """What a tablet tells of issues at households."""
    told = {"findings": [NOTED | {"issue_id": "i", "household_id": "h", "visit_id": "v", "outcome": "fixed", "was": None}]}
    return Target(lambda data: read_findings(_document(data)), (json.dumps(told).encode(),), kind="json")


def countersignatures() -> Target:
    """What a tablet tells of the second interviewer, as a text beside an interview."""
    change = {"node": "/data/n", "old": "1", "new": "2", "at": "2018-04-20T08:30:00Z"}
    told = {"username": "second1", "signed_at": "2018-04-20T08:30:00Z", "proof": "00", "reason": "", "changes": [change]}

    def read(data: bytes) -> None:
        signature = read_countersign(data.decode(errors="replace"))
        if signature is not None:
            change_records(signature.changes)

    return Target(read, (json.dumps(told).encode(), b"[" * 100_000), kind="json")


def notes() -> Target:
    """The notes that a tablet sends beside an interview."""
    return Target(read_notes, ('node,note,user,written_at\n/data/n[1],"说,不清",lead1,2018-04-20T08:30:00Z\n'.encode(),))


def exports() -> Target:
    """The file of a tablet that cannot send any more: its header, and what is read when its parts lie elsewhere."""
    interview = {"id": "1", "title": "甲", "instance_id": "uuid:1", "state": "finished", "xml": interview_xml().decode(), "answers": {}}
    whole = export_file({}, [interview], {"1": {"a.jpg": JPEG}}, values={"outcomes": []})
    line, _, rest = whole.partition(b"\n")

    def read(data: bytes) -> None:
        file = BytesIO(data + b"\n" + rest)
        sealed = SealedFile(file, read_export(file, "file"), bytes(32))
        for interview_id in sealed.interview_ids:
            sealed.interview(interview_id)
            list(sealed.files(interview_id))
        sealed.value("outcomes")

    return Target(read, (line,), kind="json")


def conditions() -> Target:
    """The options of a spreadsheet that asks for rows: conditions, order, pages."""
    columns: dict[str, tuple[str, list[Any], pa.DataType]] = {
        "row": (INT, [1, 2], pa.int64()),
        "text": (STRING, ["a", None], pa.string()),
        "share": (DOUBLE, [0.5, None], pa.float64()),
        "day": (DATE, [date(2018, 4, 20), None], pa.date32()),
        "at": (INSTANT, [datetime(2018, 4, 20, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
        "is_new": (BOOLEAN, [True, None], pa.bool_()),
    }
    rows = ds.dataset(pa.table({name: pa.array(values, kind) for name, (_, values, kind) in columns.items()}))
    entity_set = EntitySet("rows", "Rows", "row", [Property(name, name, kind) for name, (kind, _, _) in columns.items()], lambda: rows)

    def read(data: bytes) -> None:
        asked = read_options(dict(parse_qsl(data.decode(errors="replace"))), entity_set, rows)
        read_page(asked, entity_set, rows, Format())

    app = Flask(__name__)
    Babel(app)
    app.app_context().push()
    texts = (
        "$filter=(row gt 1 or text eq 'a') and not (share le 0.5)",
        "$filter=year(at) eq 2018 and date(at) in (2018-04-20,2018-04-21) and at lt 2018-04-20T08:30:00.5Z",
        "$filter=contains(tolower(text),'A''') and length(trim(text)) ge 1 and is_new eq true and day ne null",
        "$filter=round(share) eq 1e3 or -1 lt row&$select=row,day&$orderby=day desc,text&$top=5&$skip=1&$count=true",
        "$skiptoken=WyIiLDFd&$format=json",
    )
    words = (*(f"{word}(" for word in UNDERSTOOD), *(f" {word} " for word in UNDERSTOOD), "null", "INF", "NaN", "'", "&$filter=", "9" * 30)
    return Target(read, tuple(text.replace("+", "%2B").encode() for text in texts), (SurveyError, HTTPException), words)


def searches() -> Target:
    """What somebody looks for."""

    def read(data: bytes) -> None:
        wanted = read_wanted(data.decode(errors="replace"), is_by_name=True)
        if wanted is not None:
            for text in ("张伟", "Zhang Wei", "上石沟村", "2018-610727-003", data.decode(errors="replace")):
                wanted.stands_in(text)
                wanted.begins(text)

    return Target(read, ("张伟".encode(), b"zhangwei", b"zw", b"2018-610727-003", "lüe yang".encode()), words=("zh", "ü", "'", "İ", "ß"))


def tokens() -> Target:
    """A token of sign-in and one that ends it: what is signed is any header and any claims, or the token is any text."""
    key = OKPKey.generate_key("Ed25519", {"kid": "one"})
    provider = Provider(Client("https://id.example.org", "survey", "", "openid"))
    provider._metadata = {"issuer": provider.client.issuer, "jwks_uri": f"{provider.client.issuer}/keys"}
    provider._keys = KeySet([key])
    provider._asked_at = provider._keys_asked_at = time.monotonic() + 1e9

    def signed(document: Any) -> str:
        header, claims = (document.get(name) for name in ("header", "claims"))
        if isinstance(claims, dict):
            claims = {
                name: value + int(time.time()) if name in ("iat", "exp") and value in (0, 60) else value for name, value in claims.items()
            }
        parts = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims))
        return b".".join((parts, urlsafe_b64encode(key.private_key.sign(parts)).rstrip(b"="))).decode()

    def read(data: bytes) -> None:
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            document = None
        token = signed(document) if isinstance(document, dict) else data.decode(errors="replace")
        for reading in (lambda: provider.heard(token), lambda: provider._read_token(token, "n", "a")):
            try:
                reading()
            except NotTrusted:
                continue

    claims = {"iss": provider.client.issuer, "aud": "survey", "iat": 0, "exp": 60, "sub": "7f3a"}
    logout = {"header": {"alg": "EdDSA", "kid": "one", "typ": "logout+jwt"}, "claims": claims | {"jti": "1", "events": {EVENT: {}}}}
    told = {"header": {"alg": "EdDSA", "kid": "one"}, "claims": claims | {"nonce": "n", "azp": "survey", "at_hash": "x", "auth_time": 0}}
    seeds = tuple(json.dumps(each).encode() for each in (logout, told))
    return Target(read, (*seeds, signed(logout).encode()), kind="json")


def backups() -> Target:
    """The list of a backup and a line of a table, as whoever has the key might have written them."""
    keys = Keys(b"s" * 32, b"n" * 32)
    files, name = fsspec.filesystem("memory"), "000001-20180420T083000Z"
    piece = keys.name(b"piece")
    table = TableList("regions", ["code", "name"], 1, "0", [piece])
    told = asdict(BackupList("2018-04-20T08:30:00", "0060", "check", [table], [], [("secret", piece)]))

    def read(data: bytes) -> None:
        document = _document(data)
        lines = document.get("lines") if isinstance(document, dict) else None
        place = Place("memory://backup", files, "/backup", keys)
        files.pipe_file(f"/backup/backups/{name}", seal(keys, name, json.dumps(document).encode(), compressed=True))
        head = b'["regions", ["code", "name"]]\n'
        files.pipe_file(f"/backup/{PIECES}/{piece[:2]}/{piece}", seal(keys, piece, head + json.dumps(lines).encode(), compressed=False))
        check_backup(place, name, lambda *_: None, lambda *_: None)

    return Target(read, (json.dumps(told).encode(),), kind="json", runs=2000)


def _document(data: bytes) -> Any:
    """The data as JSON, as Flask gives it to a view; what is none is refused before."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="body", detail="it is no JSON") from None


TARGETS = ("outcomes", "findings", "countersignatures", "notes", "exports", "conditions", "searches", "tokens", "backups")
