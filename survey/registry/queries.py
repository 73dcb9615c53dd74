"""What the pages of persons and of the register read. Identity numbers are opened only to be masked, for one household at a time."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.events import Event
from survey.places.models import Household
from survey.places.queries import IMPORTS_SHOWN, RosterImport
from survey.registry.id_numbers import mask
from survey.registry.models import HouseholdMember, Identification
from survey.registry.order import NOTHING_YET, Row, kind_on, may_follow, state_on, valid_rows
from survey.registry.sealing import Vault

UNREADABLE = "******"
"""What is shown of an identity number that was sealed with another key than the installation has now."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a household as its page shows them; `id_number` has stars in its middle."""

    member: HouseholdMember
    id_number: str


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One row of a household's register, and the row that stands for it now if it was corrected."""

    row: Identification
    corrected_by: Identification | None


@dataclass(frozen=True, slots=True)
class Register:
    """A household's register: its rows in the order of what happened, its state on the asked day, and what may come next.

    `kind` is the kind of household that it makes it on that day, None when it has no row that counts.
    """

    lines: tuple[RegisterLine, ...]
    day: date
    state: str
    since: date | None
    kind: str | None
    next_kinds: tuple[str, ...]


def list_people(session: Session, household: Household, vault: Vault) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """Who lives in the household, the head first, and who left it; one statement."""
    statement = select(HouseholdMember).where(HouseholdMember.household_id == household.id).order_by(HouseholdMember.position)
    people = [Person(member, _masked(member, vault)) for member in session.scalars(statement)]
    present = sorted((each for each in people if each.member.left_on is None), key=lambda each: each.member.relation != "head")
    return tuple(present), tuple(each for each in people if each.member.left_on is not None)


def _masked(member: HouseholdMember, vault: Vault) -> str:
    if member.id_number is None:
        return ""
    try:
        return mask(vault.open(member.id_number))
    except SurveyError:
        return UNREADABLE


def read_register(session: Session, household: Household, day: date) -> Register:
    """The household's register, and its state on the day; one statement."""
    rows = list(
        session.scalars(
            select(Identification)
            .where(Identification.household_id == household.id)
            .options(joinedload(Identification.recorded_by).lazyload(User.roles))
            .order_by(Identification.happened_on, Identification.turn, Identification.position)
        )
    )
    corrected_by = {row.corrects_id: row for row in rows if row.corrects_id}
    ordered: list[Row] = list(rows)
    state = state_on(ordered, day)
    return Register(
        lines=tuple(RegisterLine(row, corrected_by.get(row.id)) for row in rows if not row.is_withdrawn),
        day=day,
        state=state,
        since=max((row.happened_on for row in valid_rows(ordered) if row.happened_on <= day), default=None)
        if state != NOTHING_YET
        else None,
        kind=kind_on(ordered, day),
        next_kinds=may_follow(ordered),
    )


def find_member(session: Session, member_id: str) -> HouseholdMember:
    """The person with household and village; raises NOT_FOUND."""
    loaded = joinedload(HouseholdMember.household).joinedload(Household.village)
    member = session.get(HouseholdMember, member_id, options=(loaded,))
    if member is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Person", key=member_id, remedy="Open it from its household's page.")
    return member


def find_identification(session: Session, row_id: str) -> Identification:
    """The row of the register with household and village; raises NOT_FOUND."""
    loaded = joinedload(Identification.household).joinedload(Household.village)
    row = session.get(Identification, row_id, options=(loaded,))
    if row is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Row of the register", key=row_id, remedy="Open it from its household's page.")
    return row


def list_imports(session: Session, action: str) -> tuple[RosterImport, ...]:
    """The last imports of this kind, newest first."""
    statement = (
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.action == action)
        .order_by(Event.number.desc())
        .limit(IMPORTS_SHOWN)
    )
    return tuple(RosterImport(event, name or "") for event, name in session.execute(statement))
