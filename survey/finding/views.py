"""The page of the search, and what the box in the header suggests while somebody types."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_security import current_user

from survey.accounts.access import actor, requires
from survey.db import current_session
from survey.finding.queries import FINDERS, MOST, Found
from survey.finding.wanted import LONGEST, Wanted, read_wanted
from survey.finding.words import KIND_LABELS
from survey.protection.reading import may_see_names, shown_name
from survey.rights.guard import may_open

READERS = ("admin", "coordinator", "author")
FIRST = 5
"""So many of each kind stand on the page of all kinds, and among the suggestions."""

blueprint = Blueprint("finding", __name__, url_prefix="/find")


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind: how many, as a reader is told, the first of them, and whether those are all."""

    kind: str
    label: LazyString
    count: str
    shown: tuple[Found, ...]
    is_whole: bool


def is_offered() -> bool:
    """Whether the person who is signed in has the search."""
    return any(current_user.has_role(role) for role in READERS)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """What was found, by kind; with `kind` all of that kind."""
    text, kind = request.args.get("q", ""), request.args.get("kind", "")
    wanted = read_wanted(text, is_by_name=may_see_names())
    groups = _groups(wanted, (kind,) if kind in FINDERS else tuple(FINDERS), MOST if kind in FINDERS else FIRST)
    return render_template(
        "finding/index.html",
        text=text.strip()[:LONGEST],
        is_asked=wanted is not None,
        kind=kind if kind in FINDERS else "",
        groups=groups,
        most=MOST,
        is_by_name=may_see_names(),
        title_of=title_of,
        details_of=details_of,
    )


@blueprint.get("/suggestions")
@requires(*READERS)
def suggestions() -> Response:
    """The first of each kind as JSON: for each kind its label and what was found, as title, details and address."""
    text = request.args.get("q", "")
    groups = _groups(read_wanted(text, is_by_name=may_see_names()), tuple(FINDERS), FIRST)
    response = jsonify(groups=[_told(group, text) for group in groups])
    response.headers["Cache-Control"] = "no-store"
    return response


def _groups(wanted: Wanted | None, kinds: Iterable[str], n_shown: int) -> tuple[Group, ...]:
    """What was found of each of these kinds that the reader may open; kinds of which there is nothing are left out."""
    if wanted is None:
        return ()
    groups = []
    for kind in kinds:
        endpoint, find = FINDERS[kind]
        found = find(current_session(), wanted) if may_open(actor(), endpoint) else ()
        if found:
            count = str(len(found)) if len(found) <= MOST else f"{MOST}+"
            groups.append(Group(kind, KIND_LABELS[kind], count, found[:n_shown], len(found) <= n_shown))
    return tuple(groups)


def _told(group: Group, text: str) -> dict[str, Any]:
    found = [{"title": title_of(each), "details": details_of(each), "url": url_for(each.endpoint, **each.values)} for each in group.shown]
    if not group.is_whole:
        more = _("All %(count)s", count=group.count)
        found.append({"title": more, "details": "", "url": url_for(".index", q=text, kind=group.kind)})
    return {"label": str(group.label), "found": found}


def title_of(found: Found) -> str:
    """What a thing is called in a list; names of people of households as the reader may see them."""
    return f"{found.title} {shown_name(found.name)}".rstrip()


def details_of(found: Found) -> str:
    """What else tells it apart, in one line."""
    return " · ".join(str(each) for each in found.details if each)
