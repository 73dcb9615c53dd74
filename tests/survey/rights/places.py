"""Addresses filled with what lies in a place, and marks by which what lies elsewhere is known on a page or in a file."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from survey.candidates.models import IssueCandidate
from survey.intake.models import Submission
from survey.issues.models import Issue, Verification
from survey.places.models import Household, Region
from survey.registry.models import HouseholdMember
from survey.rights.table import CUT, RIGHT_OF
from survey.visits.models import Assignment, Meeting, Visit, VisitVillage


@dataclass(frozen=True, slots=True)
class Place:
    """What of a place is asked for by addresses, and what tells that a page is about it."""

    values: Mapping[str, str]
    marks: frozenset[str]


def place_of(session: Session, prefix: str) -> Place:
    """What lies in the place whose codes begin with these digits."""
    village = select(Region).where(Region.code.like(f"{prefix}%"), Region.level == "village")
    villages = session.scalars(village.order_by(Region.code)).all()
    codes = [each.code for each in villages]
    households = session.scalars(select(Household).where(Household.village_code.in_(codes)).order_by(Household.id)).all()
    submissions = session.scalars(select(Submission).where(Submission.village_code.in_(codes)).order_by(Submission.instance_id)).all()
    issues = session.scalars(select(Issue).where(Issue.place_code.like(f"{prefix}%")).order_by(Issue.number)).all()
    visits = select(VisitVillage.visit_id).where(VisitVillage.village_code.in_(codes)).order_by(VisitVillage.visit_id)
    values = {
        "code": codes[0],
        "household_id": households[0].id,
        "visit_id": session.scalars(visits).first(),
        "member_id": session.scalars(select(HouseholdMember.id).where(HouseholdMember.household_id == households[0].id)).first(),
        "instance_id": submissions[0].instance_id if submissions else None,
        "form_id": submissions[0].form_id if submissions else None,
        "number": str(issues[0].number) if issues else None,
        "rule": session.scalars(select(IssueCandidate.rule).where(IssueCandidate.village_code.in_(codes))).first(),
        "assignment_id": session.scalars(select(Assignment.id).where(Assignment.village_code.in_(codes))).first(),
        "meeting_id": session.scalars(select(Meeting.id).where(Meeting.region_code.like(f"{prefix}%"))).first(),
        "task_id": session.scalars(select(Verification.id).where(Verification.issue_id.in_([each.id for each in issues]))).first(),
    }
    marks = {each.name for each in villages} | set(codes) | {each.id for each in households} | {each.instance_id for each in submissions}
    return Place({name: value for name, value in values.items() if value}, frozenset(marks | {each.number for each in issues}))


def cut_addresses(rules: Iterator[Rule], place: Place) -> Iterator[str]:
    """The addresses of all pages that are cut, for what lies in the place."""
    for rule in rules:
        if RIGHT_OF[rule.endpoint].place == CUT and "GET" in (rule.methods or ()) and rule.arguments <= place.values.keys():
            built = rule.build({name: place.values[name] for name in rule.arguments})
            if built is not None:
                yield built[1]


def text_of(content: bytes) -> str:
    """What stands in a page, or in all files of an archive such as a workbook."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def visits_of(session: Session) -> Mapping[str, frozenset[str]]:
    """The county codes that each visit goes to."""
    found: dict[str, set[str]] = {}
    for visit_id, code in session.execute(select(VisitVillage.visit_id, VisitVillage.village_code).join(Visit)):
        found.setdefault(visit_id, set()).add(code[:6])
    return {visit_id: frozenset(codes) for visit_id, codes in found.items()}
