"""Every write by hand: persons of a household, and rows of the register of identification. The imports are in import_operations.py."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.db import new_id
from survey.events import log_event
from survey.field_time import field_date
from survey.places.models import Household
from survey.registry.id_numbers import clean_id_number, read_id_number
from survey.registry.models import (
    HEALTHS,
    IDENTIFICATION_KINDS,
    LEAVING_REASONS,
    RELATIONS,
    SCHOOLINGS,
    SEXES,
    WORKS,
    HouseholdMember,
    Identification,
)
from survey.registry.order import Step, find_break, kind_on
from survey.registry.sealing import Vault

MAX_NAME_LENGTH = 64
MAX_NOTE_LENGTH = 255
CHOICES = {"sex": SEXES, "relation": RELATIONS, "schooling": SCHOOLINGS, "health": HEALTHS, "work": WORKS}


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What is entered of a person by hand; "" says nothing. `id_number` None leaves the stored one as it is, "" takes it away."""

    name: str
    sex: str = ""
    birth_year: int | None = None
    relation: str = ""
    schooling: str = ""
    health: str = ""
    work: str = ""
    id_number: str | None = None

    def __repr__(self) -> str:
        """Nothing of the person."""
        return "MemberFacts(…)"


def _invalid(field: str, detail: str, **values: object) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_VALUE, field=field, detail=detail, **values)


def _log(session: Session, actor: User | None, action: str, subject: str, key: str, now: datetime, **details: object) -> None:
    log_event(session, actor.id if actor else None, action, subject, key, now, **details)


def add_member(
    session: Session, actor: User | None, household: Household, facts: MemberFacts, vault: Vault, now: datetime
) -> HouseholdMember:
    """The new person of the household; INVALID_VALUE names the field that is wrong."""
    last = select(func.max(HouseholdMember.position)).where(HouseholdMember.household_id == household.id)
    member = HouseholdMember(id=new_id(), household_id=household.id, position=(session.scalar(last) or 0) + 1)
    _set_facts(session, member, facts, vault, now)
    session.add(member)
    session.flush()
    _log(session, actor, "member.added", "household_member", member.id, now, household=household.id)
    return member


def update_member(session: Session, actor: User | None, member: HouseholdMember, facts: MemberFacts, vault: Vault, now: datetime) -> None:
    """Change what is known of a person; the event names the fields, and nothing of the person."""
    names = (*CHOICES, "name", "birth_year", "id_number_hash")
    before = {name: getattr(member, name) for name in names}
    _set_facts(session, member, facts, vault, now)
    changed = sorted(name.removesuffix("_hash") for name, value in before.items() if getattr(member, name) != value)
    if changed:
        _log(session, actor, "member.changed", "household_member", member.id, now, fields=changed)


def _set_facts(session: Session, member: HouseholdMember, facts: MemberFacts, vault: Vault, now: datetime) -> None:
    today = field_date(now)
    if not 0 < len(facts.name) <= MAX_NAME_LENGTH:
        raise _invalid("name", "write a name of at most {most} characters", most=MAX_NAME_LENGTH)
    for name, known in CHOICES.items():
        if getattr(facts, name) not in ("", *known):
            raise not_one_of(name, getattr(facts, name), known)
    if facts.birth_year is not None and not 1890 <= facts.birth_year <= today.year:
        raise _invalid("birth_year", "it must lie in 1890–{year}", year=today.year)
    if facts.relation == "head":
        check_only_head(session, member)
    if facts.id_number:
        number = read_id_number(clean_id_number(facts.id_number), today)
        if isinstance(number, str):
            raise _invalid("id_number", "it is no identity number ({given})", given=number)
        if facts.birth_year not in (None, number.born_on.year):
            raise _invalid("birth_year", "the identity number says another year")
        if facts.sex not in ("", number.sex):
            raise _invalid("sex", "the identity number says otherwise")
        check_lives_nowhere_else(session, member, vault.fingerprint(number.text))
        if member.id_number_hash != vault.fingerprint(number.text):
            member.id_number, member.id_number_hash = vault.seal(number.text), vault.fingerprint(number.text)
    elif facts.id_number == "":
        member.id_number = member.id_number_hash = None
    for name in (*CHOICES, "name", "birth_year"):
        setattr(member, name, getattr(facts, name))


def check_only_head(session: Session, member: HouseholdMember) -> None:
    """Raise INVALID_VALUE when the household has another head."""
    others = select(HouseholdMember.id).where(
        HouseholdMember.household_id == member.household_id,
        HouseholdMember.relation == "head",
        HouseholdMember.left_on.is_(None),
        HouseholdMember.id != member.id,
    )
    with session.no_autoflush:
        if session.scalar(others.limit(1)) is not None:
            raise _invalid("relation", "the household has a head already")


def check_lives_nowhere_else(session: Session, member: HouseholdMember, id_number_hash: str) -> None:
    """Raise INVALID_VALUE when somebody present has this identity number, naming village and household but nobody."""
    statement = (
        select(Household)
        .join(HouseholdMember, HouseholdMember.household_id == Household.id)
        .where(HouseholdMember.id_number_hash == id_number_hash, HouseholdMember.left_on.is_(None), HouseholdMember.id != member.id)
    )
    with session.no_autoflush:
        household = session.scalars(statement.limit(1)).first()
    if household is not None:
        raise _invalid(
            "id_number",
            "somebody with this number lives in household {household} of {village_code}",
            household=household.number,
            village_code=household.village_code,
        )


def let_member_leave(session: Session, actor: User | None, member: HouseholdMember, left_on: date, reason: str, now: datetime) -> None:
    """The person lives there no longer; they stay on the household's page as one who left."""
    if reason not in LEAVING_REASONS:
        raise not_one_of("left_reason", reason, LEAVING_REASONS)
    if left_on > field_date(now):
        raise _invalid("left_on", "{day} has not come yet", day=left_on)
    if member.left_on is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what="The person", state="gone already", action="let go")
    member.left_on, member.left_reason = left_on, reason
    _log(session, actor, "member.left", "household_member", member.id, now, household=member.household_id, reason=reason)


def take_member_back(session: Session, actor: User | None, member: HouseholdMember, now: datetime) -> None:
    """The person lives there after all; INVALID_VALUE when they are in another household now, or there is another head."""
    if member.left_on is None:
        return
    if member.id_number_hash is not None:
        check_lives_nowhere_else(session, member, member.id_number_hash)
    if member.relation == "head":
        check_only_head(session, member)
    member.left_on, member.left_reason = None, ""
    _log(session, actor, "member.returned", "household_member", member.id, now, household=member.household_id)


def reveal_id_number(session: Session, actor: User, member: HouseholdMember, vault: Vault, now: datetime) -> str:
    """The person's identity number in full; that it was read, and by whom, is an event. NOT_FOUND when none is kept."""
    if member.id_number is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Identity number", key=member.position, remedy="Enter it on the person's page.")
    number = vault.open(member.id_number)
    _log(session, actor, "member.id_number_read", "household_member", member.id, now, household=member.household_id)
    return number


def record_identification(
    session: Session, actor: User | None, household: Household, kind: str, happened_on: date, note: str, now: datetime
) -> Identification:
    """The new row of the household's register; INVALID_VALUE when it is no kind, a day to come, or out of order."""
    rows = list_rows(session, household)
    row = Identification(
        id=new_id(),
        household_id=household.id,
        position=len(rows) + 1,
        turn=len(rows) + 1,
        kind=kind,
        happened_on=happened_on,
        note=note.strip(),
        is_withdrawn=False,
        reason="",
        recorded_at=now,
        recorded_by_id=actor.id if actor else None,
    )
    _check_row(row, rows, now)
    session.add(row)
    before = follow_register(household, [*rows, row], now)
    _log(
        session, actor, "identification.recorded", "household", household.id, now, kind=kind, happened_on=happened_on.isoformat(), **before
    )
    return row


def correct_identification(
    session: Session,
    actor: User | None,
    corrected: Identification,
    *,
    kind: str,
    happened_on: date,
    note: str,
    reason: str,
    is_withdrawn: bool,
    now: datetime,
) -> Identification:
    """The row that stands for `corrected` from now on, or takes it back; the corrected row stays as it was written.

    INVALID_VALUE without a reason or when the register would be out of order; INVALID_TRANSITION when it was corrected before.
    """
    household = corrected.household
    rows = list_rows(session, household)
    if corrected.is_withdrawn or any(row.corrects_id == corrected.id for row in rows):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what="The row", state="corrected already", action="corrected")
    if not 0 < len(reason.strip()) <= MAX_NOTE_LENGTH:
        raise _invalid("reason", "say why, in at most {most} characters", most=MAX_NOTE_LENGTH)
    row = Identification(
        id=new_id(),
        household_id=household.id,
        position=len(rows) + 1,
        turn=corrected.turn,
        kind=corrected.kind if is_withdrawn else kind,
        happened_on=corrected.happened_on if is_withdrawn else happened_on,
        note=note.strip(),
        corrects_id=corrected.id,
        is_withdrawn=is_withdrawn,
        reason=reason.strip(),
        recorded_at=now,
        recorded_by_id=actor.id if actor else None,
    )
    _check_row(row, rows, now)
    session.add(row)
    before = follow_register(household, [*rows, row], now)
    details = {"corrects": corrected.position, "kind": row.kind, "happened_on": row.happened_on.isoformat(), "is_withdrawn": is_withdrawn}
    _log(session, actor, "identification.corrected", "household", household.id, now, **details, **before)
    return row


def list_rows(session: Session, household: Household) -> list[Identification]:
    """The household's rows by position; the household is locked until the transaction ends, so that positions stay unique."""
    session.get(Household, household.id, with_for_update=True)
    statement = select(Identification).where(Identification.household_id == household.id).order_by(Identification.position)
    return list(session.scalars(statement))


def _check_row(row: Identification, others: list[Identification], now: datetime) -> None:
    if row.kind not in IDENTIFICATION_KINDS:
        raise not_one_of("kind", row.kind, IDENTIFICATION_KINDS)
    if row.happened_on > field_date(now):
        raise _invalid("happened_on", "{day} has not come yet", day=row.happened_on)
    if len(row.note) > MAX_NOTE_LENGTH:
        raise _invalid("note", "the text is longer than {most} characters", most=MAX_NOTE_LENGTH)
    step = Step(row.id, row.kind, row.happened_on, row.turn, row.corrects_id, row.is_withdrawn)
    broken = find_break([*others, step])
    if broken is not None:
        after = f"after {broken.before}" if broken.before else "as the first row"
        raise _invalid(
            "kind", "{kind} on {happened_on} may not stand {after}", kind=broken.row.kind, happened_on=broken.row.happened_on, after=after
        )


def follow_register(household: Household, rows: list[Identification], now: datetime) -> dict[str, str]:
    """What the household's kind was, as details of an event, if its register makes it another today; the household has that kind then."""
    kind = kind_on(rows, field_date(now))
    if kind is None or kind == household.kind:
        return {}
    before, household.kind = household.kind, kind
    return {"kind_before": before}
