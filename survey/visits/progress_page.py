"""What the page of a visit's progress shows beside its head, also when only that part is asked for again."""

from typing import Any

from flask_security import current_user

from survey.accounts.access import actor
from survey.db import current_session, utc_now
from survey.intake.flags import FLAG_LABELS
from survey.outcomes.models import UNMET
from survey.outcomes.words import OUTCOME_LABELS
from survey.places.models import HOUSEHOLD_KINDS
from survey.places.queries import names_of
from survey.rights.guard import may_open
from survey.visits.models import RESPONDENT_KINDS, Visit
from survey.visits.next_steps import NextStep, next_steps
from survey.visits.ordering import pairs_in_order
from survey.visits.page import EDITORS
from survey.visits.progress import Progress, read_progress
from survey.visits.words import NEXT_STEP_LABELS, RESPONDENT_LABELS


def progress_values(visit: Visit) -> dict[str, Any]:
    """The progress of the visit with the words and names that its tables need."""
    session = current_session()
    progress = read_progress(session, visit.id)
    present = {kind for kinds in progress.kinds_by_village.values() for kind in kinds}
    return {
        "progress": progress,
        "next_steps": _next_steps(visit, progress.total),
        "pairs": pairs_in_order(visit),
        "village_names": names_of(session, [code for code in progress.by_village if code]),
        "kinds": [kind for kind in RESPONDENT_KINDS if kind in HOUSEHOLD_KINDS or kind in present],
        "next_step_labels": NEXT_STEP_LABELS,
        "respondent_labels": RESPONDENT_LABELS,
        "outcome_labels": OUTCOME_LABELS,
        "unmet": UNMET,
        "flag_labels": FLAG_LABELS,
        "as_of": utc_now(),
    }


def _next_steps(visit: Visit, total: Progress) -> tuple[NextStep, ...]:
    """What the reader does next on the visit; nothing for those who only read, and nothing that their places shut."""
    if not any(current_user.has_role(role) for role in EDITORS):
        return ()
    found = next_steps(visit.state, len(visit.villages), len(visit.forms), len(visit.pairs), total)
    return tuple(step for step in found if may_open(actor(), step.endpoint, visit.id))
