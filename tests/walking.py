"""Pages found as people find them: by following links from the start page, a few addresses of each view."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from survey.rights.table import RIGHT_OF

ENDS_SIGN_IN = frozenset(("accounts.sign_out", "security.logout", "security.two_factor_token_validation"))
"""Views that end the sign-in of whoever opens them, and with it the walk: Flask-Security takes a code nobody waits for as a way out."""
LINK = re.compile(r'\b(?:href|src|data-href)="([^"#]+)')


def links_of(page: str, address: str) -> Iterator[str]:
    """The addresses within the application that a page links to, in order, each without its fragment."""
    for found in LINK.findall(page):
        parts = urlsplit(urljoin(address, unescape(found)))
        if not parts.netloc and parts.path.startswith("/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def view_of(app: Flask, address: str) -> str:
    """The view that answers an address, "" for none."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(address).path, method="GET")[0])
    except HTTPException:
        return ""


def is_a_page(view: str, roles: frozenset[str]) -> bool:
    """Whether somebody with these roles opens the view, and to read it."""
    return view in RIGHT_OF and RIGHT_OF[view].who.admits(roles) and view not in ENDS_SIGN_IN and view != "static"


def plain_addresses(app: Flask) -> list[str]:
    """The addresses that have no variable part, which not every page needs to link to."""
    return [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]


def follow_links(
    app: Flask, roles: frozenset[str], open_one: Callable[[str, str], Iterable[str]], of_each_view: int, further: Iterable[str] = ()
) -> None:
    """Open what is reached from the start page: `open_one` takes an address and its view, and gives the addresses that it links to.

    Of each view up to `of_each_view` addresses are opened, the nearest first; `further` ones are opened as if the first page led there.
    """
    starts = list(dict.fromkeys(("/", *further)))
    waiting, seen, of_view = deque(starts), set(starts), Counter[str]()
    while waiting:
        address = waiting.popleft()
        view = view_of(app, address)
        if not is_a_page(view, roles) or of_view[view] == of_each_view:
            continue
        of_view[view] += 1
        for found in open_one(address, view):
            if found not in seen:
                seen.add(found)
                waiting.append(found)
