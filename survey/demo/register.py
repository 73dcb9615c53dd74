"""Writes who lives in the invented households, and their way through the register of identification.

The identity numbers stand every check and belong to nobody: 619999 is the code of no county, so that they are known as invented.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import new_id
from survey.demo.chance import any_of, draw_from, happens, pick
from survey.demo.homes import Home, Person
from survey.events import log_event
from survey.places.models import Household
from survey.registry.id_numbers import check_digit
from survey.registry.models import HouseholdMember, Identification
from survey.registry.sealing import Vault

NO_COUNTY = "619999"
FELL_BACK_SHARE = 0.06
STRUCK_OFF_SHARE = 0.75


def add_register(
    session: Session,
    actor: User,
    seed: int,
    homes: Mapping[str, Sequence[Home]],
    households: Mapping[tuple[str, str], Household],
    vault: Vault,
    now: datetime,
) -> None:
    """Store the persons of all homes and the rows of the register, each in one statement, as an import would have."""
    members: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    born: Counter[str] = Counter()
    for village in homes.values():
        for home in village:
            household = households[home.village.code, home.number]
            rng = draw_from(seed, "register", home.village.code, home.number)
            for position, person in enumerate(home.people, start=1):
                number = _id_number(rng, person, born)
                members.append(_member(rng, person, household.id, position, number, vault))
            rows.extend(
                _row(household.id, position, kind, day, actor, now) for position, (kind, day) in enumerate(_life(rng, home), start=1)
            )
    session.execute(insert(HouseholdMember), members)
    session.execute(insert(Identification), rows)
    told = {"n_changed": 0, "n_unchanged": 0, "n_new_households": 0, "n_bad_rows": 0}
    log_event(session, actor.id, "members.imported", "household_members", "家庭成员（演示）.xlsx", now, n_new=len(members), **told)
    told = {"n_known": 0, "n_kinds_changed": 0, "n_bad_rows": 0}
    log_event(session, actor.id, "identifications.imported", "identifications", "动态台账（演示）.xlsx", now, n_new=len(rows), **told)


def _id_number(rng: Random, person: Person, born: Counter[str]) -> str:
    """A number of nobody for somebody of this sex, born on some day of the person's year."""
    birthday = (date(person.birth_year, 1, 1) + timedelta(days=rng.randrange(365))).strftime("%Y%m%d")
    born[birthday + person.sex] += 1
    digits = f"{NO_COUNTY}{birthday}{2 * born[birthday + person.sex] + (person.sex == 'male'):03}"
    return digits + check_digit(digits)


def _member(rng: Random, person: Person, household_id: str, position: int, number: str, vault: Vault) -> dict[str, Any]:
    age = 2018 - person.birth_year
    is_disabled = person.disability in ("mild", "severe")
    illness = "serious" if person.health == "serious" else "chronic" if person.is_chronic else "healthy"
    # Small children often have no number in the registry yet.
    has_number = age > 6 or happens(rng, 0.6)
    return {
        "id": new_id(),
        "household_id": household_id,
        "position": position,
        "name": person.name,
        "sex": person.sex,
        "birth_year": person.birth_year,
        "relation": person.relation,
        "schooling": _schooling(rng, age),
        "health": "disabled" if is_disabled else illness,
        "work": pick(rng, {"beyond": 0.55, "province": 0.3, "county": 0.15}) if person.works_away else "home" if 18 <= age < 70 else "none",
        "id_number": vault.seal(number) if has_number else None,
        "id_number_hash": vault.fingerprint(number) if has_number else None,
        "left_reason": "",
    }


def _schooling(rng: Random, age: int) -> str:
    for limit, name in ((6, "preschool"), (12, "primary"), (15, "junior"), (18, "senior")):
        if age < limit:
            return name
    weights = {"none": 0.02, "primary": 0.15, "junior": 0.5, "senior": 0.15, "vocational": 0.1, "college": 0.08}
    if age > 45:
        weights = {"none": min(0.6, (age - 40) / 60), "primary": 0.45, "junior": 0.25, "senior": 0.03}
    return pick(rng, weights)


def _life(rng: Random, home: Home) -> list[tuple[str, date]]:
    """The household's rows of the register, so that in the end it is of the kind that the roster says."""
    if not home.has_file:
        return []
    began = date(home.registered_year, any_of(rng, (4, 6, 11)), rng.randrange(1, 28))
    rows = [("registered", began), ("supported", began + timedelta(days=rng.randrange(40, 160)))]
    out = date(home.exit_year, 12, rng.randrange(5, 24)) if home.exit_year > home.registered_year else date(2016, 12, 15)
    if home.kind == "lifted_out":
        rows += [("lifted_out", out), ("accepted", out + timedelta(days=rng.randrange(3, 25)))]
        if happens(rng, STRUCK_OFF_SHARE):
            rows.append(("struck_off", date(out.year + 1, 2, rng.randrange(1, 28))))
    elif happens(rng, FELL_BACK_SHARE):
        again = date(2017, rng.randrange(7, 12), rng.randrange(1, 28))
        rows += [("lifted_out", out), ("accepted", out + timedelta(days=12)), ("registered_again", again)]
    return rows


def _row(household_id: str, position: int, kind: str, day: date, actor: User, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "household_id": household_id,
        "position": position,
        "turn": position,
        "kind": kind,
        "happened_on": day,
        "note": "",
        "is_withdrawn": False,
        "reason": "",
        "recorded_at": now,
        "recorded_by_id": actor.id,
    }
