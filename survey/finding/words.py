"""What the search calls the kinds of things it finds."""

from flask_babel import lazy_gettext as _l

KIND_LABELS = {
    "households": _l("Households"),
    "members": _l("Members of households"),
    "issues": _l("Issues"),
    "visits": _l("Visits"),
    "reports": _l("Reports"),
    "places": _l("Places"),
    "people": _l("People"),
    "contacts": _l("Contacts"),
    "experts": _l("Experts"),
}
