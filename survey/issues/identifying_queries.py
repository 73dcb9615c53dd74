"""What the texts of an issue might give away: the names and numbers of its villages, looked for in the database."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from analysis.report.outward.patterns import squeezed
from survey.accounts.models import User
from survey.intake.models import COUNTED, Submission
from survey.issues.identifying import FEW_HOUSEHOLDS, TEXTS, Identifying, Known, find_identifying
from survey.issues.models import Issue, IssueEvidence
from survey.places.codes import ancestors_of, bounds_of, level_of
from survey.places.models import Household, Region
from survey.registry.models import HouseholdMember
from survey.visits.models import VisitVillage


def identifying_in(session: Session, issue: Issue, values: Mapping[str, str] | None = None) -> tuple[Identifying, ...]:
    """What the issue's texts, with these in their place, would give away to the responsible side."""
    texts = {name: str(getattr(issue, name) or "") for name in TEXTS} | dict(values or {})
    return find_identifying(texts, read_known(session, issue, texts.values()))


def read_known(session: Session, issue: Issue, texts: Iterable[str]) -> Known:
    """The names and numbers of the issue's villages that could be meant in the texts; only what stands in them is read."""
    whole = "\n".join(part for text in texts for part in (text, squeezed(text)))
    villages = set(
        session.scalars(
            select(IssueEvidence.village_code).where(IssueEvidence.issue_id == issue.id, IssueEvidence.village_code.is_not(None)).distinct()
        )
    )
    within: ColumnElement[bool] = Household.village_code.in_(villages)
    if level_of(issue.place_code) in ("village", "township"):
        within = or_(within, Household.village_code.between(*bounds_of(issue.place_code)))
        villages |= {issue.place_code} if level_of(issue.place_code) == "village" else set()
    small = _small_villages(session, villages, issue.visit_id)
    return Known(
        **_names_within(session, whole, within),
        villages=frozenset(small.values()),
        places=_place_names(session, whole, issue.county_code),
        is_small=level_of(issue.place_code) in ("village", "township") or bool(villages) and len(small) == len(villages),
    )


def read_known_of_visit(session: Session, visit_id: str, texts: Iterable[str]) -> Known:
    """The names and numbers of all villages of a visit that stand in the texts."""
    whole = "\n".join(part for text in texts for part in (text, squeezed(text)))
    villages = set(session.scalars(select(VisitVillage.village_code).where(VisitVillage.visit_id == visit_id)))
    small = _small_villages(session, villages, visit_id)
    places: frozenset[str] = frozenset().union(*(_place_names(session, whole, county) for county in {code[:6] for code in villages}))
    return Known(**_names_within(session, whole, Household.village_code.in_(villages)), villages=frozenset(small.values()), places=places)


def _names_within(session: Session, whole: str, within: ColumnElement[bool]) -> dict[str, Any]:
    """The names and numbers of these households, and the names of the team, that stand in the text, as the fields of `Known`."""
    heads = select(Household.head_name).where(within)
    number = func.ltrim(Household.number, "0")
    numbers = select(Household.number).where(within, number != "", _stands_in(whole, number)).distinct()
    members = select(HouseholdMember.name).join(Household, Household.id == HouseholdMember.household_id).where(within)
    team = select(User.name).where(_stands_in(whole, User.name), ~User.roles.any(name="responsible")).distinct()
    # Names of households are sealed: which of them stand in the text only we can tell, not the database.
    read = {
        name: (each for each in session.scalars(sealed) if each and each in whole)
        for name, sealed in (("heads", heads), ("members", members))
    }
    found: dict[str, Iterable[str]] = {**read, "interviewers": session.scalars(team), "numbers": session.scalars(numbers)}
    return {name: frozenset(texts) for name, texts in found.items()}


def count_interviewed(session: Session, village_codes: Iterable[str], visit_id: str | None) -> dict[str, int]:
    """How many households of each of these villages were interviewed, at one visit or, without one, ever; no village where nobody was."""
    conditions: list[ColumnElement[bool]] = [
        Submission.village_code.in_(sorted(set(village_codes))),
        Submission.review_state.in_(COUNTED),
        Submission.household_id.is_not(None),
    ]
    if visit_id is not None:
        conditions.append(Submission.visit_id == visit_id)
    counted = select(Submission.village_code, func.count(Submission.household_id.distinct())).where(*conditions)
    return {code: n for code, n in session.execute(counted.group_by(Submission.village_code)) if code is not None}


def _small_villages(session: Session, codes: Iterable[str | None], visit_id: str | None) -> dict[str, str]:
    """The names of those of the villages where few households were interviewed, by their code."""
    villages = {code for code in codes if code is not None}
    if not villages:
        return {}
    counts = count_interviewed(session, villages, visit_id)
    small = [code for code in villages if counts.get(code, 0) < FEW_HOUSEHOLDS]
    return {code: name for code, name in session.execute(select(Region.code, Region.name).where(Region.code.in_(small)))}


def _place_names(session: Session, whole: str, county_code: str) -> frozenset[str]:
    """The names of places of the county, and above it, that stand in the texts."""
    county = county_code.ljust(12, "0")
    within = or_(Region.code.between(*bounds_of(county)), Region.code.in_(ancestors_of(county)))
    return frozenset(session.scalars(select(Region.name).where(within, _stands_in(whole, Region.name))))


def _stands_in(whole: str, column: InstrumentedAttribute[str] | ColumnElement[str]) -> ColumnElement[bool]:
    return literal(whole).contains(column)
