"""Which tables are handed over, in which order, and what makes a row the same row on another server.

The order, the references and the keys are read from the tables themselves. Whether a table goes along is decided here for every one;
a test fails for a new table until it is.
"""

from sqlalchemy import Column, Table, UniqueConstraint

from survey.events import Event
from survey.handover.models import HandedEvent
from survey.models import Base

FORMAT = "supervision-survey handover 1"
"""What the two sides say to be sure of each other."""

HANDED = frozenset(
    (
        "answer_notes",
        "answer_queries",
        "answer_times",
        "assignment_outcomes",
        "assignments",
        "assistance",
        "attachments",
        "awaited_files",
        "book_codes",
        "code_books",
        "coding_rounds",
        "codings",
        "contacts",
        "correction_withdrawals",
        "corrections",
        "countersignatures",
        "discrepancy_corrections",
        "day_notes",
        "expert_areas",
        "expert_places",
        "expert_skills",
        "expert_visits",
        "experts",
        "draw_openings",
        "draw_replacements",
        "draw_units",
        "draw_village_replacements",
        "draw_villages",
        "draws",
        "flags",
        "handed_events",
        "household_members",
        "households",
        "identifications",
        "issue_candidates",
        "look_back_additions",
        "material_files",
        "material_reminders",
        "material_requests",
        "meeting_files",
        "meeting_people",
        "local_languages",
        "meetings",
        "monitoring_points",
        "pairs",
        "person_profiles",
        "quarantined_submissions",
        "questionnaire_files",
        "questionnaire_versions",
        "recommendations",
        "reconciled_answers",
        "reconciliations",
        "regions",
        "reports",
        "submissions",
        "users",
        "visit_forms",
        "visit_limits",
        "visit_members",
        "visit_quotas",
        "visit_tolerances",
        "visit_villages",
        "visits",
    )
)

_FOLLOWED = "Issues are numbered and followed on one server, the one that the responsible side signs in to; candidates go there."
_REMINDED = "People are reminded by the server that follows the issues, and by no other."
_FILTERED = "People save filters where issues are followed; they look for what is there."
_SIGNED_IN = "People sign in to each server by themselves."
_DRAFTED = "The drafts themselves are handed over with the register; which action made them matters where it was taken."

LEFT_OUT = {
    "api_tokens": "A token opens one server only.",
    "backups": "Backups are of one server, in a place that it can reach.",
    "dataset_requests": "Approved by people of one server, for a few days.",
    "device_uses": "Tablets tell each server themselves what waits on them.",
    "devices": "Tablets register with each server themselves.",
    "draw_envelopes": "Nobody reads a sealed draw before its leader opens it, another server neither; what is opened is handed over.",
    "household_outcomes": _FOLLOWED,
    "house_styles": "Each server drafts in the style of the organisation that runs it.",
    "installation": "Each server says itself which organisation runs it.",
    "issue_evidence": _FOLLOWED,
    "issue_files": _FOLLOWED,
    "issue_replies": _FOLLOWED,
    "issue_steps": _FOLLOWED,
    "issues": _FOLLOWED,
    "meeting_decisions": _FOLLOWED,
    "opening_filters": _FILTERED,
    "openid_accounts": _SIGNED_IN,
    "openid_arrivals": _SIGNED_IN,
    "openid_logouts": _SIGNED_IN,
    "passkeys": _SIGNED_IN,
    "person_pins": "People register their PIN with each server themselves; a PIN that works on a laptop must open nothing elsewhere.",
    "pin_resets": "Allowed for one server, and for a few hours.",
    "questionnaire_drafts": "Unfinished work of one person at this server, removed after a day.",
    "recovered_interviews": "Unfinished interviews that wait on this server for the tablets of their pair.",
    "reply_decisions": _FOLLOWED,
    "report_texts": "Each server words reports in its own organisation's words.",
    "reminder_channels": _REMINDED,
    "reminder_preferences": _REMINDED,
    "reminders": _REMINDED,
    "report_batch_drafts": _DRAFTED,
    "report_batches": _DRAFTED,
    "roles": "The same everywhere.",
    "roster_drafts": "Unfinished work of one person at this server, removed after a day.",
    "saved_filters": _FILTERED,
    "sign_in_failures": _SIGNED_IN,
    "sign_ins": _SIGNED_IN,
    "erased_people": "Told apart from the rows: each server keeps fingerprints, made with its own key, of what it erased itself.",
    "erasure_requests": "Each server erases what it holds itself, by the decision of its own people.",
    "personal_reads": "Who read what on this server is told here.",
    "visit_retentions": "Each server answers for how long it keeps what it holds.",
    "signed_heads": "A head is that of this server's own log.",
    "user_roles": "Given with a person who is new there; a laptop gives nobody a role on the central server.",
    "verifications": _FOLLOWED,
    "visit_keys": "Private keys stay on the server that made them; sealed exports are imported there before the handover.",
}
"""Every table that stays behind, with the reason."""

AS_EVIDENCE = {Event.__tablename__: HandedEvent.__tablename__}
"""Tables whose rows arrive in another table: a log cannot be continued by somebody else's."""

PERSON = "users"
PERSON_COLUMNS = ("id", "username", "name", "organisation", "phone", "contact_email", "locale", "region_code", "created_at")
"""What is told of a person: neither password nor sign-in."""
PERSON_KEPT_BACK = (
    "email",
    "password",
    "active",
    "fs_uniquifier",
    "must_change_password",
    "first_password_until",
    "place_codes",
    "tf_primary_method",
    "tf_totp_secret",
    "tf_last_counter",
    "mf_recovery_codes",
    "fs_webauthn_user_handle",
)

KEPT_BACK = {"household_members": frozenset(("id_number", "id_number_hash"))}
"""Columns that stay: identity numbers are sealed with a key that no other server has, and are nobody's business there."""

NOT_COMPARED = {
    "local_languages": frozenset(("languages",)),
    "person_profiles": frozenset(("languages", "home_region_code", "tie_codes", "is_experienced", "experience")),
    PERSON: frozenset(PERSON_COLUMNS) - {"username"},
    "questionnaire_versions": frozenset(("title", "titles", "source_name", "xform", "n_questions", "published_at", "published_by_id")),
}
"""Columns that may differ between two servers that mean the same: of a person and what they bring all but the user name, what is known
of the languages of a place, of a questionnaire all but its content, which its hashes stand for."""

BINDING = frozenset(("questionnaire_versions",))
"""Tables whose rows others may refer to only when they are equal: answers belong to the very questionnaire that asked."""


def handed_tables() -> tuple[Table, ...]:
    """The tables that are handed over, each after those that it refers to."""
    return tuple(table for table in Base.metadata.sorted_tables if table.name in HANDED)


def handed_table(name: str) -> Table | None:
    """The table of this name, if it is handed over."""
    return next((table for table in handed_tables() if table.name == name), None)


def told_columns(table: Table) -> tuple[Column[object], ...]:
    """The columns whose values are sent."""
    kept_back = KEPT_BACK.get(table.name, frozenset())
    return tuple(
        column for column in table.columns if column.name not in kept_back and (table.name != PERSON or column.name in PERSON_COLUMNS)
    )


def surrogate(table: Table) -> str | None:
    """The column of a random identifier that stands for the row, None where the key says something itself."""
    keys = [column.name for column in table.primary_key]
    return "id" if keys == ["id"] and natural_keys(table) else None


def natural_keys(table: Table) -> tuple[tuple[str, ...], ...]:
    """The sets of told columns of which no two rows hold the same, beside the primary key."""
    told = {column.name for column in told_columns(table)}
    found = {
        tuple(column.name for column in constraint.columns) for constraint in table.constraints if isinstance(constraint, UniqueConstraint)
    }
    return tuple(sorted(each for each in found if told.issuperset(each)))


def compared_columns(table: Table) -> tuple[str, ...]:
    """The columns in which two servers have to agree for a row to be called equal."""
    passed_over = NOT_COMPARED.get(table.name, frozenset()) | {surrogate(table)}
    return tuple(column.name for column in told_columns(table) if column.name not in passed_over)


def references(table: Table) -> dict[str, str]:
    """For each told column that refers to another handed table: the name of that table."""
    found = {}
    for column in told_columns(table):
        for key in column.foreign_keys:
            target = key.column.table
            if handed_table(target.name) is not None:
                found[column.name] = target.name
    return found
