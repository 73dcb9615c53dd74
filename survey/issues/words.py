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

STATE_LABELS = {
    "raised": _l("Waiting for verification"),
    "verified": _l("True"),
    "partly_verified": _l("True in part"),
    "refuted": _l("Not true"),
    "reported": _l("Reported"),
    "rectifying": _l("Being rectified"),
    "rectified": _l("Rectified, to be looked back on"),
    "closed": _l("Solved and closed"),
    "not_fixed": _l("Not fixed"),
    "reopened": _l("Reopened"),
    "merged": _l("Merged"),
}
SEVERAL_STATE_LABELS = {"open": _l("Open"), "to_report": _l("Verified, not reported")}
"""What stands for several states at once."""
STATE_TONES = {
    "raised": "warn",
    "verified": "info",
    "partly_verified": "info",
    "refuted": "",
    "reported": "info",
    "rectifying": "info",
    "rectified": "warn",
    "closed": "good",
    "not_fixed": "bad",
    "reopened": "bad",
    "merged": "",
}
"""The tone of the badge that shows a state."""
ATTRIBUTION_LABELS = {
    "planned": _l("Planned already, to be hurried"),
    "local": _l("To be mended where it is"),
    "above": _l("Its root lies above"),
}
SCOPE_LABELS = {"single": _l("Single case"), "several": _l("Several cases"), "general": _l("General")}
VERIFICATION_KIND_LABELS = {
    "archive": _l("Reading the file"),
    "explanation": _l("Hearing the cadres concerned"),
    "second_interview": _l("Second interview"),
    "document": _l("Document"),
    "site": _l("On the spot"),
}
VERIFICATION_RESULT_LABELS = {"confirmed": _l("True"), "partly": _l("True in part"), "refuted": _l("Not true")}
HOUSEHOLD_OUTCOME_LABELS = {
    "fixed": _l("Fixed"),
    "partly": _l("Partly fixed"),
    "not": _l("Not fixed"),
    "worse": _l("Worse than before"),
    "unknown": _l("Cannot be told"),
}
HOUSEHOLD_OUTCOME_TONES = {"fixed": "good", "partly": "warn", "not": "bad", "worse": "bad", "unknown": ""}
VERDICT_LABELS = {
    "fixed": _l("Fixed: it is closed"),
    "not_fixed": _l("Not fixed: it goes on"),
    "unclear": _l("Cannot be told yet"),
}
"""What a look-back amounts to."""
REPLY_KIND_LABELS = {
    "progress": _l("How far it is"),
    "rectified": _l("It is rectified"),
    "date": _l("Asks for another date"),
    "disagreed": _l("Sees it otherwise"),
}
EVIDENCE_KIND_LABELS = {
    "candidate": _l("Found by a rule"),
    "answer": _l("Answer"),
    "picture": _l("Picture"),
    "flag": _l("Flag"),
    "discrepancy": _l("Discrepancy"),
    "meeting": _l("Meeting"),
    "estimate": _l("Estimate"),
    "note": _l("Note"),
}
