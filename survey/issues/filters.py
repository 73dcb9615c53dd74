"""Which issues a list shows, as SQL conditions.

Every condition but the search for words reads columns of the index `ix_issues_list`, or asks for membership in a small list; so counts and
the order of a page are found by a walk over that index, and issues themselves are read for the page that is shown only.
"""

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from survey.issues.life import OPEN, VERIFIED
from survey.issues.models import Issue, IssueEvidence, Verification
from survey.pages.language import page_language

UNASKED, ASKED, LATE, FOUND = "unasked", "asked", "late", "found"
"""How far verification is: nobody was given a task, somebody has one, its day has passed, or it is done and to be concluded from."""
MINE, AUTHOR, VERIFIER = "mine", "author", "verifier"
ALL_OPEN = "open"
"""The state that stands for every one in which something is due."""
TO_REPORT = "to_report"
"""The state that stands for those in which an issue is verified, wholly or in part, and not reported."""
SEVERAL_STATES = {ALL_OPEN: OPEN, TO_REPORT: VERIFIED}
WITHDRAWN = "withdrawn"
"""Evidence was withdrawn or changed, and nobody has decided yet whether the issue stands."""
OVERDUE = "yes"
CHASED = tuple(state for state in OPEN if state != "rectified")
"""The states in which a due date in the past is overdue; what was reported as rectified waits for us."""
_NUMBER = re.compile(r"\d{4}(-\d{0,6}(-\d*)?)?")


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """What is looked for; "" means no limit. `county` is six digits, `wait` how far verification is, `who` whose issues (of the reader)."""

    state: str = ""
    area: str = ""
    severity: str = ""
    county: str = ""
    visit: str = ""
    overdue: str = ""
    wait: str = ""
    who: str = ""
    evidence: str = ""
    text: str = ""
    """A number or its beginning, or words of the title, of what was found, or of the responsible body."""

    def parameters(self) -> dict[str, Any]:
        """The filters that limit something, as the parameters of an address."""
        return {name: value for name, value in asdict(self).items() if value}


def conditions(wanted: IssueFilter, today: date, reader_id: str, *, with_state: bool = True) -> list[ColumnElement[bool]]:
    """The SQL conditions on `Issue`; `today` is the day of the field, `reader_id` whoever asks for their own."""
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (Issue.area, wanted.area),
        (Issue.severity, wanted.severity),
        (Issue.county_code, wanted.county),
        (Issue.visit_id, wanted.visit),
    ):
        if value:
            found.append(column == value)
    if wanted.overdue:
        found.append(is_overdue(today))
    found += _waiting(wanted.wait, today) + _own(wanted.who, reader_id) + _withdrawn(wanted.evidence) + _said(wanted.text)
    if with_state and wanted.state:
        found.append(Issue.state.in_(SEVERAL_STATES.get(wanted.state, (wanted.state,))))
    return found


def is_overdue(today: date) -> ColumnElement[bool]:
    """The condition that the due date of an issue has passed and the other side is still to do something."""
    return (Issue.due_on < today) & Issue.state.in_(CHASED)


def _waiting(wait: str, today: date) -> list[ColumnElement[bool]]:
    if not wait:
        return []
    tasks = select(Verification.issue_id).where(Verification.withdrawn_at.is_(None))
    open_tasks = tasks.where(Verification.done_at.is_(None))
    is_raised = Issue.state == "raised"
    match wait:
        case "asked":
            return [is_raised, Issue.id.in_(open_tasks)]
        case "late":
            return [is_raised, Issue.id.in_(open_tasks.where(Verification.due_on < today))]
        case "found":
            return [is_raised, Issue.id.in_(tasks.where(Verification.done_at.is_not(None))), Issue.id.not_in(open_tasks)]
        case "unasked":
            return [is_raised, Issue.id.not_in(tasks)]
        case _:
            return [is_raised]


def _own(who: str, reader_id: str) -> list[ColumnElement[bool]]:
    is_author = Issue.author_id == reader_id
    given = select(Verification.issue_id).where(Verification.assigned_to_id == reader_id, Verification.withdrawn_at.is_(None))
    match who:
        case "mine":
            return [or_(is_author, Issue.id.in_(given))]
        case "author":
            return [is_author]
        case "verifier":
            return [Issue.id.in_(given)]
        case _:
            return []


def _withdrawn(evidence: str) -> list[ColumnElement[bool]]:
    if evidence != WITHDRAWN:
        return []
    return [Issue.id.in_(select(IssueEvidence.issue_id).where(IssueEvidence.is_undecided()))]


def is_search(text: str) -> bool:
    """Whether these are words, which only reading every issue finds, and no number or its beginning."""
    return bool(text.strip()) and _NUMBER.fullmatch(text.strip()) is None


def _said(text: str) -> list[ColumnElement[bool]]:
    text = text.strip()
    if not text:
        return []
    if not is_search(text):
        # The parts that are whole narrow it down by an index, which the beginning of a text does not in every database.
        year, county = (*text.split("-"), "")[:2]
        is_county = Issue.county_code.between(county.ljust(6, "0"), county.ljust(6, "9"))
        return [Issue.year == int(year), is_county, Issue.number.startswith(text)]
    columns = (Issue.title, Issue.finding, Issue.responsible_body)
    found = [column.contains(text, autoescape=True) for column in columns]
    if page_language() == "en":
        found.append(Issue.title_in("en").icontains(text, autoescape=True))
    return [or_(*found)]
