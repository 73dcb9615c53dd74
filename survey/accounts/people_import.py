"""Many accounts at once from a list of people: what importing it would do, and doing it, with a first password for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.accounts.operations import add_user
from survey.accounts.passwords import FirstPassword, first_password
from survey.accounts.people_sheet import PeopleList, PersonRow, people_of, people_record, with_known_places, without_names_of_others
from survey.accounts.queries import find_region_codes
from survey.events import log_event
from survey.places.draft_operations import store_draft
from survey.places.models import RosterDraft
from survey.places.sheet_layout import refuse_bad_rows

DRAFT_KIND = "people"


@dataclass(frozen=True, slots=True)
class PeoplePlan:
    """What importing a list would do now: accounts made, and people who have one already and stay as they are."""

    people: PeopleList
    new: tuple[PersonRow, ...]
    known: tuple[PersonRow, ...]


def plan_people(session: Session, people: PeopleList) -> PeoplePlan:
    """The plan of importing the list; two statements."""
    wanted = {code for row in people.rows for code in (*row.place_codes, row.region_code) if code}
    checked = with_known_places(people, find_region_codes(session, sorted(wanted)))
    names = [row.username.casefold() for row in checked.rows]
    accounts = select(func.lower(User.username), User.name).where(func.lower(User.username).in_(names))
    holders = {username: name for username, name in session.execute(accounts)}
    checked = without_names_of_others(checked, holders)
    new = tuple(row for row in checked.rows if row.username.casefold() not in holders)
    return PeoplePlan(checked, new, tuple(row for row in checked.rows if row.username.casefold() in holders))


def keep_people_draft(session: Session, actor: User, people: PeopleList, file_name: str, now: datetime) -> RosterDraft:
    """The draft of a list of people that waits for the importer's word."""
    draft = store_draft(session, actor, DRAFT_KIND, people_record(people), file_name, now)
    counts = {"n_rows": len(people.rows), "n_bad_rows": people.n_bad_rows}
    log_event(session, actor.id, "people.read", "people", draft.file_name, now, **counts)
    return draft


def import_people_draft(
    session: Session, actor: User, draft: RosterDraft, organisation: str, *, keep_good: bool, now: datetime
) -> Sequence[FirstPassword]:
    """The accounts that were made; the draft is removed. Whoever has no organisation in the list is of `organisation`.

    Everybody chooses another password at the first sign-in. Raises BAD_ROWS unless the good rows alone are wanted.
    """
    plan = plan_people(session, people_of(draft.content))
    refuse_bad_rows(plan.people.problems, draft.file_name, keep_good=keep_good)
    made = []
    for row in plan.new:
        password = first_password()
        add_user(
            session,
            actor,
            username=row.username,
            name=row.name,
            password=password,
            roles=row.roles,
            organisation=row.organisation or organisation,
            phone=row.phone,
            contact_email=row.contact_email,
            region_code=row.region_code or None,
            place_codes=row.place_codes,
            now=now,
            must_change_password=True,
        )
        made.append(FirstPassword(row.username, row.name, row.roles, password))
    counts = {"n_new": len(plan.new), "n_unchanged": len(plan.known), "n_bad_rows": plan.people.n_bad_rows}
    log_event(session, actor.id, "people.imported", "people", draft.file_name, now, **counts)
    session.delete(draft)
    session.flush()
    return made
