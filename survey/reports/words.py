"""What the pages call kinds of reports, and how drafts are named."""

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

KIND_LABELS = {
    "county": _l("County draft"),
    "survey": _l("Survey report"),
    "theory": _l("Theoretical report"),
}


def title_of_draft(visit_title: str, county_name: str, language: str) -> str:
    """The draft's title in the register, in the language of the draft."""
    with force_locale(language):
        return _("Feedback on %(county)s: %(visit)s", county=county_name, visit=visit_title)
