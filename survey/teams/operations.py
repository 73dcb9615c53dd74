"""Every write to teams: who belongs to a visit's team, what people bring, what is spoken where, notes for days, and pairs accepted.

Where households are given to pairs and days is written in arranging_operations.py. `actor` is None for commands.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from survey.accounts.models import User
from survey.events import log_event
from survey.places.models import Region
from survey.teams.models import DayNote, LocalLanguage, PersonProfile
from survey.teams.queries import TEAM_ACCOUNT_ROLES, can_interview, find_profile
from survey.visits.models import TEAM_ROLES, Assignment, Pair, Visit, VisitMember
from survey.visits.operations import MAX_PAIR_NAME_LENGTH
from survey.visits.planning import check_plannable, invalid, log_change

MAX_LANGUAGE_LENGTH = 32
MAX_NOTE_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class PairWish:
    """A pair as it is to be: `pair_id` is "" for a new one."""

    name: str
    lead_id: str
    second_id: str
    pair_id: str = ""


def set_member(session: Session, actor: User | None, visit: Visit, user: User, role: str, now: datetime) -> VisitMember:
    """The person in the visit's team with this role; a new leader takes the place of the former one, who stays as a member.

    Raises INVALID_VALUE for a role that is none, for an account of the responsible side or one that is shut out, and when the leader
    would become something else while others are in the team.
    """
    check_plannable(visit)
    if role not in TEAM_ROLES:
        raise not_one_of("role", role, TEAM_ROLES)
    if not user.active or not TEAM_ACCOUNT_ROLES & {each.name for each in user.roles}:
        raise invalid("user_id", "{user} cannot belong to a team; the account is shut out or one of the responsible side", user=user.name)
    members = {member.user_id: member for member in session.scalars(select(VisitMember).where(VisitMember.visit_id == visit.id))}
    present = members.get(user.id)
    if present is not None and present.role == role:
        return present
    if present is not None and present.role == "leader" and len(members) > 1:
        raise invalid("role", "{user} leads the team; make somebody else the leader first", user=user.name)
    former = [member for member in members.values() if member.role == "leader"] if role == "leader" else []
    for member in former:
        member.role = "member"
    if present is None:
        present = VisitMember(visit_id=visit.id, user_id=user.id)
        session.add(present)
    present.role = role
    session.flush()
    log_change(session, actor, "visit.member_set", visit, now, member=user.id, role=role, former_leader=[each.user_id for each in former])
    return present


def add_members(session: Session, actor: User | None, visit: Visit, users: Iterable[User], now: datetime) -> int:
    """How many of these people, who are in pairs of the visit, came into its team as members."""
    check_plannable(visit)
    present = set(session.scalars(select(VisitMember.user_id).where(VisitMember.visit_id == visit.id)))
    added = [user.id for user in users if user.id not in present]
    session.add_all([VisitMember(visit_id=visit.id, user_id=user_id, role="member") for user_id in added])
    if added:
        session.flush()
        log_change(session, actor, "visit.members_added", visit, now, members=added)
    return len(added)


def remove_member(session: Session, actor: User | None, visit: Visit, user: User, now: datetime) -> None:
    """Take somebody out of the team; INVALID_TRANSITION while they are in a pair, or lead others."""
    check_plannable(visit)
    member = session.get(VisitMember, (visit.id, user.id))
    if member is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Person", key=user.name, remedy="They are not in the team.")
    if any(user.id in (pair.lead_id, pair.second_id) for pair in visit.pairs):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=user.name, state="in a pair", action="taken out of the team")
    others = select(VisitMember.user_id).where(VisitMember.visit_id == visit.id, VisitMember.user_id != user.id)
    if member.role == "leader" and session.scalar(others.limit(1)) is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=user.name, state="the leader", action="taken out of the team")
    session.delete(member)
    session.flush()
    log_change(session, actor, "visit.member_removed", visit, now, member=user.id)


def save_profile(
    session: Session,
    actor: User | None,
    user: User,
    *,
    languages: Iterable[str],
    home_region_code: str | None,
    tie_codes: Iterable[str],
    is_experienced: bool,
    experience: str,
    now: datetime,
) -> PersonProfile:
    """The person's profile with these values; the event names the fields that changed, and not what they say.

    Raises INVALID_VALUE for places that are not here and for a language that is too long a word.
    """
    ties = sorted(set(tie_codes) - {home_region_code})
    wanted = {code for code in (home_region_code, *ties) if code}
    known = set(session.scalars(select(Region.code).where(Region.code.in_(wanted))))
    if unknown := sorted(wanted - known):
        raise invalid("tie_codes", "{unknown} is not among the places here", unknown=", ".join(unknown))
    values = {
        "languages": _checked_languages(languages),
        "home_region_code": home_region_code or None,
        "tie_codes": ties,
        "is_experienced": is_experienced,
        "experience": experience.strip(),
    }
    profile = find_profile(session, user)
    changed = [name for name, value in values.items() if getattr(profile, name) != value]
    for name, value in values.items():
        setattr(profile, name, value)
    session.add(profile)
    session.flush()
    if changed:
        log_event(session, actor.id if actor else None, "person.profile_changed", "user", user.id, now, fields=changed)
    return profile


def set_local_languages(session: Session, actor: User | None, region: Region, languages: Iterable[str], now: datetime) -> None:
    """Note what is spoken in a place; nothing noted means not known."""
    wanted = _checked_languages(languages)
    row = session.get(LocalLanguage, region.code)
    if list(row.languages if row else ()) == wanted:
        return
    if row is None:
        row = LocalLanguage(region_code=region.code)
        session.add(row)
    row.languages = wanted
    log_event(session, actor.id if actor else None, "region.languages_set", "region", region.code, now, languages=wanted)


def _checked_languages(languages: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(language.strip() for language in languages if language.strip()))
    if too_long := next((language for language in wanted if len(language) > MAX_LANGUAGE_LENGTH), None):
        raise invalid(
            "languages",
            "'{too_long}' is longer than {most} characters; separate languages by commas",
            too_long=too_long,
            most=MAX_LANGUAGE_LENGTH,
        )
    return wanted


def set_day_note(session: Session, actor: User | None, pair: Pair, day: date, text: str, now: datetime) -> DayNote | None:
    """What the pair is told for the day; an empty text takes the note back. INVALID_VALUE for a day outside the visit."""
    check_plannable(pair.visit)
    text = text.strip()
    if not pair.visit.starts_on <= day <= pair.visit.ends_on:
        raise invalid(
            "planned_on",
            "{day} lies outside the visit ({starts_on} to {ends_on})",
            day=day,
            starts_on=pair.visit.starts_on,
            ends_on=pair.visit.ends_on,
        )
    if len(text) > MAX_NOTE_LENGTH:
        raise invalid("text", "the note is longer than {most} characters", most=MAX_NOTE_LENGTH)
    note = session.scalars(select(DayNote).where(DayNote.pair_id == pair.id, DayNote.planned_on == day)).one_or_none()
    if (note.text if note else "") == text:
        return note
    if not text:
        session.delete(note)
        note = None
    elif note is None:
        note = DayNote(pair_id=pair.id, planned_on=day, text=text)
        session.add(note)
    else:
        note.text = text
    session.flush()
    log_change(session, actor, "visit.day_note_set", pair.visit, now, pair=pair.id, planned_on=day.isoformat(), is_empty=not text)
    return note


def accept_pairs(
    session: Session, actor: User | None, visit: Visit, wishes: Sequence[PairWish], dissolved: Collection[str], now: datetime
) -> int:
    """How many pairs of the visit are new or have other people now; all that is wished for happens, or nothing.

    `dissolved` are ids of pairs whose people go elsewhere; those that have assignments cannot be among them. Interviews already
    received keep the people who held them. Raises INVALID_VALUE naming whoever would be in two pairs, is not in the team, or cannot
    interview, and a name that two pairs would have.
    """
    check_plannable(visit)
    pairs = {pair.id: pair for pair in visit.pairs}
    _check_wishes(session, visit, pairs, wishes, dissolved)
    changed = []
    for pair_id in sorted(dissolved):
        visit.pairs.remove(pairs[pair_id])
    for wish in wishes:
        if wish.pair_id and pairs[wish.pair_id].name != wish.name:
            # Two pairs may exchange their names, which are different at every moment.
            pairs[wish.pair_id].name = f"~{wish.pair_id[:30]}"
    session.flush()
    for wish in wishes:
        pair = pairs.get(wish.pair_id) or Pair(visit_id=visit.id)
        if (pair.name, pair.lead_id, pair.second_id) == (wish.name, wish.lead_id, wish.second_id):
            continue
        pair.name, pair.lead_id, pair.second_id = wish.name, wish.lead_id, wish.second_id
        if pair.id is None:
            visit.pairs.append(pair)
        changed.append(pair)
    session.flush()
    for pair in changed:
        session.expire(pair, ("lead", "second"))
    if changed or dissolved:
        made = [{"pair": pair.id, "lead": pair.lead_id, "second": pair.second_id} for pair in changed]
        log_change(session, actor, "visit.pairs_accepted", visit, now, pairs=made, dissolved=sorted(dissolved))
    return len(changed)


def _check_wishes(session: Session, visit: Visit, pairs: dict[str, Pair], wishes: Sequence[PairWish], dissolved: Collection[str]) -> None:
    team = select(User).join(VisitMember, VisitMember.user_id == User.id).where(VisitMember.visit_id == visit.id)
    people = {user.id: user for user in session.scalars(team)}
    kept = [pair for key, pair in pairs.items() if key not in dissolved and key not in {wish.pair_id for wish in wishes}]
    taken = {user_id: pair.name for pair in kept for user_id in (pair.lead_id, pair.second_id)}
    names = {pair.name for pair in kept}
    for wish in wishes:
        if wish.pair_id and (wish.pair_id not in pairs or wish.pair_id in dissolved):
            raise invalid("pair", "'{wish}' is no pair of this visit any more; propose again", wish=wish.name)
        if not 0 < len(wish.name) <= MAX_PAIR_NAME_LENGTH or wish.name in names:
            raise invalid(
                "name",
                "'{wish}' is empty, longer than {most} characters, or the name of another pair",
                wish=wish.name,
                most=MAX_PAIR_NAME_LENGTH,
            )
        names.add(wish.name)
        if wish.lead_id == wish.second_id:
            raise invalid("second_id", "'{wish}' is two different people; nobody interviews alone", wish=wish.name)
        for user_id in (wish.lead_id, wish.second_id):
            person = people.get(user_id)
            if person is None or not can_interview(person):
                raise invalid(
                    "lead_id", "{value} is not in the team or cannot open the field pages", value=person.name if person else user_id
                )
            if user_id in taken:
                raise invalid(
                    "lead_id",
                    "{person} would be in two pairs, '{taken}' and '{wish}'",
                    person=person.name,
                    taken=taken[user_id],
                    wish=wish.name,
                )
            taken[user_id] = wish.name
    assigned = select(Pair.name).join(Assignment, Assignment.pair_id == Pair.id).where(Pair.id.in_(list(dissolved))).limit(1)
    if unknown := sorted(set(dissolved) - set(pairs)):
        raise invalid("pair", "{unknown} is no pair of this visit", unknown=", ".join(unknown))
    if (busy := session.scalar(assigned)) is not None:
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=busy, state="still assigned to households", action="removed")
