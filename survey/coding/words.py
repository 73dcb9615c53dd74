"""The words of the pages of open answers."""

from flask_babel import lazy_gettext as _l

STATE_LABELS = {
    "waiting": _l("Waiting for a coder"),
    "agreed": _l("Both alike"),
    "apart": _l("They differ"),
    "settled": _l("Settled by a third"),
}
STATE_TONES = {"waiting": "info", "agreed": "good", "apart": "warn", "settled": "good"}
REASON_LABELS = {
    "no_units": _l("nothing was coded by both"),
    "too_few": _l("too few answers"),
    "no_variance": _l("always the same"),
    "no_disagreement": _l("no disagreement"),
}
