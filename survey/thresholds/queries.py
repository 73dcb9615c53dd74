"""Which issues are open already about what estimates beyond their thresholds say."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from survey.issues.life import OPEN
from survey.issues.models import Issue
from survey.places.codes import ancestors_of
from survey.thresholds.crossing import Crossing


def open_issues_of(session: Session, crossings: Iterable[Crossing]) -> dict[str, Issue]:
    """By reference of an estimate, the newest open issue that was raised from the same indicator at its place or one around it.

    One statement at most; estimates without such an issue are left out.
    """
    wanted = tuple(crossings)
    if not wanted:
        return {}
    statement = (
        select(Issue)
        .where(
            Issue.county_code.in_({each.county_code for each in wanted}),
            Issue.rule.in_({each.rule for each in wanted}),
            Issue.form_id.in_({each.form_id for each in wanted}),
            Issue.state.in_(OPEN),
        )
        .options(joinedload(Issue.place))
        .order_by(Issue.raised_at, Issue.number)
    )
    by_place = {(issue.form_id, issue.rule, issue.place_code): issue for issue in session.scalars(statement)}
    found = {}
    for each in wanted:
        places = (each.place_code, *reversed(ancestors_of(each.place_code)))
        issue = next((by_place[key] for code in places if (key := (each.form_id, each.rule, code)) in by_place), None)
        if issue is not None:
            found[each.reference] = issue
    return found
