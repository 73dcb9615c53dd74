"""The filters of the list of issues that need no saving, as data. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from survey.issues.filters import ALL_OPEN, MINE, OVERDUE, TO_REPORT, WITHDRAWN, IssueFilter


@dataclass(frozen=True, slots=True)
class Ready:
    """One of them: what it is called, and what it limits."""

    label: LazyString
    wanted: IssueFilter


READY: Mapping[str, Ready] = MappingProxyType(
    {
        "mine": Ready(_l("Mine"), IssueFilter(state=ALL_OPEN, who=MINE)),
        "overdue": Ready(_l("Overdue"), IssueFilter(overdue=OVERDUE)),
        "to_verify": Ready(_l("Waiting for verification"), IssueFilter(state="raised")),
        "to_report": Ready(_l("Verified, not reported"), IssueFilter(state=TO_REPORT)),
        "to_look_back": Ready(_l("Rectified, to be looked back on"), IssueFilter(state="rectified")),
        "withdrawn": Ready(_l("Evidence withdrawn or changed"), IssueFilter(evidence=WITHDRAWN)),
    }
)
"""Each by its name, in the order to show."""
