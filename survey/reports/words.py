"""What the pages call kinds of reports and their readers."""

from collections.abc import Mapping

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from analysis.report.kinds.names import KIND_NAMES, KindName
from analysis.report.outward.drafting import INWARD, OUTWARD


def _title(kind: KindName) -> str:
    return kind.titles[str(get_locale())[:2]]


KIND_LABELS: Mapping[str, LazyString] = {
    **{kind.name: LazyString(_title, kind) for kind in KIND_NAMES},
    "survey": _l("Survey report"),
    "theory": _l("Theoretical report"),
}
AUDIENCE_LABELS = {INWARD: _l("For the house"), OUTWARD: _l("For readers outside: villages coded, small figures withheld")}
KIND_NOTES = {
    "feedback": _l("What was found in one county, as it is handed over: achievements, verified issues by importance, suggestions."),
    "visit": _l("All counties of a visit together: method, findings by area, issues, suggestions."),
    "village": _l("One village on a few pages: who was visited, figures, issues."),
    "look_back": _l("Before and after on the same households, and what became of each issue."),
    "quarter": _l("The ledger of issues for the quarterly joint meeting, with what was decided."),
    "month": _l("Progress of rectification: targets, what is overdue, by county."),
    "year": _l("The work of a year: visits, interviews, meetings, issues, and what remains."),
    "area": _l("One area across counties and visits."),
    "method": _l("Design, coverage, refusals and replacements, agreement of pairs, doubts: to be attached to other reports."),
    "county": _l("Every figure of one county by village, with tables and charts: for the house."),
}
