"""Every write of quotas: how many respondents of each kind a visit is to interview."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from questionnaires.errors import not_one_of
from survey.accounts.models import User
from survey.visits.models import RESPONDENT_KINDS, Visit, VisitQuota
from survey.visits.planning import check_plannable, invalid, log_change

MAX_QUOTA = 100_000


def set_quotas(session: Session, actor: User | None, visit: Visit, wanted: Mapping[str, int], now: datetime) -> None:
    """Nothing; these are the visit's quotas from now on, and kinds that are not named have none.

    Raises INVALID_VALUE for an unknown kind and for a number outside 1 to 100,000, INVALID_TRANSITION for a closed visit.
    """
    check_plannable(visit)
    for kind, n in wanted.items():
        if kind not in RESPONDENT_KINDS:
            raise not_one_of("kind", kind, RESPONDENT_KINDS)
        if not 1 <= n <= MAX_QUOTA:
            raise invalid(kind, "{n} is not between 1 and {most}", n=n, most=MAX_QUOTA)
    before = dict(session.execute(select(VisitQuota.kind, VisitQuota.n_wanted).where(VisitQuota.visit_id == visit.id)).all())
    if before == dict(wanted):
        return
    session.execute(delete(VisitQuota).where(VisitQuota.visit_id == visit.id).execution_options(synchronize_session="fetch"))
    if wanted:
        session.execute(insert(VisitQuota), [{"visit_id": visit.id, "kind": kind, "n_wanted": n} for kind, n in sorted(wanted.items())])
    log_change(session, actor, "visit.quotas_set", visit, now, before=before, after=dict(wanted))
