"""Whose record a submission is, where a visit asks both of a pair for records of their own. Pure."""

from survey.accounts.models import User
from survey.intake.context import Context, Original, Place


def people_of_record(original: Original) -> tuple[str | None, ...]:
    """Who may edit it: its sender and its pair, or of the pair only the one who filled in a record of their own."""
    place = original.place
    if not original.is_independent:
        return (original.received_from_id, place.lead_id, place.second_id)
    return (original.received_from_id, place.second_id if original.recorded_as == "second" else place.lead_id)


def record_role(actor: User | None, place: Place, context: Context) -> str:
    """As whose record a submission counts: as that of the one it edits, else the second's own in a visit that asks for both."""
    if context.original is not None:
        return context.original.recorded_as
    is_second = context.is_independent and actor is not None and actor.id == place.second_id
    return "second" if is_second else "lead"
