"""The gaps of a visit, worked out from the same bundle that datasets and figures come from, and kept until something can change them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import Bundle, read_bundle
from analysis.gaps.workbook import Gaps, find_gaps
from survey.events import Event
from survey.kept import kept_parts
from survey.unrelated_events import UNRELATED
from survey.visit_bundles import fresh_bundle


@dataclass(frozen=True, slots=True, eq=False)
class VisitGaps:
    """The gaps of one visit; `frame` is its bundle without the rows of interviews, which tells labels and names of places."""

    gaps: Gaps
    frame: Bundle


def read_gaps(session: Session, visit_id: str) -> VisitGaps:
    """The visit's gaps as of now."""
    found: Mapping[str, VisitGaps] = kept_parts(
        session, ("gaps", visit_id), _touched_since, lambda _scope: {visit_id: _find(session, visit_id)}
    )
    return found[visit_id]


def _find(session: Session, visit_id: str) -> VisitGaps:
    with fresh_bundle(session, visit_id) as (path, _exported):
        bundle = read_bundle(path)
    frame = replace(bundle, tables={}, raw_tables={}, households=bundle.households.iloc[:0])
    return VisitGaps(find_gaps(bundle, [visit_id]), frame)


def _touched_since(session: Session, number: int, digest: str) -> frozenset[str] | None:
    """Nothing, or None when something happened after an event that can change a gap."""
    is_known = session.scalar(select(Event.digest).where(Event.number == number)) == digest
    later = select(Event.number).where(Event.number > number, Event.subject_type.not_in(sorted(UNRELATED))).limit(1)
    return frozenset() if is_known and session.scalar(later) is None else None
