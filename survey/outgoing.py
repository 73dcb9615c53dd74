"""Requests that this server sends to others: to the address that was given and nowhere else."""

import http.client
import ipaddress
import socket
import ssl
import urllib.request
from typing import Any


class _StayThere(urllib.request.HTTPRedirectHandler):
    """Follows nobody: what is sent, and the token with it, is for the address that somebody chose, not for where that one points."""

    def redirect_request(self, *_asked: Any, **_more: Any) -> None:
        """None; the answer that points elsewhere is then an error like any other status that is no success."""


class _PublicConnection(http.client.HTTPSConnection):
    """A connection that is made to a public address only: to the very one that was looked at, so that a name cannot change in between."""

    def connect(self) -> None:
        """Connected; raises OSError where the name leads into a network that is not public."""
        if not self._tunnel_host:  # type: ignore[attr-defined]
            self._create_connection = connect_publicly
        super().connect()


class _PublicHandler(urllib.request.HTTPSHandler):
    """Opens https by such connections."""

    def https_open(self, request: urllib.request.Request) -> Any:
        """The answer."""
        return self.do_open(_PublicConnection, request, context=self._context)  # type: ignore[attr-defined]


def opener(context: ssl.SSLContext | None = None, *, is_public_only: bool = False) -> urllib.request.OpenerDirector:
    """What opens an address, certificates checked as `context` says; HTTPError for every answer that redirects.

    `is_public_only` is for addresses that people of the program chose rather than its administrators: nothing of the network in which
    the server stands can be reached by them, neither by its number nor by a name that leads there. Where the environment names a
    proxy, the proxy decides.
    """
    handler = _PublicHandler if is_public_only else urllib.request.HTTPSHandler
    return urllib.request.build_opener(handler(context=context), _StayThere)


def connect_publicly(address: tuple[str, int], timeout: Any = None, source_address: Any = None) -> socket.socket:
    """A connection to the first public address of the host; OSError where one of its addresses is not public."""
    host, port = address
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(map(is_public, found)):
        raise OSError(f"{host} lies in a network that is not public; an administrator can allow that (SURVEY_LOCAL_ROBOTS)")
    return socket.create_connection((found[0], port), timeout, source_address)


def is_public(address: str) -> bool:
    """Whether the number belongs to the public internet: not to this machine, a local network, a shared range or a group."""
    number = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None) or number
    return number.is_global and inner.is_global and not inner.is_multicast
