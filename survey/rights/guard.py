"""What somebody bound to places may open: every page as the table of rights says, with a session that shows nothing else; and what they are
told beside pages, in calendars and messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import current_session
from survey.draws.models import Draw
from survey.errors import error_response
from survey.report_batches.models import ReportBatch
from survey.rights.cutting import cut, cut_meanwhile, is_cut, is_within, prefixes_of
from survey.rights.placed import options_for
from survey.rights.table import ANYWHERE, CUT, OWN_WORK, RIGHT_OF, WHOLE_VISIT
from survey.visits.models import VisitVillage


def keep_to_places() -> Any:
    """A refusal for what somebody bound to places may not open; None for everything else, which is then cut to their places."""
    if request.endpoint is None or not current_user.is_authenticated:
        return None
    prefixes = prefixes_of(current_user)
    right = RIGHT_OF.get(request.endpoint)
    if not prefixes or (right is not None and right.place in (ANYWHERE, OWN_WORK)):
        return None
    session = current_session()
    if right is None or right.place not in (CUT, WHOLE_VISIT):
        return refused_for_places(_("This page tells of all places at once, and your account is for some places only."))
    if right.place == WHOLE_VISIT:
        visit_ids = _visits_asked_for(session)
        if not all(visit_ids):
            return refused_for_places(_("Name a visit: your account is for some places only, and the page tells of whole visits."))
        if not all(goes_nowhere_else(session, visit_id, prefixes) for visit_id in visit_ids):
            return refused_for_places(
                _("This page tells of a visit as a whole, and the visit also goes to places that your account is not for.")
            )
    g.survey_places = prefixes
    cut(session, prefixes, options_for(prefixes))
    return None


@contextmanager
def shown_to(session: Session, person: User) -> Iterator[None]:
    """While the block runs, the session shows what the person may see; for what is told somebody who did not ask for it by a page."""
    prefixes = prefixes_of(person)
    if not prefixes or is_cut(session):
        yield
        return
    with cut_meanwhile(session, prefixes, options_for(prefixes)):
        yield


def may_open(person: User, endpoint: str, visit_id: str | None = None) -> bool:
    """Whether a link to the view is of use to somebody whose role opens it."""
    prefixes = prefixes_of(person)
    if not prefixes:
        return True
    place = RIGHT_OF[endpoint].place
    if place != WHOLE_VISIT:
        return place in (ANYWHERE, OWN_WORK, CUT)
    if visit_id is None:
        return False
    known: dict[str, bool] = g.setdefault("survey_whole_visits", {})
    if visit_id not in known:
        known[visit_id] = goes_nowhere_else(current_session(), visit_id, prefixes)
    return known[visit_id]


def sees_whole(session: Session, person: User, visit_id: str) -> bool:
    """Whether the person may see everything of the visit."""
    prefixes = prefixes_of(person)
    return not prefixes or goes_nowhere_else(session, visit_id, prefixes)


def goes_nowhere_else(session: Session, visit_id: str, prefixes: tuple[str, ...]) -> bool:
    """Whether all villages of the visit lie in these places; a visit without villages goes anywhere still."""
    villages = VisitVillage.__table__
    codes = session.connection().execute(select(villages.c.village_code).where(villages.c.visit_id == visit_id)).scalars().all()
    return bool(codes) and all(is_within(code, prefixes) for code in codes)


def _visits_asked_for(session: Session) -> list[str]:
    """Every visit that the request names, "" where it names none: a form may name another one than its address, and views go by either."""
    values = request.view_args or {}
    if "visit_id" in values:
        return [str(values["visit_id"])]
    if "draw_id" in values:
        return [session.scalar(select(Draw.visit_id).where(Draw.id == values["draw_id"])) or ""]
    if "batch_id" in values:
        return [session.scalar(select(ReportBatch.visit_id).where(ReportBatch.id == values["batch_id"])) or ""]
    return request.values.getlist("visit") or [""]


def refused_for_places(told: str) -> Any:
    """The answer to somebody bound to places who asks for what lies elsewhere."""
    return error_response(403, "OTHER_PLACES", told)
