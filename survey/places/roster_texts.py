"""The reasons why a roster's rows are refused, in the reader's language."""

from flask_babel import gettext as _

from survey.places import roster_terms as terms
from survey.places.roster import RosterProblem


def reason_text(problem: RosterProblem) -> str:
    """One sentence that says what is wrong with the value and what to do."""
    return {
        "missing": _("The cell is empty."),
        "formula": _("The cell holds a formula. Replace it by its value."),
        "merged": _("The cell is merged with others. Unmerge it and fill in every row."),
        "error_value": _("The cell holds an error of the spreadsheet program."),
        "digits_lost": _("The number is longer than 15 digits and was stored as a number, so its last digits are lost. Enter it as text."),
        "scientific": _("The code was shortened to scientific notation. Format the column as text and enter the code again."),
        "bad_code": _("This is not the 12-digit code of a village."),
        "unknown_village": _("This village is not among the places here. Correct it, or add the place first."),
        "ambiguous_village": _("Several villages have this name. Give the village code, or the township."),
        "duplicate": _("The number occurs twice in this village; it is first in row %(row)s.", row=problem.detail),
        "not_a_number": _("This is not a whole number."),
        "out_of_range": _("The number must lie in %(range)s.", range=problem.detail),
        "too_long": _("The text is longer than %(limit)s characters.", limit=problem.detail),
        "unknown_kind": _("Unknown kind of household. Known are: %(known)s.", known=_first(terms.KINDS)),
        "unknown_cause": _("Unknown cause of poverty. Known are: %(known)s.", known=_first(terms.CAUSES)),
        "unknown_marker": _("Unknown markers: %(unknown)s. Known are: %(known)s.", unknown=problem.detail, known=_first(terms.MARKERS)),
    }[problem.reason]


def _first(words: dict[str, tuple[str, ...]]) -> str:
    """The first term of each meaning, in the registry's own words."""
    return "、".join(names[0] for names in words.values())
