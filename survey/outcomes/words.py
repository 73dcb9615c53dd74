"""What the pages call outcomes, in the reader's language."""

from flask_babel import lazy_gettext as _l

OUTCOME_LABELS = {
    "moved": _l("Moved away"),
    "died": _l("Died"),
    "refused": _l("Refused"),
    "absent": _l("Absent"),
    "not_found": _l("Not found"),
    "taken_back": _l("Taken back"),
}
OUTCOME_HINTS = {
    "moved": _l("The household lives elsewhere now."),
    "died": _l("Nobody of the household is left."),
    "refused": _l("It was met and would not talk."),
    "absent": _l("Nobody was at home; somebody may be met another day."),
    "not_found": _l("There is no such household at that place."),
    "taken_back": _l("What was recorded last was a mistake; the household is to be visited again."),
}
