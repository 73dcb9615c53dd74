"""What the pages of figures call standings, bases and the sets of rows behind a figure, in the reader's language."""

from flask_babel import lazy_gettext as _l

STANDING_LABELS = {
    "reached": _l("Threshold reached"),
    "missed": _l("Threshold not reached"),
    "unsure": _l("Not certain: the interval reaches across the threshold"),
}
SHORT_STANDING_LABELS = {"reached": _l("reached"), "missed": _l("not reached"), "unsure": _l("not certain")}
STANDING_TONES = {"reached": "good", "missed": "bad", "unsure": "warn"}
BASIS_LABELS = {"purposive": _l("observed"), "probability": _l("estimated"), "census": _l("census")}
BASIS_NOTES = {
    "purposive": _l(
        "Villages or households were chosen on purpose. The figure tells of those visited and of no others, so it has no interval."
    ),
    "probability": _l("Villages and households were drawn by chance. The interval holds the true figure 95 times in a hundred."),
    "census": _l("Every household was to be asked."),
}
WHICH_LABELS = {
    "all": _l("All that stand behind it"),
    "counted": _l("Counted in it"),
    "not_counted": _l("Answered otherwise"),
    "missing": _l("Without a usable answer"),
}
