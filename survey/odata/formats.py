"""How an answer is written, as the client asks for it (OData JSON Format 4.01, 3), and what it is told where this server has less."""

from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.exceptions import NotImplemented as NotSupported
from werkzeug.http import parse_options_header

JSON = "application/json"
TAKEN = (JSON, "application/*", "*/*")


@dataclass(frozen=True, slots=True)
class Format:
    """Whether an answer comes without the addresses that describe it, and whether its whole numbers are texts, for clients that would round
    large ones."""

    is_bare: bool = False
    has_textual_numbers: bool = False

    @property
    def content_type(self) -> str:
        """What the answer says of itself."""
        exact = ";IEEE754Compatible=true" if self.has_textual_numbers else ""
        return f"{JSON};odata.metadata={'none' if self.is_bare else 'minimal'}{exact};charset=utf-8"

    def number(self, value: int) -> int | str:
        """A whole number as it is written."""
        return str(value) if self.has_textual_numbers else value


def read_format(accepted: MIMEAccept, wanted: str) -> Format:
    """The format of `$format`, else the first one of the header that there is here; whoever asks for full metadata gets the minimal ones.

    NotSupported (501) for another `$format`, NotAcceptable (406) for a header without JSON, such as that of OData 2 and 3.
    """
    if wanted:
        name, parameters = parse_options_header(f"{JSON}{wanted[4:]}" if wanted.split(";")[0] == "json" else wanted)
        if name != JSON:
            raise not_supported(f"$format={wanted[:50]}")
        return _format(parameters)
    for value, quality in accepted:
        name, parameters = parse_options_header(value)
        if quality > 0 and name in TAKEN:
            return _format(parameters if name == JSON else {})
    if accepted:
        raise NotAcceptable(
            _("This feed is OData 4 in JSON. Clients of OData 2 and 3, which ask for Atom, cannot read it: choose OData 4.")
        )
    return Format()


def not_supported(what: str) -> NotSupported:
    """What is answered to something that OData has and this server has not."""
    return NotSupported(_("The server does not support %(what)s.", what=what))


def _format(parameters: dict[str, str]) -> Format:
    told = {name.lower().removeprefix("odata."): value.lower() for name, value in parameters.items()}
    return Format(told.get("metadata") == "none", told.get("ieee754compatible") == "true")
