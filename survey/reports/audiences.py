"""For whom a report is: the key by which villages get their codes, and the names that must not be read outside."""

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.report.kinds.records import Sources
from analysis.report.outline import Outline
from analysis.report.outward.checking import FrameNames
from analysis.report.outward.drafting import INWARD, draft_for
from analysis.report.outward.masking import masked, masked_name, texts_of
from survey.accounts.models import User
from survey.config import current_settings
from survey.issues.identifying import find_identifying
from survey.issues.identifying_queries import read_known_of_visit
from survey.places.models import Household, Region
from survey.registry.models import HouseholdMember
from survey.visits.models import VisitVillage

PERSONS = ("head", "member", "interviewer")
PURPOSE = b"codes of villages in reports"


def village_key() -> bytes:
    """The key of this installation by which villages get their codes: the same in all its drafts, and not told by any."""
    return hmac.new(current_settings().secret_key.encode(), PURPOSE, hashlib.sha256).digest()


def outline_for(session: Session, kind: str, sources: Sources, audience: str) -> Outline:
    """The report for an audience; errors as `draft_outline`."""
    if audience == INWARD:
        return draft_for(kind, sources)
    key = village_key()
    outline = draft_for(kind, sources, audience, key=key)
    names = names_to_mask(session, sources.about.visit_id, outline)
    return masked(outline, names)


def names_to_mask(session: Session, visit_id: str, outline: Outline) -> dict[str, str]:
    """The names of persons that an outline's words say, with what stands for each outside; none of a report about no visit."""
    if not visit_id:
        return {}
    texts = {str(number): text for number, text in enumerate(texts_of(outline))}
    found = find_identifying(texts, read_known_of_visit(session, visit_id, texts.values()))
    return {each.text: masked_name(each.text) for each in found if each.kind in PERSONS}


def read_frame_names(session: Session, visit_ids: Iterable[str]) -> FrameNames:
    """What a file that leaves the house must not tell: of the villages of these visits all, and everybody who supervises."""
    codes = set(session.scalars(select(VisitVillage.village_code).where(VisitVillage.visit_id.in_(list(visit_ids)))))
    within = Household.village_code.in_(codes)
    villages = session.scalars(select(Region.name).where(Region.code.in_(codes)))
    counties = {code[:6].ljust(12, "0") for code in codes} | {code[:4].ljust(12, "0") for code in codes}
    members = select(HouseholdMember.name).join(Household, Household.id == HouseholdMember.household_id).where(within)
    return FrameNames(
        heads=frozenset(session.scalars(select(Household.head_name).where(within))) - {""},
        members=frozenset(session.scalars(members)) - {""},
        interviewers=frozenset(session.scalars(select(User.name).where(~User.roles.any(name="responsible")))) - {""},
        villages=frozenset(villages),
        codes=frozenset(codes),
        numbers=frozenset(session.scalars(select(Household.number).where(within))) - {""},
        public=frozenset(session.scalars(select(Region.name).where(Region.code.in_(counties)))),
    )
