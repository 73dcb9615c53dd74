"""Which tables tell of a place, and by which column: as data, for every table; a test fails for a new one until it stands here.

"column" holds the code of the place itself; ("column", Table) names a row of another table whose place counts.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.orm import with_loader_criteria

from survey.models import Base
from survey.rights.cutting import LEVELS

Placed = str | tuple[str, str]

PLACED: Mapping[str, Placed] = {
    "answer_notes": ("instance_id", "submissions"),
    "answer_queries": ("instance_id", "submissions"),
    "answer_times": ("instance_id", "submissions"),
    "assignment_outcomes": ("assignment_id", "assignments"),
    "assignments": "village_code",
    "assistance": "region_code",
    "attachments": ("instance_id", "submissions"),
    "awaited_files": ("instance_id", "submissions"),
    "codings": ("instance_id", "submissions"),
    "coding_rounds": ("visit_id", "visits"),
    "contacts": "region_code",
    "correction_withdrawals": ("correction_id", "corrections"),
    "corrections": ("instance_id", "submissions"),
    "countersignatures": ("instance_id", "submissions"),
    "dataset_requests": ("visit_id", "visits"),
    "day_notes": ("pair_id", "pairs"),
    "discrepancy_corrections": ("household_id", "households"),
    "draw_envelopes": ("draw_id", "draws"),
    "draw_openings": ("draw_id", "draws"),
    "draw_replacements": ("unit_id", "draw_units"),
    "draw_units": "village_code",
    "draw_village_replacements": "village_code",
    "draw_villages": "village_code",
    "draws": ("visit_id", "visits"),
    "erased_people": "village_code",
    "expert_places": "region_code",
    "expert_visits": ("visit_id", "visits"),
    "flags": ("instance_id", "submissions"),
    "household_members": ("household_id", "households"),
    "household_outcomes": ("household_id", "households"),
    "households": "village_code",
    "identifications": ("household_id", "households"),
    "issue_candidates": "village_code",
    "issue_evidence": ("issue_id", "issues"),
    "issue_files": ("issue_id", "issues"),
    "issue_replies": ("issue_id", "issues"),
    "issue_steps": ("issue_id", "issues"),
    "issues": "place_code",
    "local_languages": "region_code",
    "look_back_additions": ("household_id", "households"),
    "material_files": ("request_id", "material_requests"),
    "material_reminders": ("request_id", "material_requests"),
    "material_requests": "region_code",
    "meeting_decisions": ("issue_id", "issues"),
    "meeting_files": ("meeting_id", "meetings"),
    "meeting_people": ("meeting_id", "meetings"),
    "meetings": "region_code",
    "monitoring_points": "region_code",
    "pairs": ("visit_id", "visits"),
    "recommendations": "region_code",
    "reconciled_answers": ("reconciliation_id", "reconciliations"),
    "reconciliations": ("lead_instance_id", "submissions"),
    "reminder_channels": "region_code",
    "reply_decisions": ("reply_id", "issue_replies"),
    "report_batch_drafts": "region_code",
    "report_batches": ("visit_id", "visits"),
    "reports": "region_code",
    "submissions": "village_code",
    "verifications": ("issue_id", "issues"),
    "visit_forms": ("visit_id", "visits"),
    "visit_keys": ("visit_id", "visits"),
    "visit_limits": ("visit_id", "visits"),
    "visit_members": ("visit_id", "visits"),
    "visit_quotas": ("visit_id", "visits"),
    "visit_retentions": ("visit_id", "visits"),
    "visit_tolerances": ("visit_id", "visits"),
    "visit_villages": "village_code",
}

UNPLACED = frozenset(
    (
        "api_tokens",
        "backups",
        "book_codes",
        "code_books",
        "device_uses",
        "devices",
        "erasure_requests",
        "events",
        "expert_areas",
        "expert_skills",
        "experts",
        "handed_events",
        "house_styles",
        "installation",
        "opening_filters",
        "openid_accounts",
        "openid_arrivals",
        "openid_logouts",
        "passkeys",
        "person_pins",
        "person_profiles",
        "personal_reads",
        "pin_resets",
        "quarantined_submissions",
        "questionnaire_drafts",
        "questionnaire_files",
        "questionnaire_versions",
        "recovered_interviews",
        "reminder_preferences",
        "reminders",
        "report_texts",
        "roles",
        "roster_drafts",
        "saved_filters",
        "sign_in_failures",
        "sign_ins",
        "signed_heads",
        "user_roles",
        "users",
    )
)
"""Tables that tell of people, questionnaires and the program, or that pages read which nobody bound to places opens."""

SPECIAL = frozenset(("regions", "visits"))
"""A place is shown with those above it, a visit where it touches the places."""


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def condition(row: Any, name: str, prefixes: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a row of the table `name` lies in one of the places; `row` holds its columns, as attributes."""
    if name == "regions":
        above = {prefix[:n].ljust(12, "0") for prefix in prefixes for n in LEVELS if n < len(prefix)}
        return or_(_begins(row.code, prefixes), row.code.in_(sorted(above)))
    if name == "visits":
        villages = _table("visit_villages").alias()
        id_of_visit: ColumnElement[str] = row.id
        return id_of_visit.in_(select(villages.c.visit_id).where(_begins(villages.c.village_code, prefixes)).correlate(None))
    placed = PLACED[name]
    if isinstance(placed, str):
        return _begins(getattr(row, placed), prefixes)
    column, above_it = placed
    parent = _table(above_it).alias()
    key = parent.c[_table(above_it).primary_key.columns.values()[0].name]
    refers: ColumnElement[str] = getattr(row, column)
    return refers.in_(select(key).where(condition(parent.c, above_it, prefixes)).correlate(None))


def _begins(column: Any, prefixes: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(*(column.like(f"{prefix}%") for prefix in prefixes))


@cache
def options_for(prefixes: tuple[str, ...]) -> tuple[Any, ...]:
    """The options that show of every table only what lies in these places."""
    mapped = {mapper.class_.__table__.name: mapper.class_ for mapper in Base.registry.mappers}
    names = sorted(PLACED.keys() | SPECIAL)
    return tuple(with_loader_criteria(mapped[name], condition(mapped[name], name, prefixes), include_aliases=True) for name in names)
