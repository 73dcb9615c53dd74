"""What the pages and documents of a joint meeting call its sections, in the reader's language."""

from flask_babel import lazy_gettext as _l

SECTION_LABELS = {
    "come_back": _l("Not fixed, or come back"),
    "disagreed": _l("The responsible side sees it otherwise"),
    "overdue": _l("Overdue"),
    "escalated": _l("Escalated"),
    "new": _l("Reported since the last meeting"),
    "under_way": _l("Under way"),
    "to_look_back": _l("Rectified, to be looked back on"),
    "closed": _l("Closed since the last meeting"),
}
