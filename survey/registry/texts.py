"""The reasons why rows of a list of persons or of the register of identification are refused, in the reader's language."""

from flask_babel import gettext as _

from survey.places.roster_texts import reason_text
from survey.places.sheet_layout import SheetProblem
from survey.registry import terms
from survey.registry.words import IDENTIFICATION_LABELS


def id_number_text(reason: str) -> str:
    """What is wrong with an identity number, and what to do."""
    return {
        "id_old": _("This is an identity number of the old kind with 15 digits. Ask for the one with 18."),
        "id_shape": _("An identity number has 18 characters: 17 digits, and a digit or X at the end."),
        "id_region": _("The first two digits of the identity number are no province."),
        "id_birthday": _("Digits 7 to 14 of the identity number are no possible birthday."),
        "id_checksum": _(
            "The last character of the identity number does not fit the others: some digit is wrong. Compare it with the card."
        ),
    }[reason]


def date_text(reason: str) -> str:
    """What is wrong with a day, and what to do."""
    return {
        "date_ambiguous": _("This day can be read in several ways. Write it as 2018-04-20."),
        "date_incomplete": _("The day or the month is missing. Write the whole date as 2018-04-20."),
        "date_impossible": _("There is no such day, or it cannot be meant here."),
        "date_to_come": _("This day has not come yet."),
        "bad_date": _("This is no date. Write it as 2018-04-20, 2018/4/20, 20180420 or 2018年4月20日."),
    }[reason]


DATE_REASONS = frozenset(("date_ambiguous", "date_incomplete", "date_impossible", "date_to_come", "bad_date"))


def member_reason_text(problem: SheetProblem) -> str:
    """One sentence that says what is wrong with a row of a list of persons and what to do."""
    if problem.reason.startswith("id_"):
        return id_number_text(problem.reason)
    if problem.reason in DATE_REASONS:
        return date_text(problem.reason)
    column = problem.reason.removeprefix("unknown_")
    if column in terms.MEMBER_TERMS:
        return _("Unknown value. Known are: %(known)s.", known=terms.first_terms(terms.MEMBER_TERMS[column]))
    own = {
        "birth_differs": _("The identity number says another birthday. Compare both with the card."),
        "sex_differs": _("The identity number says the other sex. Compare both with the card."),
        "twice_by_id_number": _("The same identity number is in row %(row)s.", row=problem.detail),
        "twice_by_name": _("A person of this name is in the same household in row %(row)s. Add the identity numbers.", row=problem.detail),
        "lives_elsewhere": _("A person with this identity number lives in %(place)s. Let them leave there first.", place=problem.detail),
        "unknown_household": _("This household is not on the roster. Import the roster first, or add a column 户类型 to this list."),
        "no_head": _("The new household has no row whose relation is 户主."),
        "second_head": _("The household has a head already in row %(row)s.", row=problem.detail),
        "too_many_members": _("A household has at most %(limit)s persons. Is the household number right?", limit=problem.detail),
    }
    return own.get(problem.reason) or reason_text(problem)


def identification_reason_text(problem: SheetProblem) -> str:
    """One sentence that says what is wrong with a row of the register and what to do."""
    if problem.reason in DATE_REASONS:
        return date_text(problem.reason)
    if problem.reason == "out_of_order":
        before, kind = problem.detail.split(",")
        return order_text(before, kind)
    own = {
        "unknown_kind": _("Unknown kind of row. Known are: %(known)s.", known=terms.first_terms(terms.IDENTIFICATION_KINDS)),
        "unknown_household": _("This household is not on the roster. Import the roster first, or correct the number."),
        "no_day": _("No day is filled in."),
        "happened_twice": _("The same is in row %(row)s.", row=problem.detail),
        "beside_out_of_order": _("Another row of this household is out of order; its rows are imported together or not at all."),
    }
    return own.get(problem.reason) or reason_text(problem)


def order_text(before: str, kind: str) -> str:
    """That one kind of row may not follow another ("" for none) in the register of a household."""
    if not before:
        return _("A household's register begins with “%(first)s”, not with “%(kind)s”.",
                 first=IDENTIFICATION_LABELS["registered"], kind=IDENTIFICATION_LABELS[kind])  # fmt: skip
    return _("“%(kind)s” may not follow “%(before)s”. Check the days and what is missing between them.",
             kind=IDENTIFICATION_LABELS[kind], before=IDENTIFICATION_LABELS[before])  # fmt: skip
