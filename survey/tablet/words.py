"""The words of the pair's list."""

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from survey.places.words import KIND_LABELS, MARKER_LABELS
from survey.visits.queries import AssignedHousehold

STATE_LABELS = {
    "open": _l("not begun"),
    "received": _l("sent"),
    "accepted": _l("accepted"),
    "returned": _l("returned"),
}


def describe_household(task: AssignedHousehold) -> str:
    """What a pair wants to know before it knocks, in one line: kind, size, group, and why the household needs attention."""
    people = ngettext("%(num)s person", "%(num)s people", task.n_members) if task.n_members else ""
    markers = (str(MARKER_LABELS.get(marker, marker)) for marker in task.markers)
    parts = (str(KIND_LABELS.get(task.kind, "")), people, task.group_name, *markers)
    return " · ".join(part for part in parts if part)
