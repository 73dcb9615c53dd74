"""What the pages of corrections call states, in the reader's language."""

from flask_babel import lazy_gettext as _l

STATE_LABELS = {
    "counts": _l("In force"),
    "overruled": _l("Corrected again later"),
    "withdrawn": _l("No longer counts"),
    "stale": _l("The stored answer is another one by now"),
    "moot": _l("Does not apply to the other answers"),
}
STATE_TONES = {"counts": "good", "overruled": "info", "withdrawn": "", "stale": "warn", "moot": "warn"}
FILTER_LABELS = {"standing": _l("Not withdrawn"), "withdrawn": _l("No longer counts")}
