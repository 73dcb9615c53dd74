"""What tablets take along of the issues that their visits follow: each issue, and at which household it is asked of what was recorded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from survey.accounts.models import User
from survey.field_time import FIELD_ZONE, field_date
from survey.issues.life import HANDED_OVER, OPEN
from survey.issues.models import HouseholdOutcome, Issue, IssueEvidence, IssueFile, IssueReply
from survey.places.codes import ancestors_of, bounds_of
from survey.visits.models import Visit, VisitVillage
from survey.visits.queries import AssignedHousehold

Facts = dict[str, Any]
REPLIES_TAKEN = 3
"""So many replies go along with an issue, the newest."""


def issues_to_carry(session: Session, tasks: Sequence[AssignedHousehold], visits: Sequence[Visit]) -> Facts:
    """The issues by id, and by visit what is asked where. Two statements where nothing is followed, else five.

    "villages" names by village the issues that every household there is asked about ("asked"), and those of its place that some are
    ("others"); "households" those that a household itself showed ("asked"), and what the visit has recorded there ("outcomes").
    """
    villages = _villages_of(session, visits)
    issues = _issues_of(session, {task.village_code for task in tasks if task.household_id}, [visit.id for visit in visits])
    if not issues:
        return {"issues": {}, "visits": {}}
    ids = [issue.id for issue in issues]
    showing = _showing(session, ids, {code for codes in villages.values() for code in codes})
    recorded = _recorded(session, ids, [visit.id for visit in visits])
    facts = {
        visit.id: _visit_facts(visit, issues, villages[visit.id], showing, recorded, [task for task in tasks if task.visit_id == visit.id])
        for visit in visits
    }
    return {"issues": _issue_facts(session, issues), "visits": facts}


def _visit_facts(
    visit: Visit,
    issues: Sequence[Issue],
    villages: set[str],
    showing: Mapping[str, Mapping[str, str]],
    recorded: Mapping[tuple[str, str], Mapping[str, Facts]],
    tasks: Iterable[AssignedHousehold],
) -> Facts:
    """What one visit asks at the villages and households of these tasks."""
    day_after = datetime.combine(visit.ends_on + timedelta(days=1), time(), FIELD_ZONE)
    followed = [issue for issue in issues if issue.visit_id != visit.id and issue.raised_at < day_after]
    shown_here = {issue.id: {key for key, code in showing.get(issue.id, {}).items() if code in villages} for issue in followed}
    at_villages: Facts = {}
    at_households: Facts = {}
    for task in tasks:
        if not task.household_id:
            continue
        if task.village_code not in at_villages:
            covering = [issue for issue in followed if issue.state in OPEN and _covers(issue, task.village_code)]
            at_villages[task.village_code] = {
                "asked": [issue.id for issue in covering if not shown_here[issue.id]],
                "others": [issue.id for issue in covering if shown_here[issue.id]],
            }
        outcomes = recorded.get((visit.id, task.household_id), {})
        own = [issue.id for issue in followed if issue.state in OPEN and task.household_id in shown_here[issue.id]]
        # What was asked stays to be seen, also once it is closed.
        own += [issue.id for issue in followed if issue.id in outcomes and issue.id not in own]
        if own or outcomes:
            at_households[task.household_id] = {"asked": own, "outcomes": outcomes}
    return {"villages": at_villages, "households": at_households}


def _covers(issue: Issue, village_code: str) -> bool:
    lowest, highest = bounds_of(issue.place_code)
    return lowest <= village_code <= highest


def _villages_of(session: Session, visits: Sequence[Visit]) -> Mapping[str, set[str]]:
    rows = select(VisitVillage.visit_id, VisitVillage.village_code).where(VisitVillage.visit_id.in_([visit.id for visit in visits]))
    found: dict[str, set[str]] = defaultdict(set)
    for visit_id, code in session.execute(rows):
        found[visit_id].add(code)
    return found


def _issues_of(session: Session, villages: set[str], visit_ids: Sequence[str]) -> Sequence[Issue]:
    """The open issues that were reported of these villages, or that one of them showed, and those that these visits have looked back on."""
    places = sorted({*villages, *(above for code in villages for above in ancestors_of(code))})
    shown_there = select(IssueEvidence.issue_id).where(
        IssueEvidence.village_code.in_(sorted(villages)), IssueEvidence.withdrawn_at.is_(None)
    )
    looked_back_on = select(HouseholdOutcome.issue_id).where(HouseholdOutcome.visit_id.in_(visit_ids))
    statement = (
        select(Issue)
        .where(Issue.state.in_(HANDED_OVER), or_(Issue.place_code.in_(places), Issue.id.in_(shown_there)))
        .where(or_(Issue.state.in_(OPEN), Issue.id.in_(looked_back_on)))
        .options(joinedload(Issue.place))
        .order_by(Issue.state != "rectified", Issue.due_on, Issue.county_code, Issue.year, Issue.sequence)
    )
    return session.scalars(statement).all()


def _showing(session: Session, ids: Sequence[str], villages: set[str]) -> Mapping[str, Mapping[str, str]]:
    """The households that showed each issue, with their village."""
    statement = (
        select(IssueEvidence.issue_id, IssueEvidence.household_id, IssueEvidence.village_code)
        .where(IssueEvidence.issue_id.in_(ids), IssueEvidence.village_code.in_(sorted(villages)))
        .where(IssueEvidence.household_id.is_not(None), IssueEvidence.withdrawn_at.is_(None))
        .distinct()
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for issue_id, household_id, code in session.execute(statement):
        found[issue_id][str(household_id)] = str(code)
    return found


def _recorded(session: Session, ids: Sequence[str], visit_ids: Sequence[str]) -> Mapping[tuple[str, str], Mapping[str, Facts]]:
    """What the visits found, by (visit, household) and issue."""
    n_files = select(func.count()).where(IssueFile.outcome_id == HouseholdOutcome.id).scalar_subquery()
    statement = (
        select(HouseholdOutcome, User.name, n_files)
        .outerjoin(User, User.id == HouseholdOutcome.found_by_id)
        .where(HouseholdOutcome.issue_id.in_(ids), HouseholdOutcome.visit_id.in_(visit_ids))
    )
    found: dict[tuple[str, str], dict[str, Facts]] = defaultdict(dict)
    for row, name, n in session.execute(statement):
        found[row.visit_id, row.household_id][row.issue_id] = outcome_facts(row, name or "", n)
    return found


def outcome_facts(row: HouseholdOutcome, found_by: str, n_files: int = 0) -> Facts:
    """What is recorded at a household, as the tablet keeps it."""
    return {"outcome": row.outcome, "note": row.note, "found_at": row.found_at.isoformat(), "found_by": found_by, "n_files": n_files}


def _issue_facts(session: Session, issues: Sequence[Issue]) -> Facts:
    """What a pair needs to know of each: what was found, what was recommended, and what the responsible side replied, the newest first."""
    statement = (
        select(IssueReply)
        .where(IssueReply.issue_id.in_([issue.id for issue in issues]))
        .order_by(IssueReply.replied_at.desc(), IssueReply.id)
    )
    replies: dict[str, list[Facts]] = defaultdict(list)
    for reply in session.scalars(statement):
        if len(replies[reply.issue_id]) < REPLIES_TAKEN:
            day = reply.written_on or field_date(reply.replied_at)
            due = reply.proposed_due_on.isoformat() if reply.proposed_due_on else None
            replies[reply.issue_id].append({"kind": reply.kind, "body": reply.body, "on": day.isoformat(), "proposed_due_on": due})
    return {
        issue.id: {
            "number": issue.number,
            "title": issue.title,
            "titles": dict(issue.titles),
            "finding": issue.finding,
            "recommendation": issue.recommendation,
            "responsible_body": issue.responsible_body,
            "due_on": issue.due_on.isoformat() if issue.due_on else None,
            "place": issue.place.name,
            "state": issue.state,
            "replies": replies.get(issue.id, []),
        }
        for issue in issues
    }
