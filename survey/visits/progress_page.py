"""What the page of a visit's progress shows beside its head, also when only that part is asked for again."""

from typing import Any

from survey.db import current_session, utc_now
from survey.intake.flags import FLAG_LABELS
from survey.outcomes.models import UNMET
from survey.outcomes.words import OUTCOME_LABELS
from survey.places.queries import names_of
from survey.visits.models import HOUSEHOLD_KINDS, RESPONDENT_KINDS, Visit
from survey.visits.ordering import pairs_in_order
from survey.visits.progress import read_progress
from survey.visits.words import RESPONDENT_LABELS


def progress_values(visit: Visit) -> dict[str, Any]:
    """The progress of the visit with the words and names that its tables need."""
    session = current_session()
    progress = read_progress(session, visit.id)
    present = {kind for kinds in progress.kinds_by_village.values() for kind in kinds}
    return {
        "progress": progress,
        "pairs": pairs_in_order(visit),
        "village_names": names_of(session, [code for code in progress.by_village if code]),
        "kinds": [kind for kind in RESPONDENT_KINDS if kind in HOUSEHOLD_KINDS or kind in present],
        "respondent_labels": RESPONDENT_LABELS,
        "outcome_labels": OUTCOME_LABELS,
        "unmet": UNMET,
        "flag_labels": FLAG_LABELS,
        "as_of": utc_now(),
    }
