"""Filters of the list of issues that people of the demonstration have saved."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.issues.filters import IssueFilter
from survey.saved_filters.operations import save_filter


def save_filters(session: Session, people: Mapping[str, User], now: datetime) -> None:
    """One of the coordinator's that all coordinators see, one of their own, and one of the author's."""
    save_filter(session, people["coordinator"], "略阳饮水安全", IssueFilter(county="610727", area="water"), now, is_shared=True)
    save_filter(session, people["coordinator"], "住房问题超期", IssueFilter(area="housing", overdue="yes"), now)
    save_filter(session, people["author"], "紫阳未办结", IssueFilter(state="open", county="610924"), now)
