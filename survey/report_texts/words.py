"""What the pages call text blocks, their parts and their placeholders."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.report.kinds.blocks import TextBlock
from survey.issues.words import AREA_LABELS
from survey.reports.words import KIND_LABELS

PART_LABELS = {"introduction": _l("Introduction"), "closing": _l("Closing")}
PLACEHOLDER_LABELS = {
    "visit": _l("title of the visit"),
    "before": _l("title of the visit looked back on"),
    "county": _l("name of the county"),
    "village": _l("name of the village"),
    "area": _l("name of the focus area"),
    "period": _l("the month, quarter or year"),
    "dates": _l("the days of the visit"),
    "start": _l("first day of the visit"),
    "end": _l("last day of the visit"),
    "day": _l("day of the draft"),
    "n_villages": _l("how many villages"),
    "n_households": _l("how many households were interviewed"),
    "n_persons": _l("how many persons live in them"),
    "n_pairs": _l("how many pairs of interviewers"),
    "n_counties": _l("how many counties"),
    "n_visits": _l("how many visits"),
    "n_issues": _l("how many issues"),
    "n_overdue": _l("how many issues are past their due date"),
    "n_again": _l("how many households were asked again"),
}


def block_label(block: TextBlock) -> str:
    """What a block is called: the report and the part of it, or the area that suggestions are about."""
    if not block.kind:
        return _("Suggestions: %(area)s", area=AREA_LABELS[block.part])
    return _("%(report)s: %(part)s", report=KIND_LABELS[block.kind], part=PART_LABELS[block.part])


def problem_text(kind: str, detail: str, block: TextBlock) -> str:
    """What is wrong with a text, and what to do about it, in the reader's language."""
    if kind == "too_long":
        return _("A text may have at most %(n)s characters.", n=detail)
    if kind == "brace":
        return _("A brace stands alone near “%(detail)s”. Braces only stand around placeholders.", detail=detail)
    known = _(", ").join(f"{{{name}}}" for name in block.names)
    return _("{%(name)s} is not known here. Placeholders of this text: %(known)s", name=detail, known=known)
