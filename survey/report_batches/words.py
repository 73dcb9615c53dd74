"""What the pages of batches say of what is lacking, and where each of it is settled."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from survey.report_batches.lacking import Lack


def lack_text(lack: Lack) -> str:
    """What is lacking, as one says it."""
    match lack.code:
        case "no_interview":
            return _("No accepted household interview")
        case "few_interviews":
            return ngettext(
                "Only %(num)s household: shares stand with their counts", "Only %(num)s households: shares stand with their counts", lack.n
            )
        case "villages_without":
            return ngettext("%(num)s village without an accepted interview", "%(num)s villages without an accepted interview", lack.n)
        case "not_visited":
            return ngettext("%(num)s form of which nothing came", "%(num)s forms of which nothing came", lack.n)
        case "to_review":
            return ngettext("%(num)s interview to review", "%(num)s interviews to review", lack.n)
        case "returned":
            return ngettext("%(num)s interview returned to its pair", "%(num)s interviews returned to their pairs", lack.n)
        case "queries":
            return ngettext("%(num)s question about an answer is open", "%(num)s questions about answers are open", lack.n)
        case "files":
            return ngettext("%(num)s file still to come", "%(num)s files still to come", lack.n)
        case "candidates":
            return ngettext("%(num)s candidate that no issue was raised from", "%(num)s candidates that no issue was raised from", lack.n)
        case "unverified":
            return ngettext("%(num)s issue not verified", "%(num)s issues not verified", lack.n)
        case _:
            return ngettext(
                "%(num)s verified issue without recommendation, body or due date",
                "%(num)s verified issues without recommendation, body or due date",
                lack.n,
            )


def lack_address(lack: Lack, visit_id: str, county: str) -> str:
    """The page on which it is settled."""
    match lack.code:
        case "to_review" | "returned":
            state = "received" if lack.code == "to_review" else "returned"
            return url_for("review.index", visit=visit_id, county=county, state=state)
        case "queries" | "files" | "few_interviews":
            return url_for("review.index", visit=visit_id, county=county)
        case "candidates":
            return url_for("candidates.index", visit=visit_id, county=county)
        case "unverified":
            return url_for("issues.index", visit=visit_id, county=county, state="raised")
        case "incomplete":
            return url_for("issues.index", visit=visit_id, county=county, state="to_report")
        case _:
            return url_for("visits.overview", visit_id=visit_id)
