"""Writes what stands before the first visit: people, places, the household roster, and the published questionnaires."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

import questionnaires
from survey.accounts.models import User
from survey.accounts.operations import add_user
from survey.demo.facts import Facts, People
from survey.demo.homes import Home, seat_of
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import publish_questionnaire
from survey.places.models import Household, Region
from survey.places.operations import add_region, import_roster, set_monitoring_point
from survey.places.roster import Roster, RosterRow

INSTRUMENTS = ("household.md", "archive_check.md")
BESIDE = (
    "look_back.md",
    "village_cadre.md",
    "work_team.md",
    "village_facts.md",
    "education.md",
    "health.md",
    "relocation_site.md",
    "county_funds.md",
    "meeting_record.md",
)
"""Questionnaires that are there to be chosen for a visit; `other_forms.py` fills them in at some visits."""
CHOSEN_ON = date(2016, 7, 1)


def add_people(session: Session, facts: Facts, now: datetime) -> dict[str, User]:
    """Everybody who signs in, by user name; the places must be there."""
    people, admin, password_hash = facts.people, None, hash_password(facts.password)
    added: dict[str, User] = {}
    for username, name, role, region_code in list_people(people):
        added[username] = add_user(
            session,
            admin,
            username=username,
            name=name,
            password=facts.password,
            password_hash=password_hash,
            roles=(role,),
            now=now,
            organisation=people.county_organisation if role == "responsible" else people.organisation,
            region_code=region_code,
        )
        admin = admin or added[username]
    return added


def list_people(people: People) -> list[tuple[str, str, str, str | None]]:
    """User name, name, role and place of everybody, the administrator first."""
    offices = [
        ("admin", people.admin, "admin", None),
        ("coordinator", people.coordinator, "coordinator", None),
        ("author", people.author, "author", None),
        ("county", people.county, "responsible", people.county_region.ljust(12, "0")),
    ]
    leads = [(f"lead{number}", name, "interviewer", None) for number, name in enumerate(people.leads, start=1)]
    seconds = [(f"second{number}", name, "interviewer", None) for number, name in enumerate(people.seconds, start=1)]
    return [*offices, *leads, *seconds]


def add_places(session: Session, facts: Facts, now: datetime) -> None:
    """Put the places in: province, cities and counties are real, townships and villages invented."""
    for code, name in (facts.province, *facts.cities):
        add_region(session, code, name, now=now)
    for county in facts.counties:
        add_region(session, county.code, county.name, now=now)
        townships = {village.township_code: village.township_name for village in county.villages}
        villages = {village.code: village.name for village in county.villages}
        for code, name in (*townships.items(), *villages.items()):
            add_region(session, code, name, is_invented=True, now=now)
        for village in county.villages:
            _place(session, village.code, *seat_of(village, county))
        _place(session, county.code.ljust(12, "0"), county.latitude, county.longitude)


def _place(session: Session, code: str, latitude: float, longitude: float) -> None:
    region = session.get_one(Region, code)
    region.latitude, region.longitude = latitude, longitude


def add_monitoring_points(session: Session, actor: User, facts: Facts, now: datetime) -> None:
    """Mark the places that are visited more than once as monitoring points."""
    seen: set[str] = set()
    again: dict[str, str] = {}
    for visit in facts.visits:
        for key in visit.villages:
            if key in seen:
                again[facts.village(key).code] = "多次回访的监测村"
                again[facts.county_of(key).code.ljust(12, "0")] = "监测县"
            seen.add(key)
    for code, reason in sorted(again.items()):
        region = session.get_one(Region, code)
        set_monitoring_point(session, actor, region, CHOSEN_ON, reason, now)


def add_households(session: Session, actor: User, homes: Mapping[str, Sequence[Home]], now: datetime) -> dict[tuple[str, str], Household]:
    """The stored households by village code and number, imported as one roster."""
    listed = [home for village in homes.values() for home in village]
    rows = tuple(
        RosterRow(
            row=number,
            number=home.number,
            head_name=home.head_name,
            kind=home.kind,
            n_members=home.n_members,
            village_code=home.village.code,
            cause=home.cause,
            group_name=home.group_name,
            markers=home.markers(),
            latitude=home.latitude,
            longitude=home.longitude,
        )
        for number, home in enumerate(listed, start=2)
    )
    import_roster(session, actor, Roster(rows, ()), keep_good=False, now=now, file_name="花名册（演示）.xlsx")
    return {(household.village_code, household.number): household for household in session.scalars(select(Household))}


def publish_instruments(session: Session, actor: User, now: datetime) -> tuple[QuestionnaireVersion, ...]:
    """The published versions of the household questionnaire and the archive check; those beside them are published, too."""
    folder = Path(questionnaires.__file__).parent
    published = [publish_questionnaire(session, actor, (folder / name).read_bytes(), name, now) for name in (*INSTRUMENTS, *BESIDE)]
    return tuple(published[: len(INSTRUMENTS)])
