"""The other side of a handover as seen from here: a server reached over HTTP with a token. Tries again where a network only stumbles."""

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from questionnaires.errors import ErrorCode, SurveyError
from survey.handover.layout import FORMAT
from survey.outgoing import opener

TIMEOUT_SECONDS = 60
PAUSES_SECONDS = (1, 4, 15)
PASSING_STATUSES = frozenset((429, 500, 502, 503, 504))
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


@dataclass(frozen=True, slots=True)
class Client:
    """A server that takes data over. Every method raises HANDOVER_REFUSED with the server's own words, or what the network did."""

    url: str
    token: str
    context: ssl.SSLContext | None = None
    pause: Callable[[float], None] = field(default=time.sleep)

    def about(self) -> dict[str, Any]:
        """What the server says of itself; refused when it speaks another form of handover."""
        told = self._ask("GET", "about.json")
        if told.get("format") != FORMAT:
            raise self._refusal("there is no server of this program at that address")
        return told

    def match(self, table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
        """For each row what the server has of it."""
        found: list[dict[str, Any] | None] = self._ask("POST", "match.json", {"table": table, "rows": rows})["matches"]
        return found

    def send_rows(self, table: str, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
        """For each row what became of it."""
        taken: list[dict[str, str]] = self._ask("POST", "rows.json", {"table": table, "rows": rows})["taken"]
        return taken

    def tell_erased(self, people: list[dict[str, str | None]]) -> list[str]:
        """For each household or member that was erased here, by the identifiers of the other side, what is to be said of it there."""
        states: list[str] = self._ask("POST", "erased.json", {"people": people})["states"]
        return states

    def missing_files(self, sha256: list[str]) -> list[str]:
        """Which of the files the server does not have."""
        missing: list[str] = self._ask("POST", "files/missing.json", {"sha256": sha256})["missing"]
        return missing

    def send_file(self, sha256: str, data: bytes) -> str:
        """ "" once the server has the file, or what it says where its virus scanner finds something in it."""
        try:
            self._send("PUT", f"files/{sha256}", data, "application/octet-stream")
        except SurveyError as refused:
            if refused.values["refused_as"] != ErrorCode.INFECTED_FILE.name:
                raise
            return str(refused.values["detail"])
        return ""

    def _ask(self, method: str, path: str, question: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if question is None else json.dumps(question, ensure_ascii=False).encode()
        try:
            answer = json.loads(self._send(method, path, body, "application/json"))
        except ValueError as error:
            raise self._refusal("there is no server of this program at that address") from error
        return answer if isinstance(answer, dict) else {}

    def _send(self, method: str, path: str, body: bytes | None, media_type: str) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", "Content-Type": media_type}
        request = urllib.request.Request(f"{self.url}/handover/{path}", data=body, headers=headers, method=method)
        pauses = iter(PAUSES_SECONDS)
        while True:
            try:
                with opener(self.context).open(request, timeout=TIMEOUT_SECONDS) as response:
                    data: bytes = response.read()
                    return data
            except urllib.error.HTTPError as error:
                with error:
                    refusal = self._refusal(*_reason(error))
                is_passing = error.code in PASSING_STATUSES
            except (OSError, http.client.HTTPException) as error:
                refusal = self._refusal(_network_reason(error))
                is_passing = not isinstance(getattr(error, "reason", None), ssl.SSLCertVerificationError)
            pause = next(pauses, None) if is_passing else None
            if pause is None:
                raise refusal
            self.pause(pause)

    def _refusal(self, detail: str, code: str = "") -> SurveyError:
        return SurveyError(ErrorCode.HANDOVER_REFUSED, url=self.url, detail=detail, refused_as=code)


def open_client(url: str, token: str, certificate: Path | None) -> Client:
    """The client for the server at `url`; `certificate` is a root to trust beside those of the system.

    Raises INVALID_VALUE for an address that is none, or one over which the token could be read on the way.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="URL", detail="'{url}' is no address; write https://survey.example.org", url=url)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="URL", detail="the data would travel for everybody to read; use https")
    context = ssl.create_default_context() if parts.scheme == "https" else None
    if context is not None and certificate is not None:
        context.load_verify_locations(certificate)
    return Client(url.rstrip("/"), token, context)


def _reason(error: urllib.error.HTTPError) -> tuple[str, str]:
    """Why the server refuses, in its words, and the code of that."""
    if error.code == 401:
        return "the token is unknown, has ended, was revoked, or is not for handing data over", ""
    try:
        told = json.loads(error.read())["error"]
        return str(told["message"]), str(told["code"])
    except (ValueError, KeyError, TypeError):
        return f"it answered with HTTP status {error.code}", ""


def _network_reason(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({reason.verify_message}); if it has one of its own, name its root with --certificate"
    return f"the connection failed ({getattr(reason, 'strerror', None) or reason}). Run the same command again; it goes on where it stopped"
