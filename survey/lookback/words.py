"""What the pages of look-backs call things, in the reader's language."""

from flask_babel import lazy_gettext as _l

from survey.outcomes.words import OUTCOME_LABELS

WHOM_LABELS = {
    "interviewed": _l("Households from which an interview was received"),
    "assigned": _l("All households that were assigned, also those not met then"),
}
LEFT_OUT_LABELS = {
    "not_met": _l("Not met at the earlier visit"),
    "moved": OUTCOME_LABELS["moved"],
    "died": OUTCOME_LABELS["died"],
}
REASON_LABELS = {
    "new_arrival": _l("Has come since the earlier visit"),
    "newly_found": _l("Was here already and overlooked"),
}
UNAVAILABLE_LABELS = {
    "inactive": _l("The account is no longer active"),
    "no_role": _l("May no longer open the field pages"),
}
CHANGE_LABELS = {
    "better": _l("Better"),
    "worse": _l("Worse"),
    "changed": _l("Different"),
    "same": _l("Unchanged"),
    "appeared": _l("Answered only now"),
    "vanished": _l("Answered only before"),
}
CHANGE_TONES = {"better": "good", "worse": "bad", "changed": "info", "appeared": "info", "vanished": "warn"}
FATE_LABELS = {
    "still": _l("Still there"),
    "gone": _l("Gone"),
    "new": _l("New"),
    "not_met": _l("Not asked again"),
    "not_asked": _l("No longer asked"),
}
FATE_TONES = {"still": "warn", "gone": "good", "new": "bad"}
AGAIN_LABELS = {
    "met": _l("Met again"),
    "open": _l("No interview that counts yet"),
    **{name: OUTCOME_LABELS[name] for name in ("moved", "died", "refused", "absent", "not_found")},
    "left_out": _l("Not part of the look-back"),
}
AGAIN_TONES = {"met": "good", "moved": "bad", "died": "bad", "refused": "warn", "absent": "info", "not_found": "bad"}
