"""The pages that the header leads to, by role, as data; and who reads the page."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from survey.accounts.tokens import ROLES_OF_SCOPE
from survey.accounts.words import ROLE_LABELS
from survey.finding.views import is_offered
from survey.rights.guard import may_open
from survey.rights.table import RIGHT_OF


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the header: the page's path, its name, the roles that see it (everybody signed in when empty), and what belongs to it."""

    path: str
    label: LazyString
    roles: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of a group of pages: its name in templates (`{% set tab = "contacts" %}`), its view, and its label."""

    name: str
    endpoint: str
    label: LazyString


@dataclass(frozen=True, slots=True)
class Link:
    """One link as a page shows it."""

    url: str
    label: LazyString
    is_current: bool


ENTRIES = (
    Entry("/", _l("Start"), ("interviewer", "coordinator", "admin", "author")),
    Entry("/responsible", _l("Reported issues"), ("responsible",)),
    Entry("/tablet/", _l("Interviews"), ("interviewer", "coordinator", "admin")),
    Entry("/visits", _l("Visits"), ("coordinator", "admin", "author")),
    Entry("/review", _l("Review"), ("coordinator", "admin", "author")),
    Entry("/figures", _l("Figures"), ("coordinator", "admin", "author")),
    Entry("/issues", _l("Issues"), ("coordinator", "admin", "author"), also=("/reminders",)),
    Entry("/reports", _l("Reports"), ("coordinator", "admin", "author")),
    Entry("/ledger", _l("Work ledger"), ("coordinator", "admin", "author")),
    Entry("/liaison", _l("Liaison"), ("coordinator", "admin", "author"), also=("/joint-meetings",)),
    Entry("/places", _l("Places"), ("coordinator", "admin", "author")),
    Entry("/instruments", _l("Questionnaires"), ("coordinator", "admin", "author")),
    Entry("/tablets", _l("Tablets"), ("coordinator", "admin")),
    Entry("/protection", _l("Data protection"), ("coordinator", "admin")),
    Entry("/admin/people", _l("People"), ("admin",)),
)


def entries_for(roles: set[str]) -> tuple[Entry, ...]:
    """The entries that somebody with these roles sees, in the order to show."""
    return tuple(entry for entry in ENTRIES if not entry.roles or roles & set(entry.roles))


def navigation() -> tuple[Link, ...]:
    """The links for the person who is signed in."""
    entries = tuple(entry for entry in entries_for({role.name for role in current_user.roles}) if _is_open(entry))
    # The longest path that the address begins with is where the reader is.
    bases = [(base, entry) for entry in entries for base in (entry.path, *entry.also) if is_within(request.path, base)]
    here = max(bases, key=lambda found: len(found[0]))[1] if bases else None
    return tuple(Link(request.root_path + entry.path, entry.label, entry is here) for entry in entries)


def _is_open(entry: Entry) -> bool:
    """Whether the link is of use to the reader, who may be bound to places."""
    if not current_user.place_codes:
        return True
    endpoint, _values = current_app.url_map.bind("").match(entry.path)
    return may_open(current_user, endpoint)


def may_follow(endpoint: str, **values: str) -> bool:
    """Whether a link to the view is of use to the reader: one of their roles opens it, and it tells of no more than their places."""
    if not (current_user and current_user.is_authenticated):
        return False
    roles = frozenset(role.name for role in current_user.roles)
    return RIGHT_OF[endpoint].who.admits(roles) and may_open(current_user, endpoint, values.get("visit_id"))


def is_within(path: str, base: str) -> bool:
    """Whether the page at `path` is `base` or lies below it; the start page has nothing below it."""
    return path == base or (base != "/" and path.startswith(base.rstrip("/") + "/"))


def header_context() -> dict[str, Any]:
    """What the header of every page shows: the links, and the person who is signed in (None for a visitor)."""
    if not (current_user and current_user.is_authenticated):
        return {"navigation": (), "person": None}
    roles = {role.name for role in current_user.roles}
    person = {
        "name": current_user.name,
        "username": current_user.username,
        "role_names": [ROLE_LABELS[role.name] for role in current_user.roles],
        "must_change_password": current_user.must_change_password,
        "may_find": is_offered(),
        "may_connect": any(roles & holders for holders in ROLES_OF_SCOPE.values()),
    }
    return {"navigation": navigation(), "person": person}
