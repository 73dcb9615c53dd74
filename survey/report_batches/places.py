"""Which kinds of reports a batch can draft on the counties or villages of a visit, and what each draft is about. Pure."""

from typing import Any

from analysis.report.kinds.names import KIND_NAMES
from analysis.report.kinds.records import About
from survey.reports.queries import DIGITS

PARAMETER_OF = {"county": "county_code", "village": "village_code"}
"""The parameter of a report that names the place, by what a batch goes through."""


def kinds_by(place: str) -> tuple[str, ...]:
    """The kinds of reports on one visit and one "county" or "village" of it."""
    wanted = PARAMETER_OF[place]
    return tuple(kind.name for kind in KIND_NAMES if "visit_id" in kind.about and wanted in (*kind.about, *kind.optional))


def about_place(visit_id: str, kind: str, code: str) -> About:
    """What a report of this kind on the place with these twelve digits is about."""
    by = next(by for by in PARAMETER_OF if kind in kinds_by(by))
    where: dict[str, Any] = {PARAMETER_OF[by]: code[: DIGITS[by]]}
    return About(visit_id=visit_id, **where)
