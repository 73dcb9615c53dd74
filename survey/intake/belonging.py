"""Where an interview belongs, and when and by whom it was held, as one hash that the event of its receipt keeps. Pure.

Erasing a household leaves all of it: the names, answers and positions that go are not among it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from survey.events import json_sha256

BELONGING = (
    "questionnaire_version_id",
    "visit_id",
    "assignment_id",
    "household_id",
    "village_code",
    "lead_id",
    "second_id",
    "recorded_as",
    "received_from_id",
    "device_id",
    "started_at",
    "ended_at",
)
"""The columns of a submission that nothing changes after its receipt, beside its XML and answers."""


def belonging_sha256(values: Mapping[str, Any]) -> str:
    """The hash of these columns' values, instants in UTC; what is not among them is stored as nothing."""
    told = {name: values.get(name) for name in BELONGING}
    return json_sha256({name: each.astimezone(UTC).isoformat() if isinstance(each, datetime) else each for name, each in told.items()})
