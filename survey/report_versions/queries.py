"""Reading the versions of a report, a fixed number of statements."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.reports.models import Report


@dataclass(frozen=True, slots=True)
class Version:
    """One draft of a report, and the name of whoever made it ("" for the program)."""

    report: Report
    author_name: str


def list_versions(session: Session, report: Report) -> tuple[Version, ...]:
    """All drafts on the same subject as this one, the newest first; the report alone where it was not drafted here."""
    same = Report.subject == report.subject if report.subject else Report.id == report.id
    statement = (
        select(Report, User.name)
        .outerjoin(User, User.id == Report.created_by_id)
        .where(same)
        .order_by(Report.version.desc(), Report.created_at.desc(), Report.id)
    )
    return tuple(Version(each, name or "") for each, name in session.execute(statement))
