"""Who was erased, as fingerprints: kept by erasing, asked by imports, and applied again to a database out of an earlier backup."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import batches
from survey.events import log_event
from survey.pages.paging import Page, page_of
from survey.places.models import Household
from survey.protection.models import ErasedPerson
from survey.registry.models import HouseholdMember
from survey.sealing.fields import TOMBSTONE, Keyring, keys_for

PURPOSE = "erased_people.name_hash"


@dataclass(frozen=True, slots=True)
class ErasedAmong:
    """Who of some villages was erased and may not be recorded again without being asked."""

    keyring: Keyring
    households: frozenset[str]
    names: frozenset[str]
    id_numbers: frozenset[str]

    def has(self, village_code: str, name: str | None, household_id: str | None = None, id_number_hash: str | None = None) -> bool:
        """Whether this person, or the whole of this household, was erased."""
        if household_id in self.households or (id_number_hash is not None and id_number_hash in self.id_numbers):
            return True
        return bool(self.names and name) and self.keyring.fingerprint(f"{village_code} {name}", PURPOSE) in self.names


def keep_erased(session: Session, household: Household, members: Iterable[HouseholdMember], now: datetime, *, is_whole: bool) -> None:
    """Nothing; it stays known, by fingerprints, that these were erased: the household itself where `is_whole`, and each member."""
    keyring = _keyring(session)

    def add(name: str, member: HouseholdMember | None) -> None:
        known = name if name != TOMBSTONE else ""
        session.add(
            ErasedPerson(
                household_id=household.id,
                member_id=member.id if member else None,
                village_code=household.village_code,
                name_hash=keyring.fingerprint(f"{household.village_code} {known}", PURPOSE) if known else "",
                id_number_hash=member.id_number_hash if member else None,
                erased_at=now,
            )
        )

    if is_whole:
        add(household.head_name, None)
    for member in members:
        add(member.name, member)


def keep_erased_visit(session: Session, visit_id: str, now: datetime) -> None:
    """Nothing; it stays known that the personal parts of the visit's interviews were erased."""
    session.add(ErasedPerson(visit_id=visit_id, erased_at=now))


def read_erased(session: Session, village_codes: Collection[str], id_number_hashes: Collection[str | None] = ()) -> ErasedAmong:
    """Who of these villages was erased, and who of all with these identity numbers; one statement for each few hundred of them."""
    households, names, numbers = set[str](), set[str](), set[str]()
    columns = (ErasedPerson.household_id, ErasedPerson.member_id, ErasedPerson.name_hash, ErasedPerson.id_number_hash)
    stands = (ErasedPerson.lifted_at.is_(None), ErasedPerson.household_id.is_not(None))
    for part in batches(village_codes):
        for household_id, member_id, name_hash, number in session.execute(
            select(*columns).where(*stands, ErasedPerson.village_code.in_(part))
        ):
            households |= {household_id} if member_id is None and household_id is not None else set()
            names |= {name_hash} - {""}
            numbers |= {number} if number is not None else set()
    for part in batches(each for each in id_number_hashes if each is not None):
        found = session.scalars(select(ErasedPerson.id_number_hash).where(*stands, ErasedPerson.id_number_hash.in_(part)))
        numbers |= {number for number in found if number is not None}
    return ErasedAmong(_keyring(session), frozenset(households), frozenset(names), frozenset(numbers))


def named_as_erased(session: Session, household: Household, member: HouseholdMember) -> Callable[[str], bool]:
    """Whether a name is that of the member, which the list of erased people tells when the register no longer does."""
    keyring, name = _keyring(session), member.name if member.name != TOMBSTONE else None
    of_member = (ErasedPerson.household_id == household.id, ErasedPerson.member_id == member.id, ErasedPerson.name_hash != "")
    known = set(session.scalars(select(ErasedPerson.name_hash).where(*of_member)))

    def is_named(text: str) -> bool:
        return text == name or (bool(known) and keyring.fingerprint(f"{household.village_code} {text}", PURPOSE) in known)

    return is_named


def list_erased(session: Session, number: int) -> tuple[Page, tuple[tuple[ErasedPerson, Household | None], ...]]:
    """Page `number` of the households and members that were erased, the latest first, with their household."""
    is_person = ErasedPerson.household_id.is_not(None)
    page = page_of(number, session.scalar(select(func.count()).select_from(ErasedPerson).where(is_person)) or 0)
    statement = select(ErasedPerson, Household).outerjoin(Household, Household.id == ErasedPerson.household_id).where(is_person)
    statement = statement.options(joinedload(Household.village))
    ordered = statement.order_by(ErasedPerson.erased_at.desc(), ErasedPerson.household_id, ErasedPerson.member_id, ErasedPerson.id)
    rows = session.execute(ordered.limit(page.size).offset(page.offset)).all()
    return page, tuple((person, household) for person, household in rows)


def lift_erased(session: Session, actor: User, household_id: str, now: datetime) -> int:
    """How many fingerprints of the household no longer stand against recording it again; its people agreed anew. NOT_FOUND without one."""
    stands = (ErasedPerson.household_id == household_id, ErasedPerson.lifted_at.is_(None))
    found = session.scalars(select(ErasedPerson).where(*stands)).all()
    if not found:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Erased household", key=household_id, remedy="Open it from the list of erased people.")
    for each in found:
        each.lifted_at = now
    session.flush()
    log_event(session, actor.id, "person.may_be_recorded", "household", household_id, now)
    return len(found)


def take_erased(session: Session, rows: Iterable[Mapping[str, Any]]) -> tuple[ErasedPerson, ...]:
    """The rows of a list of erased people that this database did not know, in it from now on; by the time of their erasing."""
    wanted = {str(row["id"]): row for row in rows}
    known: set[str] = set()
    for part in batches(wanted):
        known |= set(session.scalars(select(ErasedPerson.id).where(ErasedPerson.id.in_(part))))
    added = [ErasedPerson(**row) for key, row in wanted.items() if key not in known]
    session.add_all(added)
    session.flush()
    return tuple(sorted(added, key=lambda each: (each.erased_at, each.member_id is not None, each.id)))


def _keyring(session: Session) -> Keyring:
    return keys_for(session.get_bind().dialect, PURPOSE)
