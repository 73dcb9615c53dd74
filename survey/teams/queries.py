"""What the pages of teams and people read; a fixed number of statements however many belong to a team."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from survey.accounts.models import Role, User, user_roles
from survey.places import codes
from survey.places.models import Region
from survey.places.queries import county_names
from survey.teams.experience import NOTHING, Experience, read_experience
from survey.teams.models import LocalLanguage, PersonProfile
from survey.teams.proposing import Candidate, Ground
from survey.visits.models import Pair, Visit, VisitMember, VisitVillage
from survey.visits.operations import FIELD_ROLES

ROLE_ORDER = {"leader": 0, "member": 1, "trainee": 2}
MAX_PLACES_OFFERED = 200
"""Of more cities and counties than this, those that visits go to are offered as places of ties."""
TEAM_ACCOUNT_ROLES = FIELD_ROLES | {"author"}
"""The roles of accounts that may belong to a team; those of the responsible side may not."""


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody of a visit's team with what is known of them; `tied` are the visit's counties they should not inspect, by name."""

    user: User
    role: str
    profile: PersonProfile | None
    experience: Experience
    tied: tuple[str, ...]
    pair_name: str
    can_interview: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody as the list of people shows them."""

    user: User
    profile: PersonProfile | None
    experience: Experience
    home_name: str


@dataclass(frozen=True, slots=True)
class CountyWords:
    """A county of a visit and what is spoken there, as far as that is known."""

    code: str
    name: str
    languages: tuple[str, ...]


def list_team(session: Session, visit: Visit) -> tuple[TeamMember, ...]:
    """The team: the leader, members, trainees, each by name; experience is that of before the visit. Five statements."""
    statement = select(VisitMember).where(VisitMember.visit_id == visit.id).options(joinedload(VisitMember.user).selectinload(User.roles))
    members = session.scalars(statement).all()
    user_ids = [member.user_id for member in members]
    profiles = read_profiles(session, user_ids)
    experience = read_experience(session, user_ids, before=visit.starts_on)
    counties = sorted({codes.county_of(row.village_code) for row in visit.villages})
    names = county_names(session, counties)
    pair_names = {user_id: pair.name for pair in visit.pairs for user_id in (pair.lead_id, pair.second_id)}
    found = [
        TeamMember(
            user=member.user,
            role=member.role,
            profile=profiles.get(member.user_id),
            experience=experience.get(member.user_id, NOTHING),
            tied=tuple(names.get(county, county) for county in tied_counties(profiles.get(member.user_id), counties)),
            pair_name=pair_names.get(member.user_id, ""),
            can_interview=can_interview(member.user),
        )
        for member in members
    ]
    return tuple(sorted(found, key=lambda each: (ROLE_ORDER[each.role], each.user.name, each.user.username)))


def can_interview(user: User) -> bool:
    """Whether somebody may open the field pages, and so may be in a pair."""
    return bool(user.active and FIELD_ROLES & {role.name for role in user.roles})


def tied_counties(profile: PersonProfile | None, counties: Collection[str]) -> tuple[str, ...]:
    """Those of the counties (six digits) in which, or in a place of which, somebody has ties; a tie to a city is one to its counties."""
    if profile is None:
        return ()
    prefixes = [codes.prefix_of(code) for code in profile.bound_codes]
    return tuple(county for county in counties if any(county.startswith(each) or each.startswith(county) for each in prefixes))


def read_profiles(session: Session, user_ids: Collection[str]) -> dict[str, PersonProfile]:
    """The profiles of these people by user id."""
    rows = session.scalars(select(PersonProfile).where(PersonProfile.user_id.in_(user_ids))) if user_ids else ()
    return {row.user_id: row for row in rows}


def find_profile(session: Session, user: User) -> PersonProfile:
    """The person's profile; an empty one that is not stored where there is none."""
    return session.get(PersonProfile, user.id) or PersonProfile(user_id=user.id, languages=[], tie_codes=[], experience="")


def list_candidates(session: Session, visit: Visit) -> tuple[tuple[str, str], ...]:
    """Who may join the team, as (id, name · user name · organisation): everybody active but the responsible side and the team."""
    present = select(VisitMember.user_id).where(VisitMember.visit_id == visit.id)
    allowed = select(user_roles.c.user_id).join(Role).where(Role.name.in_(TEAM_ACCOUNT_ROLES))
    statement = (
        select(User.id, User.name, User.username, User.organisation)
        .where(User.active, User.id.in_(allowed), User.id.not_in(present))
        .order_by(User.name, User.username)
    )
    return tuple((key, " · ".join(part for part in parts if part)) for key, *parts in session.execute(statement))


def list_outside_team(session: Session, visit: Visit) -> tuple[User, ...]:
    """Those who are in a pair of the visit and not in its team, by name; needs the visit with its pairs."""
    members = set(session.scalars(select(VisitMember.user_id).where(VisitMember.visit_id == visit.id)))
    paired = {person.id: person for pair in visit.pairs for person in (pair.lead, pair.second)}
    return tuple(sorted((person for key, person in paired.items() if key not in members), key=lambda person: person.name))


def list_county_words(session: Session, visit: Visit) -> tuple[CountyWords, ...]:
    """The visit's counties with what is spoken there, by code; two statements."""
    counties = sorted({codes.county_of(row.village_code) for row in visit.villages})
    names = county_names(session, counties)
    spoken = _read_languages(session, counties)
    return tuple(CountyWords(county, names.get(county, county), spoken.get(county, ())) for county in counties)


def _read_languages(session: Session, counties: Collection[str]) -> dict[str, tuple[str, ...]]:
    keys = [county.ljust(12, "0") for county in counties]
    rows = session.scalars(select(LocalLanguage).where(LocalLanguage.region_code.in_(keys)))
    return {codes.county_of(row.region_code): tuple(row.languages) for row in rows}


def read_ground(words: Collection[CountyWords]) -> Ground:
    """Where a visit goes, for the proposing of pairs."""
    return Ground(tuple(each.code for each in words), {each.code: frozenset(each.languages) for each in words if each.languages})


def candidates_of(team: Collection[TeamMember], ground: Ground) -> dict[str, Candidate]:
    """Those of the team who can interview, for the proposing of pairs, by user id."""
    return {
        member.user.id: Candidate(
            user_id=member.user.id,
            name=member.user.name,
            role=member.role,
            n_interviews=member.experience.n_interviews,
            is_experienced_elsewhere=bool(member.profile and member.profile.is_experienced),
            languages=frozenset(member.profile.languages if member.profile else ()),
            ties=frozenset(tied_counties(member.profile, ground.counties)),
        )
        for member in team
        if member.can_interview
    }


def list_people(session: Session, language: str = "") -> tuple[PersonRow, ...]:
    """Everybody who may belong to a team, by name, those who speak a language if one is given. Four statements."""
    allowed = select(user_roles.c.user_id).join(Role).where(Role.name.in_(TEAM_ACCOUNT_ROLES))
    users = session.scalars(select(User).where(User.active, User.id.in_(allowed)).order_by(User.name, User.username)).all()
    user_ids = [user.id for user in users]
    profiles = read_profiles(session, user_ids)
    experience = read_experience(session, user_ids)
    homes = region_names(session, {profile.home_region_code for profile in profiles.values() if profile.home_region_code})
    rows = (
        PersonRow(
            user,
            profiles.get(user.id),
            experience.get(user.id, NOTHING),
            homes.get(profiles[user.id].home_region_code or "", "") if user.id in profiles else "",
        )
        for user in users
    )
    return tuple(row for row in rows if not language or (row.profile and language in row.profile.languages))


def list_languages(session: Session) -> tuple[str, ...]:
    """Every language that somebody speaks or that is spoken somewhere, by name, for suggestions and filters; two statements."""
    found = {language for languages in session.scalars(select(PersonProfile.languages)) for language in languages}
    found |= {language for languages in session.scalars(select(LocalLanguage.languages)) for language in languages}
    return tuple(sorted(found))


def region_names(session: Session, region_codes: Collection[str]) -> dict[str, str]:
    """The names of places by 12-digit code."""
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(sorted(region_codes)))) if region_codes else ()
    return {code: name for code, name in rows}


def list_tie_places(session: Session, profile: PersonProfile) -> tuple[tuple[str, str], ...]:
    """The places somebody can have ties to, as (code, name): cities and counties, each county with its city's name, by code.

    Of a whole country's list only the counties that visits go to, and what the profile names already. Two statements.
    """
    places = select(Region.code, Region.name, Region.level).where(Region.level.in_(("city", "county"))).order_by(Region.code)
    rows = session.execute(places).all()
    if len(rows) > MAX_PLACES_OFFERED:
        visited = {codes.county_of(code) for code in session.scalars(select(VisitVillage.village_code).distinct())}
        wanted = {code[:4] for code in visited} | visited | {codes.prefix_of(code) for code in profile.bound_codes}
        rows = [row for row in rows if codes.prefix_of(row.code) in wanted]
    cities: dict[str, str] = {}
    found = []
    for code, name, level in rows:
        if level == "city":
            cities[codes.city_of(code)] = name
            found.append((code, name))
        else:
            found.append((code, f"{cities.get(codes.city_of(code), '')} {name}".strip()))
    return tuple(found)


def list_pairs_of(session: Session, user: User) -> tuple[Pair, ...]:
    """The pairs of this person in visits that are not closed, by first day."""
    statement = (
        select(Pair)
        .join(Visit, Visit.id == Pair.visit_id)
        .where((Pair.lead_id == user.id) | (Pair.second_id == user.id), Visit.state != "closed")
        .options(joinedload(Pair.visit), joinedload(Pair.lead).lazyload(User.roles), joinedload(Pair.second).lazyload(User.roles))
        .order_by(Visit.starts_on, Pair.name)
    )
    return tuple(session.scalars(statement))


def list_memberships(session: Session, user: User) -> Mapping[str, str]:
    """The roles of this person in teams, by visit id."""
    statement = select(VisitMember.visit_id, VisitMember.role).where(VisitMember.user_id == user.id)
    return {visit_id: role for visit_id, role in session.execute(statement)}
