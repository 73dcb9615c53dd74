"""What the pages of the responsible side call things, in the reader's language."""

from flask_babel import lazy_gettext as _l

SHOW_LABELS = {
    "open": _l("Still to be done"),
    "overdue": _l("Overdue"),
    "all": _l("All"),
}
DECISION_LABELS = {
    "noted": _l("Taken note of"),
    "accepted": _l("Reply accepted"),
    "declined": _l("Not accepted"),
}
WAY_LABELS = {
    "account": _l("Written here"),
    "letter": _l("Came by letter"),
    "ledger": _l("Came with the ledger"),
}
