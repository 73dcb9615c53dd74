"""The reasons why rows of a list of people are refused, in the reader's language."""

from flask_babel import gettext as _

from survey.accounts.people_terms import ROLES
from survey.places.roster_texts import cell_texts, words_of
from survey.places.sheet_layout import SheetProblem


def people_reason_text(problem: SheetProblem) -> str:
    """One sentence that says what is wrong with the value and what to do."""
    return {
        **cell_texts(problem.detail),
        "bad_username": _("Use letters, digits, dots, hyphens and underscores only."),
        "bad_phone": _("Use digits, spaces, hyphens, brackets and a plus sign only."),
        "bad_email": _("Write one address, such as name@example.org."),
        "unknown_role": _("Unknown role: %(unknown)s. Known are: %(known)s.", unknown=problem.detail, known=words_of(ROLES)),
        "duplicate": _("The user name occurs twice; it is first in row %(row)s.", row=problem.detail),
        "taken": _("%(holder)s has this user name already. Give this person another one.", holder=problem.detail),
        "bad_place": _("This is no place code. A place code has 2, 4, 6, 9 or 12 digits."),
        "one_county": _("Somebody of the responsible side answers for one county: write its code of 6 digits."),
        "place_not_for_role": _("Only coordinators and authors can be bound to places. Leave the cell empty."),
        "unknown_place": _("This place is not among the places here. Correct it, or add the place first."),
    }[problem.reason]
