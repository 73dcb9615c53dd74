"""Why rows of a filled-in ledger are refused, in the reader's language."""

from flask_babel import gettext as _

from survey.places.roster_texts import cell_texts
from survey.places.sheet_layout import SheetProblem
from survey.registry.texts import date_text


def reason_text(problem: SheetProblem) -> str:
    """One sentence that says what is wrong with the value and what to do."""
    own = {
        **cell_texts(problem.detail),
        "unknown_word": _("This word is not known here. Known are: %(known)s.", known=problem.detail),
        "unknown_number": _("No issue has this number. Copy it from the ledger."),
        "duplicate": _("The number occurs twice; it is first in row %(row)s. Put everything into one row.", row=problem.detail),
        "not_reported": _("This issue has not been reported, so there is nothing to reply to."),
        "closed": _("This issue is closed; nothing is to be replied any more."),
        "contradiction": _("Another date is asked for though it is said to be finished or disagreed with. Leave one of the two empty."),
        "passed": _("This day has passed. Choose a later one."),
        "future": _("This day has not come yet."),
    }
    return own[problem.reason] if problem.reason in own else date_text(problem.reason)
