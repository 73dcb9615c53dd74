"""What the pages of teams call roles, reasons for pairs, conflicts of a plan, and what is left over, in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime, time

from babel.dates import format_skeleton
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from survey.pages.dates import reading_locale
from survey.teams.conflicts import Conflict
from survey.teams.distributing import Left
from survey.teams.proposing import Remark

ROLE_LABELS = {
    "leader": _l("Leader"),
    "member": _l("Member"),
    "trainee": _l("Trainee"),
}
"""What somebody is in a team."""


def joined(words: object) -> str:
    """The words with the language's comma between them."""
    return _(", ").join(str(word) for word in words)  # type: ignore[attr-defined]


def remark_text(remark: Remark, county_names: Mapping[str, str]) -> str:
    """One sentence that says why a pair was proposed, or which rule it does not meet."""
    people, languages = joined(remark.people), joined(remark.languages)
    counties = joined(county_names.get(code, code) for code in remark.counties)
    first, other = (*remark.people, "", "")[:2]
    return {
        "trainee_guided": _("%(trainee)s learns by going along with %(guide)s, who is experienced.", trainee=first, guide=other),
        "trainee_alone": _("No experienced partner is left for %(people)s, who is a trainee.", people=people),
        "newcomer_guided": _("%(newcomer)s, who has held few interviews, goes with %(guide)s.", newcomer=first, guide=other),
        "newcomers": _("%(people)s have both held few interviews; nobody experienced is left.", people=people),
        "both_experienced": _("Both are experienced."),
        "no_ties": _("Neither has ties to a county of this visit."),
        "sent_elsewhere": _("Because of the ties of %(people)s this pair is not sent to %(counties)s.", people=people, counties=counties),
        "ties_everywhere": _("%(people)s: ties to %(counties)s, so this pair should go nowhere here.", people=people, counties=counties),
        "understands": _("%(people)s: understands %(languages)s (%(counties)s).", people=people, languages=languages, counties=counties),
        "nobody_understands": _("Neither understands %(languages)s (%(counties)s).", languages=languages, counties=counties),
    }[remark.rule]


def conflict_text(conflict: Conflict, village_names: Mapping[str, str]) -> str:
    """One sentence that says what does not go together and where."""
    villages = joined(village_names.get(code, code) for code in conflict.villages)
    hours, km = f"{conflict.number / 60:.1f}", f"{conflict.number:.0f}"
    return {
        "elsewhere": _(
            "%(person)s is planned for another visit on this day: %(place)s. Give %(villages)s to another pair or day.",
            person=conflict.person,
            place=conflict.place,
            villages=villages,
        ),
        "far_apart": _("%(villages)s on one day lie %(km)s km apart.", villages=villages, km=km),
        "two_villages": _("%(villages)s on one day: how far they are apart is not known.", villages=villages),
        "overloaded": _("%(hours)s hours of interviews and way on one day (%(villages)s).", hours=hours, villages=villages),
        "other_day": _("%(villages)s is planned for %(day)s.", villages=villages, day=conflict.place),
        "ties": _("One of the pair has ties to the county of %(villages)s.", villages=villages),
    }[conflict.kind]


SERIOUS = frozenset(("elsewhere", "ties", "far_apart"))
"""Conflicts that ought to be settled before anybody sets out; the others are worth a look."""


def left_text(left: Left, village_names: Mapping[str, str]) -> str:
    """One sentence that says what could not be given out, why, and what to do."""
    village = village_names.get(left.village_code, left.village_code)
    count = ngettext("%(num)s household of %(village)s", "%(num)s households of %(village)s", left.n_households, village=village)
    if left.reason == "ties":
        return _("%(count)s: every pair has ties to the county. Put a pair together without ties.", count=count)
    return _("%(count)s: no room left. Choose more days, more households per day, or more pairs.", count=count)


def day_text(day: date) -> str:
    """A day as headings of columns write it: day and month with the day of the week."""
    return format_skeleton("MMMEd", datetime.combine(day, time(12)), locale=reading_locale())
