"""The lists that the first steps take in, each as data: how it is read, what importing it would do, and doing it.

Reading, planning and writing are those of the pages of places, rosters and people; here they only have one shape.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.accounts.people_import import import_people_draft, keep_people_draft, plan_people
from survey.accounts.people_sheet import people_of, read_people
from survey.accounts.people_texts import people_reason_text
from survey.first_run.queries import organisation_name
from survey.places import operations as places
from survey.places.alike import put_together
from survey.places.models import RosterDraft
from survey.places.region_plan import plan_regions, regions_of
from survey.places.region_table import read_regions
from survey.places.roster import read_roster
from survey.places.roster_draft import roster_of
from survey.places.roster_plan import plan_roster
from survey.places.roster_texts import reason_text, region_reason_text
from survey.places.sheet_layout import SheetProblem


@dataclass(frozen=True, slots=True)
class Problem:
    """Rows that cannot be imported for one reason, with what to do about it."""

    rows: str
    column: str
    value: str
    told: str


@dataclass(frozen=True, slots=True)
class Look:
    """What importing a file would do: counts with their names, how many rows would be taken and left out, and why."""

    counts: tuple[tuple[str, int], ...]
    n_good: int
    n_bad: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """One kind of list; `step` is where it belongs, `sample` the view of its sample file."""

    step: str
    title: LazyString
    told: LazyString
    sample: str
    keep: Callable[[Session, User, bytes, str, datetime], RosterDraft]
    look: Callable[[Session, RosterDraft], Look]
    take: Callable[[Session, User, RosterDraft, bool, datetime], Sequence[Any]]


def _told(problems: Sequence[SheetProblem], reason_text: Callable[[SheetProblem], str]) -> tuple[Problem, ...]:
    """The problems of a sheet, equal ones together."""
    return tuple(Problem(each.rows_text, each.first.column, each.value, reason_text(each.first)) for each in put_together(problems))


def _keep_places(session: Session, actor: User, data: bytes, name: str, now: datetime) -> RosterDraft:
    return places.keep_region_draft(session, actor, read_regions(data, name), name, now)


def _look_at_places(session: Session, draft: RosterDraft) -> Look:
    plan = plan_regions(session, regions_of(draft.content))
    problems = tuple(Problem(each.rows_text, "", each.value, region_reason_text(each.first)) for each in put_together(plan.table.problems))
    n_bad = len(plan.table.problems)
    counts = (
        (_("New places"), len(plan.new)),
        (_("Renamed places"), len(plan.renamed)),
        (_("Unchanged places"), plan.n_unchanged),
        (_("Bad rows"), n_bad),
    )
    return Look(counts, len(plan.table.rows), n_bad, problems)


def _take_places(session: Session, actor: User, draft: RosterDraft, keep_good: bool, now: datetime) -> Sequence[Any]:
    places.import_region_draft(session, actor, draft, keep_good=keep_good, now=now)
    return ()


def _keep_roster(session: Session, actor: User, data: bytes, name: str, now: datetime) -> RosterDraft:
    return places.keep_draft(session, actor, read_roster(data, name), name, now)


def _look_at_roster(session: Session, draft: RosterDraft) -> Look:
    plan = plan_roster(session, roster_of(draft.content))
    problems = _told(plan.roster.problems, reason_text)
    new, changed, unchanged = (len(rows) for rows in (plan.comparison.new, plan.comparison.changed, plan.comparison.unchanged))
    counts = (
        (_("New households"), new),
        (_("Changed households"), changed),
        (_("Unchanged"), unchanged),
        (_("Bad rows"), plan.roster.n_bad_rows),
    )
    return Look(counts, new + changed + unchanged, plan.roster.n_bad_rows, problems)


def _take_roster(session: Session, actor: User, draft: RosterDraft, keep_good: bool, now: datetime) -> Sequence[Any]:
    places.import_draft(session, actor, draft, keep_good=keep_good, now=now)
    return ()


def _keep_people(session: Session, actor: User, data: bytes, name: str, now: datetime) -> RosterDraft:
    return keep_people_draft(session, actor, read_people(data, name), name, now)


def _look_at_people(session: Session, draft: RosterDraft) -> Look:
    plan = plan_people(session, people_of(draft.content))
    problems = _told(plan.people.problems, people_reason_text)
    counts = (
        (_("New accounts"), len(plan.new)),
        (_("Have an account already (it stays as it is)"), len(plan.known)),
        (_("Bad rows"), plan.people.n_bad_rows),
    )
    return Look(counts, len(plan.new) + len(plan.known), plan.people.n_bad_rows, problems)


def _take_people(session: Session, actor: User, draft: RosterDraft, keep_good: bool, now: datetime) -> Sequence[Any]:
    return import_people_draft(session, actor, draft, organisation_name(session), keep_good=keep_good, now=now)


IMPORTS: Mapping[str, Import] = {
    "places": Import(
        "places",
        _l("Places"),
        _l("Provinces down to villages, with their codes: the list that the statistics office publishes, or the sample filled in."),
        "region_import.sample",
        _keep_places,
        _look_at_places,
        _take_places,
    ),
    "roster": Import(
        "places",
        _l("Households"),
        _l("The registry’s list of households of the villages that you will visit."),
        "roster.sample",
        _keep_roster,
        _look_at_roster,
        _take_roster,
    ),
    "people": Import(
        "people",
        _l("People"),
        _l("One row for each person, with user name, name and roles. Everybody gets a first password, which you print."),
        "first_lists.people_sample",
        _keep_people,
        _look_at_people,
        _take_people,
    ),
}
"""Every kind of list by the kind of its drafts."""
