"""Contacts as vCards (RFC 2426), which telephones and mail programs import. Pure."""

from collections.abc import Iterable

from segno.helpers import make_vcard_data

from survey.liaison.models import Contact

VCARD = "text/vcard; charset=utf-8"
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})
"""The signs that separate parts of a name; segno escapes every property but this one."""


def vcards(contacts: Iterable[Contact]) -> bytes:
    """The contacts one after another, lines ended as the format wants them."""
    return "".join(_vcard(contact) for contact in contacts).encode()


def _vcard(contact: Contact) -> str:
    text: str = make_vcard_data(
        f"{_one_line(contact.name).translate(_ESCAPED)};;;;",
        _one_line(contact.name),
        email=contact.email or None,
        workphone=contact.phone or None,
        org=_one_line(contact.organisation) or None,
        title=_one_line(contact.post) or None,
        memo=_one_line(" ".join(filter(None, (contact.region.name, contact.note)))),
    )
    return text if text.endswith("\r\n") else text + "\r\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
