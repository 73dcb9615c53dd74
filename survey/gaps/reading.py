"""The gaps of a visit, worked out from the same bundle that datasets and figures come from, and kept until something can change them."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from analysis.bundle import Bundle, read_bundle
from analysis.gaps.workbook import Gaps, find_gaps
from survey.bundles.of_visits import fresh_bundle
from survey.bundles.unrelated_events import UNRELATED
from survey.kept import kept_past


@dataclass(frozen=True, slots=True, eq=False)
class VisitGaps:
    """The gaps of one visit; `frame` is its bundle without the rows of interviews, which tells labels and names of places."""

    gaps: Gaps
    frame: Bundle


def read_gaps(session: Session, visit_id: str) -> VisitGaps:
    """The visit's gaps as of now."""
    return kept_past(session, ("gaps", visit_id), UNRELATED, lambda: _find(session, visit_id))


def _find(session: Session, visit_id: str) -> VisitGaps:
    with fresh_bundle(session, visit_id) as (path, _exported):
        bundle = read_bundle(path)
    frame = replace(bundle, tables={}, raw_tables={}, households=bundle.households.iloc[:0])
    return VisitGaps(find_gaps(bundle, [visit_id]), frame)
