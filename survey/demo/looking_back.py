"""What later visits of the demonstration found of the issues that earlier ones had raised, household by household, and what was decided."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.facts import Facts, VisitFacts
from survey.demo.schedule import LOCAL
from survey.household_outcomes.operations import decide, record_outcome
from survey.household_outcomes.queries import Followed, list_followed, list_households, list_rounds, propose_for
from survey.issues.models import IssueStep
from survey.issues.stepping import Change, act
from survey.visits.models import Visit

Said = tuple[tuple[str, str], ...]
MIXED: Said = (
    ("fixed", ""),
    ("partly", "解决了一半，其余年底前"),
    ("fixed", ""),
    ("not", "没有人来过"),
    ("unknown", "户主外出，家人说不清"),
)
FOUND: tuple[Said, ...] = (
    (("fixed", "已经解决，本人认可"),),
    MIXED,
    (("fixed", "已经解决"), ("unknown", "户主外出，家人说不清"), ("fixed", "")),
)
"""What households say in turn, of one issue after the other."""
STILL_OUT: Said = (("fixed", "现场看过，已经解决"), ("partly", "做了一部分，还没有完"))
"""What the visit that is still going on has heard so far."""
MOST_HOUSEHOLDS, HEARD_SO_FAR, ASKED_SO_FAR = 8, 2, 3
REASON = "回头看逐户核对。"
AGAIN = "冬季以后又有农户反映同样问题。"


def look_back_on_issues(session: Session, people: Mapping[str, User], facts: Facts) -> None:
    """Write down what look-backs found of the issues that were under way then, and decide about each.

    One comes up again in winter. Of the visit that is still going on only the first households are written down, and nothing is decided.
    """
    for told in facts.visits:
        if not (told.look_back_of or told.is_open):
            continue
        visit = session.get_one(Visit, told.id)
        now = datetime.combine(told.days_held[0 if told.is_open else -1], time(18), LOCAL)
        under_way = _under_way(session, visit, now)
        for number, each in enumerate(under_way[:ASKED_SO_FAR] if told.is_open else under_way):
            said = STILL_OUT if told.is_open else FOUND[number % len(FOUND)]
            _record(session, people, told, visit, each, said, now)
            if not told.is_open:
                _decide(session, people["coordinator"], each, now + timedelta(days=3), is_again=number % len(FOUND) == len(FOUND) - 1)


def _under_way(session: Session, visit: Visit, now: datetime) -> list[Followed]:
    newest = dict(session.execute(select(IssueStep.issue_id, func.max(IssueStep.taken_at)).group_by(IssueStep.issue_id)).all())
    return [each for each in list_followed(session, visit) if newest[each.issue.id] < now and each.issue.state != "closed"]


def _record(
    session: Session, people: Mapping[str, User], told: VisitFacts, visit: Visit, followed: Followed, said: Said, now: datetime
) -> None:
    lead = people[f"lead{told.pairs[0]}"]
    households = list_households(session, followed.issue, visit)[: HEARD_SO_FAR if told.is_open else MOST_HOUSEHOLDS]
    for position, found in enumerate(households):
        outcome, note = said[position % len(said)]
        record_outcome(session, lead, followed.issue, found.household, visit, outcome, now, note=note)


def _decide(session: Session, coordinator: User, followed: Followed, now: datetime, *, is_again: bool) -> None:
    issue = followed.issue
    verdict = propose_for(session, issue, list_rounds(session, issue)).verdict
    if verdict == "unclear":
        return
    decide(session, coordinator, issue, verdict, now, seen=issue.n_steps, reason=REASON)
    if is_again and issue.state == "closed":
        act(session, coordinator, issue, "reopen", now + timedelta(days=120), seen=issue.n_steps, change=Change(reason=AGAIN))
