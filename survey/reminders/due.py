"""What is due for somebody, as data, and in words for a message. Pure but for the language of the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from survey.pages.dates import format_date

SOON_DAYS = 7
"""What is due within so many days is told beforehand."""
RETENTION = "retention"
LONGEST_LIST = 20
"""So many of each kind are listed; of more the number is told."""
HEADINGS = {
    "overdue": _l("Overdue"),
    "soon": _l("Due soon"),
    "verification": _l("To be verified by you"),
    "to_report": _l("Verified and not reported yet"),
    "to_look_back": _l("Rectified, to be looked back on"),
    "withdrawn": _l("Evidence was withdrawn or has changed; decide whether the issue stands"),
    "reply": _l("New replies of the responsible side"),
    RETENTION: _l("Personal data of these visits will be erased or kept longer: decide before the day"),
}
"""What a digest has to say, in this order."""


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing that is due: of which kind, which issue, and until when (None where no day is set)."""

    kind: str
    number: str
    title: str
    place: str
    due_on: date | None


def in_order(items: Sequence[DueItem]) -> dict[str, list[DueItem]]:
    """The items by kind in the order of `HEADINGS`, within a kind by due date and number; kinds without one are left out."""
    found: dict[str, list[DueItem]] = {}
    for kind in HEADINGS:
        of_kind = sorted((item for item in items if item.kind == kind), key=lambda item: (item.due_on or date.max, item.number))
        if of_kind:
            found[kind] = of_kind
    return found


def subject_of(items: Sequence[DueItem]) -> str:
    """What the message is about, in one line."""
    if all(item.kind == RETENTION for item in items):
        return ngettext(
            "Personal data of %(num)s visit: the retention ends", "Personal data of %(num)s visits: the retention ends", len(items)
        )
    n_overdue = sum(item.kind == "overdue" for item in items)
    if n_overdue:
        return ngettext("Issues: %(num)s overdue", "Issues: %(num)s overdue", n_overdue)
    return ngettext("Issues: %(num)s thing is due", "Issues: %(num)s things are due", len(items))


def body_of(items: Sequence[DueItem], today: date, address: str) -> str:
    """The message: each kind with its issues, and where they are followed. `address` is where the program is opened, or ""."""
    lines = [gettext("What is due on %(day)s:", day=format_date(today, "long"))]
    for kind, of_kind in in_order(items).items():
        lines += ["", f"{HEADINGS[kind]} ({len(of_kind)})"]
        lines += [_line(item, today) for item in of_kind[:LONGEST_LIST]]
        if len(of_kind) > LONGEST_LIST:
            n_more = len(of_kind) - LONGEST_LIST
            lines.append(ngettext("… and %(num)s more", "… and %(num)s more", n_more))
    if address:
        lines += ["", address]
    return "\n".join(lines)


def _line(item: DueItem, today: date) -> str:
    words = f"· {item.number} {item.title}" + (f" ({item.place})" if item.place else "")
    if item.due_on is None:
        return words
    n_late = (today - item.due_on).days
    if n_late > 0:
        return words + " " + ngettext("%(num)s day late", "%(num)s days late", n_late)
    return words + " " + gettext("until %(day)s", day=format_date(item.due_on, "medium"))
