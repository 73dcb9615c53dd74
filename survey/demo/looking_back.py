"""What the look-back of the demonstration found of the issues that the earlier visit had raised, household by household."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.facts import Facts
from survey.demo.schedule import LOCAL
from survey.household_outcomes.operations import decide, record_outcome
from survey.household_outcomes.queries import list_followed, list_households, list_rounds, propose_for
from survey.issues.models import IssueStep
from survey.visits.models import Visit

FOUND = (
    (("fixed", "已经解决，本人认可"),),
    (("fixed", ""), ("partly", "解决了一半，其余年底前"), ("fixed", ""), ("not", "没有人来过"), ("unknown", "户主外出，家人说不清")),
)
"""What households say in turn, of the first issue and of the others."""
MOST_HOUSEHOLDS = 8


def look_back_on_issues(session: Session, people: Mapping[str, User], facts: Facts) -> None:
    """Write down what each look-back found of the issues that were under way then, and decide about the first of them."""
    for told in (each for each in facts.visits if each.look_back_of):
        visit = session.get_one(Visit, told.id)
        now = datetime.combine(told.days_held[-1], time(18), LOCAL)
        lead = people[f"lead{told.pairs[0]}"]
        newest = dict(session.execute(select(IssueStep.issue_id, func.max(IssueStep.taken_at)).group_by(IssueStep.issue_id)).all())
        under_way = [each.issue for each in list_followed(session, visit) if newest[each.issue.id] < now and each.issue.state != "closed"]
        for number, issue in enumerate(under_way):
            said = FOUND[min(number, 1)]
            for position, found in enumerate(list_households(session, issue, visit)[:MOST_HOUSEHOLDS]):
                outcome, note = said[position % len(said)]
                record_outcome(session, lead, issue, found.household, visit, outcome, now, note=note)
        if under_way:
            first = under_way[0]
            verdict = propose_for(session, first, list_rounds(session, first)).verdict
            decide(session, people["coordinator"], first, verdict, now + timedelta(days=3), seen=first.n_steps, reason="回头看逐户核对。")
