"""The words in which intake speaks of what it has taken in."""

from flask_babel import lazy_gettext as _l

IMPORT_LABELS = {
    "stored": _l("Received"),
    "repeated": _l("Had been received already"),
    "quarantined": _l("In quarantine"),
    "conflict": _l("Another version is stored here"),
    "recovered": _l("Unfinished: waits for its person’s next tablet"),
    "waiting": _l("Unfinished: was imported already"),
    "confirmed": _l("The tablet had sent it whole"),
    "damaged": _l("Cannot be read: a part of it is missing or damaged"),
    "failed": _l("Could not be received"),
}
"""What became of an interview of an exported file."""

IMPORT_TONES = {
    "stored": "good",
    "recovered": "good",
    "quarantined": "warn",
    "conflict": "bad",
    "damaged": "bad",
    "failed": "bad",
}
"""How good that is; nothing for what changes nothing."""
