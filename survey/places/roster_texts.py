"""The reasons why a roster, a list of places, or single rows of them are refused, in the reader's language."""

from flask_babel import get_locale
from flask_babel import gettext as _

from questionnaires.errors import SurveyError
from survey.places import roster_terms as terms
from survey.places.region_table import LEVELS, RegionProblem
from survey.places.sheet_layout import SheetProblem
from survey.places.words import LEVEL_LABELS
from survey.sample_sheets import Terms, word_in


def reason_text(problem: SheetProblem) -> str:
    """One sentence that says what is wrong with the value and what to do."""
    return {
        **cell_texts(problem.detail),
        "bad_code": _("This is not the 12-digit code of a village."),
        "unknown_village": _("This village is not among the places here. Correct it, or add the place first."),
        "ambiguous_village": _("Several villages have this name. Give the village code, or the township."),
        "duplicate": _("The number occurs twice in this village; it is first in row %(row)s.", row=problem.detail),
        "lost_zeros": _(
            "This village has the number %(number)s, which differs in its zeros only; spreadsheet programs drop those. "
            "Format the column as text and enter the number in full.",
            number=problem.detail,
        ),
        "not_a_number": _("This is not a whole number."),
        "out_of_range": _("The number must lie in %(range)s.", range=problem.detail),
        **_position_texts(),
        "unknown_kind": _("Unknown kind of household. Known are: %(known)s.", known=words_of(terms.KINDS)),
        "unknown_cause": _("Unknown cause of poverty. Known are: %(known)s.", known=words_of(terms.CAUSES)),
        "unknown_marker": _("Unknown markers: %(unknown)s. Known are: %(known)s.", unknown=problem.detail, known=words_of(terms.MARKERS)),
    }[problem.reason]


def region_reason_text(problem: RegionProblem) -> str:
    """One sentence that says what is wrong with a row of a list of places and what to do."""
    return {
        **cell_texts(problem.detail),
        "missing": _("The code or the name is missing."),
        "no_digits": _("A place code has digits only; here stands “%(signs)s”.", signs=problem.detail),
        "bad_length": _("This code has %(number)s digits. A place code has 2, 4, 6, 9 or 12.", number=problem.detail),
        "unknown_province": _("No province has a code that begins with %(digits)s.", digits=problem.detail),
        "bad_name": _("This is no name. Are the columns exchanged?"),
        "unknown_level": _("Unknown level. Known are: %(known)s.", known=words_of(LEVELS)),
        "level_differs": _("The code is that of another level: %(level)s.", level=LEVEL_LABELS.get(problem.detail, "")),
        "duplicate": _("The code occurs twice with different names; it is first in row %(row)s.", row=problem.detail),
        **_position_texts(),
        "missing_parent": _("The place above it, %(code)s, is neither here nor in the file.", code=problem.detail),
    }[problem.reason]


def cell_texts(detail: str) -> dict[str, str]:
    """What can be wrong with any cell of any list, by the reason's code name."""
    return {
        "missing": _("The cell is empty."),
        "scientific": _("The code was shortened to scientific notation. Format the column as text and enter the code again."),
        "formula": _("The cell holds a formula. Replace it by its value."),
        "merged": _("The cell is merged with others. Unmerge it and fill in every row."),
        "error_value": _("The cell holds an error of the spreadsheet program."),
        "digits_lost": _("The number is longer than 15 digits and was stored as a number, so its last digits are lost. Enter it as text."),
        "too_long": _("The text is longer than %(limit)s characters.", limit=detail),
        "erased": _(
            "Somebody of this name or household asked for their data to be erased. Leave the row out; if they agree anew, "
            "say so under Data protection, One person's data, and choose the file again."
        ),
    }


def _position_texts() -> dict[str, str]:
    """What is wrong with a position."""
    return {
        "not_degrees": _("This is no latitude or longitude. Write degrees, such as 33.3297 and 106.1521, or 33°19′47″."),
        "outside_degrees": _("Latitudes lie in -90–90, longitudes in -180–180. Perhaps the two columns are exchanged."),
        "half_position": _("Latitude and longitude belong together: fill in both or neither."),
    }


def unreadable_text(error: SurveyError) -> str:
    """Why a file as a whole cannot be read, and what to do."""
    place = error.values.get("place", "")
    return {
        "empty": _("The file is empty."),
        "old_format": _("This is a workbook of the old format or one with a password. Save it as .xlsx without a password."),
        "web_page": _("This is a web page or XML under another name. Open it in a spreadsheet program and save it as .xlsx."),
        "encoding": _("This is neither a workbook nor text in UTF-8 or GB18030. Save it as .xlsx, or as CSV UTF-8."),
        "bad_csv": _("Line %(line)s breaks the rules of CSV.", line=place),
        "too_large": _("The file unpacks to more than %(limit)s MB. Split it by village or township.", limit=place),
        "too_many_parts": _("The file has more than %(limit)s parts. Copy the sheet into a new workbook.", limit=place),
        "broken": _("This is not a whole .xlsx workbook. Open it in a spreadsheet program and save it as .xlsx."),
        "no_headings": _("These headings are missing: %(headings)s. Name the columns as in the sample file.", headings=place),
        "too_many": _("The file holds more than %(limit)s people. Split it.", limit=place),
        "no_rows": _("There are headings but no rows below them."),
    }[str(error.values["reason"])]


def words_of(words: Terms) -> str:
    """The first term of each meaning, in the reader's language."""
    language = "en" if str(get_locale()).startswith("en") else "zh"
    return _(", ").join(word_in(names, language) for names in words.values())
