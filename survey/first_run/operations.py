"""Every write of the first steps that no other slice has: whose installation it is, the first account, a first visit in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.accounts.operations import add_user
from survey.events import log_event
from survey.first_run.models import THE_ONE, Installation
from survey.first_run.queries import has_people
from survey.instruments.models import QuestionnaireVersion
from survey.visits import operations as visits
from survey.visits.models import Pair, Visit
from survey.visits.plan_queries import HouseholdChoice, list_unassigned, propose_id
from survey.visits.sharing import share_out

COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class FirstVisit:
    """What a first visit is to be: `pairs` are (lead, second) by id; `once_per_village` are the forms that are not about households."""

    title: str
    starts_on: date
    ends_on: date
    village_codes: Sequence[str]
    versions: Sequence[QuestionnaireVersion]
    once_per_village: frozenset[str]
    pairs: Sequence[tuple[str, str]]
    pair_names: Sequence[str]
    assigns_all: bool


def add_first_administrator(session: Session, *, username: str, name: str, password: str, locale: str, now: datetime) -> User:
    """The first person of the installation; NOT_ALLOWED once there is anybody. The caller has seen the code from the terminal."""
    if has_people(session):
        remedy = "An administrator adds people on the page of people."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=name, action="be the first administrator, because there is one", remedy=remedy)
    return add_user(session, None, username=username, name=name, password=password, roles=("admin",), locale=locale, now=now)


def name_organisation(session: Session, actor: User, *, organisation: str, short_name: str, level: str, now: datetime) -> Installation:
    """The installation, which says from now on which organisation runs it; the actor is of it, if of none yet."""
    row = _installation(session)
    row.organisation, row.short_name, row.level = organisation.strip(), short_name.strip(), level
    if not actor.organisation:
        actor.organisation = row.organisation
    log_event(session, actor.id, "installation.named", "installation", str(THE_ONE), now, organisation=row.organisation, level=level)
    session.flush()
    return row


def put_aside(session: Session, actor: User, now: datetime, *, is_aside: bool) -> None:
    """Lead nobody through the first steps any more, or lead them again."""
    _installation(session).put_aside_at = now if is_aside else None
    log_event(session, actor.id, "installation.steps_put_aside", "installation", str(THE_ONE), now, is_aside=is_aside)


def _installation(session: Session) -> Installation:
    row = session.get(Installation, THE_ONE)
    if row is None:
        row = Installation(id=THE_ONE, organisation="", short_name="", level="county")
        session.add(row)
    return row


def plan_first_visit(session: Session, actor: User, planned: FirstVisit, now: datetime) -> Visit:
    """The visit, still in planning, with its villages (chosen on purpose), forms and pairs, and with assignments if wanted.

    Households are given to the pairs evenly, as one walks through the villages; so are the villages, for forms filled in once in each.
    Raises INVALID_VALUE as the single steps do.
    """
    visit_id = propose_id(session, planned.starts_on, planned.village_codes[0][:COUNTY_DIGITS])
    visit = visits.create_visit(
        session, actor, id=visit_id, title=planned.title, starts_on=planned.starts_on, ends_on=planned.ends_on, now=now
    )
    visits.add_villages(session, actor, visit, planned.village_codes, "purposive", now)
    visits.add_forms(session, actor, visit, planned.versions, now)
    pairs = [
        visits.add_pair(session, actor, visit, name=name, lead_id=lead, second_id=second, now=now)
        for name, (lead, second) in zip(planned.pair_names, planned.pairs, strict=True)
    ]
    if planned.assigns_all:
        for version in planned.versions:
            if version.form_id in planned.once_per_village:
                _give_villages(session, actor, visit, version.form_id, pairs, planned.village_codes, now)
            else:
                _give_households(session, actor, visit, version.form_id, pairs, now)
    return visit


def _give_households(session: Session, actor: User, visit: Visit, form_id: str, pairs: Sequence[Pair], now: datetime) -> None:
    households = list_unassigned(session, visit, HouseholdChoice(form_id))
    for pair, share in zip(pairs, share_out(households, len(pairs)), strict=True):
        visits.assign(session, actor, visit, pair=pair, form_id=form_id, households=share, now=now)


def _give_villages(
    session: Session, actor: User, visit: Visit, form_id: str, pairs: Sequence[Pair], village_codes: Sequence[str], now: datetime
) -> None:
    for pair, share in zip(pairs, share_out(sorted(village_codes), len(pairs)), strict=True):
        visits.assign_villages(session, actor, visit, pair=pair, form_id=form_id, village_codes=share, now=now)
