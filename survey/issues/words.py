"""What the pages call areas, levels and severities, in the reader's language."""

from flask_babel import lazy_gettext as _l

AREA_LABELS = {
    "health": _l("Health"),
    "education": _l("Education"),
    "industry": _l("Industry"),
    "housing": _l("Housing"),
    "funds": _l("Pooling of agricultural funds"),
    "responsibility": _l("Responsibility of party and government"),
    "conduct": _l("Conduct"),
    "water": _l("Drinking water"),
    "safety_net": _l("Safety net"),
    "identification": _l("Accuracy of identification"),
    "other": _l("Other"),
}
LEVEL_LABELS = {
    "household": _l("Household"),
    "village": _l("Village"),
    "township": _l("Township"),
    "county": _l("County"),
    "city": _l("City"),
    "province": _l("Province"),
}
SEVERITY_LABELS = {
    "low": _l("Low"),
    "minor": _l("Low"),
    "medium": _l("Medium"),
    "moderate": _l("Medium"),
    "high": _l("High"),
    "serious": _l("High"),
    "acute": _l("Acute"),
}
SEVERITIES = ("low", "medium", "high", "acute")
"""The severities that are given today, the least first; the labels know older words too."""
