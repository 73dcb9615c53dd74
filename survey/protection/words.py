"""The words of the pages of protection."""

from flask_babel import lazy_gettext as _l

HELD_LABELS = {
    "members": _l("Persons"),
    "identifications": _l("Rows of the register"),
    "submissions": _l("Interviews"),
    "attachments": _l("Pictures and files"),
    "notes": _l("Notes on answers"),
    "corrections": _l("Corrections"),
    "reconciliations": _l("Reconciled records"),
    "outcomes": _l("Outcomes without an interview"),
    "found_by_issues": _l("Findings of look-backs"),
    "evidence": _l("Evidence of issues"),
    "quarantined": _l("Refused interviews"),
    "recovered": _l("Unfinished interviews"),
    "reports": _l("Reports of these visits"),
    "datasets": _l("Datasets handed out"),
}
BY_HAND = ("reports", "datasets")
"""What erasing does not reach: files that were written and may have left the house."""
STATE_LABELS = {"erased": _l("Erased"), "due": _l("Past its date"), "soon": _l("Soon"), "kept": _l("Kept")}
STATE_TONES = {"erased": "", "due": "bad", "soon": "warn", "kept": "good"}
