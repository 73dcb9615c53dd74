"""What pages call the roles, in the reader's language."""

from flask_babel import lazy_gettext as _l

ROLE_LABELS = {
    "admin": _l("Administrator"),
    "coordinator": _l("Coordinator"),
    "interviewer": _l("Interviewer"),
    "author": _l("Author"),
    "responsible": _l("Responsible side"),
}

SCOPE_LABELS = {
    "submit": _l("Fetch forms and send interviews (ODK Collect, Enketo)"),
    "handover": _l("Hand over the data of another installation (python -m survey push)"),
    "read": _l("Read data, as this person may (scripts, Excel, Power BI)"),
}
