"""What replacing a household and replacing a village have in common: when it may be done, and that it has a reason."""

from collections.abc import Container

from survey.draws.models import Draw
from survey.draws.refusals import refusal
from survey.visits.planning import check_plannable


def check_changeable(made: Draw) -> None:
    """Refuse unless the draw is opened, counts, and the visit's plan may still change."""
    check_plannable(made.visit)
    if made.state != "opened":
        raise refusal("not_opened")


def check_reason(reason: str, note: str, reasons: Container[str]) -> str:
    """The note without space around it; refused for an unknown reason, and for "other" without a note."""
    note = note.strip()
    if reason not in reasons:
        raise refusal("unknown_reason")
    if reason == "other" and not note:
        raise refusal("no_reason")
    return note
