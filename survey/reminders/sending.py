"""Sending one message, by e-mail or to the robot of a group. Failures raise OSError or ValueError with the reason."""

import base64
import hashlib
import hmac
import ipaddress
import json
import smtplib
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote_plus, unquote, urlsplit

from survey.outgoing import opener

TIMEOUT_S = 20
ANSWER_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and the address that messages come from; `is_tls` means encrypted from the start, else by STARTTLS. Only a server on
    this machine is spoken to in the clear."""

    host: str
    port: int
    is_tls: bool
    username: str
    password: str
    sender: str


def mail_server(url: str, sender: str) -> MailServer | None:
    """The server that `smtp://user:password@host:587` or `smtps://…:465` names, None for ""; raises ValueError for anything else."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or "@" not in sender:
        raise ValueError("the mail server is written smtp://user:password@host:587 or smtps://…, and the sender as an address")
    is_tls = parts.scheme == "smtps"
    port = parts.port or (465 if is_tls else 587)
    return MailServer(parts.hostname, port, is_tls, unquote(parts.username or ""), unquote(parts.password or ""), sender)


def send_mail(server: MailServer, to: str, subject: str, body: str) -> None:
    """Nothing once the server has taken the message."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, to, subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    context = ssl.create_default_context()
    connection: smtplib.SMTP
    try:
        if server.is_tls:
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        with connection:
            if not server.is_tls and not _is_here(connection):
                connection.starttls(context=context)
            if server.username:
                connection.login(server.username, server.password)
            connection.send_message(message)
    except smtplib.SMTPException as error:
        raise ValueError(f"the mail server refused: {error}") from error


def _is_here(connection: smtplib.SMTP) -> bool:
    """Whether the server is on this machine."""
    assert connection.sock is not None
    return ipaddress.ip_address(connection.sock.getpeername()[0].partition("%")[0]).is_loopback


def send_to_robot(
    style: str, address: str, secret: str, subject: str, body: str, *, now_s: float | None = None, is_local_allowed: bool = False
) -> None:
    """Nothing once the robot has taken the message; its own refusal counts as a failure, too. Coordinators choose the address: it leads
    into no network that is not public, unless `is_local_allowed`."""
    moment = time.time() if now_s is None else now_s
    content, url, headers = message_for(style, address, secret, subject, body, moment)
    request = urllib.request.Request(url, json.dumps(content, ensure_ascii=False).encode(), headers, method="POST")
    try:
        with opener(is_public_only=not is_local_allowed).open(request, timeout=TIMEOUT_S) as answer:
            told = answer.read(ANSWER_LIMIT)
    except urllib.error.HTTPError as error:
        raise ValueError(f"the robot answered {error.code}") from error
    refusal = refusal_in(style, told)
    if refusal:
        raise ValueError(f"the robot refused: {refusal}")


def message_for(
    style: str, address: str, secret: str, subject: str, body: str, moment: float
) -> tuple[dict[str, Any], str, dict[str, str]]:
    """(JSON content, address, headers) as the robot wants them, signed where there is a secret."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    text = {"msgtype": "text", "text": {"content": f"{subject}\n{body}"}}
    if style == "wecom":
        return text, address, headers
    if style == "dingtalk":
        if not secret:
            return text, address, headers
        stamp = str(round(moment * 1000))
        digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
        signed = quote_plus(base64.b64encode(digest))
        return text, f"{address}{'&' if urlsplit(address).query else '?'}timestamp={stamp}&sign={signed}", headers
    content = {"subject": subject, "text": body, "sent_at": round(moment)}
    if secret:
        proof = hmac.new(secret.encode(), json.dumps(content, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()
        headers["X-Survey-Signature"] = f"sha256={proof}"
    return content, address, headers


def refusal_in(style: str, told: bytes) -> str:
    """What a robot that answered with 200 had against the message, or ""."""
    if style == "generic":
        return ""
    try:
        answer = json.loads(told)
    except (ValueError, RecursionError):
        return "its answer is no JSON"
    if not isinstance(answer, dict) or answer.get("errcode", 0) == 0:
        return ""
    return f"{answer.get('errcode')} {answer.get('errmsg', '')}".strip()
