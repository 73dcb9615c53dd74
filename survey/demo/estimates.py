"""Issues raised from estimates: what of the latest visit lies furthest beyond its threshold, county by county."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.facts import Facts
from survey.demo.schedule import LOCAL
from survey.issues.identifying import FEWEST_SAID
from survey.issues.models import IssueEvidence
from survey.issues.raising import raise_issue
from survey.places.models import Region
from survey.thresholds.crossing import Crossing
from survey.thresholds.reading import list_crossings
from survey.thresholds.wording import told_by


def raise_from_estimates(session: Session, people: Mapping[str, User], facts: Facts) -> None:
    """One issue for each county of the latest visit, waiting for verification; none where only one or two households stand behind it."""
    visit = facts.visits[-1]
    now = datetime.combine(visit.starts_on + timedelta(days=13), time(10, 0), LOCAL)
    worst: dict[str, Crossing] = {}
    for each in list_crossings(session, visit.id):
        is_told = each.level == "county" and each.shown is not None and each.shown.households >= FEWEST_SAID
        if is_told and (each.county_code not in worst or _distance(each) > _distance(worst[each.county_code])):
            worst[each.county_code] = each
    for each in worst.values():
        told = told_by(each, now.date())
        assert each.shown is not None
        raise_issue(
            session,
            people["coordinator"],
            now,
            title=told["title"]["zh"],
            finding=f"走访的{each.shown.households_asked}户中有{each.shown.households}户未达标，为所走访村的情况。",
            area=each.area,
            level="county",
            severity="medium",
            place=session.get_one(Region, each.place_code),
            evidence=[IssueEvidence(kind="estimate", told=told)],
            visit_id=visit.id,
            form_id=each.form_id,
            rule=each.rule,
            basis=each.shown.record(),
        )


def _distance(crossing: Crossing) -> float:
    return abs(crossing.estimate - crossing.threshold)
