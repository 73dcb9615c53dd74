"""Which submissions a list shows. Pure: filters to SQL conditions.

Every condition reads columns of the index `ix_submissions_list`, or asks for membership in a list that is made once: so a list is found by
one walk over that index, however the filters are combined (see `queries.py`).
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from survey.field_time import FIELD_ZONE
from survey.intake.models import Flag, Submission
from survey.places.models import Household
from survey.visits.models import Assignment

ANY_FLAG, NO_FLAG = "any", "none"
NOT_SIGNED = "no"
UNSIGNED_CHECKS = ("not_countersigned", "countersign_unproven")


@dataclass(frozen=True, slots=True)
class SubmissionFilter:
    """What is looked for; "" means no limit. `county` is six digits, `flag` a check, "any" or "none"."""

    visit: str = ""
    county: str = ""
    village: str = ""
    form: str = ""
    state: str = ""
    pair: str = ""
    flag: str = ""
    signed: str = ""
    """"no": the second has not countersigned, or that is not proven."""
    interviewer: str = ""
    """Somebody's id: lead or second."""
    since: str = ""
    until: str = ""
    """The first and the last day on which interviews were held, as ISO dates."""
    text: str = ""
    """A household's number, or a part of its head's name."""
    is_by_name: bool = True
    """Whether the text is looked for in names, too: a reader who is shown none would be told them by what is found."""

    def parameters(self) -> dict[str, Any]:
        """The filters that limit something, as the parameters of an address."""
        return {name: value for name, value in asdict(self).items() if value and name != "is_by_name"}


def within(prefix: str) -> ColumnElement[bool]:
    """The condition that a submission's village lies in the place whose code begins with `prefix`; a range, so that an index serves it."""
    return Submission.village_code.between(prefix.ljust(12, "0"), prefix.ljust(12, "9"))


def conditions(wanted: SubmissionFilter, *, with_state: bool = True) -> list[ColumnElement[bool]]:
    """The SQL conditions on `Submission`; without a state asked for, replaced submissions are left out."""
    found: list[ColumnElement[bool]] = [*_conditions_of_place(wanted), *_conditions_of_people(wanted), *_conditions_of_days(wanted)]
    if wanted.form:
        found.append(Submission.form_id == wanted.form)
    found += _conditions_of_flags(wanted)
    if with_state:
        found.append(Submission.review_state == wanted.state if wanted.state else Submission.review_state != "replaced")
    return found


def _conditions_of_place(wanted: SubmissionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.visit:
        found.append(Submission.visit_id == wanted.visit)
    if wanted.county:
        found.append(within(wanted.county))
    if wanted.village:
        found.append(Submission.village_code == wanted.village)
    if wanted.text:
        is_meant = Household.number.startswith(wanted.text, autoescape=True)
        if wanted.is_by_name:
            is_meant = or_(is_meant, Household.head_name.contains(wanted.text, autoescape=True))
        found.append(Submission.household_id.in_(select(Household.id).where(is_meant)))
    return found


def _conditions_of_people(wanted: SubmissionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.pair:
        found.append(Submission.assignment_id.in_(select(Assignment.id).where(Assignment.pair_id == wanted.pair)))
    if wanted.interviewer:
        found.append(or_(Submission.lead_id == wanted.interviewer, Submission.second_id == wanted.interviewer))
    return found


def _conditions_of_days(wanted: SubmissionFilter) -> list[ColumnElement[bool]]:
    since, until = _day(wanted.since), _day(wanted.until)
    found: list[ColumnElement[bool]] = []
    if since:
        found.append(Submission.started_at >= _midnight(since))
    if until:
        found.append(Submission.started_at < _midnight(until + timedelta(days=1)))
    return found


def _conditions_of_flags(wanted: SubmissionFilter) -> list[ColumnElement[bool]]:
    flagged = select(Flag.instance_id)
    found: list[ColumnElement[bool]] = []
    if wanted.flag == NO_FLAG:
        found.append(Submission.instance_id.not_in(flagged))
    elif wanted.flag == ANY_FLAG:
        found.append(Submission.instance_id.in_(flagged))
    elif wanted.flag:
        found.append(Submission.instance_id.in_(flagged.where(Flag.check == wanted.flag)))
    if wanted.signed == NOT_SIGNED:
        found.append(Submission.instance_id.in_(flagged.where(Flag.check.in_(UNSIGNED_CHECKS))))
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    """The instant at which a day begins where the interviews are held."""
    return datetime.combine(day, time(), FIELD_ZONE)
